// Ordered keys: tuples of values as bytes whose memcmp order is the order of the language.
//
// A key is a concatenation of parts; a part of a descending column has all its bytes complemented.
//
//   | value      | bytes                                                                                    |
//   | ---------- | ---------------------------------------------------------------------------------------- |
//   | NULL       | 05                                                                                       |
//   | BOOLEAN    | 10, then 00 or 01                                                                        |
//   | INTEGER    | 20, then 8 bytes big-endian with the sign bit flipped                                    |
//   | REAL       | 28, then 8 bytes big-endian: sign bit flipped if positive, all bits flipped if negative  |
//   | TIMESTAMP  | 30, then as INTEGER                                                                      |
//   | TEXT       | 40, then the UTF-8 bytes with each 00 written 00 FF, then 00 00                          |
//   | JSON       | 44, then as TEXT                                                                         |
//   | BLOB       | 48, then as TEXT                                                                         |
//   | VECTOR     | 50, then the stored bytes as TEXT                                                        |
//   | row number | 8 bytes as INTEGER, without the tag                                                      |
//
// −0.0 is written as 0.0, and every NaN as one value above all numbers. TEXT orders by its UTF-8 bytes, that is by code point.

package enum KeyOrder: Hashable, Sendable {
    case ascending
    case descending
}

/// The first byte of a part.
enum KeyTag {
    static let null: UInt8 = 0x05
    static let boolean: UInt8 = 0x10
    static let integer: UInt8 = 0x20
    static let real: UInt8 = 0x28
    static let timestamp: UInt8 = 0x30
    static let text: UInt8 = 0x40
    static let json: UInt8 = 0x44
    static let blob: UInt8 = 0x48
    static let vector: UInt8 = 0x50
}

/// Builds keys in a buffer that is kept from one key to the next.
///
///     var key = KeyWriter()
///     key.append(.text("swift"))
///     key.append(.integer(7), .descending)
///     key.withUnsafeBytes { … }
package struct KeyWriter: Sendable {
    package private(set) var bytes: [UInt8]

    package init(reserving capacity: Int = 64) {
        bytes = []
        bytes.reserveCapacity(capacity)
    }

    package init(prefix: some Sequence<UInt8>) {
        self.init()
        bytes.append(contentsOf: prefix)
    }

    package var count: Int { bytes.count }

    /// Forgets everything but the first `count` bytes; the buffer stays allocated.
    package mutating func truncate(to count: Int = 0) {
        if count < bytes.count { bytes.removeLast(bytes.count - count) }
    }

    package func withUnsafeBytes<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
        try bytes.withRawBytes(body)
    }

    /// Throws `keyTooLong` if the key cannot be stored.
    package func checkLength() throws(Diagnostic) {
        guard bytes.count <= Limits.keyBytes else {
            throw Diagnostic(.keyTooLong, "a key of \(bytes.count) bytes exceeds the limit of \(Limits.keyBytes)")
        }
    }

    package mutating func append(_ value: Value, _ order: KeyOrder = .ascending) {
        switch value {
        case .null: appendNull(order)
        case .boolean(let value): append(boolean: value, order)
        case .integer(let value): append(integer: value, order)
        case .real(let value): append(real: value, order)
        case .timestamp(let value): append(timestamp: value, order)
        case .text(let value): append(text: value, order)
        case .json(let value): append(value, tag: KeyTag.json, order)
        case .blob(let value): append(blob: value, order)
        case .vector(let value): value.bytes.withUnsafeBytes { appendEscaped($0, tag: KeyTag.vector, order) }
        }
    }

    /// Element `index` of `column`, without making a `Value`.
    package mutating func append(_ column: Column, at index: Int, _ order: KeyOrder = .ascending) {
        if column.isNull(index) { return appendNull(order) }
        switch column.storage {
        case .integers(let values):
            if column.type == .timestamp {
                append(timestamp: values[index], order)
            } else {
                append(integer: values[index], order)
            }
        case .reals(let values): append(real: values[index], order)
        case .booleans(let values): append(boolean: values[index], order)
        case .nulls: appendNull(order)
        case .bytes(let values):
            let tag =
                switch column.type {
                case .json: KeyTag.json
                case .blob: KeyTag.blob
                case .vector: KeyTag.vector
                default: KeyTag.text
                }
            values.withBytes(at: index) { appendEscaped($0, tag: tag, order) }
        }
    }

    package mutating func appendNull(_ order: KeyOrder = .ascending) {
        bytes.append(order == .ascending ? KeyTag.null : ~KeyTag.null)
    }

    package mutating func append(boolean value: Bool, _ order: KeyOrder = .ascending) {
        let mask: UInt8 = order == .ascending ? 0 : 0xFF
        bytes.append(KeyTag.boolean ^ mask)
        bytes.append((value ? 1 : 0) ^ mask)
    }

    package mutating func append(integer value: Int64, _ order: KeyOrder = .ascending) {
        append(tag: KeyTag.integer, KeyNumber.bits(of: value), order)
    }

    package mutating func append(timestamp value: Int64, _ order: KeyOrder = .ascending) {
        append(tag: KeyTag.timestamp, KeyNumber.bits(of: value), order)
    }

    package mutating func append(real value: Double, _ order: KeyOrder = .ascending) {
        append(tag: KeyTag.real, KeyNumber.bits(of: value), order)
    }

    package mutating func append(text value: String, _ order: KeyOrder = .ascending) {
        append(value, tag: KeyTag.text, order)
    }

    package mutating func append(text utf8: UnsafeRawBufferPointer, _ order: KeyOrder = .ascending) {
        appendEscaped(utf8, tag: KeyTag.text, order)
    }

    package mutating func append(blob value: [UInt8], _ order: KeyOrder = .ascending) {
        value.withUnsafeBytes { appendEscaped($0, tag: KeyTag.blob, order) }
    }

    package mutating func append(blob value: UnsafeRawBufferPointer, _ order: KeyOrder = .ascending) {
        appendEscaped(value, tag: KeyTag.blob, order)
    }

    /// Eight bytes in the order of the number, without a tag: for keys that end in a row number.
    package mutating func append(rowNumber: Int64) {
        appendBigEndian(KeyNumber.bits(of: rowNumber))
    }

    /// Bytes as they are: prefixes, and parts that another writer made.
    package mutating func append(raw: some Sequence<UInt8>) {
        bytes.append(contentsOf: raw)
    }

    package mutating func append(raw: UnsafeRawBufferPointer) {
        bytes.append(contentsOf: raw)
    }

    package mutating func append(rawByte: UInt8) {
        bytes.append(rawByte)
    }

    private mutating func append(tag: UInt8, _ bits: UInt64, _ order: KeyOrder) {
        if order == .ascending {
            bytes.append(tag)
            appendBigEndian(bits)
        } else {
            bytes.append(~tag)
            appendBigEndian(~bits)
        }
    }

    private mutating func appendBigEndian(_ bits: UInt64) {
        Swift.withUnsafeBytes(of: bits.bigEndian) { bytes.append(contentsOf: $0) }
    }

    private mutating func append(_ value: String, tag: UInt8, _ order: KeyOrder) {
        var value = value
        value.withUTF8 { appendEscaped(UnsafeRawBufferPointer($0), tag: tag, order) }
    }

    private mutating func appendEscaped(_ source: UnsafeRawBufferPointer, tag: UInt8, _ order: KeyOrder) {
        let mask: UInt8 = order == .ascending ? 0 : 0xFF
        bytes.append(tag ^ mask)
        if order == .ascending, !source.contains(0) {
            bytes.append(contentsOf: source)
        } else {
            bytes.reserveCapacity(bytes.count + source.count + 2)
            for byte in source {
                bytes.append(byte ^ mask)
                if byte == 0 { bytes.append(0xFF ^ mask) }
            }
        }
        bytes.append(mask)
        bytes.append(mask)
    }
}

/// Numbers as 64 bits that order as unsigned integers.
package enum KeyNumber {
    private static let signBit: UInt64 = 1 << 63

    package static func bits(of value: Int64) -> UInt64 { UInt64(bitPattern: value) ^ signBit }

    static func integer(of bits: UInt64) -> Int64 { Int64(bitPattern: bits ^ signBit) }

    static func bits(of value: Double) -> UInt64 {
        if value.isNaN { return .max }
        let bits = (value == 0 ? 0.0 : value).bitPattern
        return bits & signBit == 0 ? bits | signBit : ~bits
    }

    static func real(of bits: UInt64) -> Double {
        Double(bitPattern: bits & signBit == 0 ? ~bits : bits ^ signBit)
    }
}
