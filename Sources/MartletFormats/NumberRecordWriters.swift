// Writes rows as records of numbers: NumPy arrays, and vectors with their dimension before them.

package import MartletCore

/// How the columns of a query become the numbers of a record: one VECTOR, or one number from each.
private struct NumberColumns {
    let types: [DataType]
    /// Of the vector; nil for columns of numbers.
    let vector: (dimension: Int, element: VectorElement)?

    /// - Throws: `typeMismatch` for columns that are no numbers.
    init(_ names: [String], _ types: [DataType], format: String) throws(Diagnostic) {
        self.types = types
        if types.count == 1, case .vector(let dimension, let element) = types[0] {
            vector = (dimension, element)
            return
        }
        vector = nil
        for (name, type) in zip(names, types) where ![.integer, .real, .boolean].contains(type) {
            throw Diagnostic(
                .typeMismatch, "column '\(name)' of type \(type) cannot be written as \(format)",
                hint: type.isVector
                    ? "write the vector alone" : "write one VECTOR, or INTEGER, REAL and BOOLEAN columns")
        }
        if types.isEmpty || types.count > Limits.vectorDimension {
            throw Diagnostic(.limitExceeded, "\(format) has from 1 to \(Limits.vectorDimension) numbers in a record")
        }
    }

    var count: Int { vector?.dimension ?? types.count }

    func check(_ row: [Value], _ number: Int) throws(Diagnostic) {
        if let index = row.firstIndex(where: \.isNull) {
            throw Diagnostic(
                .typeMismatch, "row \(number) has NULL in column \(index + 1), and an array has none",
                hint: "add WHERE … IS NOT NULL")
        }
    }

    /// A row's numbers. Integers that a double cannot hold are refused.
    func numbers(_ row: [Value]) throws(Diagnostic) -> [Double] {
        var numbers: [Double] = []
        for value in row {
            switch value {
            case .vector(let vector): numbers += VectorFormat.unpack(vector).map { Double($0) }
            case .boolean(let value): numbers.append(value ? 1 : 0)
            case .real(let value): numbers.append(value)
            case .integer(let value):
                guard let number = Double(exactly: value) else {
                    throw Diagnostic(.outOfRange, "\(value) cannot be written as a floating-point number")
                }
                numbers.append(number)
            default: break
            }
        }
        return numbers
    }
}

/// A NumPy array: of one dimension for one column of numbers, else of two. REAL is f8, INTEGER i8, BOOLEAN b1, a mix f8;
/// a VECTOR has its own elements, `bit` those of b1.
package final class NPYWriter: RowWriter {
    private let sink: ByteSink
    private let columns: NumberColumns
    private var header: NPYHeader
    private var record: [UInt8] = []

    package init(_ sink: ByteSink, columnNames: [String], types: [DataType]) throws(Diagnostic) {
        self.sink = sink
        columns = try NumberColumns(columnNames, types, format: "npy")
        let element: NumberElement =
            if let vector = columns.vector {
                switch vector.element {
                case .f32: .f4
                case .f16: .f2
                case .i8: .i1
                case .bit: .b1
                }
            } else if Set(types).count == 1 {
                types[0] == .integer ? .i8 : types[0] == .boolean ? .b1 : .f8
            } else {
                .f8
            }
        let isFlat = columns.vector == nil && types.count == 1
        header = NPYHeader(element: element, shape: isFlat ? [0] : [0, columns.count])
        try sink.write(header.bytes)
    }

    package func write(_ row: [Value]) throws(Diagnostic) {
        try columns.check(row, header.shape[0] + 1)
        header.shape[0] += 1
        record.removeAll(keepingCapacity: true)
        switch header.element {
        case .f8: for number in try columns.numbers(row) { append(number.bitPattern, 8) }
        case .i8:
            for case .integer(let value) in row { append(UInt64(bitPattern: value), 8) }
        case .b1: record += try columns.numbers(row).map { $0 == 0 ? 0 : 1 }
        default:
            if case .vector(let vector)? = row.first { record += vector.bytes }
        }
        try sink.write(record)
    }

    /// Puts the number of rows into the header.
    package func finish() throws(Diagnostic) { try sink.overwriteStart(with: header.bytes) }

    private func append(_ bits: UInt64, _ byteCount: Int) {
        for index in 0..<byteCount { record.append(UInt8(truncatingIfNeeded: bits >> UInt64(8 * index))) }
    }
}

/// Vectors with their dimension before them: fvecs, ivecs or bvecs.
package final class VectorFileWriter: RowWriter {
    private let sink: ByteSink
    private let element: NumberElement
    private let columns: NumberColumns
    private var record: [UInt8] = []
    private var rowCount = 0

    package init(
        _ sink: ByteSink, of element: NumberElement, columnNames: [String], types: [DataType]
    ) throws(Diagnostic) {
        self.sink = sink
        self.element = element
        columns = try NumberColumns(
            columnNames, types, format: element == .f4 ? "fvecs" : element == .i4 ? "ivecs" : "bvecs")
    }

    package func write(_ row: [Value]) throws(Diagnostic) {
        rowCount += 1
        try columns.check(row, rowCount)
        record.removeAll(keepingCapacity: true)
        append(UInt32(columns.count), 4)
        for number in try columns.numbers(row) {
            switch element {
            case .f4:
                guard Float(number).isFinite else { throw refused(number) }
                append(Float(number).bitPattern, 4)
            case .i4:
                guard let integer = Int32(exactly: number) else { throw refused(number) }
                append(UInt32(bitPattern: integer), 4)
            default:
                guard let byte = UInt8(exactly: number) else { throw refused(number) }
                record.append(byte)
            }
        }
        try sink.write(record)
    }

    package func finish() throws(Diagnostic) {}

    private func refused(_ number: Double) -> Diagnostic {
        Diagnostic(
            .outOfRange,
            "\(NumberFormat.text(number)) in row \(rowCount) does not fit the file's numbers, \(element.rawValue)")
    }

    private func append(_ bits: UInt32, _ byteCount: Int) {
        for index in 0..<byteCount { record.append(UInt8(truncatingIfNeeded: bits >> UInt32(8 * index))) }
    }
}
