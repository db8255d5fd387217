// Reading the bytes of a trained model, whatever they are.

import MartletCore
import MartletKernels

/// Every count is checked against the bytes that are there before memory is taken for it.
struct ModelReader {
    private let bytes: [UInt8]
    private var at: Int
    private let end: Int
    private let kind: ModelKind

    /// - Throws: `corrupt`; `newerFormat`; `wrongModelKind` for a model of another kind.
    init(_ bytes: [UInt8], _ kind: ModelKind) throws(Diagnostic) {
        self.bytes = bytes
        self.kind = kind
        at = 0
        end = bytes.count - 4
        guard bytes.count >= 12, Array(bytes[0..<4]) == ModelWriter.magic else {
            throw Diagnostic(.corrupt, "these are not the bytes of a model")
        }
        at = 4
        let version = try read(UInt16.self)
        guard version <= ModelWriter.version else {
            throw Diagnostic(
                .newerFormat, "the model has format \(version), this build reads up to \(ModelWriter.version)")
        }
        let found = try read(UInt16.self)
        var tail = UInt32(0)
        for index in 0..<4 { tail |= UInt32(bytes[end + index]) << UInt32(8 * index) }
        let checksum = bytes.withRawBytes { Checksum.crc32c(UnsafeRawBufferPointer(rebasing: $0[0..<end])) }
        guard checksum == tail else { throw Diagnostic(.corrupt, "the model's checksum is wrong") }
        guard found == kind.rawValue else {
            let name = ModelKind(rawValue: found)?.name ?? "unknown"
            throw Diagnostic(.wrongModelKind, "the model is of kind \(name), not \(kind.name)")
        }
    }

    func corrupt(_ what: String) -> Diagnostic {
        Diagnostic(.corrupt, "the bytes of a \(kind.name) model are damaged: \(what)")
    }

    func require(_ condition: Bool, _ what: String) throws(Diagnostic) {
        guard condition else { throw corrupt(what) }
    }

    mutating func read<Number: FixedWidthInteger>(_ type: Number.Type) throws(Diagnostic) -> Number {
        let size = MemoryLayout<Number>.size
        try require(end - at >= size, "they end early")
        var number = Number.zero
        for index in (0..<size).reversed() { number = (number &<< 8) | Number(truncatingIfNeeded: bytes[at + index]) }
        at += size
        return number
    }

    mutating func readFloat() throws(Diagnostic) -> Float { Float(bitPattern: try read(UInt32.self)) }

    mutating func readDouble() throws(Diagnostic) -> Double { Double(bitPattern: try read(UInt64.self)) }

    mutating func readDoubles() throws(Diagnostic) -> [Double] {
        try readNumbers(UInt64.self).map { Double(bitPattern: $0) }
    }

    /// A count of things that take `size` bytes each at least.
    mutating func readCount(size: Int) throws(Diagnostic) -> Int {
        let count = try read(UInt64.self)
        try require(count <= UInt64((end - at) / max(1, size)), "a count is larger than what follows")
        return Int(count)
    }

    mutating func readNumbers<Number: FixedWidthInteger>(_ type: Number.Type) throws(Diagnostic) -> [Number] {
        let count = try readCount(size: MemoryLayout<Number>.size)
        var numbers: [Number] = []
        numbers.reserveCapacity(count)
        for _ in 0..<count { numbers.append(try read(type)) }
        return numbers
    }

    /// - Parameter isFinite: whether NaN and infinity are damage.
    mutating func readFloats(isFinite: Bool = true) throws(Diagnostic) -> [Float] {
        let count = try readCount(size: 4)
        var numbers = [Float](repeating: 0, count: count)
        let from = at
        numbers.withUnsafeMutableBytes { target in
            bytes.withUnsafeBytes {
                target.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[from..<from + 4 * count]))
            }
        }
        #if _endian(big)
            for index in numbers.indices { numbers[index] = Float(bitPattern: numbers[index].bitPattern.byteSwapped) }
        #endif
        at += 4 * count
        if isFinite { try require(numbers.allSatisfy(\.isFinite), "a number is not finite") }
        return numbers
    }

    mutating func readBlob() throws(Diagnostic) -> [UInt8] {
        let count = try readCount(size: 1)
        at += count
        return Array(bytes[at - count..<at])
    }

    mutating func readTexts() throws(Diagnostic) -> [String] {
        let count = try readCount(size: 8)
        var texts: [String] = []
        texts.reserveCapacity(count)
        for _ in 0..<count {
            guard let text = String(validating: try readBlob(), as: UTF8.self) else { throw corrupt("a text") }
            texts.append(text)
        }
        return texts
    }

    mutating func readKinds() throws(Diagnostic) -> [FeatureKind] {
        let codes = try readNumbers(UInt32.self)
        try require(codes.allSatisfy { Int($0) <= FeatureKind.categoryLimit + 1 }, "a number of categories")
        return codes.map { $0 == 0 ? .numeric : .category(count: Int($0) - 1) }
    }

    mutating func readAscending() throws(Diagnostic) -> [UInt32] {
        let count = try readCount(size: 1)
        var numbers: [UInt32] = []
        numbers.reserveCapacity(count)
        var last: UInt32 = 0
        for index in 0..<count {
            var gap: UInt32 = 0
            var shift: UInt32 = 0
            while true {
                try require(at < end && shift < 35, "a number is too long")
                let byte = bytes[at]
                at += 1
                gap |= UInt32(byte & 127) << shift
                if byte < 128 { break }
                shift += 7
            }
            let (number, overflow) = last.addingReportingOverflow(gap)
            try require(!overflow && (index == 0 || gap > 0), "numbers do not ascend")
            numbers.append(number)
            last = number
        }
        return numbers
    }

    /// - Throws: `corrupt` if something is left.
    func finish() throws(Diagnostic) { try require(at == end, "something follows their end") }
}
