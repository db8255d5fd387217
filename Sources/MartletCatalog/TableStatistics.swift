// What ANALYZE has found out about a table, for the planner.

package import MartletCore

package struct TableStatistics: Hashable, Sendable, Codable {
    package var tableID: UInt32
    /// When ANALYZE ran.
    package var rowCount: Int64
    /// By position; nil for columns that have no order.
    package var columns: [ColumnStatistics?]

    package init(tableID: UInt32, rowCount: Int64, columns: [ColumnStatistics?]) {
        self.tableID = tableID
        self.rowCount = rowCount
        self.columns = columns
    }
}

/// How a column's values are spread. Values are kept as their ordered keys, long ones cut off.
package struct ColumnStatistics: Hashable, Sendable, Codable {
    /// A frequent value.
    package struct Common: Hashable, Sendable, Codable {
        package var key: KeyBytes
        /// Its share of all rows.
        package var fraction: Double

        package init(key: KeyBytes, fraction: Double) {
            self.key = key
            self.fraction = fraction
        }
    }

    package static let keyLimit = 48
    package static let commonLimit = 16
    /// The histogram's buckets, each with as many rows.
    package static let bucketCount = 64

    package var nullFraction: Double
    /// The number of different values, NULL not among them.
    package var distinctCount: Double
    /// As text.
    package var minimum: String?
    package var maximum: String?
    /// The most frequent first.
    package var common: [Common]
    /// The smallest value, then the greatest one of each bucket; of all values that are not NULL.
    package var bounds: [KeyBytes]

    package init(
        nullFraction: Double, distinctCount: Double, minimum: String? = nil, maximum: String? = nil,
        common: [Common] = [], bounds: [KeyBytes] = []
    ) {
        self.nullFraction = nullFraction
        self.distinctCount = distinctCount
        self.minimum = minimum
        self.maximum = maximum
        self.common = common
        self.bounds = bounds
    }

    /// The share of all rows whose value is `value`, which has the column's type.
    package func fraction(equalTo value: Value) -> Double {
        if value.isNull { return 0 }
        let key = KeyBytes(value)
        if let known = common.first(where: { $0.key == key }) { return known.fraction }
        if let first = bounds.first, let last = bounds.last, key < first || last < key { return 0 }
        let rest = max(0, 1 - nullFraction - common.reduce(0) { $0 + $1.fraction })
        return rest / max(1, distinctCount - Double(common.count))
    }

    /// The share of all rows whose value is below `value`.
    package func fraction(below value: Value) -> Double {
        guard bounds.count > 1, !value.isNull else { return (1 - nullFraction) / 3 }
        let key = KeyBytes(value)
        if !(bounds[0] < key) { return 0 }
        // The first bucket whose end is not below.
        var low = 1
        var high = bounds.count
        while low < high {
            let middle = (low + high) / 2
            if bounds[middle] < key { low = middle + 1 } else { high = middle }
        }
        if low == bounds.count { return 1 - nullFraction }
        var within = 0.5
        if let start = bounds[low - 1].number, let end = bounds[low].number, let place = KeyBytes(value).number,
            end > start
        {
            within = min(1, max(0, (place - start) / (end - start)))
        }
        return (Double(low - 1) + within) / Double(bounds.count - 1) * (1 - nullFraction)
    }
}

/// A value's ordered key, cut off where it is long. Stored as hexadecimal text.
package struct KeyBytes: Hashable, Sendable, Comparable {
    package let bytes: [UInt8]

    package init(bytes: some Sequence<UInt8>) { self.bytes = Array(bytes.prefix(ColumnStatistics.keyLimit)) }

    package init(_ value: Value) {
        var writer = KeyWriter()
        writer.append(value)
        self.init(bytes: writer.bytes)
    }

    package static func < (left: KeyBytes, right: KeyBytes) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }

    /// Where a number or a time lies among others.
    var number: Double? {
        bytes.withRawBytes { bytes in
            for type in [DataType.integer, .real, .timestamp] {
                var reader = KeyReader(bytes)
                switch try? reader.next(type) {
                case .integer(let value), .timestamp(let value): return Double(value)
                case .real(let value): return value.isFinite ? value : nil
                default: continue
                }
            }
            return nil
        }
    }
}

extension KeyBytes: Codable {
    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        var bytes: [UInt8] = []
        var digits = text.utf8.makeIterator()
        while let high = digits.next().flatMap(Self.digit), let low = digits.next().flatMap(Self.digit) {
            bytes.append(high << 4 | low)
        }
        self.init(bytes: bytes)
    }

    package func encode(to encoder: any Encoder) throws {
        let digits = Array("0123456789abcdef".utf8)
        let text = bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        var container = encoder.singleValueContainer()
        try container.encode(String(decoding: text, as: UTF8.self))
    }

    private static func digit(_ character: UInt8) -> UInt8? {
        switch character {
        case 48...57: character - 48
        case 97...102: character - 87
        default: nil
        }
    }
}
