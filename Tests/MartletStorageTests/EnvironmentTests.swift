// Opening, reading and writing a file.

import MartletCore
import MartletStorage
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite struct EnvironmentTests {
    @Test func keepsWhatWasCommitted() throws {
        let file = TestFile()
        do {
            let environment = try Environment.open(file.path)
            try environment.write { (transaction) throws(Diagnostic) in
                try transaction.view.put(rowKey(1), [1, 2, 3])
                try transaction.view.put(rowKey(2), [4])
            }
        }
        let environment = try Environment.open(file.path)
        let (one, numbers) = try environment.read { (view) throws(Diagnostic) in
            (try view.bytes(1), try view.rowNumbers())
        }
        #expect(one == [1, 2, 3])
        #expect(numbers == [1, 2])
    }

    @Test func undoesAFailedWrite() throws {
        let environment = try Environment.temporary()
        let failure = code {
            try environment.write { (transaction) throws(Diagnostic) in
                try transaction.view.put(rowKey(1), [1])
                throw Diagnostic(.unique, "no")
            }
        }
        #expect(failure == .unique)
        #expect(try environment.read { (view) throws(Diagnostic) in try view.bytes(1) } == nil)
    }

    @Test func sharesAFileWithinTheProcess() throws {
        let file = TestFile()
        let first = try Environment.open(file.path)
        let second = try Environment.open(file.path)
        #expect(first === second)
    }

    @Test func outlivesItsEnvironmentInAReader() throws {
        let file = TestFile()
        var environment: Environment? = try Environment.open(file.path)
        try environment?.write { (transaction) throws(Diagnostic) in try transaction.view.put(rowKey(1), [7]) }
        let reader: ReadTransaction = try #require(environment).read()
        environment = nil
        #expect(try reader.view.bytes(1) == [7])
        let again = try Environment.open(file.path)
        try again.write { (transaction) throws(Diagnostic) in try transaction.view.put(rowKey(1), [8]) }
        #expect(try reader.view.bytes(1) == [7])
    }

    @Test func opensAndClosesFromManyThreads() async throws {
        let file = TestFile()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<8 {
                group.addTask {
                    for round in 0..<20 {
                        let environment = try Environment.open(file.path)
                        try environment.write { (transaction) throws(Diagnostic) in
                            try transaction.view.put(rowKey(task * 100 + round), [1])
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        let environment = try Environment.open(file.path)
        #expect(try environment.read { (view) throws(Diagnostic) in try view.rowNumbers() }.count == 160)
    }

    @Test func refusesWhatIsNotOurs() throws {
        let file = TestFile()
        let text = Array(String(repeating: "This is not a database. ", count: 1_000).utf8)
        file.write(text)
        #expect(code { _ = try Environment.open(file.path) } == .notADatabase)
        #expect(file.byteCount == text.count)
        #expect(access(file.path + "-lock", F_OK) != 0)
        file.write([1, 2, 3])
        #expect(code { _ = try Environment.open(file.path) } == .notADatabase)
        #expect(code { _ = try Environment.open("/nonexistent/directory/file") } == .cannotOpenDatabase)
        #expect(code { _ = try Environment.open("/tmp") } == .cannotOpenDatabase)
        var options = EnvironmentOptions()
        options.isReadOnly = true
        #expect(code { _ = try Environment.open(file.path + "-missing", options: options) } == .cannotOpenDatabase)
    }

    @Test func refusesAForeignOrNewerFormat() throws {
        let file = TestFile()
        do {
            let environment = try Environment.open(file.path)
            try environment.write { (transaction) throws(Diagnostic) in
                try transaction.view.put(FormatRecord.key, FormatRecord.bytes(version: Environment.formatVersion + 1))
            }
        }
        #expect(code { _ = try Environment.open(file.path) } == .newerFormat)
        let other = TestFile()
        do {
            let environment = try Environment.open(other.path)
            try environment.write { (transaction) throws(Diagnostic) in
                try transaction.view.put([9], [9])
                _ = try transaction.view.delete(FormatRecord.key)
            }
        }
        #expect(code { _ = try Environment.open(other.path) } == .notADatabase)
    }

    @Test func reportsACutFile() throws {
        let file = TestFile()
        do {
            let environment = try Environment.open(file.path)
            try environment.write { (transaction) throws(Diagnostic) in
                for number in 0..<5_000 { try transaction.view.put(rowKey(number), [UInt8](repeating: 1, count: 100)) }
            }
        }
        truncate(file.path, file.byteCount / 2)
        #expect(code { _ = try Environment.open(file.path) } == .corrupt)
    }

    @Test func opensForReadingOnly() throws {
        let file = TestFile()
        do {
            let environment = try Environment.open(file.path)
            try environment.write { (transaction) throws(Diagnostic) in try transaction.view.put(rowKey(1), [1]) }
        }
        var options = EnvironmentOptions()
        options.isReadOnly = true
        let environment = try Environment.open(file.path, options: options)
        #expect(try environment.read { (view) throws(Diagnostic) in try view.bytes(1) } == [1])
        #expect(code { try environment.write { (_) throws(Diagnostic) in } } == .readOnlyDatabase)
        #expect(code { _ = try environment.beginInteractive() } == .readOnlyDatabase)
        #expect(environment.isReadOnly)
    }

    @Test func readsBesideAWriterOfTheSameProcess() throws {
        let file = TestFile()
        let writer = try Environment.open(file.path)
        var options = EnvironmentOptions()
        options.isReadOnly = true
        let reader = try Environment.open(file.path, options: options)
        #expect(code { try reader.write { (_) throws(Diagnostic) in } } == .readOnlyDatabase)
        try writer.write { (transaction) throws(Diagnostic) in try transaction.view.put(rowKey(1), [1]) }
        #expect(try reader.read { (view) throws(Diagnostic) in try view.bytes(1) } == [1])
    }

    @Test func changesDurability() throws {
        let file = TestFile()
        let environment = try Environment.open(file.path)
        for durability in Durability.allCases {
            try environment.setDurability(durability)
            try environment.write { (transaction) throws(Diagnostic) in try transaction.view.put(rowKey(1), [1]) }
        }
        try environment.flush()
    }

    @Test func survivesAFullDisk() throws {
        let file = TestFile()
        let environment = try Environment.open(file.path)
        try environment.write { (transaction) throws(Diagnostic) in try transaction.view.put(rowKey(1), [1]) }
        for point in [FaultPoint.put, .commit] {
            environment.setFaultHandler { $0 == point ? ENOSPC : nil }
            let failure = code {
                try environment.write { (transaction) throws(Diagnostic) in try transaction.view.put(rowKey(2), [2]) }
            }
            #expect(failure == .diskFull)
        }
        environment.setFaultHandler(nil)
        #expect(try environment.read { (view) throws(Diagnostic) in try view.rowNumbers() } == [1])
        try environment.write { (transaction) throws(Diagnostic) in try transaction.view.put(rowKey(2), [2]) }
        #expect(try environment.read { (view) throws(Diagnostic) in try view.rowNumbers() } == [1, 2])
    }
}
