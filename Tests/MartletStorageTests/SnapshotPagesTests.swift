// Rows looked up side by side: what looking up one after the other gives.

import MartletCore
import MartletStorage
import Testing

@Suite struct SnapshotPagesTests {
    private static func below(_ bound: Int, _ random: inout SeededRandom) -> Int { Int(random.next() % UInt64(bound)) }

    private static func value(_ id: Int64, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: Int(truncatingIfNeeded: id) &* 13 &+ $0) }
    }

    /// Ids that follow each other, with gaps, far apart, and the smallest and largest.
    private static func ids(_ count: Int, _ random: inout SeededRandom) -> [Int64] {
        var ids: Set<Int64> = [.min, .min + 1, -1, 0, 1, .max - 1, .max]
        for id in 0..<count { ids.insert(Int64(id)) }
        for _ in 0..<count {
            ids.insert(Int64(below(20 * count, &random)))
            ids.insert(Int64(bitPattern: random.next()))
        }
        return ids.sorted()
    }

    /// What is given for ids, beside what `get` gives for each.
    private static func expectSame(_ view: TransactionView, _ prefix: KeyPrefix, _ ids: [Int64]) throws {
        let places = UnsafeMutableBufferPointer<UnsafeRawBufferPointer?>.allocate(capacity: ids.count)
        places.initialize(repeating: nil)
        defer { places.deallocate() }
        try ids.withUnsafeBufferPointer { (ids) throws(Diagnostic) in try view.getRows(prefix, ids, into: places) }
        for (id, place) in zip(ids, places) {
            let single = try prefix.withKey(rowNumber: id) { (key) throws(Diagnostic) in try view.get(key) }
            // The very same bytes of the map.
            #expect(place?.baseAddress == single?.baseAddress && place?.count == single?.count, "row \(id)")
        }
    }

    @Test(arguments: [1, 2, 3, 4]) func asOneAfterTheOther(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let file = TestFile()
        let environment = try Environment.open(file.path)
        let all = Self.ids(seed == 1 ? 20 : 3_000, &random)
        let sizes = seed == 2 ? [0, 8, 16] : [0, 16, 40, 60, 200, 900, 2_100, 9_000]
        for object in [7, 8, 9] as [UInt32] {
            let kept = all.filter { _ in random.next() % 4 != 0 }
            let counts = kept.map { _ in sizes[Self.below(sizes.count, &random)] }
            try environment.write { (transaction) throws(Diagnostic) in
                var rows = PackedRows(transaction.view, objectID: object)
                for (id, count) in zip(kept, counts) {
                    let key = rowKey(Int(id), object: object).bytes
                    try key.withRawBytes { (key) throws(Diagnostic) in
                        try Self.value(id, count).withRawBytes { (row) throws(Diagnostic) in try rows.put(key, row) }
                    }
                }
            }
        }
        let reader = try environment.read()
        #expect(reader.view.looksUpRowsTogether)
        for object in [6, 7, 8, 9, 10] as [UInt32] {
            let prefix = KeyPrefix(.row, object)
            try Self.expectSame(reader.view, prefix, all)
            try Self.expectSame(reader.view, prefix, all.filter { _ in random.next() % 20 == 0 })
            try Self.expectSame(reader.view, prefix, all.shuffled(using: &random))
            try Self.expectSame(reader.view, prefix, [0, 0, 5, 5, 5, 3])
            try Self.expectSame(reader.view, prefix, [])
        }
    }

    @Test func ofTheSnapshotAlone() throws {
        let file = TestFile()
        let environment = try Environment.open(file.path)
        let ids = (0..<2_000).map { Int64($0) }
        func write(_ round: Int) throws {
            try environment.write { (transaction) throws(Diagnostic) in
                for id in ids where id % 3 == Int64(round % 3) {
                    try transaction.view.put(
                        rowKey(Int(id), object: 3).bytes, Self.value(id + Int64(round), 30 + round))
                }
            }
        }
        try write(0)
        for round in 1..<6 {
            let before = try environment.read()
            try write(round)
            try write(round + 1)
            try Self.expectSame(before.view, KeyPrefix(.row, 3), ids)
            let after = try environment.read()
            #expect(after.view.looksUpRowsTogether)
            try Self.expectSame(after.view, KeyPrefix(.row, 3), ids)
        }
    }

    @Test func afterTheMapHasGrown() throws {
        let file = TestFile()
        var options = EnvironmentOptions()
        options.mapBytes = 1 << 20
        let environment = try Environment.open(file.path, options: options)
        for round in 0..<8 {
            try environment.write { (transaction) throws(Diagnostic) in
                for id in round * 100..<round * 100 + 100 {
                    try transaction.view.put(rowKey(id, object: 3).bytes, Self.value(Int64(id), 5_000))
                }
            }
            let reader = try environment.read()
            #expect(reader.view.looksUpRowsTogether)
            try Self.expectSame(reader.view, KeyPrefix(.row, 3), (0..<900).map { Int64($0) })
        }
    }

    @Test func whileWriting() throws {
        let file = TestFile()
        let environment = try Environment.open(file.path)
        try environment.write { (transaction) throws(Diagnostic) in
            for id in 0..<500 { try transaction.view.put(rowKey(id, object: 3).bytes, Self.value(Int64(id), 50)) }
            #expect(!transaction.view.looksUpRowsTogether)
            do {
                try Self.expectSame(transaction.view, KeyPrefix(.row, 3), (0..<600).map { Int64($0) })
            } catch { Issue.record(error) }
        }
    }
}
