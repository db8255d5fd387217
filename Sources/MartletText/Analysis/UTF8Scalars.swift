// Scalars in UTF-8 that may be damaged.

enum UTF8Scalars {
    /// The scalar at a position and its length; nil at the end and where the bytes are not UTF-8.
    @inline(__always)
    static func decode(_ text: UnsafeBufferPointer<UInt8>, at position: Int, count: Int) -> (UInt32, Int)? {
        guard position < count else { return nil }
        let first = text[position]
        if first < 0x80 { return (UInt32(first), 1) }
        let length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
        guard first >= 0xC2, first <= 0xF4, position + length <= count else { return nil }
        var value = UInt32(first) & (0x7F >> UInt32(length))
        for offset in 1..<length {
            let byte = text[position + offset]
            guard byte & 0xC0 == 0x80 else { return nil }
            value = value << 6 | UInt32(byte & 0x3F)
        }
        guard width(value) == length, Unicode.Scalar(value) != nil else { return nil }
        return (value, length)
    }

    static func width(_ scalar: UInt32) -> Int {
        scalar < 0x80 ? 1 : scalar < 0x800 ? 2 : scalar < 0x1_0000 ? 3 : 4
    }

    /// Writes a scalar of the given width.
    static func encode(
        _ scalar: UInt32, width: Int, into bytes: UnsafeMutableBufferPointer<UInt8>, at offset: Int
    ) {
        var rest = scalar
        for index in stride(from: width - 1, to: 0, by: -1) {
            bytes[offset + index] = 0x80 | UInt8(rest & 0x3F)
            rest >>= 6
        }
        let lead: UInt32 = width == 1 ? 0 : width == 2 ? 0xC0 : width == 3 ? 0xE0 : 0xF0
        bytes[offset] = UInt8(truncatingIfNeeded: lead | rest)
    }

    static func bytes(of scalars: [UInt32]) -> [UInt8] {
        var text = String.UnicodeScalarView()
        for scalar in scalars {
            if let scalar = Unicode.Scalar(scalar) { text.append(scalar) }
        }
        return Array(String(text).utf8)
    }
}
