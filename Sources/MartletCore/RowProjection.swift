// Decodes chosen columns of many rows into a batch: the inner loop of every scan.

/// Collects columns of stored rows until a batch is full.
///
/// Fixed columns go to plain buffers, one store a value; the columns are made when the batch is taken.
package final class RowProjection {
    private struct Output {
        var type: DataType
        var slot: RowLayout.Slot
        var column: Int
        var absent: Value
        /// `capacity` words for a fixed column, else nil.
        var words: UnsafeMutablePointer<UInt64>?
        /// `capacity` flags, all false after a batch was taken.
        var nulls: UnsafeMutablePointer<Bool>
        var hasNulls = false
        var bytes = ByteColumn()
    }

    /// A fixed column, as the fast path needs it.
    private struct FixedOutput {
        var offset: Int
        var isByte: Bool
        var words: UnsafeMutablePointer<UInt64>
    }

    package let layout: RowLayout
    package let capacity: Int
    // Touched for every row, so not checked for overlapping access.
    @exclusivity(unchecked) package private(set) var count = 0
    @exclusivity(unchecked) private var outputs: [Output] = []
    private let fixedOutputs: UnsafeMutableBufferPointer<FixedOutput>
    private let variableOutputs: [Int]
    /// The first four bytes of a row that has all columns and no NULL.
    private let fullHeader: UInt32
    private let fullPrefix: RowLayout.Prefix

    /// - Parameters:
    ///   - columns: which columns of the layout, in the order wanted; one may be wanted twice.
    ///   - defaults: for each of them, what rows without it have; the layout's own if not given.
    package init(
        layout: RowLayout, columns: [Int], defaults: [Value] = [], capacity: Int = Limits.rowsPerBatch
    ) {
        self.layout = layout
        self.capacity = max(1, capacity)
        var fixed: [FixedOutput] = []
        var outputs: [Output] = []
        for (index, column) in columns.enumerated() {
            let slot = layout.slots[column]
            let own = column < layout.absent.count ? layout.absent[column] : .null
            let absent = index < defaults.count ? defaults[index] : own
            var words: UnsafeMutablePointer<UInt64>?
            switch slot {
            case .boolean(let offset), .integer(let offset), .timestamp(let offset), .real(let offset):
                let buffer = UnsafeMutablePointer<UInt64>.allocate(capacity: self.capacity)
                buffer.initialize(repeating: 0, count: self.capacity)
                words = buffer
                fixed.append(FixedOutput(offset: offset, isByte: layout.types[column] == .boolean, words: buffer))
            case .variable, .nothing: break
            }
            let nulls = UnsafeMutablePointer<Bool>.allocate(capacity: self.capacity)
            nulls.initialize(repeating: false, count: self.capacity)
            outputs.append(
                Output(
                    type: layout.types[column], slot: slot, column: column,
                    absent: absent, words: words, nulls: nulls))
        }
        self.outputs = outputs
        fixedOutputs = .allocate(capacity: fixed.count)
        _ = fixedOutputs.initialize(from: fixed)
        variableOutputs = outputs.indices.filter { outputs[$0].words == nil && outputs[$0].slot != .nothing }
        fullHeader = UInt32(RowLayout.version) | UInt32(layout.columnCount) << 16
        fullPrefix = layout.prefixes[layout.columnCount]
    }

    deinit {
        fixedOutputs.deallocate()
        for output in outputs {
            output.words?.deallocate()
            output.nulls.deallocate()
        }
    }

    package var isFull: Bool { count == capacity }

    /// Adds a row.
    ///
    /// - Precondition: the projection is not full.
    /// - Throws: `corrupt`, `newerFormat`; what was collected may then hold a part of the row: take it away.
    package func append(_ bytes: UnsafeRawBufferPointer) throws(Diagnostic) {
        precondition(count < capacity)
        if appendFull(bytes) { return }
        let row = try RowReader(bytes, layout: layout)
        let index = count
        for position in outputs.indices {
            try Self.append(row, at: index, to: &outputs[position])
        }
        count = index + 1
    }

    /// Adds a row that has all columns, no NULL, and nothing wrong; else changes nothing that counts, and is false.
    private func appendFull(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count >= max(4, fullPrefix.dataOffset),
            UInt32(littleEndian: bytes.loadUnaligned(as: UInt32.self)) == fullHeader
        else { return false }
        let dataBytes = bytes.count - fullPrefix.dataOffset
        let ends = fullPrefix.endsOffset
        func end(_ ordinal: Int) -> Int {
            Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: ends + 4 * ordinal, as: UInt32.self)))
        }
        guard (fullPrefix.variableCount == 0 ? 0 : end(fullPrefix.variableCount - 1)) == dataBytes else { return false }
        if !variableOutputs.isEmpty {
            // All are checked before any is taken.
            for position in variableOutputs {
                guard case .variable(let ordinal) = outputs[position].slot else { return false }
                let start = ordinal == 0 ? 0 : end(ordinal - 1)
                guard start <= end(ordinal), end(ordinal) <= dataBytes else { return false }
                if case .vector(let dimension, let element) = outputs[position].type,
                    end(ordinal) - start != element.byteCount(dimension: dimension)
                {
                    return false
                }
            }
            for position in variableOutputs {
                guard case .variable(let ordinal) = outputs[position].slot else { return false }
                let start = fullPrefix.dataOffset + (ordinal == 0 ? 0 : end(ordinal - 1))
                let stop = fullPrefix.dataOffset + end(ordinal)
                outputs[position].bytes.append(UnsafeRawBufferPointer(rebasing: bytes[start..<stop]))
            }
        }
        let index = count
        for output in fixedOutputs {
            output.words[index] =
                output.isByte
                ? (bytes[output.offset] == 0 ? 0 : 1)
                : UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: output.offset, as: UInt64.self))
        }
        count = index + 1
        return true
    }

    private static func append(_ row: RowReader, at index: Int, to output: inout Output) throws(Diagnostic) {
        let column = output.column
        if row.isAbsent(column) { return appendAbsent(at: index, to: &output) }
        if row.isNull(column) { return appendNull(at: index, to: &output) }
        switch output.slot {
        case .integer(let offset), .timestamp(let offset), .real(let offset):
            output.words?[index] = row.word(at: offset)
        case .boolean(let offset): output.words?[index] = row.byte(at: offset) == 0 ? 0 : 1
        case .variable(let ordinal):
            let data = try row.variable(ordinal)
            if case .vector(let dimension, let element) = output.type {
                try RowReader.check(data, isVectorOf: dimension, element)
            }
            output.bytes.append(data)
        case .nothing: break
        }
    }

    private static func appendNull(at index: Int, to output: inout Output) {
        output.hasNulls = true
        output.nulls[index] = true
        if let words = output.words { words[index] = 0 } else { output.bytes.appendEmpty() }
    }

    private static func appendAbsent(at index: Int, to output: inout Output) {
        switch output.absent {
        case .null: appendNull(at: index, to: &output)
        case .boolean(let value): output.words?[index] = value ? 1 : 0
        case .integer(let value):
            output.words?[index] = output.type == .real ? Double(value).bitPattern : UInt64(bitPattern: value)
        case .timestamp(let value): output.words?[index] = UInt64(bitPattern: value)
        case .real(let value): output.words?[index] = value.bitPattern
        case .text(let value), .json(let value): output.bytes.append(value)
        case .blob(let value): output.bytes.append(value)
        case .vector(let value): output.bytes.append(value.bytes)
        }
    }

    /// What was collected, and starts over.
    package func take() -> Batch {
        let count = count
        self.count = 0
        let columns = outputs.indices.map { Self.take(count, of: capacity, from: &outputs[$0]) }
        return Batch(columns: columns, count: count)
    }

    private static func take(_ count: Int, of capacity: Int, from output: inout Output) -> Column {
        var nulls: [Bool]?
        if output.hasNulls {
            nulls = Array(UnsafeBufferPointer(start: output.nulls, count: count))
            // All, since a row that failed may have left one beyond the last.
            output.nulls.update(repeating: false, count: capacity)
            output.hasNulls = false
        }
        let storage: Column.Storage =
            switch output.slot {
            case .integer, .timestamp: .integers(array(output.words, count) { Int64(bitPattern: $0) })
            case .real: .reals(array(output.words, count) { Double(bitPattern: $0) })
            case .boolean: .booleans(array(output.words, count) { $0 != 0 })
            case .nothing: .nulls(count: count)
            case .variable: .bytes(output.bytes.count > count ? output.bytes.gather(Array(0..<count)) : output.bytes)
            }
        output.bytes = ByteColumn(reserving: count, bytes: output.bytes.bytes.count)
        if case .nothing = output.slot { nulls = nil }
        return Column(type: output.type, storage: storage, nulls: nulls)
    }

    private static func array<T>(
        _ words: UnsafeMutablePointer<UInt64>?, _ count: Int, _ convert: (UInt64) -> T
    ) -> [T] {
        guard let words else { return [] }
        return [T](unsafeUninitializedCapacity: count) { buffer, initialized in
            for index in 0..<count { buffer.initializeElement(at: index, to: convert(words[index])) }
            initialized = count
        }
    }
}
