// Decodes chosen columns of many rows at once: the inner loop of every scan.

/// Chosen columns of a table's rows.
package struct RowProjection: Sendable {
    package let layout: RowLayout
    private let columns: [Int]
    /// For each of them, what rows without it have.
    private let absent: [Value]
    /// The first four bytes of a row that has all columns, none of which is NULL.
    private let header: UInt32
    private let prefix: RowLayout.Prefix

    /// Set in the header of a row with a NULL.
    private static let nullFlag: UInt32 = 1 << 8

    /// - Parameters:
    ///   - columns: which columns of the layout, in the order wanted; one may be wanted twice.
    ///   - defaults: for each of them, what rows without it have; the layout's own if not given.
    package init(layout: RowLayout, columns: [Int], defaults: [Value] = []) {
        self.layout = layout
        self.columns = columns
        absent = columns.enumerated().map { index, column in
            if index < defaults.count { return defaults[index] }
            return column < layout.absent.count ? layout.absent[column] : .null
        }
        header = UInt32(RowLayout.version) | UInt32(layout.columnCount) << 16
        prefix = layout.prefixes[layout.columnCount]
    }

    /// The columns of stored rows.
    ///
    /// - Throws: `corrupt`, `newerFormat`.
    package func columns(of rows: UnsafeBufferPointer<UnsafeRawBufferPointer>) throws(Diagnostic) -> [Column] {
        if columns.isEmpty { return [] }
        if let columns = regularColumns(rows) { return columns }
        var builders = columns.map { ColumnBuilder(type: layout.types[$0], reserving: rows.count) }
        for row in rows {
            let reader = try RowReader(row, layout: layout)
            for (index, column) in columns.enumerated() {
                try reader.append(column, to: &builders[index], default: absent[index])
            }
        }
        return builders.map { $0.finish() }
    }

    // MARK: Rows that have all columns

    /// Column by column, if every row has all columns and nothing wrong; else nil.
    private func regularColumns(_ rows: UnsafeBufferPointer<UnsafeRawBufferPointer>) -> [Column]? {
        var flags: UInt32 = 0
        let lastEnd = prefix.endsOffset + 4 * (prefix.variableCount - 1)
        for row in rows {
            guard row.count >= max(RowLayout.headerBytes, prefix.dataOffset) else { return nil }
            let first = Self.half(row, 0)
            guard first & ~Self.nullFlag == header else { return nil }
            flags |= first
            let dataBytes = prefix.variableCount == 0 ? 0 : Int(Self.half(row, lastEnd))
            guard dataBytes == row.count - prefix.dataOffset else { return nil }
        }
        var result: [Column] = []
        result.reserveCapacity(columns.count)
        for column in columns {
            let nulls = flags & Self.nullFlag != 0 ? nulls(column, rows) : nil
            guard let storage = storage(column, rows, nulls) else { return nil }
            result.append(Column(type: layout.types[column], storage: storage, nulls: nulls))
        }
        return result
    }

    /// nil if the column is NULL in none of the rows.
    private func nulls(_ column: Int, _ rows: UnsafeBufferPointer<UnsafeRawBufferPointer>) -> [Bool]? {
        if case .nothing = layout.slots[column] { return nil }
        let place = prefix.bitmapOffset + column >> 3
        let bit: UInt8 = 1 << UInt8(column & 7)
        var found = false
        let nulls = Self.array(rows) { row in
            let isNull = row[1] & 1 != 0 && row[place] & bit != 0
            found = found || isNull
            return isNull
        }
        return found ? nulls : nil
    }

    private func storage(
        _ column: Int, _ rows: UnsafeBufferPointer<UnsafeRawBufferPointer>, _ nulls: [Bool]?
    ) -> Column.Storage? {
        switch layout.slots[column] {
        case .integer(let offset), .timestamp(let offset):
            return .integers(Self.array(rows) { Int64(bitPattern: Self.word($0, offset)) })
        case .real(let offset): return .reals(Self.array(rows) { Double(bitPattern: Self.word($0, offset)) })
        case .boolean(let offset): return .booleans(Self.array(rows) { $0[offset] != 0 })
        case .nothing: return .nulls(count: rows.count)
        case .variable(let ordinal): return variable(ordinal, layout.types[column], rows, nulls).map { .bytes($0) }
        }
    }

    /// nil if a value's place is outside of its row, or a vector has not the length of its type.
    private func variable(
        _ ordinal: Int, _ type: DataType, _ rows: UnsafeBufferPointer<UnsafeRawBufferPointer>, _ nulls: [Bool]?
    ) -> ByteColumn? {
        let place = prefix.endsOffset + 4 * ordinal
        var vectorBytes: Int?
        if case .vector(let dimension, let element) = type { vectorBytes = element.byteCount(dimension: dimension) }
        func range(_ index: Int) -> (start: Int, end: Int)? {
            if let nulls, nulls[index] { return (0, 0) }
            let row = rows[index]
            let start = ordinal == 0 ? 0 : Int(Self.half(row, place - 4))
            let end = Int(Self.half(row, place))
            guard start <= end, end <= row.count - prefix.dataOffset else { return nil }
            if let vectorBytes, end - start != vectorBytes { return nil }
            return (start, end)
        }
        var isSound = true
        var byteCount = 0
        let offsets = [Int](unsafeUninitializedCapacity: rows.count + 1) { buffer, initialized in
            buffer.initializeElement(at: 0, to: 0)
            initialized = 1
            for index in rows.indices {
                guard let range = range(index) else {
                    isSound = false
                    return
                }
                byteCount += range.end - range.start
                buffer.initializeElement(at: index + 1, to: byteCount)
                initialized = index + 2
            }
        }
        guard isSound else { return nil }
        let bytes = [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, initialized in
            let target = UnsafeMutableRawBufferPointer(buffer)
            for index in rows.indices where offsets[index + 1] > offsets[index] {
                let start = prefix.dataOffset + (ordinal == 0 ? 0 : Int(Self.half(rows[index], place - 4)))
                let count = offsets[index + 1] - offsets[index]
                UnsafeMutableRawBufferPointer(rebasing: target[offsets[index]..<offsets[index + 1]])
                    .copyMemory(from: UnsafeRawBufferPointer(rebasing: rows[index][start..<start + count]))
            }
            initialized = byteCount
        }
        return ByteColumn(offsets: offsets, bytes: bytes)
    }

    // Places are below `prefix.dataOffset`, with which every row's length was compared.

    @inline(__always)
    private static func word(_ row: UnsafeRawBufferPointer, _ offset: Int) -> UInt64 {
        UInt64(littleEndian: row.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    @inline(__always)
    private static func half(_ row: UnsafeRawBufferPointer, _ offset: Int) -> UInt32 {
        UInt32(littleEndian: row.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }

    @inline(__always)
    private static func array<T>(
        _ rows: UnsafeBufferPointer<UnsafeRawBufferPointer>, _ element: (UnsafeRawBufferPointer) -> T
    ) -> [T] {
        [T](unsafeUninitializedCapacity: rows.count) { buffer, initialized in
            for index in rows.indices { buffer.initializeElement(at: index, to: element(rows[index])) }
            initialized = rows.count
        }
    }
}
