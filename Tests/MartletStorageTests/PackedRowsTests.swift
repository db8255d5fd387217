// Large rows in blocks: the same rows as a dictionary holds, whatever is done to them.

import MartletCore
import MartletStorage
import Testing

@Suite struct PackedRowsTests {
    private static func key(_ id: Int64) -> [UInt8] { rowKey(Int(id), object: 3).bytes }

    private static func row(_ id: Int64, _ count: Int, _ version: Int) -> [UInt8] {
        [1] + (1..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ Int(id) &* 7 &+ version) }
    }

    private struct Numbers {
        var random: SeededRandom
        mutating func below(_ bound: Int) -> Int { Int(random.next() % UInt64(bound)) }
    }

    /// A block and places as format 3 has them.
    private static func putLong(_ rows: [Int64: [UInt8]], _ view: WriteView) throws(Diagnostic) {
        func u32(_ number: Int) -> [UInt8] {
            withUnsafeBytes(of: UInt32(number).littleEndian) { Array($0) }
        }
        var records: [UInt8] = []
        for (id, row) in rows.sorted(by: { $0.key < $1.key }) {
            try view.put(key(id), [255, 0, 0, 0] + u32(1) + u32(16 + records.count) + u32(row.count))
            records += Array(key(id)[KeyPrefix.byteCount...]) + u32(row.count) + u32(0) + row
        }
        let header = u32(16 + records.count) + u32(records.count) + u32(0) + u32(0)
        let rest = [UInt8](repeating: 0, count: 9_000)
        try view.put(KeyPrefix(.packed, 3).bytes + [0, 0, 0, 1], header + records + rest)
    }

    @Test(arguments: [1, 2, 3], [false, true]) func anyChanges(seed: UInt64, startsLong: Bool) throws {
        let file = TestFile()
        let environment = try Environment.open(file.path)
        var expected: [Int64: [UInt8]] = [:]
        if startsLong {
            for id in 0..<Int64(40) { expected[id] = Self.row(id, id % 3 == 0 ? 700 : 3_177, 0) }
            let rows = expected
            try environment.write { (transaction) throws(Diagnostic) in
                try Self.putLong(rows, transaction.view)
                try PackedRows.check(objectID: 3, in: transaction.view)
            }
        }
        var random = Numbers(random: SeededRandom(seed: seed))
        let sizes = [40, 499, 529, 700, 3_177, 3_177, 3_177, 20_000, 73_728, 90_000]
        for round in 0..<12 {
            var next = expected
            try environment.write { (transaction) throws(Diagnostic) in
                let view = transaction.view
                next = expected
                var rows = PackedRows(view, objectID: 3)
                for step in 0..<120 {
                    let id = Int64(random.below(150))
                    let bytes = Self.row(id, sizes[random.below(sizes.count)], round * 1_000 + step)
                    try bytes.withRawBytes { (raw) throws(Diagnostic) in
                        switch random.below(4) {
                        case 0:
                            #expect(try rows.insert(Self.key(id), raw) == (next[id] == nil))
                            if next[id] == nil { next[id] = bytes }
                        case 1:
                            try rows.put(Self.key(id), raw)
                            next[id] = bytes
                        case 2: #expect(try rows.delete(Self.key(id)) == (next.removeValue(forKey: id) != nil))
                        default: #expect(try view.get(Self.key(id)).map { Array($0) } == next[id])
                        }
                    }
                }
            }
            expected = next
            try environment.read { (view) throws(Diagnostic) in
                try PackedRows.check(objectID: 3, in: view)
                var found: [Int64: [UInt8]] = [:]
                var cursor = try view.cursor(KeyPrefix(.row, 3))
                while try cursor.next() {
                    var reader = KeyReader(cursor.keySuffix)
                    found[try reader.rowNumber()] = Array(cursor.value)
                }
                #expect(found == expected)
            }
        }
    }

    @Test func rowsFillTheirBlocks() throws {
        let file = TestFile()
        let environment = try Environment.open(file.path)
        try environment.write { (transaction) throws(Diagnostic) in
            var rows = PackedRows(transaction.view, objectID: 3)
            for id in 0..<Int64(2_000) {
                let isNew = try Self.row(id, 3_177, 0).withRawBytes { (raw) throws(Diagnostic) in
                    try rows.insert(Self.key(id), raw, asLast: true)
                }
                #expect(isNew)
            }
        }
        try environment.read { (view) throws(Diagnostic) in
            var blocks = 0
            var cursor = try view.cursor(KeyPrefix(.packed, 3))
            while try cursor.next() { blocks += (cursor.value.count + 16) / 4_096 }
            #expect(Double(blocks * 4_096) < 1.03 * Double(2_000 * 3_189))
        }
    }

    @Test func undoneChangesLeaveNothing() throws {
        let file = TestFile()
        let environment = try Environment.open(file.path)
        let first = Self.row(1, 3_000, 0)
        try environment.write { (transaction) throws(Diagnostic) in
            var rows = PackedRows(transaction.view, objectID: 3)
            _ = try first.withRawBytes { (raw) throws(Diagnostic) in try rows.insert(Self.key(1), raw) }
        }
        #expect(throws: Diagnostic.self) {
            try environment.write { (transaction) throws(Diagnostic) in
                var rows = PackedRows(transaction.view, objectID: 3)
                try Self.row(1, 3_000, 9).withRawBytes { (raw) throws(Diagnostic) in
                    try rows.put(Self.key(1), raw)
                    _ = try rows.insert(Self.key(2), raw)
                }
                throw Diagnostic(.cancelled, "undone")
            }
        }
        try environment.read { (view) throws(Diagnostic) in
            #expect(try view.get(Self.key(1)).map { Array($0) } == first)
            #expect(try view.get(Self.key(2)) == nil)
            try PackedRows.check(objectID: 3, in: view)
        }
    }
}

extension PackedRows {
    fileprivate mutating func insert(
        _ key: [UInt8], _ row: UnsafeRawBufferPointer, asLast: Bool = false
    ) throws(Diagnostic) -> Bool {
        var rows = self
        defer { self = rows }
        return try key.withRawBytes { (key) throws(Diagnostic) in try rows.insert(key, row, asLast: asLast) }
    }

    fileprivate mutating func put(_ key: [UInt8], _ row: UnsafeRawBufferPointer) throws(Diagnostic) {
        var rows = self
        defer { self = rows }
        try key.withRawBytes { (key) throws(Diagnostic) in try rows.put(key, row) }
    }

    fileprivate mutating func delete(_ key: [UInt8]) throws(Diagnostic) -> Bool {
        var rows = self
        defer { self = rows }
        return try key.withRawBytes { (key) throws(Diagnostic) in try rows.delete(key) }
    }
}
