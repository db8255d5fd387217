// Walking over JSON text (RFC 8259, strictly) without building values.

package import MartletCore

/// What is wrong with a JSON text, and where.
package struct JSONFault: Error, Hashable, Sendable {
    package enum Reason: String, Sendable {
        case unexpectedEnd = "it ends too early"
        case expectedValue = "a value is expected"
        case expectedKey = "a string is expected as key"
        case expectedColon = "':' is expected after the key"
        case expectedCommaOrBracket = "',' or ']' is expected"
        case expectedCommaOrBrace = "',' or '}' is expected"
        case invalidNumber = "the number is malformed"
        case numberOutOfRange = "the number is out of range"
        case invalidEscape = "the escape is malformed"
        case loneSurrogate = "the escape is half of a surrogate pair"
        case controlCharacter = "a control character must be escaped"
        case notUTF8 = "the text is not UTF-8"
        case tooDeep = "it is nested too deeply"
        case textAfterEnd = "text follows the value"
        case expectedObject = "an object is expected"
    }

    package let reason: Reason
    /// The byte offset of the first byte that cannot be right.
    package let offset: Int
}

/// Functions that move a position over a piece of JSON text. Each throws at the first byte that cannot be right.
package enum JSONScanner {
    /// Checks that `bytes` hold one JSON value and white space. Duplicate keys are allowed. O(n).
    package static func validate(_ bytes: Span<UInt8>) throws(JSONFault) {
        var position = 0
        skipWhitespace(bytes, &position)
        try skipValue(bytes, &position)
        skipWhitespace(bytes, &position)
        if position < bytes.count { throw JSONFault(reason: .textAfterEnd, offset: position) }
    }

    @inline(__always)
    static func skipWhitespace(_ bytes: Span<UInt8>, _ position: inout Int) {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }

    @inline(__always)
    static func accept(_ byte: UInt8, _ bytes: Span<UInt8>, _ position: inout Int) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    /// Skips the value that starts at `position`, inside `depth` arrays and objects.
    static func skipValue(_ bytes: Span<UInt8>, _ position: inout Int, depth: Int = 0) throws(JSONFault) {
        guard position < bytes.count else { throw JSONFault(reason: .unexpectedEnd, offset: position) }
        switch bytes[position] {
        case UInt8(ascii: "\""): _ = try skipString(bytes, &position)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): _ = try skipNumber(bytes, &position)
        case UInt8(ascii: "t"): try skipWord("true", bytes, &position)
        case UInt8(ascii: "f"): try skipWord("false", bytes, &position)
        case UInt8(ascii: "n"): try skipWord("null", bytes, &position)
        case UInt8(ascii: "["):
            if try !enter(UInt8(ascii: "]"), bytes, &position, depth: depth) { return }
            repeat {
                skipWhitespace(bytes, &position)
                try skipValue(bytes, &position, depth: depth + 1)
            } while try hasNext(UInt8(ascii: "]"), bytes, &position)
        case UInt8(ascii: "{"):
            if try !enter(UInt8(ascii: "}"), bytes, &position, depth: depth) { return }
            repeat {
                _ = try skipKey(bytes, &position)
                try skipValue(bytes, &position, depth: depth + 1)
            } while try hasNext(UInt8(ascii: "}"), bytes, &position)
        default: throw JSONFault(reason: .expectedValue, offset: position)
        }
    }

    /// Skips an opening bracket; false when the array or object is empty and has been skipped as a whole.
    static func enter(
        _ closing: UInt8, _ bytes: Span<UInt8>, _ position: inout Int, depth: Int
    ) throws(JSONFault) -> Bool {
        if depth >= Limits.nestingDepth { throw JSONFault(reason: .tooDeep, offset: position) }
        position += 1
        skipWhitespace(bytes, &position)
        return !accept(closing, bytes, &position)
    }

    /// After an element: skips a comma (true) or the closing bracket (false).
    static func hasNext(_ closing: UInt8, _ bytes: Span<UInt8>, _ position: inout Int) throws(JSONFault) -> Bool {
        skipWhitespace(bytes, &position)
        if accept(UInt8(ascii: ","), bytes, &position) { return true }
        if accept(closing, bytes, &position) { return false }
        throw JSONFault(
            reason: position == bytes.count
                ? .unexpectedEnd : closing == UInt8(ascii: "]") ? .expectedCommaOrBracket : .expectedCommaOrBrace,
            offset: position)
    }

    /// A string's content, between its quotes.
    struct Text {
        var range: Range<Int>
        var hasEscapes: Bool
    }

    /// Skips white space, a key, its colon and white space.
    static func skipKey(_ bytes: Span<UInt8>, _ position: inout Int) throws(JSONFault) -> Text {
        skipWhitespace(bytes, &position)
        guard position < bytes.count else { throw JSONFault(reason: .unexpectedEnd, offset: position) }
        guard bytes[position] == UInt8(ascii: "\"") else { throw JSONFault(reason: .expectedKey, offset: position) }
        let key = try skipString(bytes, &position)
        skipWhitespace(bytes, &position)
        guard accept(UInt8(ascii: ":"), bytes, &position) else {
            throw JSONFault(reason: position == bytes.count ? .unexpectedEnd : .expectedColon, offset: position)
        }
        skipWhitespace(bytes, &position)
        return key
    }

    /// Skips a string that starts at `position` with its quote.
    static func skipString(_ bytes: Span<UInt8>, _ position: inout Int) throws(JSONFault) -> Text {
        let count = bytes.count
        position += 1
        let start = position
        var hasEscapes = false
        while true {
            // Eight ordinary bytes at a time: ASCII, no control character, quote or backslash.
            while position + 8 <= count {
                let word = ByteWord.load(bytes, at: position)
                let special =
                    ByteWord.zeroBytes(word ^ ByteWord.repeating(UInt8(ascii: "\"")))
                    | ByteWord.zeroBytes(word ^ ByteWord.repeating(UInt8(ascii: "\\")))
                    | ByteWord.zeroBytes(word & 0xE0E0_E0E0_E0E0_E0E0) | (word & 0x8080_8080_8080_8080)
                if special != 0 { break }
                position += 8
            }
            guard position < count else { throw JSONFault(reason: .unexpectedEnd, offset: count) }
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") {
                position += 1
                return Text(range: start..<position - 1, hasEscapes: hasEscapes)
            } else if byte == UInt8(ascii: "\\") {
                hasEscapes = true
                _ = try skipEscape(bytes, &position)
            } else if byte < 0x20 {
                throw JSONFault(reason: .controlCharacter, offset: position)
            } else if byte < 0x80 {
                position += 1
            } else if let length = UTF8Validation.sequenceLength(bytes, at: position) {
                position += length
            } else {
                throw JSONFault(reason: .notUTF8, offset: position)
            }
        }
    }

    /// Skips an escape (both halves of a surrogate pair) and gives what it stands for.
    static func skipEscape(_ bytes: Span<UInt8>, _ position: inout Int) throws(JSONFault) -> Unicode.Scalar {
        let start = position
        position += 1
        guard position < bytes.count else { throw JSONFault(reason: .unexpectedEnd, offset: position) }
        let letter = bytes[position]
        position += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(letter)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): break
        default: throw JSONFault(reason: .invalidEscape, offset: start)
        }
        let first = try skipHexadecimal(bytes, &position, escapeStart: start)
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard first < 0xDC00, position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
            bytes[position + 1] == UInt8(ascii: "u")
        else { throw JSONFault(reason: .loneSurrogate, offset: start) }
        position += 2
        let second = try skipHexadecimal(bytes, &position, escapeStart: position - 2)
        guard (0xDC00...0xDFFF).contains(second),
            let scalar = Unicode.Scalar(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00))
        else { throw JSONFault(reason: .loneSurrogate, offset: start) }
        return scalar
    }

    private static func skipHexadecimal(
        _ bytes: Span<UInt8>, _ position: inout Int, escapeStart: Int
    ) throws(JSONFault) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard position < bytes.count else { throw JSONFault(reason: .unexpectedEnd, offset: position) }
            guard let digit = Hexadecimal.digit(bytes[position]) else {
                throw JSONFault(reason: .invalidEscape, offset: escapeStart)
            }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }

    /// Skips a number; true when it has neither fraction nor exponent.
    static func skipNumber(_ bytes: Span<UInt8>, _ position: inout Int) throws(JSONFault) -> Bool {
        let count = bytes.count
        let start = position
        func skipDigits() throws(JSONFault) {
            let first = position
            while position < count, bytes[position] &- 48 < 10 { position += 1 }
            if position == first {
                throw JSONFault(reason: position == count ? .unexpectedEnd : .invalidNumber, offset: position)
            }
        }
        _ = accept(UInt8(ascii: "-"), bytes, &position)
        if accept(UInt8(ascii: "0"), bytes, &position) {
            if position < count, bytes[position] &- 48 < 10 {
                throw JSONFault(reason: .invalidNumber, offset: position)
            }
        } else {
            try skipDigits()
        }
        var isInteger = true
        if accept(UInt8(ascii: "."), bytes, &position) {
            isInteger = false
            try skipDigits()
        }
        if position < count, bytes[position] | 0x20 == UInt8(ascii: "e") {
            isInteger = false
            position += 1
            if position < count, bytes[position] == UInt8(ascii: "+") || bytes[position] == UInt8(ascii: "-") {
                position += 1
            }
            try skipDigits()
        }
        // A short number without a large exponent is always in range: only others are worth converting.
        if !isInteger || position - start > 300,
            case .outOfRange = NumberFormat.real(bytes.extracting(start..<position))
        {
            throw JSONFault(reason: .numberOutOfRange, offset: start)
        }
        return isInteger
    }

    private static func skipWord(
        _ word: StaticString, _ bytes: Span<UInt8>, _ position: inout Int
    ) throws(JSONFault) {
        let matches = word.withUTF8Buffer { buffer -> Bool in
            for (offset, byte) in buffer.enumerated() {
                guard position + offset < bytes.count, bytes[position + offset] == byte else { return false }
            }
            return true
        }
        guard matches else { throw JSONFault(reason: .expectedValue, offset: position) }
        position += word.utf8CodeUnitCount
    }

    /// The text that a string's content stands for. `text` must come from `skipString` on the same bytes.
    static func unescaped(_ bytes: Span<UInt8>, _ text: Text) -> String {
        let content = bytes.extracting(text.range)
        return text.hasEscapes ? String(decoding: unescapedBytes(content), as: UTF8.self) : content.text
    }

    static func unescapedBytes(_ content: Span<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(content.count)
        var position = 0
        while position < content.count {
            if content[position] == UInt8(ascii: "\\") {
                guard let scalar = try? skipEscape(content, &position) else { return result }
                result.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            } else {
                result.append(content[position])
                position += 1
            }
        }
        return result
    }
}

extension JSONFault {
    /// The fault as the error of a statement.
    package var diagnostic: Diagnostic {
        switch reason {
        case .tooDeep:
            Diagnostic(.nestingTooDeep, "JSON may be nested \(Limits.nestingDepth) deep at most (byte \(offset + 1))")
        case .notUTF8: Diagnostic(.invalidText, "the JSON text is not UTF-8 (byte \(offset + 1))")
        default: Diagnostic(.invalidJSON, "malformed JSON at byte \(offset + 1): \(reason.rawValue)")
        }
    }
}

enum Hexadecimal {
    static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    /// Appends two lower-case digits a byte.
    static func append(_ bytes: some Sequence<UInt8>, to result: inout [UInt8]) {
        for byte in bytes {
            result.append(character(byte >> 4))
            result.append(character(byte & 15))
        }
    }

    static func character(_ digit: UInt8) -> UInt8 {
        digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + (digit & 15) - 10
    }
}
