// Makes stored rows; the format is drawn in RowLayout.

/// Writes rows of one layout into a buffer that is kept from one row to the next.
package struct RowWriter: Sendable {
    package let layout: RowLayout
    /// The row last written.
    package private(set) var bytes: [UInt8]

    package init(layout: RowLayout) {
        self.layout = layout
        bytes = layout.template
        bytes.reserveCapacity(layout.template.count + 256)
    }

    /// Writes a row of values, one for each column of the layout.
    ///
    /// - Precondition: each value has its column's type or is NULL; an INTEGER may stand in a REAL column.
    /// - Throws: `rowTooLarge`.
    package mutating func write(_ row: some Collection<Value>) throws(Diagnostic) {
        precondition(row.count == layout.columnCount)
        begin()
        var index = 0
        for value in row {
            switch (value, layout.slots[index]) {
            case (.null, let slot): setNull(index, slot)
            case (.boolean(let value), .boolean(let offset)): bytes[offset] = value ? 1 : 0
            case (.integer(let value), .integer(let offset)), (.timestamp(let value), .timestamp(let offset)):
                store(value, at: offset)
            case (.real(let value), .real(let offset)): store(value.bitPattern, at: offset)
            case (.integer(let value), .real(let offset)): store(Double(value).bitPattern, at: offset)
            case (.text(let value), .variable(let ordinal)), (.json(let value), .variable(let ordinal)):
                bytes.append(contentsOf: value.utf8)
                try endVariable(ordinal)
            case (.blob(let value), .variable(let ordinal)):
                bytes.append(contentsOf: value)
                try endVariable(ordinal)
            case (.vector(let value), .variable(let ordinal)):
                bytes.append(contentsOf: value.bytes)
                try endVariable(ordinal)
            default: preconditionFailure("a value of type \(value.type) in a column of type \(layout.types[index])")
            }
            index += 1
        }
    }

    /// Writes row `row` of columns that are in the layout's order, without making values.
    ///
    /// - Precondition: the columns have the layout's types, or are all NULL.
    /// - Throws: `rowTooLarge`.
    package mutating func write(_ columns: [Column], row: Int) throws(Diagnostic) {
        precondition(columns.count == layout.columnCount)
        begin()
        for index in columns.indices {
            let slot = layout.slots[index]
            if columns[index].isNull(row) {
                setNull(index, slot)
                continue
            }
            switch (columns[index].storage, slot) {
            case (.booleans(let values), .boolean(let offset)): bytes[offset] = values[row] ? 1 : 0
            case (.integers(let values), .integer(let offset)), (.integers(let values), .timestamp(let offset)):
                store(values[row], at: offset)
            case (.reals(let values), .real(let offset)): store(values[row].bitPattern, at: offset)
            case (.integers(let values), .real(let offset)): store(Double(values[row]).bitPattern, at: offset)
            case (.bytes(let values), .variable(let ordinal)):
                values.withBytes(at: row) { bytes.append(contentsOf: $0) }
                try endVariable(ordinal)
            default: preconditionFailure("a column of another type than \(layout.types[index])")
            }
        }
    }

    package func withUnsafeBytes<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
        try bytes.withRawBytes(body)
    }

    private mutating func begin() {
        bytes.removeAll(keepingCapacity: true)
        bytes.append(contentsOf: layout.template)
    }

    private mutating func setNull(_ index: Int, _ slot: RowLayout.Slot) {
        bytes[1] = 1
        bytes[layout.prefixes[layout.columnCount].bitmapOffset + index >> 3] |= 1 << UInt8(index & 7)
        if case .variable(let ordinal) = slot { storeEnd(ordinal) }
    }

    /// Checked per column, so that the buffer never grows past the limit by more than one value.
    private mutating func endVariable(_ ordinal: Int) throws(Diagnostic) {
        guard bytes.count <= Limits.rowBytes else {
            throw Diagnostic(.rowTooLarge, "a row of more than \(Limits.rowBytes) bytes")
        }
        storeEnd(ordinal)
    }

    private mutating func storeEnd(_ ordinal: Int) {
        let prefix = layout.prefixes[layout.columnCount]
        let end = UInt32(truncatingIfNeeded: bytes.count - prefix.dataOffset)
        store(end, at: prefix.endsOffset + 4 * ordinal)
    }

    private mutating func store<T: FixedWidthInteger & BitwiseCopyable>(_ value: T, at offset: Int) {
        bytes.withUnsafeMutableBytes { $0.storeBytes(of: value.littleEndian, toByteOffset: offset, as: T.self) }
    }
}
