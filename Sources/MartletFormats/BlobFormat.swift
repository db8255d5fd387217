// The text form of BLOB: hexadecimal, `\xdead` when written, `\xdead` or `x'dead'` when read.

package import MartletCore

package enum BlobFormat {
    package static func text(_ bytes: [UInt8]) -> String {
        var result: [UInt8] = Array("\\x".utf8)
        Hexadecimal.append(bytes, to: &result)
        return String(decoding: result, as: UTF8.self)
    }

    /// - Throws: `invalidCast` for another form, an odd number of digits, or what is no digit.
    package static func parse(_ bytes: Span<UInt8>) throws(Diagnostic) -> [UInt8] {
        var digits: Range<Int>?
        if bytes.count >= 2, bytes[1] == UInt8(ascii: "x"), bytes[0] == UInt8(ascii: "\\") {
            digits = 2..<bytes.count
        } else if bytes.count >= 3, bytes[0] | 0x20 == UInt8(ascii: "x"), bytes[1] == UInt8(ascii: "'"),
            bytes[bytes.count - 1] == UInt8(ascii: "'")
        {
            digits = 2..<bytes.count - 1
        }
        var result: [UInt8] = []
        if let digits, digits.count % 2 == 0 {
            result.reserveCapacity(digits.count / 2)
            for index in stride(from: digits.lowerBound, to: digits.upperBound, by: 2) {
                guard let high = Hexadecimal.digit(bytes[index]), let low = Hexadecimal.digit(bytes[index + 1]) else {
                    break
                }
                result.append(high << 4 | low)
            }
            if result.count == digits.count / 2 { return result }
        }
        throw Diagnostic(
            .invalidCast, "\(Excerpt.quoted(bytes)) is not a BLOB", hint: "write hexadecimal digits: '\\x0aff'")
    }
}
