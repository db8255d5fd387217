// Quoted texts, blobs and numbers, and the blanks and comments between tokens.

import MartletCore

extension Lexer {
    /// Skips blanks and comments; an `invalid` token when a comment has no end.
    mutating func skipBlanks() -> Token? {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0D, 0x0C, 0x0B: position += 1
            case UInt8(ascii: "-") where byte(at: position + 1) == UInt8(ascii: "-"):
                while position < bytes.count, bytes[position] != 0x0A { position += 1 }
            case UInt8(ascii: "/") where byte(at: position + 1) == UInt8(ascii: "*"):
                if let broken = skipBlockComment() { return broken }
            case 0xEF where position == 0 && byte(at: 1) == 0xBB && byte(at: 2) == 0xBF: position = 3
            default: return nil
            }
        }
        return nil
    }

    private mutating func skipBlockComment() -> Token? {
        let start = position
        var depth = 1
        position += 2
        while position < bytes.count {
            let pair = (bytes[position], byte(at: position + 1))
            if pair == (UInt8(ascii: "*"), UInt8(ascii: "/")) {
                depth -= 1
                position += 2
                if depth == 0 { return nil }
            } else if pair == (UInt8(ascii: "/"), UInt8(ascii: "*")) {
                depth += 1
                position += 2
            } else {
                position += 1
            }
        }
        position = start
        return invalid(
            .unterminated, "the comment that starts here has no '*/'", start, start + 2, end: bytes.count)
    }

    /// A text or name between two `quote`s, where a doubled quote stands for itself.
    mutating func quoted(_ quote: UInt8, _ kind: Token.Kind, _ what: String) -> Token {
        let start = position
        var index = start + 1
        var ascii: UInt8 = 0
        var least = UInt8.max
        while index < bytes.count {
            let byte = bytes[index]
            ascii |= byte
            least = min(least, byte)
            index += 1
            guard byte == quote else { continue }
            if self.byte(at: index) == quote, index < bytes.count {
                index += 1
                continue
            }
            if ascii >= 0x80, let broken = checkUTF8(start, index) { return broken }
            if least == 0 { return containsNUL(what, start, index) }
            if kind == .quotedWord, index - start == 2 {
                return invalid(.syntax, "a quoted name cannot be empty", start, index, end: index)
            }
            position = index
            return Token(kind: kind, start: start, end: index)
        }
        let shown = Character(UnicodeScalar(quote))
        return invalid(
            .unterminated, "the \(what) that starts here has no closing \(shown)", start, start + 1, end: bytes.count)
    }

    private mutating func containsNUL(_ what: String, _ start: Int, _ end: Int) -> Token {
        var place = start
        while bytes[place] != 0 { place += 1 }
        return invalid(.invalidText, "the \(what) contains a NUL character", place, place + 1, end: end)
    }

    /// `x'0aff'`
    mutating func blob() -> Token {
        let start = position
        var index = start + 2
        while index < bytes.count, bytes[index] != UInt8(ascii: "'") {
            if hexDigitValue(bytes[index]) == nil {
                let bad = index
                while index < bytes.count, bytes[index] != UInt8(ascii: "'") { index += 1 }
                return invalid(
                    .invalidCharacter, "a blob literal holds hexadecimal digits only", bad, bad + 1, end: index + 1)
            }
            index += 1
        }
        guard index < bytes.count else {
            return invalid(
                .unterminated, "the blob that starts here has no closing '", start, start + 2, end: bytes.count)
        }
        if (index - start) % 2 != 0 {
            return invalid(
                .invalidCharacter, "a blob literal needs an even number of digits", start, index + 1, end: index + 1)
        }
        position = index + 1
        return Token(kind: .blob, start: start, end: index + 1)
    }

    /// `12`, `0x1F`, `1.5`, `.5`, `1e-3`
    mutating func number() -> Token {
        let start = position
        var index = start
        var kind = Token.Kind.integer
        if bytes[index] == UInt8(ascii: "0"), byte(at: index + 1) | 0x20 == UInt8(ascii: "x") {
            index += 2
            while hexDigitValue(byte(at: index)) != nil { index += 1 }
            if index == start + 2 { return invalidNumber(from: start, index) }
        } else {
            while isDigit(index) { index += 1 }
            if byte(at: index) == UInt8(ascii: ".") {
                kind = .real
                index += 1
                while isDigit(index) { index += 1 }
            }
            if byte(at: index) | 0x20 == UInt8(ascii: "e") {
                let sign = byte(at: index + 1)
                let digits = index + (sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") ? 2 : 1)
                if isDigit(digits) {
                    kind = .real
                    index = digits
                    while isDigit(index) { index += 1 }
                }
            }
        }
        if CharacterClass.of(byte(at: index)) != .other { return invalidNumber(from: start, index) }
        position = index
        return Token(kind: kind, start: start, end: index)
    }

    private func isDigit(_ index: Int) -> Bool {
        CharacterClass.of(byte(at: index)) == .digit
    }

    private mutating func invalidNumber(from start: Int, _ current: Int) -> Token {
        var index = current
        while CharacterClass.of(byte(at: index)) != .other { index += 1 }
        if let broken = checkUTF8(start, index) { return broken }
        let text = String(decoding: bytes[start..<index], as: UTF8.self)
        return invalid(.invalidNumber, "'\(text)' is not a number", start, index, end: index)
    }
}

/// 0…15, or nil.
func hexDigitValue(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
}
