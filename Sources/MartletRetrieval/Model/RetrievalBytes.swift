// Numbers and arrays as bytes, and back with every count checked.
//
// bytes     content
// 0 ..< 4   "MRET"
// 4 ..< 8   the format's version, 4
// 8 ..< n-4 fields in the order of `RetrievalModel.serialized`
// n-4 ..< n CRC-32C of all before
//
// Numbers are little-endian; arrays are a 64-bit count and their elements.

import MartletCore
import MartletKernels

struct RetrievalWriter {
    static let magic: [UInt8] = Array("MRET".utf8)
    static let version: UInt32 = 4

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

    mutating func write(_ rows: QuantizedRows) {
        write(UInt32(rows.width))
        write(rows.codes)
        write(rows.scales)
    }

    consuming func finished() -> [UInt8] {
        let checksum = Checksum.crc32c(bytes)
        write(checksum)
        return bytes
    }
}

/// Reads bytes that lie in one or several pieces, which must outlive it.
struct RetrievalReader {
    private let pieces: [UnsafeRawBufferPointer]
    /// The piece that is read, and how far.
    private var piece = 0
    private var offset = 0
    private var at = 0
    private let end: Int

    /// - Parameter isVerified: whether each piece's own checksum was found right.
    init(_ pieces: [UnsafeRawBufferPointer], isVerified: Bool) throws(Diagnostic) {
        self.pieces = pieces.filter { !$0.isEmpty }
        let count = pieces.reduce(0) { $0 + $1.count }
        end = count
        guard count >= 12 else { throw Self.stranger }
        var magic: [UInt8] = []
        for _ in 0..<4 { magic.append(try read(UInt8.self)) }
        guard magic == RetrievalWriter.magic else { throw Self.stranger }
        let version = try read(UInt32.self)
        guard version <= RetrievalWriter.version else {
            throw Diagnostic(
                .newerFormat, "the retriever has format \(version), this build reads up to \(RetrievalWriter.version)")
        }
        guard version == RetrievalWriter.version else {
            throw Diagnostic(
                .olderFormat, "the retriever has format \(version), which is not read any more",
                hint: "train it again: TRAIN makes a version in the present format")
        }
        if !isVerified { try verify() }
    }

    private static var stranger: Diagnostic { Diagnostic(.corrupt, "these are not the bytes of a retriever") }

    private func verify() throws(Diagnostic) {
        var checksum: UInt32 = 0
        var left = end - 4
        var stored: UInt32 = 0
        for piece in pieces {
            let own = min(left, piece.count)
            checksum = Checksum.crc32c(UnsafeRawBufferPointer(rebasing: piece[0..<own]), seed: checksum)
            left -= own
            for byte in piece[own...] { stored = stored >> 8 | UInt32(byte) << 24 }
        }
        guard checksum == stored else { throw Diagnostic(.corrupt, "the retriever's checksum is wrong") }
    }

    func require(_ condition: Bool, _ what: String) throws(Diagnostic) {
        guard condition else { throw Diagnostic(.corrupt, "the bytes of a retriever are damaged: \(what)") }
    }

    private mutating func copy(into target: UnsafeMutableRawBufferPointer) {
        var done = 0
        while done < target.count {
            let count = min(target.count - done, pieces[piece].count - offset)
            UnsafeMutableRawBufferPointer(rebasing: target[done..<done + count]).copyMemory(
                from: UnsafeRawBufferPointer(rebasing: pieces[piece][offset..<offset + count]))
            done += count
            offset += count
            if offset == pieces[piece].count {
                piece += 1
                offset = 0
            }
        }
        at += target.count
    }

    mutating func read<Number: FixedWidthInteger>(_ type: Number.Type) throws(Diagnostic) -> Number {
        try require(end - at >= MemoryLayout<Number>.size, "they end early")
        var number = Number.zero
        withUnsafeMutableBytes(of: &number) { copy(into: $0) }
        return Number(littleEndian: number)
    }

    mutating func readFloat() throws(Diagnostic) -> Float {
        let number = Float(bitPattern: try read(UInt32.self))
        try require(number.isFinite, "a number is not finite")
        return number
    }

    private mutating func readCount(size: Int) throws(Diagnostic) -> Int {
        let count = try read(UInt64.self)
        try require(count <= UInt64((end - at) / size), "a count is larger than what follows")
        return Int(count)
    }

    mutating func readArray<Number: FixedWidthInteger>(_ type: Number.Type) throws(Diagnostic) -> [Number] {
        let count = try readCount(size: MemoryLayout<Number>.size)
        var numbers = [Number](unsafeUninitializedCapacity: count) { buffer, filled in
            copy(into: UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: buffer[0..<count])))
            filled = count
        }
        #if _endian(big)
            for index in numbers.indices { numbers[index] = numbers[index].byteSwapped }
        #endif
        return numbers
    }

    mutating func readFloats() throws(Diagnostic) -> [Float] {
        let count = try readCount(size: 4)
        var numbers = [Float](unsafeUninitializedCapacity: count) { buffer, filled in
            copy(into: UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: buffer[0..<count])))
            filled = count
        }
        #if _endian(big)
            for index in numbers.indices { numbers[index] = Float(bitPattern: numbers[index].bitPattern.byteSwapped) }
        #endif
        var greatest: UInt32 = 0
        for number in numbers { greatest = max(greatest, number.bitPattern & 0x7FFF_FFFF) }
        try require(greatest < 0x7F80_0000, "a number is not finite")
        return numbers
    }

    /// Places in something that has `count` of them.
    mutating func readPlaces(below count: Int, _ what: String) throws(Diagnostic) -> [UInt32] {
        let places = try readArray(UInt32.self)
        try require(places.isEmpty || places.reduce(0, max) < count, what)
        return places
    }

    /// Where each of `count` lists begins, and the end, which is `total`.
    mutating func readStarts(count: Int, total: Int) throws(Diagnostic) -> [Int] {
        let starts = try readArray(UInt64.self)
        try require(starts.count == count + 1 && starts[0] == 0 && starts[count] == UInt64(total), "where lists begin")
        try require(zip(starts, starts.dropFirst()).allSatisfy { $0 <= $1 }, "the order of lists")
        return starts.map { Int($0) }
    }

    mutating func readRows(count: Int?, width: Int) throws(Diagnostic) -> QuantizedRows {
        try require(Int(try read(UInt32.self)) == width && width > 0, "the width of rows")
        let codes = try readArray(UInt8.self)
        let scales = try readFloats()
        let rows = QuantizedRows(width: width, codes: codes, scales: scales)
        try require(
            codes.count == scales.count * rows.stride && scales.count < Int(UInt32.max)
                && scales.count == count ?? scales.count, "the number of rows")
        return rows
    }

    /// - Parameter rows: how many there must be; nil: any number.
    mutating func readMatrix(rows: Int? = nil) throws(Diagnostic) -> SparseMatrix {
        let columnCount = try read(UInt64.self)
        try require(columnCount <= UInt64(UInt32.max), "a number of columns")
        var matrix = SparseMatrix(columnCount: Int(columnCount))
        let starts = try readArray(UInt64.self)
        matrix.columns = try readPlaces(below: Int(columnCount), "a column")
        matrix.values = try readFloats()
        try require(matrix.columns.count == matrix.values.count, "a matrix's entries")
        try require(
            !starts.isEmpty && (rows.map { starts.count == $0 + 1 } ?? true), "the number of rows")
        try require(
            starts.last.map { $0 == UInt64(matrix.columns.count) } ?? false && starts[0] == 0, "where rows end")
        try require(zip(starts, starts.dropFirst()).allSatisfy { $0 <= $1 }, "the order of rows")
        matrix.starts = starts.map { Int($0) }
        return matrix
    }

    /// The checksum, and nothing else.
    func finish() throws(Diagnostic) { try require(at == end - 4, "something follows their end") }
}
