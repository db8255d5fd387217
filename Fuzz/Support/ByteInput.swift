// What the fuzzers share: an input as a source of small choices, and how a finding is reported.

package import MartletCore

/// Hands out an input's bytes from its start; zeros behind its end.
package struct ByteInput {
    package let bytes: [UInt8]
    package private(set) var position = 0

    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    package init(_ data: UnsafePointer<UInt8>?, _ count: Int) {
        bytes = Array(UnsafeBufferPointer(start: data, count: count))
    }

    package var left: Int { bytes.count - position }
    package var isAtEnd: Bool { position >= bytes.count }

    package mutating func byte() -> UInt8 {
        guard position < bytes.count else { return 0 }
        defer { position += 1 }
        return bytes[position]
    }

    package mutating func number(below limit: Int) -> Int { Int(byte()) % max(1, limit) }

    package mutating func word() -> UInt64 { (0..<8).reduce(0) { word, _ in word << 8 | UInt64(byte()) } }

    package mutating func word16() -> Int { Int(byte()) << 8 | Int(byte()) }

    package mutating func bytes(_ count: Int) -> [UInt8] {
        let end = min(bytes.count, position + max(0, count))
        defer { position = end }
        return Array(bytes[position..<end])
    }

    package mutating func rest() -> [UInt8] { bytes(left) }
}

/// A copy of bytes that ends where its memory ends, so that AddressSanitizer sees a read behind them.
package func withExactBytes<R>(_ bytes: [UInt8], _ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
    defer { copy.deallocate() }
    copy.copyBytes(from: bytes)
    return try body(UnsafeRawBufferPointer(copy))
}

/// Ends the process with a sentence: libFuzzer keeps the input.
package func require(_ condition: Bool, _ what: @autoclosure () -> String) {
    if !condition { fatalError(what()) }
}

extension DataType {
    /// A type for every byte.
    package init(fuzz input: inout ByteInput) {
        switch input.number(below: 10) {
        case 0: self = .boolean
        case 1: self = .integer
        case 2: self = .real
        case 3: self = .text
        case 4: self = .blob
        case 5: self = .timestamp
        case 6: self = .json
        case 7: self = .null
        default:
            let element = VectorElement.allCases[input.number(below: VectorElement.allCases.count)]
            self = .vector(dimension: 1 + input.number(below: 40), element: element)
        }
    }
}
