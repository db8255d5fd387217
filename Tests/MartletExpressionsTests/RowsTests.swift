// Grouping, ordering and joining of rows, against simple models.

import MartletCore
import MartletExpressions
import Testing

struct RowsTests {
    private func random(_ type: DataType, _ random: inout SeededRandom) -> Value {
        if random.next() % 8 == 0 { return .null }
        let small = Int64(random.next() % 7) - 3
        switch type {
        case .integer: return .integer(small == 3 ? .max : small == -3 ? .min : small * 100_000)
        case .real: return .real(small == 0 ? -0.0 : Double(small) / 2)
        case .boolean: return .boolean(small > 0)
        case .text: return .text(String(repeating: "ab", count: Int(small.magnitude) * 3) + (small > 0 ? "x" : ""))
        default: return .timestamp(small)
        }
    }

    private let shapes: [[DataType]] = [
        [.integer], [.text], [.real], [.boolean], [.integer, .text], [.text, .real, .timestamp], [],
    ]

    @Test(arguments: [1, 2, 3] as [UInt64]) func groupsEqualTheModel(seed: UInt64) throws {
        var generator = SeededRandom(seed: seed)
        for types in shapes {
            let table = GroupTable(keyTypes: types)
            var model: [[Value]: Int32] = [:]
            var order: [[Value]] = []
            for _ in 0..<5 {
                let rows = (0..<40).map { _ in types.map { random($0, &generator) } }
                let batch = Batch(rows: rows, types: types)
                let groups = try table.assign(batch.columns, count: batch.count)
                for (row, key) in rows.enumerated() {
                    if model[key] == nil {
                        model[key] = Int32(order.count)
                        order.append(key)
                    }
                    #expect(groups[row] == model[key], "\(key) of \(types), seed \(seed)")
                }
                #expect(try table.find(batch.columns, count: batch.count) == groups)
            }
            #expect(table.groupCount == order.count)
            let keys = table.keyColumns()
            for (group, key) in order.enumerated() where !types.isEmpty {
                #expect(keys.map { $0[group] } == key)
            }
        }
    }

    @Test func manyGroupsAndTheLimit() throws {
        let table = GroupTable(keyTypes: [.integer])
        let values = (0..<50_000).map { Int64($0) &* 7_919 - 1_000 }
        let column = Column(type: .integer, storage: .integers(values))
        #expect(try table.assign([column], count: values.count) == (0..<50_000).map { Int32($0) })
        let small = GroupTable(keyTypes: [.integer], memoryLimitBytes: 100_000)
        #expect(code { _ = try small.assign([column], count: values.count) } == .limitExceeded)
    }

    @Test(arguments: [1, 2, 3] as [UInt64]) func orderEqualsTheModel(seed: UInt64) throws {
        var generator = SeededRandom(seed: seed)
        for types in shapes where !types.isEmpty {
            for _ in 0..<20 {
                let rows = (0..<60).map { _ in types.map { random($0, &generator) } }
                let keys = types.indices.map { index in
                    SortKey(
                        column: index, isDescending: generator.next() % 2 == 0,
                        nullsFirst: [nil, true, false][Int(generator.next() % 3)])
                }
                let expected = rows.indices.sorted { a, b in
                    for key in keys {
                        let x = rows[a][key.column]
                        let y = rows[b][key.column]
                        if x.isNull || y.isNull {
                            if x.isNull && y.isNull { continue }
                            return x.isNull == key.nullsFirst
                        }
                        let order = ValueOrder.compare(x, y)
                        if order != 0 { return (order < 0) != key.isDescending }
                    }
                    return a < b
                }
                let batch = Batch(rows: rows, types: types)
                #expect(RowOrdering.sorted(batch.columns, count: batch.count, by: keys) == expected, "seed \(seed)")
                for limit in [0, 1, 7, 60, 100] {
                    let first = RowOrdering.first(limit, batch.columns, count: batch.count, by: keys)
                    #expect(first == Array(expected.prefix(limit)), "limit \(limit), seed \(seed)")
                }
            }
        }
    }

    @Test func topRowsOverManyBatches() throws {
        var generator = SeededRandom(seed: 5)
        for descending in [false, true] {
            var top = TopRows(limit: 10, by: [SortKey(column: 0, isDescending: descending)])
            var all: [[Value]] = []
            for batchNumber in 0..<40 {
                let rows = (0..<500).map { row -> [Value] in
                    [
                        generator.next() % 50 == 0 ? .null : .integer(Int64(generator.next() % 1_000)),
                        .integer(Int64(batchNumber * 500 + row)),
                    ]
                }
                all += rows
                top.add(Batch(rows: rows, types: [.integer, .integer]))
            }
            let batch = Batch(rows: all, types: [.integer, .integer])
            let expected = RowOrdering.sorted(
                batch.columns, count: batch.count, by: [SortKey(column: 0, isDescending: descending)])
            let finished = top.finish()
            let result = try #require(finished)
            #expect((0..<10).map { result.row($0) } == expected.prefix(10).map { all[$0] })
        }
    }

    @Test func joinsEqualTheModel() throws {
        var generator = SeededRandom(seed: 9)
        for types in shapes where !types.isEmpty {
            let left = (0..<50).map { _ in types.map { random($0, &generator) } }
            let right = (0..<50).map { _ in types.map { random($0, &generator) } }
            let table = JoinTable(keyTypes: types)
            for start in stride(from: 0, to: 50, by: 20) {
                let part = Batch(rows: Array(right[start..<min(50, start + 20)]), types: types)
                try table.add(part.columns, count: part.count)
            }
            let probe = Batch(rows: left, types: types)
            let (probeRows, tableRows) = try table.probe(probe.columns, count: 50)
            var expected: [[Int]] = []
            for (i, x) in left.enumerated() {
                for (j, y) in right.enumerated() where x == y && !x.contains(.null) { expected.append([i, j]) }
            }
            #expect(zip(probeRows, tableRows).map { [$0, $1] } == expected)
        }
    }
}
