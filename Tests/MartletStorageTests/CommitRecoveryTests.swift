// What a file is after a crash of the system that cut the last flush short.

import MartletCore
import MartletStorage
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

struct CommitRecoveryTests {
    private typealias Rows = [Int: [UInt8]]

    private static let pageBytes = 4_096

    /// The file as it was before a commit, with some of the pages that the commit wrote.
    @Test(arguments: [1, 2, 3] as [UInt64])
    func aFlushCutShortIsTakenBackOrWhole(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let file = TestFile()
        let environment = try Environment.open(file.path)
        var rows: Rows = [:]
        var takenBack = 0
        var whole = 0
        for _ in 0..<24 {
            let before = (rows, Self.bytes(file.path))
            try change(&rows, environment, &random)
            let after = Self.bytes(file.path)
            let newest = Self.records(after).map(\.transaction).max()
            let changed = (0..<after.count / Self.pageBytes).filter { page in
                Self.page(page, after) != Self.page(page, before.1)
            }
            for trial in 0..<6 {
                var image = before.1
                image.append(contentsOf: repeatElement(0, count: max(0, after.count - image.count)))
                let isComplete = trial == 0
                for page in changed where isComplete || Int.random(in: 0..<changed.count, using: &random) > trial - 1 {
                    image.replaceSubrange(Self.range(page), with: Self.page(page, after))
                }
                Self.changeRecords(&image) { record in
                    record.boot ^= 1
                    // That a large commit is on disk is only written when it is.
                    if record.kind == .flushed, record.transaction == newest, !isComplete { record.transaction = 0 }
                }
                let found = try Self.rowsAndNext(image)
                #expect(found == rows || found == before.0)
                if isComplete { #expect(found == rows) }
                if found == rows { whole += 1 } else { takenBack += 1 }
            }
        }
        #expect(whole >= 24)
        #expect(takenBack > 24)
    }

    @Test func aCommitIsFlushedOnceAndALargeOneTwice() throws {
        let file = TestFile()
        let environment = try Environment.open(file.path)
        let flushes = Counter()
        var rows: Rows = [:]
        try write([1: [1]], &rows, environment)
        environment.setFaultHandler { point in
            if point == .flush { flushes.add() }
            return nil
        }
        try write([2: [2]], &rows, environment)
        #expect(flushes.value == 1)
        try write([3: [UInt8](repeating: 3, count: 2 << 20)], &rows, environment)
        #expect(flushes.value == 3)
        // Nothing changed, nothing to flush.
        try environment.write { (_) throws(Diagnostic) in }
        #expect(flushes.value == 3)
        environment.setFaultHandler(nil)
    }

    @Test func aFailingFlushTakesTheCommitBackAndEndsWriting() throws {
        let file = TestFile()
        var rows: Rows = [:]
        do {
            let environment = try Environment.open(file.path)
            try write([1: [1]], &rows, environment)
            environment.setFaultHandler { $0 == .flush ? EIO : nil }
            var lost: Rows = [:]
            #expect(code { try write([2: [2]], &lost, environment) } == .inputOutput)
            environment.setFaultHandler(nil)
            #expect(try Self.rows(environment) == rows)
            #expect(code { try write([3: [3]], &lost, environment) } == .inputOutput)
        }
        let environment = try Environment.open(file.path)
        #expect(try Self.rows(environment) == rows)
        try write([4: [4]], &rows, environment)
        #expect(try Self.rows(environment) == rows)
        #expect(try environment.integrityCheck() == [])
    }

    /// A process that died between the commit and its record has left a whole file to the system, which still runs.
    @Test func aCommitWithoutARecordIsKeptWhileTheSystemRuns() throws {
        let (whole, rows) = try twoCommits()
        var image = whole
        let newest = Self.records(image).map(\.transaction).max()
        Self.changeRecords(&image) { if $0.transaction == newest { $0.transaction -= 2 } }
        #expect(try Self.rowsAndNext(image) == rows)
        Self.changeRecords(&image) { $0.boot ^= 1 }
        #expect(try Self.rowsAndNext(image) == [1: [1]])
    }

    @Test func aFileWithoutRecordsIsTakenAsItIs() throws {
        let (whole, rows) = try twoCommits()
        var image = whole
        for page in 0..<2 {
            let start = page * Self.pageBytes + CommitRecord.offset
            image.replaceSubrange(
                start..<start + CommitRecord.byteCount, with: repeatElement(0, count: CommitRecord.byteCount))
        }
        #expect(try Self.rowsAndNext(image) == rows)
    }

    @Test func whoMayOnlyReadIsToldOfACommitToTakeBack() throws {
        var image = try twoCommits().image
        Self.changeRecords(&image) {
            $0.boot ^= 1
            $0.checksum ^= 1
        }
        let copy = TestFile()
        copy.write(image)
        var options = EnvironmentOptions()
        options.isReadOnly = true
        #expect(code { _ = try Environment.open(copy.path, options: options) } == .readOnlyDatabase)
        #expect(try Self.rowsAndNext(image) == [1: [1]])
    }

    @Test func recordsAreReadAsWritten() {
        var record = CommitRecord(.summed, transaction: 7, boot: 9)
        record.checksum = 11
        record.pageCount = 13
        var bytes = record.bytes
        #expect(CommitRecord(bytes[...]) == record)
        for index in bytes.indices {
            bytes[index] ^= 1
            #expect(CommitRecord(bytes[...]) == nil)
            bytes[index] ^= 1
        }
    }

    // MARK: Help

    /// The bytes of a file with two rows, each of a commit of its own.
    private func twoCommits() throws -> (image: [UInt8], rows: Rows) {
        let file = TestFile()
        let environment = try Environment.open(file.path)
        var rows: Rows = [:]
        try write([1: [1]], &rows, environment)
        try write([2: [2]], &rows, environment)
        return (Self.bytes(file.path), rows)
    }

    /// Some rows more, longer, shorter or gone, in one commit.
    private func change(
        _ rows: inout Rows, _ environment: Environment, _ random: inout SeededRandom
    ) throws {
        var changes: [Int: [UInt8]?] = [:]
        let longest = [40, 400, 9_000, 1_500_000].randomElement(using: &random) ?? 40
        for _ in 0..<Int.random(in: 1...(longest > 9_000 ? 2 : 60), using: &random) {
            let byteCount = Int.random(in: 1...longest, using: &random)
            let isGone = Int.random(in: 0..<4, using: &random) == 0
            changes[Int.random(in: 0..<300, using: &random)] =
                isGone ? .some(nil) : [UInt8](repeating: UInt8.random(in: 0...255, using: &random), count: byteCount)
        }
        try write(changes, &rows, environment)
    }

    private func write(_ changes: [Int: [UInt8]?], _ rows: inout Rows, _ environment: Environment) throws {
        try environment.write { (transaction) throws(Diagnostic) in
            for (number, bytes) in changes.sorted(by: { $0.key < $1.key }) {
                if let bytes {
                    try transaction.view.put(rowKey(number), bytes)
                } else {
                    _ = try transaction.view.delete(rowKey(number))
                }
            }
        }
        for (number, bytes) in changes { rows[number] = bytes }
    }

    private static func rows(_ environment: Environment) throws -> Rows {
        try environment.read { (view) throws(Diagnostic) in
            var rows: Rows = [:]
            for number in try view.rowNumbers() { rows[number] = try view.bytes(number) }
            return rows
        }
    }

    /// The rows of a file of these bytes, which takes a further commit.
    private static func rowsAndNext(_ image: [UInt8]) throws -> Rows {
        let file = TestFile()
        file.write(image)
        let found: Rows
        do {
            let environment = try Environment.open(file.path)
            found = try rows(environment)
            #expect(try environment.integrityCheck() == [])
            try environment.write { (transaction) throws(Diagnostic) in
                try transaction.view.put(rowKey(1_000), [1, 2, 3])
            }
            #expect(try environment.integrityCheck() == [])
        }
        var expected = found
        expected[1_000] = [1, 2, 3]
        #expect(try rows(try Environment.open(file.path)) == expected)
        return found
    }

    private static func bytes(_ path: String) -> [UInt8] {
        let file = open(path, O_RDONLY)
        defer { close(file) }
        var status = stat()
        fstat(file, &status)
        return [UInt8](unsafeUninitializedCapacity: Int(status.st_size)) { buffer, count in
            count = max(0, pread(file, buffer.baseAddress, buffer.count, 0))
        }
    }

    private static func range(_ page: Int) -> Range<Int> { page * pageBytes..<(page + 1) * pageBytes }

    private static func page(_ number: Int, _ image: [UInt8]) -> ArraySlice<UInt8> {
        let range = range(number)
        return range.upperBound <= image.count ? image[range] : []
    }

    private static func records(_ image: [UInt8]) -> [CommitRecord] {
        (0..<2).compactMap { page in
            let start = page * pageBytes + CommitRecord.offset
            return CommitRecord(image[start..<start + CommitRecord.byteCount])
        }
    }

    private static func changeRecords(_ image: inout [UInt8], _ change: (inout CommitRecord) -> Void) {
        for page in 0..<2 {
            let start = page * pageBytes + CommitRecord.offset
            guard var record = CommitRecord(image[start..<start + CommitRecord.byteCount]) else { continue }
            change(&record)
            image.replaceSubrange(start..<start + CommitRecord.byteCount, with: record.bytes)
        }
    }
}
