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
        var stored: [[UInt8]] = []
        for (index, row) in rows.enumerated() {
            try writer.write(row)
            let bytes = writer.bytes
            stored.append(bytes)
            try writer.write(batch.columns, row: index)
            #expect(writer.bytes == bytes, "seed \(seed)")
            try writer.withUnsafeBytes { (bytes) throws(Diagnostic) in
                #expect(try RowReader(bytes, layout: layout).values() == row, "seed \(seed)")
                let reader = try RowReader(bytes, layout: later)
                #expect(try reader.values(defaults: defaults) == row + [.integer(9), .text("x")], "seed \(seed)")
                for column in extended.indices {
                    try reader.append(column, to: &builders[column], default: defaults[column])
                }
            }
        }
        let block = try #require(RowBlock(batch.columns, count: batch.count, layout: layout))
        for (index, row) in stored.enumerated() {
            block.withRow(index) { #expect($0.elementsEqual(row), "seed \(seed)") }
        }
        let columns = builders.map { $0.finish() }
        let projected = Batch(
            columns: try withRows(stored) { (rows) throws(Diagnostic) in try projection.columns(of: rows) },
            count: rows.count)
        for (index, row) in rows.enumerated() {
            let expected = row + [.integer(9), .text("x")]
            #expect(columns.map { $0[index] } == expected, "seed \(seed)")
            #expect(Array(projected.row(index).reversed()) == expected, "seed \(seed)")
        }
        // Rows of this very layout go another way than those with absent columns.
        let own = RowProjection(layout: layout, columns: Array(types.indices))
        let same = Batch(
            columns: try withRows(stored) { (rows) throws(Diagnostic) in try own.columns(of: rows) }, count: rows.count)
        for (index, row) in rows.enumerated() { #expect(same.row(index) == row, "seed \(seed)") }
    }

    /// Calls `body` with rows as a scan sees them.
    private func withRows<R>(
        _ rows: [[UInt8]], _ body: (UnsafeBufferPointer<UnsafeRawBufferPointer>) throws(Diagnostic) -> R
    ) throws(Diagnostic) -> R {
        let all = rows.flatMap { $0 }
        return try all.withRawBytes { (bytes) throws(Diagnostic) in
            var start = 0
            let slices = rows.map { row in
                defer { start += row.count }
                return UnsafeRawBufferPointer(rebasing: bytes[start..<start + row.count])
            }
            return try slices.withUnsafeBufferPointer { (slices) throws(Diagnostic) in try body(slices) }
        }
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
            }
            do throws(Diagnostic) {
                let columns = try withRows([bytes, bytes]) { (rows) throws(Diagnostic) in
                    try projection.columns(of: rows)
                }
                #expect(columns.allSatisfy { $0.count == 2 })
            } catch {
                #expect(error.code == .corrupt || error.code == .newerFormat)
            }
        }
    }
}
