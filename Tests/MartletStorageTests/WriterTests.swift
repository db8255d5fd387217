// Group commit, growth, interactive transactions.

import MartletCore
import MartletStorage
import Synchronization
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite struct WriterTests {
    @Test func groupsCommitsAndFailsOnlyTheFailing() async throws {
        let file = TestFile()
        let environment = try Environment.open(file.path)
        let commits = Counter()
        environment.setFaultHandler { point in
            if point == .commit { commits.add() }
            return nil
        }
        let failures = Counter()
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<512 {
                group.addTask {
                    do throws(Diagnostic) {
                        try await environment.writeAsync { (transaction) throws(Diagnostic) in
                            try transaction.view.put(rowKey(number), [1])
                            if number % 10 == 3 { throw Diagnostic(.unique, "no") }
                        }
                    } catch {
                        if error.code == .unique { failures.add() }
                    }
                }
            }
        }
        let numbers = try environment.read { (view) throws(Diagnostic) in try view.rowNumbers() }
        #expect(numbers == (0..<512).filter { $0 % 10 != 3 })
        #expect(failures.value == 51)
        #expect(commits.value < 400)
    }

    /// More pages than LMDB can note as changed at once, by statements that are small.
    @Test func changesHalfAGigabyteStatementByStatement() throws {
        let file = TestFile()
        let environment = try Environment.open(file.path)
        let transaction = try environment.beginInteractive()
        // Each value takes a page of its own.
        let value = [UInt8](repeating: 7, count: 3_000)
        let (statements, rows) = (140, 1_000)
        for statement in 0..<statements {
            try transaction.perform { (t) throws(Diagnostic) in
                for row in 0..<rows { try t.view.put(rowKey(statement * rows + row), value) }
            }
        }
        try transaction.commit()
        let numbers = try environment.read { (view) throws(Diagnostic) in try view.rowNumbers() }
        #expect(numbers.count == statements * rows && numbers.last == statements * rows - 1)
    }

    /// A caller that is alone writes on its own thread; many at once lose nothing and keep their order.
    @Test func writesOnTheCallersThreadWhenAlone() async throws {
        let environment = try Environment.temporary()
        for number in 0..<3 {
            let caller = pthread_self()
            let isSame = try environment.write { (transaction) throws(Diagnostic) in
                try transaction.view.put(rowKey(number), [1])
                return pthread_equal(pthread_self(), caller) != 0
            }
            #expect(isSame)
        }
        // The two ways in turns, and explicit transactions among them.
        await withTaskGroup(of: Void.self) { group in
            for number in 3..<303 {
                group.addTask {
                    if number % 50 == 0, let transaction = try? environment.beginInteractive() {
                        try? transaction.perform { (t) throws(Diagnostic) in try t.view.put(rowKey(number), [1]) }
                        try? transaction.commit()
                    } else {
                        try? environment.write { (t) throws(Diagnostic) in try t.view.put(rowKey(number), [1]) }
                    }
                }
            }
        }
        #expect(try environment.read { (view) throws(Diagnostic) in try view.rowNumbers() } == Array(0..<303))
    }

    @Test func reportsAFailedCommitToTheWholeBatch() async throws {
        let environment = try Environment.temporary()
        environment.setFaultHandler { $0 == .commit ? EIO : nil }
        let failures = Counter()
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<32 {
                group.addTask {
                    do throws(Diagnostic) {
                        try await environment.writeAsync { (transaction) throws(Diagnostic) in
                            try transaction.view.put(rowKey(number), [1])
                        }
                    } catch {
                        if error.code == .inputOutput { failures.add() }
                    }
                }
            }
        }
        #expect(failures.value == 32)
        #expect(try environment.read { (view) throws(Diagnostic) in try view.rowNumbers() }.isEmpty)
    }

    @Test func growsTheMapUnseen() async throws {
        let environment = try Environment.temporary(mapBytes: 1 << 20)
        let value = [UInt8](repeating: 5, count: 1_000)
        try environment.write { (transaction) throws(Diagnostic) in
            for number in 0..<10_000 { try transaction.view.put(rowKey(number), value) }
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 1..<20 {
                group.addTask {
                    try await environment.writeAsync { (transaction) throws(Diagnostic) in
                        for number in 0..<2_000 { try transaction.view.put(rowKey(task * 10_000 + number), value) }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(environment.core.mapBytes >= 32 << 20)
        #expect(try environment.read { (view) throws(Diagnostic) in try view.rowNumbers() }.count == 48_000)
    }

    @Test func stopsGrowingAtItsLimit() throws {
        let file = TestFile()
        var options = EnvironmentOptions()
        options.mapBytes = 1 << 20
        options.maximumMapBytes = 2 << 20
        let environment = try Environment.open(file.path, options: options)
        let failure = code {
            try environment.write { (transaction) throws(Diagnostic) in
                for number in 0..<10_000 {
                    try transaction.view.put(rowKey(number), [UInt8](repeating: 1, count: 1_000))
                }
            }
        }
        #expect(failure == .databaseFull)
        try environment.write { (transaction) throws(Diagnostic) in try transaction.view.put(rowKey(1), [1]) }
        #expect(try environment.read { (view) throws(Diagnostic) in try view.rowNumbers() } == [1])
    }

    @Test func givesASnapshotOfItsCommit() throws {
        let environment = try Environment.temporary()
        let result = try environment.writeWithSnapshot { (transaction) throws(Diagnostic) -> Int in
            try transaction.view.put(rowKey(1), [1])
            return transaction.view.transactionID
        }
        try environment.write { (transaction) throws(Diagnostic) in try transaction.view.put(rowKey(2), [2]) }
        #expect(result.snapshot.view.transactionID == result.value)
        #expect(try result.snapshot.view.rowNumbers() == [1])
    }

    @Test func runsHooksOnlyAfterTheCommit() throws {
        let environment = try Environment.temporary()
        let calls = Mutex<[Int]>([])
        _ = try? environment.write { (transaction) throws(Diagnostic) in
            transaction.view.onCommit { _ in calls.withLock { $0.append(1) } }
            throw Diagnostic(.unique, "no")
        }
        try environment.write { (transaction) throws(Diagnostic) in
            transaction.view.onCommit { _ in calls.withLock { $0.append(2) } }
            _ = try? transaction.nested { (child) throws(Diagnostic) in
                child.view.onCommit { _ in calls.withLock { $0.append(3) } }
                throw Diagnostic(.unique, "no")
            }
            try transaction.nested { (child) throws(Diagnostic) in
                child.view.onCommit { _ in calls.withLock { $0.append(4) } }
            }
        }
        #expect(calls.withLock { $0 } == [2, 4])
    }

    @Test func keepsInteractiveStatementsApart() throws {
        let environment = try Environment.temporary()
        let transaction = try environment.beginInteractive()
        try transaction.perform { (t) throws(Diagnostic) in try t.view.put(rowKey(1), [1]) }
        let failure = code {
            try transaction.perform { (t) throws(Diagnostic) in
                try t.view.put(rowKey(2), [2])
                throw Diagnostic(.unique, "no")
            }
        }
        #expect(failure == .unique)
        #expect(try transaction.read { (view) throws(Diagnostic) in try view.rowNumbers() } == [1])
        #expect(try environment.read { (view) throws(Diagnostic) in try view.rowNumbers() }.isEmpty)
        try transaction.savepoint("a")
        try transaction.perform { (t) throws(Diagnostic) in try t.view.put(rowKey(3), [3]) }
        try transaction.savepoint("b")
        try transaction.perform { (t) throws(Diagnostic) in try t.view.put(rowKey(4), [4]) }
        try transaction.rollback(to: "b")
        try transaction.perform { (t) throws(Diagnostic) in try t.view.put(rowKey(5), [5]) }
        #expect(try transaction.read { (view) throws(Diagnostic) in try view.rowNumbers() } == [1, 3, 5])
        try transaction.release("a")
        #expect(code { try transaction.release("b") } == .noTransaction)
        let nested = code {
            try transaction.perform { (_) throws(Diagnostic) in
                try transaction.perform { (_) throws(Diagnostic) in }
            }
        }
        #expect(nested == .transactionActive)
        try transaction.commit()
        #expect(code { try transaction.commit() } == .noTransaction)
        #expect(code { try transaction.perform { (_) throws(Diagnostic) in } } == .noTransaction)
        #expect(try environment.read { (view) throws(Diagnostic) in try view.rowNumbers() } == [1, 3, 5])
    }

    @Test func rollsBackToASavepointAndWhenDropped() throws {
        let environment = try Environment.temporary()
        do {
            let transaction = try environment.beginInteractive()
            try transaction.savepoint("a")
            try transaction.perform { (t) throws(Diagnostic) in try t.view.put(rowKey(1), [1]) }
            try transaction.rollback(to: "a")
            try transaction.perform { (t) throws(Diagnostic) in try t.view.put(rowKey(2), [2]) }
            let snapshot = try transaction.commitWithSnapshot()
            #expect(try snapshot.view.rowNumbers() == [2])
        }
        do {
            let transaction = try environment.beginInteractive()
            try transaction.perform { (t) throws(Diagnostic) in try t.view.put(rowKey(3), [3]) }
        }
        // Waits for the dropped one.
        try environment.write { (t) throws(Diagnostic) in try t.view.put(rowKey(4), [4]) }
        #expect(try environment.read { (view) throws(Diagnostic) in try view.rowNumbers() } == [2, 4])
    }

    @Test func keepsSnapshotsApart() throws {
        let environment = try Environment.temporary()
        try environment.write { (t) throws(Diagnostic) in
            for number in 0..<1_000 { try t.view.put(rowKey(number), [0]) }
        }
        let long: ReadTransaction = try environment.read()
        for round in 1...20 {
            try environment.write { (t) throws(Diagnostic) in
                for number in 0..<1_000 { try t.view.put(rowKey(number), [UInt8(round)]) }
                try t.view.deleteAll(prefix: rowKey(round).bytes)
            }
        }
        var cursor = try long.view.cursor(KeyPrefix(.row, 1))
        var count = 0
        while try cursor.next() {
            #expect(cursor.value.elementsEqual([0]))
            count += 1
        }
        #expect(count == 1_000)
    }
}
