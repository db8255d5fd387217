// Reads back what KeyWriter wrote. Any bytes may come in; those that no writer makes are reported as corrupt.

/// Walks the parts of a key from its start.
///
/// The buffer must outlive the reader. Every access is bounds-checked.
package struct KeyReader {
    private let bytes: UnsafeRawBufferPointer
    package private(set) var offset: Int

    package init(_ bytes: UnsafeRawBufferPointer, at offset: Int = 0) {
        self.bytes = bytes
        self.offset = min(max(0, offset), bytes.count)
    }

    package var isAtEnd: Bool { offset == bytes.count }

    /// The values of a whole key whose parts have these types and orders.
    ///
    /// - Throws: `corrupt` if the bytes are not exactly such a key.
    package static func decode(
        _ bytes: UnsafeRawBufferPointer, types: [DataType], orders: [KeyOrder] = []
    ) throws(Diagnostic) -> [Value] {
        var reader = KeyReader(bytes)
        var values: [Value] = []
        values.reserveCapacity(types.count)
        for (index, type) in types.enumerated() {
            values.append(try reader.next(type, index < orders.count ? orders[index] : .ascending))
        }
        guard reader.isAtEnd else { throw corrupt("bytes after the last part of a key") }
        return values
    }

    /// The next part as a value of `type`, or NULL.
    package mutating func next(_ type: DataType, _ order: KeyOrder = .ascending) throws(Diagnostic) -> Value {
        let mask: UInt8 = order == .ascending ? 0 : 0xFF
        let tag = try byte() ^ mask
        if tag == KeyTag.null { return .null }
        switch (type, tag) {
        case (.boolean, KeyTag.boolean):
            let byte = try byte() ^ mask
            guard byte <= 1 else { throw Self.corrupt("a boolean of \(byte) in a key") }
            return .boolean(byte == 1)
        case (.integer, KeyTag.integer): return .integer(KeyNumber.integer(of: try number(order)))
        case (.timestamp, KeyTag.timestamp): return .timestamp(KeyNumber.integer(of: try number(order)))
        case (.real, KeyTag.real): return .real(KeyNumber.real(of: try number(order)))
        case (.text, KeyTag.text): return .text(try string(mask))
        case (.json, KeyTag.json): return .json(try string(mask))
        case (.blob, KeyTag.blob): return .blob(try unescaped(mask))
        case (.vector(let dimension, let element), KeyTag.vector):
            let stored = try unescaped(mask)
            guard stored.count == element.byteCount(dimension: dimension) else {
                throw Self.corrupt("a vector of \(stored.count) bytes in a key")
            }
            return .vector(Vector(dimension: dimension, element: element, bytes: stored))
        default: throw Self.corrupt("a part with tag \(tag) where \(type) was expected in a key")
        }
    }

    /// Steps over one part of any type. O(length of the part).
    package mutating func skip(_ order: KeyOrder = .ascending) throws(Diagnostic) {
        let mask: UInt8 = order == .ascending ? 0 : 0xFF
        switch try byte() ^ mask {
        case KeyTag.null: return
        case KeyTag.boolean: _ = try byte()
        case KeyTag.integer, KeyTag.real, KeyTag.timestamp: _ = try number(order)
        case KeyTag.text, KeyTag.json, KeyTag.blob, KeyTag.vector: try scan(mask) { _ in }
        case let tag: throw Self.corrupt("unknown tag \(tag) in a key")
        }
    }

    /// Eight bytes without a tag.
    package mutating func rowNumber() throws(Diagnostic) -> Int64 {
        KeyNumber.integer(of: try number(.ascending))
    }

    private mutating func byte() throws(Diagnostic) -> UInt8 {
        guard offset < bytes.count else { throw Self.corrupt("a key ends too early") }
        defer { offset += 1 }
        return bytes[offset]
    }

    private mutating func number(_ order: KeyOrder) throws(Diagnostic) -> UInt64 {
        guard bytes.count - offset >= 8 else { throw Self.corrupt("a key ends too early") }
        let bits = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        offset += 8
        return order == .ascending ? bits : ~bits
    }

    private mutating func string(_ mask: UInt8) throws(Diagnostic) -> String {
        let utf8 = try unescaped(mask)
        guard let string = String(validating: utf8, as: UTF8.self) else {
            throw Self.corrupt("text in a key is not UTF-8")
        }
        return string
    }

    private mutating func unescaped(_ mask: UInt8) throws(Diagnostic) -> [UInt8] {
        var result: [UInt8] = []
        try scan(mask) { result.append($0) }
        return result
    }

    private mutating func scan(_ mask: UInt8, _ body: (UInt8) -> Void) throws(Diagnostic) {
        while true {
            let current = try byte() ^ mask
            if current != 0 {
                body(current)
                continue
            }
            switch try byte() ^ mask {
            case 0: return
            case 0xFF: body(0)
            case let other: throw Self.corrupt("byte \(other) after an escape in a key")
            }
        }
    }

    private static func corrupt(_ what: String) -> Diagnostic {
        Diagnostic(.corrupt, what)
    }
}
