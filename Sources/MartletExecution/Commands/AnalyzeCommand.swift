// ANALYZE: finds out how a table's values are spread.

import MartletCatalog
import MartletCore
import MartletExpressions
import MartletPlanning
import MartletStorage

enum AnalyzeCommand {
    /// At most about this many rows of a table are looked at, evenly over the table: more hardly change a plan.
    static let sampleRows = 30_000
    /// Columns that are sampled in one scan.
    private static let columnsPerScan = 32

    /// O(rows) reads, O(sampled rows) memory.
    static func run(_ table: Table, _ context: ExecutionContext) throws(Diagnostic) {
        let view = try context.writable()
        let rowCount = try CatalogStore.rowCount(ofTable: table.id, view)
        let step = max(1, Int(rowCount) / sampleRows)
        var statistics = [ColumnStatistics?](repeating: nil, count: table.columns.count)
        let ordered = table.columns.indices.filter { !table.columns[$0].type.isVector }
        for start in stride(from: 0, to: ordered.count, by: columnsPerScan) {
            let columns = Array(ordered[start..<min(start + columnsPerScan, ordered.count)])
            var samples = columns.map { _ in ColumnSample() }
            let scan = Scan(table: table, alias: table.name, columns: columns, includesRowID: false)
            let rows = TableScanOperator(context, scan)
            var number = 0
            while let batch = try rows.next() {
                let chosen = (0..<batch.count).filter { (number + $0) % step == 0 }
                number += batch.count
                for position in columns.indices { samples[position].add(batch.columns[position], chosen) }
            }
            for (position, column) in columns.enumerated() {
                statistics[column] = try samples[position].statistics(
                    type: table.columns[column].type, rowCount: number)
            }
        }
        try CatalogStore.put(
            TableStatistics(tableID: table.id, rowCount: rowCount, columns: statistics), view)
    }
}

/// The values of one column in the rows that were looked at.
private struct ColumnSample {
    private var keys: [[UInt8]] = []
    private var nullCount = 0

    mutating func add(_ column: Column, _ rows: [Int]) {
        for row in rows {
            if column.isNull(row) {
                nullCount += 1
                continue
            }
            var writer = KeyWriter(reserving: 16)
            writer.append(column, at: row)
            // The end tells long values that begin alike apart.
            var bytes = writer.bytes
            if bytes.count > 2 * ColumnStatistics.keyLimit {
                var hash: UInt64 = 0xCBF2_9CE4_8422_2325
                for byte in bytes[ColumnStatistics.keyLimit...] { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
                bytes = bytes.prefix(ColumnStatistics.keyLimit) + Swift.withUnsafeBytes(of: hash.bigEndian, Array.init)
            }
            keys.append(bytes)
        }
    }

    /// - Parameter rowCount: of the whole table.
    consuming func statistics(type: DataType, rowCount: Int) throws(Diagnostic) -> ColumnStatistics {
        let seen = keys.count + nullCount
        guard seen > 0, !keys.isEmpty else {
            return ColumnStatistics(nullFraction: seen > 0 ? 1 : 0, distinctCount: 0)
        }
        keys.sort { $0.lexicographicallyPrecedes($1) }
        var runs: [(start: Int, count: Int)] = []
        for index in keys.indices {
            if index > 0, keys[index] == keys[index - 1] {
                runs[runs.count - 1].count += 1
            } else {
                runs.append((index, 1))
            }
        }
        var bounds: [KeyBytes] = []
        let buckets = min(ColumnStatistics.bucketCount, keys.count)
        for bucket in 0...buckets {
            bounds.append(KeyBytes(bytes: keys[max(0, keys.count * bucket / buckets - (bucket == 0 ? 0 : 1))]))
        }
        // Frequent: clearly more often than the average, and seen more than once.
        let average = Double(keys.count) / Double(runs.count)
        let common = runs.filter { $0.count > 1 && Double($0.count) > 1.25 * average }
            .sorted { ($1.count, $0.start) < ($0.count, $1.start) }
            .prefix(ColumnStatistics.commonLimit)
        return ColumnStatistics(
            nullFraction: Double(nullCount) / Double(seen),
            distinctCount: distinctCount(runs, rowCount: rowCount, seen: seen),
            minimum: try text(keys[0], type), maximum: try text(keys[keys.count - 1], type),
            common: common.map { run in
                ColumnStatistics.Common(
                    key: KeyBytes(bytes: keys[run.start]), fraction: Double(run.count) / Double(seen))
            },
            bounds: bounds)
    }

    /// Haas and Stokes' Duj1 estimator ("Estimating the number of classes in a finite population", 1998), as
    /// PostgreSQL uses it: n d / (n − f + f n / N) for d different values in n of N, f of them seen once.
    private func distinctCount(_ runs: [(start: Int, count: Int)], rowCount: Int, seen: Int) -> Double {
        let distinct = Double(runs.count)
        let sampled = Double(keys.count)
        let total = max(sampled, Double(rowCount) * sampled / Double(max(1, seen)))
        if sampled >= total { return distinct }
        let once = Double(runs.reduce(0) { $0 + ($1.count == 1 ? 1 : 0) })
        return min(total, max(distinct, sampled * distinct / (sampled - once + once * sampled / total)))
    }

    /// A value for people; long ones are shortened.
    private func text(_ key: [UInt8], _ type: DataType) throws(Diagnostic) -> String? {
        let value = try? key.withRawBytes { (bytes) throws(Diagnostic) -> Value in
            var reader = KeyReader(bytes)
            return try reader.next(type)
        }
        guard let value, let text = try? ValueConversion.text(of: value) else { return nil }
        return text.unicodeScalars.count > 40
            ? String(String.UnicodeScalarView(text.unicodeScalars.prefix(40))) + "…" : text
    }
}
