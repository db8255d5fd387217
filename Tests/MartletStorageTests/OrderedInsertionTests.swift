// Many keys in order in the middle of the file: all there, and on few pages.

import MartletCore
import MartletStorage
import Testing

@Suite struct OrderedInsertionTests {
    /// Rows on both sides of where object 2 of the indexes will lie.
    private func filled() throws -> Environment {
        let environment = try Environment.temporary()
        try environment.write { (t) throws(Diagnostic) in
            for number in 0..<500 {
                try t.view.put(entryKey(number, object: 1), [UInt8](repeating: 1, count: number % 60))
                try t.view.put(rowKey(number, object: 1), [UInt8](repeating: 2, count: 40 + number % 30))
            }
        }
        return environment
    }

    private func entryKey(_ number: Int, object: UInt32, bytes: Int = 0) -> KeyWriter {
        var key = KeyWriter(KeyPrefix(.index, object))
        key.append(.integer(Int64(number)))
        key.append(raw: [UInt8](repeating: 7, count: bytes))
        return key
    }

    private func insert(
        _ count: Int, _ environment: Environment, bytes: (Int) -> (key: Int, value: Int)
    ) throws -> (leafPages: Int, byteCount: Int) {
        let before = try environment.pageStatistics().leafPages
        var byteCount = 0
        try environment.write { (t) throws(Diagnostic) in
            var insertion = try OrderedInsertion(t.view)
            byteCount = 0
            for number in 0..<count {
                let key = entryKey(number, object: 2, bytes: bytes(number).key)
                let value = [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: bytes(number).value)
                byteCount += (8 + key.count + value.count + 1) & ~1 + 2
                try key.withUnsafeBytes { (key) throws(Diagnostic) in
                    try value.withRawBytes { (value) throws(Diagnostic) in try insertion.append(key, value) }
                }
            }
            try insertion.finish()
        }
        return (try environment.pageStatistics().leafPages - before, byteCount)
    }

    private func check(_ count: Int, _ environment: Environment, bytes: (Int) -> (key: Int, value: Int)) throws {
        let transaction: ReadTransaction = try environment.read()
        var cursor = try transaction.view.cursor(KeyPrefix(.index, 2))
        for number in 0..<count {
            #expect(try cursor.next())
            let expected = entryKey(number, object: 2, bytes: bytes(number).key)
            #expect(cursor.key.elementsEqual(expected.bytes))
            #expect(cursor.value.count == bytes(number).value)
            #expect(cursor.value.allSatisfy { $0 == UInt8(truncatingIfNeeded: number) })
        }
        #expect(try !cursor.next())
        #expect(try transaction.view.keyCount() == 1_001 + count)
        #expect(try environment.integrityCheck().isEmpty)
    }

    @Test func fillsPagesBetweenOthers() throws {
        let environment = try filled()
        let size = { (_: Int) in (key: 0, value: 8) }
        let (pages, byteCount) = try insert(20_000, environment, bytes: size)
        try check(20_000, environment, bytes: size)
        #expect(Double(byteCount) / Double(pages * environment.core.pageBytes) > 0.95)
    }

    @Test func takesEntriesOfAllSizes() throws {
        let environment = try filled()
        let size = { (number: Int) in (key: number * 7919 % 400, value: number % 50 == 0 ? 5_000 : number * 31 % 90) }
        let (pages, byteCount) = try insert(5_000, environment, bytes: size)
        try check(5_000, environment, bytes: size)
        let onPages = byteCount - 100 * 5_000
        #expect(Double(onPages) / Double(pages * environment.core.pageBytes) > 0.85)
    }

    @Test func takesFewOrNone() throws {
        for count in [0, 1, 2, 3, 130] {
            let environment = try filled()
            let size = { (_: Int) in (key: 0, value: 0) }
            _ = try insert(count, environment, bytes: size)
            try check(count, environment, bytes: size)
        }
    }

    @Test func worksInAnEmptyFile() throws {
        let environment = try Environment.temporary()
        try environment.write { (t) throws(Diagnostic) in
            var insertion = try OrderedInsertion(t.view)
            for number in 0..<1_000 {
                let key = entryKey(number, object: 2)
                try key.withUnsafeBytes { (key) throws(Diagnostic) in
                    try insertion.append(key, UnsafeRawBufferPointer(start: nil, count: 0))
                }
            }
            try insertion.finish()
        }
        #expect(try environment.pageStatistics().keyCount == 1_001)
        #expect(try environment.integrityCheck().isEmpty)
    }
}
