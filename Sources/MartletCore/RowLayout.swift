// Where the columns of a table lie in a stored row.
//
// A row of n columns, of which v have a variable length:
//
//   | offset            | bytes   | what                                                                     |
//   | ----------------- | ------- | ------------------------------------------------------------------------ |
//   | 0                 | 1       | version of this format: 1                                                |
//   | 1                 | 1       | flags: bit 0 is set if any column is NULL                                |
//   | 2                 | 2       | n, little-endian, as all numbers here                                    |
//   | 4                 | f       | fixed columns in the order of declaration: BOOLEAN 1 byte; INTEGER, REAL |
//   |                   |         | and TIMESTAMP 8 bytes; zeros for NULL                                    |
//   | 4 + f             | ⌈n / 8⌉ | null bitmap: bit i % 8 of byte i / 8 is set if column i is NULL          |
//   | 4 + f + ⌈n / 8⌉   | 4 · v   | the end of each variable column, counted from the start of their data    |
//   | … + 4 · v         |         | data of TEXT, JSON, BLOB and VECTOR columns, end to end                  |
//
// A fixed column's offset depends only on the columns before it, so it holds for every n: rows written before an
// ALTER TABLE ADD COLUMN have a smaller n and are read without being rewritten.

/// The places of a table's columns in its rows, computed once a table.
///
/// A class, because operators share it and the hot paths must not copy its arrays.
package final class RowLayout: Sendable {
    package enum Slot: Hashable, Sendable {
        case boolean(offset: Int)
        case integer(offset: Int)
        case timestamp(offset: Int)
        case real(offset: Int)
        /// The number of variable columns before this one.
        case variable(ordinal: Int)
        /// A column of type NULL stores nothing.
        case nothing
    }

    /// The shape of rows that have the first n columns.
    struct Prefix: Sendable {
        var bitmapOffset: Int
        var endsOffset: Int
        var variableCount: Int
        var dataOffset: Int
    }

    package let types: [DataType]
    package let slots: [Slot]
    /// What rows that were written without a column have in it; empty: NULL in all.
    package let absent: [Value]
    /// By number of columns, from 0 to `types.count`.
    let prefixes: [Prefix]
    /// A row of zeros: header, fixed columns, bitmap, ends.
    let template: [UInt8]

    static let headerBytes = 4
    static let version: UInt8 = 1

    /// - Precondition: at most `Limits.columnsPerTable` types (the catalog checks), which fits the header's 16 bits.
    package init(types: [DataType], absent: [Value] = []) {
        precondition(types.count <= Int(UInt16.max))
        var slots: [Slot] = []
        var fixedEnd = Self.headerBytes
        var variableCount = 0
        var prefixes = [
            Prefix(bitmapOffset: fixedEnd, endsOffset: fixedEnd, variableCount: 0, dataOffset: fixedEnd)
        ]
        for (index, type) in types.enumerated() {
            switch type {
            case .boolean:
                slots.append(.boolean(offset: fixedEnd))
                fixedEnd += 1
            case .integer:
                slots.append(.integer(offset: fixedEnd))
                fixedEnd += 8
            case .timestamp:
                slots.append(.timestamp(offset: fixedEnd))
                fixedEnd += 8
            case .real:
                slots.append(.real(offset: fixedEnd))
                fixedEnd += 8
            case .text, .json, .blob, .vector:
                slots.append(.variable(ordinal: variableCount))
                variableCount += 1
            case .null:
                slots.append(.nothing)
            }
            let endsOffset = fixedEnd + (index + 1 + 7) / 8
            prefixes.append(
                Prefix(
                    bitmapOffset: fixedEnd, endsOffset: endsOffset, variableCount: variableCount,
                    dataOffset: endsOffset + 4 * variableCount))
        }
        self.types = types
        self.absent = absent.contains { !$0.isNull } ? zip(absent, types).map(Self.widened) : []
        self.slots = slots
        self.prefixes = prefixes
        var template = [UInt8](repeating: 0, count: prefixes[types.count].dataOffset)
        template[0] = Self.version
        template[2] = UInt8(truncatingIfNeeded: types.count)
        template[3] = UInt8(truncatingIfNeeded: types.count >> 8)
        self.template = template
    }

    package var columnCount: Int { types.count }

    /// What rows that were written without the column have in it.
    package func absentValue(_ column: Int) -> Value { column < absent.count ? absent[column] : .null }

    private static func widened(_ value: Value, _ type: DataType) -> Value {
        if type == .real, case .integer(let number) = value { return .real(Double(number)) }
        return value
    }
}
