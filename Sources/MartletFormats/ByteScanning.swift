// Looking at bytes quickly: eight at a time, and UTF-8 validation.

/// Eight bytes as one number ("SIMD within a register"; Mycroft's zero-byte test, exact for "is there any").
enum ByteWord {
    @inline(__always)
    static func repeating(_ byte: UInt8) -> UInt64 { UInt64(byte) &* 0x0101_0101_0101_0101 }

    /// Nonzero exactly when a byte of `word` is zero.
    @inline(__always)
    static func zeroBytes(_ word: UInt64) -> UInt64 {
        (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080
    }

    /// - Precondition: `offset + 8 <= bytes.count`.
    @inline(__always)
    static func load(_ bytes: Span<UInt8>, at offset: Int) -> UInt64 {
        bytes.bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)
    }
}

enum UTF8Validation {
    /// The length of the well-formed multi-byte sequence at `position`, or nil (Unicode 16, table 3-7).
    static func sequenceLength(_ bytes: Span<UInt8>, at position: Int) -> Int? {
        let count = bytes.count
        guard position < count else { return nil }
        let first = bytes[position]
        @inline(__always) func continues(_ offset: Int, _ range: ClosedRange<UInt8> = 0x80...0xBF) -> Bool {
            position + offset < count && range.contains(bytes[position + offset])
        }
        switch first {
        case 0x00...0x7F: return 1
        case 0xC2...0xDF: return continues(1) ? 2 : nil
        case 0xE0: return continues(1, 0xA0...0xBF) && continues(2) ? 3 : nil
        case 0xED: return continues(1, 0x80...0x9F) && continues(2) ? 3 : nil
        case 0xE1...0xEF: return continues(1) && continues(2) ? 3 : nil
        case 0xF0: return continues(1, 0x90...0xBF) && continues(2) && continues(3) ? 4 : nil
        case 0xF1...0xF3: return continues(1) && continues(2) && continues(3) ? 4 : nil
        case 0xF4: return continues(1, 0x80...0x8F) && continues(2) && continues(3) ? 4 : nil
        default: return nil
        }
    }

    /// The offset of the first byte that is not part of well-formed UTF-8, or nil. O(n).
    static func firstFault(_ bytes: Span<UInt8>) -> Int? {
        var position = 0
        let count = bytes.count
        while position < count {
            if position + 8 <= count, ByteWord.load(bytes, at: position) & 0x8080_8080_8080_8080 == 0 {
                position += 8
            } else if bytes[position] < 0x80 {
                position += 1
            } else if let length = sequenceLength(bytes, at: position) {
                position += length
            } else {
                return position
            }
        }
        return nil
    }
}

extension Span<UInt8> {
    /// The bytes as text; ill-formed sequences become U+FFFD.
    var text: String {
        withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
    }

    /// The bytes as an array.
    var copied: [UInt8] {
        withUnsafeBufferPointer { Array($0) }
    }

    func isEqual(to other: Span<UInt8>) -> Bool {
        guard count == other.count else { return false }
        for index in 0..<count where self[index] != other[index] { return false }
        return true
    }
}

/// A piece of input as messages quote it: short, on one line.
enum Excerpt {
    static func quoted(_ bytes: Span<UInt8>, limit: Int = 40) -> String {
        let shown = bytes.count > limit * 4 ? bytes.extracting(0..<limit * 4) : bytes
        var result = "'"
        for (index, scalar) in shown.text.unicodeScalars.enumerated() {
            if index == limit { return result + "…'" }
            if scalar.value < 0x20 || scalar.value == 0x7F {
                result += scalar.escaped(asASCII: true)
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result + (shown.count < bytes.count ? "…'" : "'")
    }
}
