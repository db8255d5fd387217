// Reads records of numbers from binary files: NumPy arrays, and vectors with their dimension before them.

package import MartletCore

/// Records of numbers, one at a time, in constant memory.
///
/// Of an array with one dimension each element is a record; of one with more, each entry of the first dimension, with
/// its elements row by row. In a file of vectors (fvecs, ivecs, bvecs: TEXMEX, 2010) each record is a little-endian
/// 32-bit dimension and as many numbers.
package final class NumberRecordReader {
    private var window: ByteWindow
    package let element: NumberElement
    private let isBigEndian: Bool
    /// Of an array: the records there are, and the numbers of each. nil where each record tells.
    private let array: (records: Int, numbers: Int)?
    private var numberRange = 0..<0
    private var recordEnd = 0
    /// The current record, from 1.
    package private(set) var recordNumber = 0

    /// Opens an array.
    ///
    /// - Throws: `malformedArray` with the byte's offset, also for arrays that cannot be read in order;
    ///   `cannotOpenFile`.
    package convenience init(npy source: ByteSource) throws(Diagnostic) {
        var window = ByteWindow(source)
        let (header, start) = try Self.header(&window)
        let name = window.name
        func refused(_ message: String, hint: String? = nil) -> Diagnostic {
            Diagnostic(.malformedArray, message, hint: hint, place: name)
        }
        guard let records = header.shape.first else { throw refused("the file holds one number, not an array") }
        var numbers = 1
        for size in header.shape.dropFirst() {
            let (product, overflow) = numbers.multipliedReportingOverflow(by: size)
            guard !overflow, product > 0, product <= Limits.vectorDimension else {
                throw refused("a record of the array must have from 1 to \(Limits.vectorDimension) numbers")
            }
            numbers = product
        }
        if header.isFortranOrder, header.shape.count > 1, numbers > 1 {
            throw refused(
                "the array is stored column by column", hint: "save it as numpy.ascontiguousarray(array)")
        }
        let (recordBytes, overflow) = records.multipliedReportingOverflow(by: numbers * header.element.byteCount)
        if overflow { throw refused("the array is too large") }
        if let total = source.byteCount, total != start + recordBytes {
            throw refused(
                "the array takes \(recordBytes) bytes, and the file has \(max(0, total - start)) after its header")
        }
        window.advance(to: window.start + start)
        self.init(window, header.element, isBigEndian: header.isBigEndian, array: (records, numbers))
    }

    /// Opens a file of vectors.
    package convenience init(vectors source: ByteSource, of element: NumberElement) {
        self.init(ByteWindow(source), element, isBigEndian: false, array: nil)
    }

    private init(
        _ window: ByteWindow, _ element: NumberElement, isBigEndian: Bool, array: (records: Int, numbers: Int)?
    ) {
        self.window = window
        self.element = element
        self.isBigEndian = isBigEndian
        self.array = array
        recordEnd = window.start
    }

    package var consumedByteCount: Int { window.consumedByteCount }
    package var totalByteCount: Int? { window.sourceByteCount }

    /// The numbers of each record; nil where records may differ.
    package var numbersPerRecord: Int? { array?.numbers }

    /// The numbers of the current record.
    package var count: Int { numberRange.count / element.byteCount }

    /// Moves to the next record; false at the end.
    ///
    /// - Throws: `malformedArray` with file and record as its place; `cannotOpenFile` when reading fails.
    package func next() throws(Diagnostic) -> Bool {
        window.advance(to: recordEnd)
        if let array {
            if recordNumber == array.records {
                recordEnd = window.start
                if try !fill(1) { return false }
                throw fault("more bytes follow the last record")
            }
            recordNumber += 1
            guard try fill(array.numbers * element.byteCount) else { throw fault("the file ends within a record") }
            numberRange = window.start..<window.start + array.numbers * element.byteCount
        } else {
            recordEnd = window.start
            guard try fill(1) else { return false }
            recordNumber += 1
            guard try fill(4) else { throw fault("the file ends within a record") }
            let dimension = window.withBytes(window.start..<window.start + 4) { NumberElement.i4.integer($0, 0) } ?? 0
            guard (1...Int64(Limits.vectorDimension)).contains(dimension) else {
                throw fault("a dimension of \(dimension), which must be from 1 to \(Limits.vectorDimension)")
            }
            let byteCount = Int(dimension) * element.byteCount
            guard try fill(4 + byteCount) else { throw fault("the file ends within a record") }
            numberRange = window.start + 4..<window.start + 4 + byteCount
        }
        recordEnd = numberRange.upperBound
        return true
    }

    /// Calls `body` with the bytes of the current record's numbers.
    private func withNumbers<R, E: Error>(_ body: (Span<UInt8>) throws(E) -> R) throws(E) -> R {
        try window.withBytes(numberRange, body)
    }

    /// Makes sure that so many bytes are in the window; false if the file ends before.
    private func fill(_ byteCount: Int) throws(Diagnostic) -> Bool {
        while window.end - window.start < byteCount {
            if window.isComplete { return false }
            try window.extend()
        }
        return true
    }

    /// `file:record`
    package func place(ofRecord number: Int) -> String { "\(window.name):\(number)" }

    private func fault(_ message: String) -> Diagnostic {
        Diagnostic(
            .malformedArray, "\(message) (byte \(window.consumedByteCount))", place: place(ofRecord: recordNumber))
    }

    // MARK: Values

    /// Appends the whole record to a VECTOR or JSON column.
    ///
    /// - Throws: `invalidVector`, `outOfRange`, `typeMismatch` for a column of another type; the column is then as it
    ///   was.
    package func append(to column: inout ColumnBuilder) throws(Diagnostic) {
        let element = element
        let isBigEndian = isBigEndian
        let count = count
        do throws(Diagnostic) {
            switch column.type {
            case .vector(let dimension, .f32) where element == .f4 && !isBigEndian && dimension == count:
                // As they are, if finite: not all ones in the exponent.
                let isFinite = withNumbers { bytes in
                    for index in 0..<count
                    where bytes[index * 4 + 3] & 0x7F == 0x7F && bytes[index * 4 + 2] & 0x80 == 0x80 { return false }
                    return true
                }
                guard isFinite else { throw Diagnostic(.invalidVector, "the vector has an element that is not finite") }
                withNumbers { bytes in bytes.withUnsafeBytes { column.append(bytes: $0) } }
            case .vector(let dimension, let stored):
                let numbers = withNumbers { bytes in
                    (0..<count).map { element.real(bytes, $0, isBigEndian: isBigEndian) }
                }
                let vector = try VectorFormat.pack(numbers, dimension: dimension, element: stored)
                if stored == .f32, !element.isFloating,
                    let index = numbers.firstIndex(where: { Double(Float($0)) != $0 })
                {
                    throw Diagnostic(
                        .invalidVector, "element \(index + 1) of the vector, \(Int64(numbers[index])), does not fit f32"
                    )
                }
                column.append(bytes: vector.bytes)
            case .json:
                var values: [JSONValue] = []
                for index in 0..<count { values.append(try jsonValue(at: index)) }
                column.append(text: JSONValue.array(values).description)
            default:
                throw Diagnostic(.typeMismatch, "a record of \(count) numbers cannot become one \(column.type)")
            }
        } catch {
            throw placed(error, column: nil)
        }
    }

    /// Appends one number of the record to a column.
    ///
    /// - Throws: `outOfRange`, `typeMismatch`; the column is then as it was.
    package func append(numberAt index: Int, to column: inout ColumnBuilder) throws(Diagnostic) {
        do throws(Diagnostic) {
            switch (column.type, element) {
            case (.boolean, .b1): column.append(boolean: try integer(at: index) != 0)
            case (.integer, _) where !element.isFloating && element != .b1:
                column.append(integer: try integer(at: index))
            case (.real, _) where element != .b1: column.append(real: try real(at: index))
            default:
                throw Diagnostic(
                    .typeMismatch, "a number of type \(element.rawValue) cannot become \(column.type)",
                    hint: column.type == .integer && element.isFloating ? "load it into a REAL column" : nil)
            }
        } catch {
            throw placed(error, column: index + 1)
        }
    }

    private func integer(at index: Int) throws(Diagnostic) -> Int64 {
        let element = element
        let isBigEndian = isBigEndian
        guard let integer = withNumbers({ element.integer($0, index, isBigEndian: isBigEndian) }) else {
            throw Diagnostic(.outOfRange, "a number of type \(element.rawValue) is out of the range of INTEGER")
        }
        return integer
    }

    private func real(at index: Int) throws(Diagnostic) -> Double {
        let element = element
        let isBigEndian = isBigEndian
        let number = withNumbers { element.real($0, index, isBigEndian: isBigEndian) }
        guard number.isFinite else { throw Diagnostic(.outOfRange, "\(number) is no REAL: it must be finite") }
        return number
    }

    private func jsonValue(at index: Int) throws(Diagnostic) -> JSONValue {
        switch element {
        case .b1: .boolean(try integer(at: index) != 0)
        case .f2, .f4, .f8: .real(try real(at: index))
        default: .integer(try integer(at: index))
        }
    }

    private func placed(_ error: Diagnostic, column: Int?) -> Diagnostic {
        var error = error
        error.place = place(ofRecord: recordNumber) + (column.map { ":\($0)" } ?? "")
        return error
    }

    // MARK: The header of an array

    private static func header(_ window: inout ByteWindow) throws(Diagnostic) -> (NPYHeader, start: Int) {
        let name = window.name
        func fault(_ message: String, _ offset: Int, hint: String? = nil) -> Diagnostic {
            Diagnostic(.malformedArray, "\(message) (byte \(offset))", hint: hint, place: name)
        }
        func bytes(_ range: Range<Int>) throws(Diagnostic) -> [UInt8] {
            while window.end < range.upperBound {
                if window.isComplete { throw fault("the file ends within its header", window.end) }
                try window.extend()
            }
            return Array(window.bytes[range])
        }
        let magicCount = NPYHeader.magic.count
        let start = try bytes(0..<magicCount + 2)
        guard start.starts(with: NPYHeader.magic) else { throw fault("the file is no NumPy array", 0) }
        let lengthEnd: Int
        switch start[magicCount] {
        case 1: lengthEnd = magicCount + 4
        case 2, 3: lengthEnd = magicCount + 6
        default: throw fault("version \(start[magicCount]) of the format is not known", magicCount)
        }
        var length = 0
        for byte in try bytes(magicCount + 2..<lengthEnd).reversed() { length = length << 8 | Int(byte) }
        guard length <= NPYHeader.textByteLimit else {
            throw fault("a header of \(length) bytes is too long", magicCount + 2)
        }
        let text = try bytes(lengthEnd..<lengthEnd + length)
        do throws(NPYFault) {
            return (try NPYHeader(text.span), lengthEnd + length)
        } catch {
            throw fault("the array's header is malformed: \(error.reason)", lengthEnd + error.offset, hint: error.hint)
        }
    }
}
