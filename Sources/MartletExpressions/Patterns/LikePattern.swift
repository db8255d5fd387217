// LIKE and ILIKE: a pattern compiled once, matched against whole columns.

package import MartletCore

/// `%` is any text, `_` any one character, and the escape character makes the next one literal. LIKE distinguishes
/// upper and lower case, as in PostgreSQL; ILIKE does not for letters of which Unicode has a simple lower-case form.
package struct LikePattern: Sendable {
    enum Token: Hashable, Sendable {
        case literal([UInt8])
        case anyCharacter
        case anyText
    }

    private enum Shape: Sendable {
        case exact([UInt8])
        case prefix([UInt8])
        case suffix([UInt8])
        case contains([UInt8])
        case general([Token])
    }

    private let shape: Shape
    let ignoresCase: Bool

    /// - Throws: `invalidPattern` when the escape is not one character, or ends the pattern.
    package init(_ pattern: String, escape: String? = nil, ignoresCase: Bool = false) throws(Diagnostic) {
        self.ignoresCase = ignoresCase
        var escapeScalar: Unicode.Scalar?
        if let escape {
            guard escape.unicodeScalars.count == 1 else {
                throw Diagnostic(.invalidPattern, "ESCAPE must be one character")
            }
            escapeScalar = escape.unicodeScalars.first
        }
        var tokens: [Token] = []
        var literal: [UInt8] = []
        func flush() {
            if !literal.isEmpty { tokens.append(.literal(literal)) }
            literal = []
        }
        var scalars = pattern.unicodeScalars.makeIterator()
        while let scalar = scalars.next() {
            if scalar == escapeScalar {
                guard let next = scalars.next() else {
                    throw Diagnostic(.invalidPattern, "the pattern ends with the escape character")
                }
                literal += Self.utf8(next, ignoresCase)
            } else if scalar == "%" {
                flush()
                if tokens.last != .anyText { tokens.append(.anyText) }
            } else if scalar == "_" {
                flush()
                tokens.append(.anyCharacter)
            } else {
                literal += Self.utf8(scalar, ignoresCase)
            }
        }
        flush()
        switch tokens.count {
        case 0: shape = .exact([])
        case 1:
            switch tokens[0] {
            case .literal(let bytes): shape = .exact(bytes)
            case .anyText: shape = .prefix([])
            case .anyCharacter: shape = .general(tokens)
            }
        case 2:
            switch (tokens[0], tokens[1]) {
            case (.literal(let bytes), .anyText): shape = .prefix(bytes)
            case (.anyText, .literal(let bytes)): shape = .suffix(bytes)
            default: shape = .general(tokens)
            }
        case 3:
            if tokens[0] == .anyText, tokens[2] == .anyText, case .literal(let bytes) = tokens[1] {
                shape = .contains(bytes)
            } else {
                shape = .general(tokens)
            }
        default: shape = .general(tokens)
        }
    }

    private static func utf8(_ scalar: Unicode.Scalar, _ folded: Bool) -> [UInt8] {
        Array((folded ? CaseFolding.folded(String(scalar)) : String(scalar)).utf8)
    }

    package func matches(_ text: String) -> Bool {
        var text = ignoresCase ? CaseFolding.folded(text) : text
        return text.withUTF8 { matches(UnsafeRawBufferPointer($0)) }
    }

    /// `text` must be case-folded already for ILIKE.
    func matches(_ text: UnsafeRawBufferPointer) -> Bool {
        switch shape {
        case .exact(let bytes): text.count == bytes.count && Self.has(bytes, at: 0, in: text)
        case .prefix(let bytes): Self.has(bytes, at: 0, in: text)
        case .suffix(let bytes): Self.has(bytes, at: text.count - bytes.count, in: text)
        case .contains(let bytes): ByteSearch.first(bytes, in: text, from: 0) != nil
        case .general(let tokens): Self.matches(tokens, text)
        }
    }

    /// Every row of a column. The needle of `%needle%` is searched in all rows at once.
    package func matches(_ column: ByteColumn) -> [Bool] {
        let column = ignoresCase ? CaseFolding.folded(column) : column
        let count = column.count
        var result = [Bool](repeating: false, count: count)
        column.withAllBytes { all, offsets in
            if case .contains(let needle) = shape {
                var row = 0
                var position = 0
                while let hit = ByteSearch.first(needle, in: all, from: position) {
                    while offsets[row + 1] <= hit { row += 1 }
                    if hit + needle.count <= offsets[row + 1] {
                        result[row] = true
                        position = offsets[row + 1]
                    } else {
                        // The hit spans two rows.
                        position = hit + 1
                    }
                }
                return
            }
            for row in 0..<count {
                result[row] = matches(UnsafeRawBufferPointer(rebasing: all[offsets[row]..<offsets[row + 1]]))
            }
        }
        return result
    }

    private static func has(_ bytes: [UInt8], at position: Int, in text: UnsafeRawBufferPointer) -> Bool {
        guard position >= 0, position + bytes.count <= text.count else { return false }
        for index in bytes.indices where text[position + index] != bytes[index] { return false }
        return true
    }

    /// Greedy with one point of return (the last `%`): O(pattern · text) at worst, never exponential.
    private static func matches(_ tokens: [Token], _ text: UnsafeRawBufferPointer) -> Bool {
        var token = 0
        var position = 0
        var returnToken = -1
        var returnPosition = 0
        while true {
            var advanced = false
            if token < tokens.count {
                switch tokens[token] {
                case .anyText:
                    token += 1
                    returnToken = token
                    returnPosition = position
                    continue
                case .anyCharacter:
                    if position < text.count {
                        position = after(position, in: text)
                        token += 1
                        advanced = true
                    }
                case .literal(let bytes):
                    if has(bytes, at: position, in: text) {
                        position += bytes.count
                        token += 1
                        advanced = true
                    }
                }
            } else if position == text.count {
                return true
            }
            if advanced { continue }
            guard returnToken >= 0, returnPosition < text.count else { return false }
            // After the last `%` nothing but its own end can follow.
            if returnToken == tokens.count { return true }
            returnPosition = after(returnPosition, in: text)
            position = returnPosition
            token = returnToken
        }
    }

    /// The position of the next character.
    @inline(__always)
    private static func after(_ position: Int, in text: UnsafeRawBufferPointer) -> Int {
        var next = position + 1
        while next < text.count, text[next] & 0xC0 == 0x80 { next += 1 }
        return next
    }
}
