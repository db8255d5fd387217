// Rows come back, column by column, also after columns were added, and survive any bytes.

import MartletCore
import Testing

@Suite struct RowCodecTests {
    @Test(arguments: 0..<40 as Range<UInt64>) func roundTrips(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let count = Int.random(in: 0..<20, using: &random)
        let types = (0..<count).map { _ in everyType[Int.random(in: 0..<everyType.count, using: &random)] }
        let extended = types + [.integer, .text]
        let layout = RowLayout(types: types)
        let later = RowLayout(types: extended)
        var writer = RowWriter(layout: layout)
        let rows = (0..<20).map { _ in types.map { random.value($0) } }
        let batch = Batch(rows: rows, types: types)
        let defaults = Array(repeating: Value.null, count: count) + [.integer(9), .text("x")]
        var builders = extended.map { ColumnBuilder(type: $0) }
        let projection = RowProjection(
            layout: later, columns: Array(extended.indices.reversed()), defaults: defaults.reversed())
        for (index, row) in rows.enumerated() {
            try writer.write(row)
            let bytes = writer.bytes
            try writer.write(batch.columns, row: index)
            #expect(writer.bytes == bytes, "seed \(seed)")
            try writer.withUnsafeBytes { (bytes) throws(Diagnostic) in
                #expect(try RowReader(bytes, layout: layout).values() == row, "seed \(seed)")
                let reader = try RowReader(bytes, layout: later)
                #expect(try reader.values(defaults: defaults) == row + [.integer(9), .text("x")], "seed \(seed)")
                for column in extended.indices {
                    try reader.append(column, to: &builders[column], default: defaults[column])
                }
                try projection.append(bytes)
            }
        }
        let columns = builders.map { $0.finish() }
        let projected = projection.take()
        #expect(projected.count == rows.count)
        for (index, row) in rows.enumerated() {
            let expected = row + [.integer(9), .text("x")]
            #expect(columns.map { $0[index] } == expected, "seed \(seed)")
            #expect(Array(projected.row(index).reversed()) == expected, "seed \(seed)")
        }
        #expect(projection.take().count == 0)
    }

    @Test func reportsCorruptBytes() throws {
        var random = SeededRandom(seed: 3)
        let layout = RowLayout(types: everyType)
        var writer = RowWriter(layout: layout)
        let projection = RowProjection(layout: layout, columns: Array(everyType.indices))
        for _ in 0..<20_000 {
            try writer.write(everyType.map { random.value($0) })
            var bytes = writer.bytes
            switch Int.random(in: 0..<3, using: &random) {
            case 0: bytes.removeLast(Int.random(in: 0...bytes.count, using: &random))
            case 1: bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            default: bytes.append(UInt8.random(in: 0...255, using: &random))
            }
            bytes.withRawBytes { bytes in
                do throws(Diagnostic) {
                    let reader = try RowReader(bytes, layout: layout)
                    _ = try reader.values()
                } catch {
                    #expect(error.code == .corrupt || error.code == .newerFormat)
                }
                do throws(Diagnostic) {
                    try projection.append(bytes)
                } catch {
                    #expect(error.code == .corrupt || error.code == .newerFormat)
                    _ = projection.take()
                }
                if projection.isFull { _ = projection.take() }
            }
        }
    }
}
