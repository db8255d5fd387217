// Reads single columns of a stored row; the format is drawn in RowLayout.

/// One stored row, checked once when it is opened; each column is then read without decoding the others.
///
/// The bytes must outlive the reader. Any bytes may come in: nothing here reads outside of them.
package struct RowReader {
    package let layout: RowLayout
    private let bytes: UnsafeRawBufferPointer
    /// The number of columns that the row has; later ones are absent.
    package let columnCount: Int
    private let hasNulls: Bool
    private let prefix: RowLayout.Prefix

    /// Checks the header and that the row is as long as it says. O(1).
    ///
    /// - Throws: `corrupt`; `newerFormat` if the row's version is unknown.
    package init(_ bytes: UnsafeRawBufferPointer, layout: RowLayout) throws(Diagnostic) {
        guard bytes.count >= RowLayout.headerBytes else { throw Self.corrupt("a row of \(bytes.count) bytes") }
        guard bytes[0] == RowLayout.version else {
            throw Diagnostic(.newerFormat, "a row of format version \(bytes[0])")
        }
        let count = Int(bytes[2]) | Int(bytes[3]) << 8
        guard count < layout.prefixes.count else {
            throw Self.corrupt("a row of \(count) columns in a table of \(layout.columnCount)")
        }
        let prefix = layout.prefixes[count]
        guard prefix.dataOffset <= bytes.count else { throw Self.corrupt("a row ends too early") }
        if prefix.variableCount > 0 {
            let last = bytes.loadUnaligned(
                fromByteOffset: prefix.endsOffset + 4 * (prefix.variableCount - 1), as: UInt32.self)
            guard Int(UInt32(littleEndian: last)) == bytes.count - prefix.dataOffset else {
                throw Self.corrupt("a row's data is not as long as it says")
            }
        } else if prefix.dataOffset != bytes.count {
            throw Self.corrupt("bytes after the end of a row")
        }
        self.layout = layout
        self.bytes = bytes
        self.prefix = prefix
        columnCount = count
        hasNulls = bytes[1] & 1 != 0
    }

    /// Whether the row was written before the column was added: the caller supplies the default.
    package func isAbsent(_ column: Int) -> Bool { column >= columnCount }

    package func isNull(_ column: Int) -> Bool {
        hasNulls && column < columnCount
            && bytes[prefix.bitmapOffset + column >> 3] & (1 << UInt8(column & 7)) != 0
    }

    /// The value of a column, or nil if it is absent.
    package func value(_ column: Int) throws(Diagnostic) -> Value? {
        if isAbsent(column) { return nil }
        if isNull(column) { return .null }
        switch layout.slots[column] {
        case .boolean(let offset): return .boolean(bytes[offset] != 0)
        case .integer(let offset): return .integer(integer(at: offset))
        case .timestamp(let offset): return .timestamp(integer(at: offset))
        case .real(let offset): return .real(real(at: offset))
        case .nothing: return .null
        case .variable(let ordinal):
            let data = try variable(ordinal)
            switch layout.types[column] {
            case .json: return .json(try Self.string(data))
            case .blob: return .blob(Array(data))
            case .vector(let dimension, let element):
                try Self.check(data, isVectorOf: dimension, element)
                return .vector(Vector(dimension: dimension, element: element, bytes: Array(data)))
            default: return .text(try Self.string(data))
            }
        }
    }

    /// All columns of the layout, `defaults` standing in for absent ones; if not given, the layout's own.
    package func values(defaults: [Value] = []) throws(Diagnostic) -> [Value] {
        let defaults = defaults.isEmpty ? layout.absent : defaults
        var row: [Value] = []
        row.reserveCapacity(layout.columnCount)
        for column in 0..<layout.columnCount {
            row.append(try value(column) ?? (column < defaults.count ? defaults[column] : .null))
        }
        return row
    }

    /// Appends a column's value to a builder of the same type.
    ///
    /// - Parameter defaultValue: stands in for a column that the row was written without.
    package func append(
        _ column: Int, to builder: inout ColumnBuilder, default defaultValue: Value = .null
    ) throws(Diagnostic) {
        if isAbsent(column) { return builder.append(defaultValue) }
        if isNull(column) { return builder.appendNull() }
        switch layout.slots[column] {
        case .boolean(let offset): builder.append(boolean: bytes[offset] != 0)
        case .integer(let offset), .timestamp(let offset): builder.append(integer: integer(at: offset))
        case .real(let offset): builder.append(real: real(at: offset))
        case .nothing: builder.appendNull()
        case .variable(let ordinal):
            let data = try variable(ordinal)
            if case .vector(let dimension, let element) = layout.types[column] {
                try Self.check(data, isVectorOf: dimension, element)
            }
            builder.append(bytes: data)
        }
    }

    /// The bytes of a TEXT, JSON, BLOB or VECTOR column in place; nil if it is NULL, absent or of a fixed width.
    package func bytes(_ column: Int) throws(Diagnostic) -> UnsafeRawBufferPointer? {
        guard !isAbsent(column), !isNull(column), case .variable(let ordinal) = layout.slots[column] else { return nil }
        return try variable(ordinal)
    }

    // Offsets of fixed columns lie below prefix.dataOffset, which the initialiser compared with the row's length.
    private func integer(at offset: Int) -> Int64 {
        Int64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Int64.self))
    }

    private func real(at offset: Int) -> Double {
        Double(bitPattern: UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)))
    }

    func word(at offset: Int) -> UInt64 {
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    func byte(at offset: Int) -> UInt8 { bytes[offset] }

    func variable(_ ordinal: Int) throws(Diagnostic) -> UnsafeRawBufferPointer {
        let place = prefix.endsOffset + 4 * ordinal
        let start =
            ordinal == 0
            ? 0 : Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: place - 4, as: UInt32.self)))
        let end = Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self)))
        guard start <= end, end <= bytes.count - prefix.dataOffset else {
            throw Self.corrupt("a row's column ends before it starts")
        }
        return UnsafeRawBufferPointer(rebasing: bytes[prefix.dataOffset + start..<prefix.dataOffset + end])
    }

    private static func string(_ utf8: UnsafeRawBufferPointer) throws(Diagnostic) -> String {
        guard let string = String(validating: utf8, as: UTF8.self) else {
            throw corrupt("text in a row is not UTF-8")
        }
        return string
    }

    static func check(
        _ data: UnsafeRawBufferPointer, isVectorOf dimension: Int, _ element: VectorElement
    ) throws(Diagnostic) {
        guard data.count == element.byteCount(dimension: dimension) else {
            throw corrupt("a vector of \(data.count) bytes in a row")
        }
    }

    private static func corrupt(_ what: String) -> Diagnostic {
        Diagnostic(.corrupt, what)
    }
}
