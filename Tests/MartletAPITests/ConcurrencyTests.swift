// Many tasks, long statements, early ends.

import Foundation
import Martlet
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(2))) struct ConcurrencyTests {
    private static func documents(_ count: Int) async throws -> Database {
        let database = try Database.temporary()
        try await database.execute("CREATE TABLE docs (id INTEGER PRIMARY KEY, body TEXT NOT NULL)")
        try await database.write { session in
            let insert = try session.prepare("INSERT INTO docs VALUES (?, ?)")
            for id in 0..<count {
                try insert.execute(id, "document \(id) about number \(id % 97) and \(id % 89) in the library")
            }
        }
        return database
    }

    private static func threadCount() throws -> Int? {
        #if os(Linux)
            return try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").count
        #else
            return nil
        #endif
    }

    @Test func aThousandTasksOfReadsAndWrites() async throws {
        let database = try Database.temporary()
        try await database.execute("CREATE TABLE t (x INTEGER PRIMARY KEY)")
        let before = try Self.threadCount()
        let most = try await withThrowingTaskGroup(of: Int?.self) { group in
            for x in 0..<1_000 {
                group.addTask { () async throws -> Int? in
                    switch x % 4 {
                    case 0: try await database.execute("INSERT INTO t VALUES (\(x))")
                    case 1:
                        try await database.write { session in
                            try session.execute("INSERT INTO t VALUES (\(x))")
                            _ = try session.query("SELECT count(*) FROM t")
                        }
                    case 2: _ = try await database.query("SELECT max(x) FROM t", as: Int?.self)
                    default: _ = try await database.read { try $0.query("SELECT count(*) FROM t", as: Int.self) }
                    }
                    return try Self.threadCount()
                }
            }
            var most: Int?
            for try await count in group { if let count { most = max(most ?? 0, count) } }
            return most
        }
        #expect(try await database.query("SELECT count(*) FROM t", as: Int.self) == [500])
        if let before, let most { #expect(most - before < 120, "\(before) threads before, up to \(most) meanwhile") }
    }

    @Test func readersGoOnWhileWritesWait() async throws {
        let database = try Database.temporary()
        try await database.execute("CREATE TABLE t (x INTEGER PRIMARY KEY)")
        let entered = AsyncStream<Void>.makeStream()
        let release = DispatchSemaphore(value: 0)
        let holder = Task {
            try await database.write { session in
                entered.continuation.yield()
                release.wait()
                try session.execute("INSERT INTO t VALUES (-1)")
            }
        }
        for await _ in entered.stream { break }
        let writers = Task {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for x in 0..<200 { group.addTask { try await database.execute("INSERT INTO t VALUES (\(x))") } }
                try await group.waitForAll()
            }
        }
        // More than there are threads for writing, all waiting: reads are answered all the same.
        for _ in 0..<100 { #expect(try await database.query("SELECT count(*) FROM t", as: Int.self) == [0]) }
        release.signal()
        try await holder.value
        try await writers.value
        #expect(try await database.query("SELECT count(*) FROM t", as: Int.self) == [201])
    }

    @Test func rowsStream() async throws {
        let database = try await Self.documents(5_000)
        var count = 0
        for try await row in database.rows("SELECT id FROM docs ORDER BY id") {
            #expect(try row.get("id", as: Int.self) == count)
            count += 1
            // Rows come from the snapshot of the first.
            if count == 1 { try await database.execute("DELETE FROM docs WHERE id > 4000") }
        }
        #expect(count == 5_000)
        count = 0
        for try await _ in database.rows("SELECT id FROM docs") {
            count += 1
            if count == 3 { break }
        }
        #expect(count == 3)
        let rows = database.rows("SELECT idd FROM docs")
        await #expect(throws: MartletError.self) { for try await _ in rows {} }
    }

    @Test func aStreamHoldsNoThread() async throws {
        let database = try await Self.documents(3_000)
        // More open streams than threads; all make progress in turn.
        var streams = (0..<60).map { _ in database.rows("SELECT id FROM docs").makeAsyncIterator() }
        for _ in 0..<2 {
            for index in streams.indices { for _ in 0..<1_100 { #expect(try await streams[index].next() != nil) } }
        }
    }

    private static let endless: SQL = """
        SELECT count(*) FROM docs AS a CROSS JOIN docs AS b CROSS JOIN docs AS c CROSS JOIN docs AS d
        """

    @Test func cancellingATaskEndsItsSelect() async throws {
        let database = try await Self.documents(5_000)
        let clock = ContinuousClock()
        let task = Task { try await database.query(Self.endless) }
        try await Task.sleep(for: .milliseconds(200))
        let start = clock.now
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        // It would go on for hours; how soon a thread hears of it depends on what else the machine does.
        #expect(clock.now - start < .seconds(60))
    }

    @Test func aCancelledTaskStartsNothing() async throws {
        let database = try await Self.documents(1)
        let task = Task {
            try? await Task.sleep(for: .seconds(60))
            try await database.execute("DELETE FROM docs")
        }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(try await database.query("SELECT count(*) FROM docs", as: Int.self) == [1])
    }

    @Test func cancellingATaskUndoesItsWrite() async throws {
        let database = try await Self.documents(5_000)
        let task = Task {
            try await database.write { session in
                try session.execute("DELETE FROM docs WHERE id = 1")
                _ = try session.query(Self.endless)
            }
        }
        try await Task.sleep(for: .milliseconds(200))
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(try await database.query("SELECT count(*) FROM docs", as: Int.self) == [5_000])
    }

    private final class Counter: Sendable {
        let count = Atomic(0)
    }

    @Test func cancellingAWaitingTaskIsPrompt() async throws {
        let database = try await Self.documents(1_000)
        // Every thread for reading is busy.
        let ended = Counter()
        let busy = (0..<80).map { _ in
            Task {
                defer { ended.count.add(1, ordering: .relaxed) }
                return try await database.query(Self.endless)
            }
        }
        try await Task.sleep(for: .milliseconds(200))
        let waiting = Task { try await database.query("SELECT 1") }
        try await Task.sleep(for: .milliseconds(50))
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
        // It did not wait for a thread; how long the test itself waits for one is the machine's affair.
        #expect(ended.count.load(ordering: .relaxed) == 0)
        for task in busy { task.cancel() }
        for task in busy { await #expect(throws: CancellationError.self) { try await task.value } }
    }

    @Test func aSessionIsCancelledFromAnotherThread() async throws {
        let database = try await Self.documents(5_000)
        let session = database.makeSession()
        let task = Task.detached { try session.query(Self.endless) }
        try await Task.sleep(for: .milliseconds(200))
        session.cancel()
        let error = await #expect(throws: MartletError.self) { try await task.value }
        #expect(error?.isCancellation == true)
        // The session goes on.
        #expect(try session.query("SELECT 1", as: Int.self) == [1])
    }
}
