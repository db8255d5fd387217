// Numbers and arrays as bytes, and back with every count checked.
//
// bytes     content
// 0 ..< 4   "MRET"
// 4 ..< 8   the format's version, 1
// 8 ..< n-4 fields in the order of `RetrievalModel.serialized`
// n-4 ..< n CRC-32C of all before
//
// Numbers are little-endian; arrays are a 64-bit count and their elements.

import MartletCore
import MartletKernels

struct RetrievalWriter {
    static let magic: [UInt8] = Array("MRET".utf8)
    static let version: UInt32 = 1

    private var bytes = magic

    init() { write(Self.version) }

    mutating func write(_ number: some FixedWidthInteger) {
        withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func write(_ number: Float) { write(number.bitPattern) }

    mutating func write<Number: FixedWidthInteger>(_ numbers: [Number]) {
        write(UInt64(numbers.count))
        #if _endian(little)
            numbers.withUnsafeBytes { bytes.append(contentsOf: $0) }
        #else
            for number in numbers { write(number) }
        #endif
    }

    mutating func write(_ numbers: [Float]) {
        write(UInt64(numbers.count))
        #if _endian(little)
            numbers.withUnsafeBytes { bytes.append(contentsOf: $0) }
        #else
            for number in numbers { write(number) }
        #endif
    }

    mutating func write(_ matrix: SparseMatrix) {
        write(UInt64(matrix.columnCount))
        write(matrix.starts.map { UInt64($0) })
        write(matrix.columns)
        write(matrix.values)
    }

    consuming func finished() -> [UInt8] {
        let checksum = Checksum.crc32c(bytes)
        write(checksum)
        return bytes
    }
}

struct RetrievalReader {
    private let bytes: [UInt8]
    private var at = 8
    private let end: Int

    init(_ bytes: [UInt8]) throws(Diagnostic) {
        self.bytes = bytes
        end = bytes.count - 4
        guard bytes.count >= 12, Array(bytes[0..<4]) == RetrievalWriter.magic else {
            throw Diagnostic(.corrupt, "these are not the bytes of a retriever")
        }
        at = 4
        let version = try read(UInt32.self)
        guard version <= RetrievalWriter.version else {
            throw Diagnostic(
                .newerFormat, "the retriever has format \(version), this build reads up to \(RetrievalWriter.version)")
        }
        var stored: UInt32 = 0
        for place in (0..<4).reversed() { stored = stored << 8 | UInt32(bytes[end + place]) }
        let checksum = bytes.withUnsafeBytes { Checksum.crc32c(UnsafeRawBufferPointer(rebasing: $0[0..<end])) }
        guard checksum == stored else { throw Diagnostic(.corrupt, "the retriever's checksum is wrong") }
    }

    func require(_ condition: Bool, _ what: String) throws(Diagnostic) {
        guard condition else { throw Diagnostic(.corrupt, "the bytes of a retriever are damaged: \(what)") }
    }

    mutating func read<Number: FixedWidthInteger>(_ type: Number.Type) throws(Diagnostic) -> Number {
        let size = MemoryLayout<Number>.size
        try require(end - at >= size, "they end early")
        var number = Number.zero
        for index in (0..<size).reversed() { number = (number << 8) | Number(truncatingIfNeeded: bytes[at + index]) }
        at += size
        return number
    }

    mutating func readFloat() throws(Diagnostic) -> Float {
        let number = Float(bitPattern: try read(UInt32.self))
        try require(number.isFinite, "a number is not finite")
        return number
    }

    mutating func readArray<Number: FixedWidthInteger>(_ type: Number.Type) throws(Diagnostic) -> [Number] {
        let size = MemoryLayout<Number>.size
        let count = try read(UInt64.self)
        try require(count <= UInt64((end - at) / size), "a count is larger than what follows")
        var numbers = [Number](repeating: 0, count: Int(count))
        copy(into: &numbers, byteCount: Int(count) * size)
        #if _endian(big)
            for index in numbers.indices { numbers[index] = numbers[index].byteSwapped }
        #endif
        return numbers
    }

    mutating func readFloats() throws(Diagnostic) -> [Float] {
        let count = try read(UInt64.self)
        try require(count <= UInt64((end - at) / 4), "a count is larger than what follows")
        var numbers = [Float](repeating: 0, count: Int(count))
        copy(into: &numbers, byteCount: Int(count) * 4)
        #if _endian(big)
            for index in numbers.indices { numbers[index] = Float(bitPattern: numbers[index].bitPattern.byteSwapped) }
        #endif
        try require(numbers.allSatisfy(\.isFinite), "a number is not finite")
        return numbers
    }

    private mutating func copy<Element>(into elements: inout [Element], byteCount: Int) {
        let from = at
        elements.withUnsafeMutableBytes { target in
            bytes.withUnsafeBytes {
                target.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[from..<from + byteCount]))
            }
        }
        at += byteCount
    }

    /// Where each of `count` lists begins, and the end, which is `total`.
    mutating func readStarts(count: Int, total: Int) throws(Diagnostic) -> [Int] {
        let starts = try readArray(UInt64.self)
        try require(starts.count == count + 1 && starts[0] == 0 && starts[count] == UInt64(total), "where lists begin")
        try require(zip(starts, starts.dropFirst()).allSatisfy { $0 <= $1 }, "the order of lists")
        return starts.map { Int($0) }
    }

    /// - Parameters:
    ///   - rows: how many there must be; nil: any number.
    ///   - isBounded: whether columns are below the number of columns.
    mutating func readMatrix(rows: Int? = nil, isBounded: Bool = true) throws(Diagnostic) -> SparseMatrix {
        let columnCount = try read(UInt64.self)
        try require(columnCount <= UInt64(UInt32.max), "a number of columns")
        var matrix = SparseMatrix(columnCount: Int(columnCount))
        let starts = try readArray(UInt64.self)
        matrix.columns = try readArray(UInt32.self)
        matrix.values = try readFloats()
        try require(matrix.columns.count == matrix.values.count, "a matrix's entries")
        try require(
            !starts.isEmpty && (rows.map { starts.count == $0 + 1 } ?? true), "the number of rows")
        try require(
            starts.last.map { $0 == UInt64(matrix.columns.count) } ?? false && starts[0] == 0, "where rows end")
        try require(zip(starts, starts.dropFirst()).allSatisfy { $0 <= $1 }, "the order of rows")
        if isBounded { try require(matrix.columns.allSatisfy { UInt64($0) < columnCount }, "a column") }
        matrix.starts = starts.map { Int($0) }
        return matrix
    }

    func finish() throws(Diagnostic) { try require(at == end, "something follows their end") }
}
