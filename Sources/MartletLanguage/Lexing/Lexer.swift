// Bytes to tokens, one at a time.

package import MartletCore

/// A hand-written lexer over UTF-8 bytes. O(1) memory: it looks at most a few bytes ahead and makes no Strings.
///
/// Comments are `--` to the end of the line and `/* … */`, which nest. A broken piece of text comes as one `invalid`
/// token, with its diagnostic in `failure`; lexing goes on behind it.
package struct Lexer: Sendable {
    package let bytes: [UInt8]
    /// Where the next token starts, or the blanks before it.
    package var position: Int
    /// What is wrong with the last `invalid` token.
    package var failure: Diagnostic?
    private let keywords = KeywordTable.shared

    package init(_ bytes: [UInt8], at position: Int = 0) {
        self.bytes = bytes
        self.position = position
    }

    @inline(__always)
    func byte(at index: Int) -> UInt8 {
        index < bytes.count ? bytes[index] : 0
    }

    package mutating func next() -> Token {
        if let broken = skipBlanks() { return broken }
        let start = position
        guard start < bytes.count else { return Token(kind: .endOfText, start: start, end: start) }
        let first = bytes[start]
        switch CharacterClass.of(first) {
        case .letter:
            if first | 0x20 == UInt8(ascii: "x"), byte(at: start + 1) == UInt8(ascii: "'") { return blob() }
            return word()
        case .digit: return number()
        case .other: return symbol(first)
        }
    }

    private mutating func word() -> Token {
        let start = position
        var key = WordKey()
        var ascii: UInt8 = 0
        let index = bytes.withUnsafeBufferPointer { bytes in
            var index = start
            while index < bytes.count {
                let byte = bytes[index]
                if CharacterClass.of(byte) == .other, byte != UInt8(ascii: "$") { break }
                ascii |= byte
                key.append(byte)
                index += 1
            }
            return index
        }
        if ascii >= 0x80, let broken = checkUTF8(start, index) { return broken }
        position = index
        return Token(
            kind: .word, keyword: keywords.keyword(for: key, in: bytes, at: start), start: start, end: index)
    }

    private mutating func symbol(_ first: UInt8) -> Token {
        let second = byte(at: position + 1)
        switch first {
        case UInt8(ascii: "'"): return quoted(first, .string, "text")
        case UInt8(ascii: "\""), UInt8(ascii: "`"): return quoted(first, .quotedWord, "name")
        case UInt8(ascii: "("): return take(.leftParenthesis, 1)
        case UInt8(ascii: ")"): return take(.rightParenthesis, 1)
        case UInt8(ascii: "["): return take(.leftBracket, 1)
        case UInt8(ascii: "]"): return take(.rightBracket, 1)
        case UInt8(ascii: ","): return take(.comma, 1)
        case UInt8(ascii: ";"): return take(.semicolon, 1)
        case UInt8(ascii: "@"): return take(.atSign, 1)
        case UInt8(ascii: "*"): return take(.star, 1)
        case UInt8(ascii: "+"): return take(.plus, 1)
        case UInt8(ascii: "/"): return take(.slash, 1)
        case UInt8(ascii: "%"): return take(.percent, 1)
        case UInt8(ascii: "&"): return take(.ampersand, 1)
        case UInt8(ascii: "~"): return take(.tilde, 1)
        case UInt8(ascii: "."):
            return CharacterClass.of(second) == .digit ? number() : take(.period, 1)
        case UInt8(ascii: "="): return take(.equal, second == UInt8(ascii: "=") ? 2 : 1)
        case UInt8(ascii: "!") where second == UInt8(ascii: "="): return take(.notEqual, 2)
        case UInt8(ascii: "|"): return second == first ? take(.concatenate, 2) : take(.bar, 1)
        case UInt8(ascii: "<"):
            switch second {
            case UInt8(ascii: "="): return take(.lessOrEqual, 2)
            case UInt8(ascii: ">"): return take(.notEqual, 2)
            case UInt8(ascii: "<"): return take(.shiftLeft, 2)
            default: return take(.less, 1)
            }
        case UInt8(ascii: ">"):
            switch second {
            case UInt8(ascii: "="): return take(.greaterOrEqual, 2)
            case UInt8(ascii: ">"): return take(.shiftRight, 2)
            default: return take(.greater, 1)
            }
        case UInt8(ascii: "-"):
            guard second == UInt8(ascii: ">") else { return take(.minus, 1) }
            return byte(at: position + 2) == UInt8(ascii: ">") ? take(.doubleArrow, 3) : take(.arrow, 2)
        case UInt8(ascii: "?"), UInt8(ascii: ":"): return parameter(first, second)
        default: return invalidCharacter(first)
        }
    }

    @inline(__always)
    private mutating func take(_ kind: Token.Kind, _ count: Int) -> Token {
        let start = position
        position += count
        return Token(kind: kind, start: start, end: position)
    }

    private mutating func parameter(_ first: UInt8, _ second: UInt8) -> Token {
        if first == second, first == UInt8(ascii: ":") { return take(.doubleColon, 2) }
        let start = position
        var index = start + 1
        if first == UInt8(ascii: "?") {
            while CharacterClass.of(byte(at: index)) == .digit { index += 1 }
            return take(.parameter, index - start)
        }
        while CharacterClass.of(byte(at: index)) != .other { index += 1 }
        if index == start + 1 || CharacterClass.of(second) == .digit {
            return invalid(
                .invalidCharacter, "':' starts a parameter and needs a name", start, start + 1, end: start + 1)
        }
        if let broken = checkUTF8(start, index) { return broken }
        position = index
        return Token(kind: .parameter, start: start, end: index)
    }

    /// Makes an `invalid` token from `position` to `end`, with a diagnostic about `from ..< to`.
    mutating func invalid(
        _ code: ErrorCode, _ message: String, _ from: Int, _ to: Int, hint: String? = nil, end: Int
    ) -> Token {
        let start = position
        failure = Diagnostic(code, message, at: SourceRange(from, to), hint: hint)
        position = min(max(end, start + 1), bytes.count)
        return Token(kind: .invalid, start: start, end: position)
    }

    private mutating func invalidCharacter(_ first: UInt8) -> Token {
        let start = position
        let shown =
            first > 0x20 && first < 0x7F
            ? "'\(Character(UnicodeScalar(first)))'" : "byte 0x" + (first < 16 ? "0" : "") + String(first, radix: 16)
        return invalid(
            .invalidCharacter, "\(shown) has no meaning here", start, start + 1,
            hint: first == UInt8(ascii: "!") ? "did you mean '!='?" : nil, end: start + 1)
    }

    /// nil when `bytes[start ..< end]` is well-formed UTF-8.
    mutating func checkUTF8(_ start: Int, _ end: Int) -> Token? {
        guard let bad = UTF8Check.firstInvalid(in: bytes, start, end) else { return nil }
        return invalid(.invalidCharacter, "the text is not valid UTF-8", bad, bad + 1, end: end)
    }
}

/// What a byte can be part of.
enum CharacterClass: UInt8 {
    /// Letters, `_` and everything beyond ASCII: a word starts with it.
    case letter
    case digit
    case other

    /// The class of a byte.
    @inline(__always)
    static func of(_ byte: UInt8) -> CharacterClass {
        if (byte | 0x20) &- UInt8(ascii: "a") < 26 || byte >= 0x80 || byte == UInt8(ascii: "_") { return .letter }
        return byte &- UInt8(ascii: "0") < 10 ? .digit : .other
    }
}
