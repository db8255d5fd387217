// Reads Grammar/martlet.ebnf and makes random sentences of it.

import MartletCore

/// What stands on the right of a rule.
indirect enum Rule: Sendable {
    case keyword(String)
    case token(String)
    case reference(String)
    case sequence([Rule])
    case choice([Rule])
    case optional(Rule)
    case repeated(Rule)
}

struct EBNF: Sendable {
    private(set) var rules: [String: Rule] = [:]
    /// The fewest nested rules that a sentence of each rule needs.
    private var heights: [String: Int] = [:]

    init(_ text: String) {
        var reader = Reader(pieces: Self.pieces(of: text))
        while let name = reader.take(), reader.take() == "=" {
            rules[name] = reader.choice()
            _ = reader.take()
        }
        for name in rules.keys { heights[name] = 1_000 }
        var isChanging = true
        while isChanging {
            isChanging = false
            for (name, rule) in rules {
                let height = 1 + self.height(rule)
                if height < heights[name] ?? 1_000 {
                    heights[name] = height
                    isChanging = true
                }
            }
        }
    }

    /// The rules that are referred to and not there, or that no sentence comes from.
    var faults: [String] {
        var faults: [String] = rules.keys.filter { (heights[$0] ?? 1_000) >= 1_000 }
        func visit(_ rule: Rule) {
            switch rule {
            case .keyword, .token: break
            case .reference(let name): if rules[name] == nil { faults.append(name) }
            case .sequence(let parts), .choice(let parts): parts.forEach(visit)
            case .optional(let inner), .repeated(let inner): visit(inner)
            }
        }
        rules.values.forEach(visit)
        return faults.sorted()
    }

    private func height(_ rule: Rule) -> Int {
        switch rule {
        case .keyword, .token, .optional, .repeated: 0
        case .reference(let name): heights[name] ?? 1_000
        case .sequence(let parts): parts.map(height).max() ?? 0
        case .choice(let parts): parts.map(height).min() ?? 0
        }
    }

    private static func pieces(of text: String) -> [String] {
        var result: [String] = []
        let characters = Array(text)
        var index = 0
        while index < characters.count {
            let character = characters[index]
            var end = index + 1
            if character == "(", index + 1 < characters.count, characters[index + 1] == "*" {
                while !(characters[end] == "*" && characters[end + 1] == ")" && end > index + 1) { end += 1 }
                index = end + 2
                continue
            }
            if character.isWhitespace {
                index = end
                continue
            }
            if character == "\"" || character == "?" {
                while characters[end] != character { end += 1 }
                end += 1
            } else if character.isLetter {
                while characters[end].isLetter || characters[end] == "_" { end += 1 }
            }
            result.append(String(characters[index..<end]))
            index = end
        }
        return result
    }

    private struct Reader {
        let pieces: [String]
        var index = 0

        init(pieces: [String]) { self.pieces = pieces }

        mutating func take() -> String? {
            guard index < pieces.count else { return nil }
            index += 1
            return pieces[index - 1]
        }

        mutating func choice() -> Rule {
            var parts = [sequence()]
            while index < pieces.count, pieces[index] == "|" {
                index += 1
                parts.append(sequence())
            }
            return parts.count == 1 ? parts[0] : .choice(parts)
        }

        private mutating func sequence() -> Rule {
            var parts: [Rule] = []
            while index < pieces.count, !["|", ")", "]", "}", ";"].contains(pieces[index]) {
                let piece = pieces[index]
                index += 1
                switch piece {
                case "(":
                    parts.append(choice())
                    index += 1
                case "[":
                    parts.append(.optional(choice()))
                    index += 1
                case "{":
                    parts.append(.repeated(choice()))
                    index += 1
                default:
                    if piece.hasPrefix("\"") {
                        parts.append(.keyword(String(piece.dropFirst().dropLast())))
                    } else if piece.hasPrefix("?") {
                        parts.append(.token(String(piece.dropFirst().dropLast())))
                    } else {
                        parts.append(.reference(piece))
                    }
                }
            }
            return parts.count == 1 ? parts[0] : .sequence(parts)
        }
    }

    // MARK: Sentences

    /// A sentence of the rule `name`: a function of the seed.
    func sentence(of name: String, seed: UInt64) -> String {
        var random = SeededRandom(seed: seed)
        var words: [String] = []
        make(.reference(name), depth: 0, &random, &words)
        return words.joined(separator: " ")
    }

    private func make(_ rule: Rule, depth: Int, _ random: inout SeededRandom, _ words: inout [String]) {
        let isDeep = depth > 14 || words.count > 150
        switch rule {
        case .keyword(let word): words.append(Bool.random(using: &random) ? word : word.lowercased())
        case .token(let kind): words.append(token(kind, &random))
        case .reference(let name):
            if let rule = rules[name] { make(rule, depth: depth + 1, &random, &words) }
        case .sequence(let parts): for part in parts { make(part, depth: depth, &random, &words) }
        case .choice(let parts):
            let lowest = parts.map(height).min() ?? 0
            let allowed = isDeep ? parts.filter { height($0) == lowest } : parts
            make(allowed[Int.random(in: 0..<allowed.count, using: &random)], depth: depth, &random, &words)
        case .optional(let inner):
            if !isDeep, Int.random(in: 0..<3, using: &random) == 0 { make(inner, depth: depth, &random, &words) }
        case .repeated(let inner):
            while !isDeep, words.count < 150, Int.random(in: 0..<4, using: &random) == 0 {
                make(inner, depth: depth, &random, &words)
            }
        }
    }

    private static let tokens: [String: [String]] = [
        "name": [
            "a", "b", "docs", "_x1", "größe", "Title", "\"odd name\"", "`from`", "\"a\"\"b\"", "label", "model",
            "score",
            "text", "key", "query", "document", "date", "year", "replicas", "index",
        ],
        "bare_alias": ["a", "x", "label", "score", "\"AS\"", "model"],
        "function": ["f", "lower", "count", "Sum", "\"odd function\"", "replace"],
        "field": ["year", "month", "EPOCH"],
        "string": ["''", "'x'", "'it''s'", "'größe'", "'a;b'"],
        "integer": ["0", "1", "42", "0xFF", "18446744073709551615"],
        "count": ["1", "2", "16"],
        "real": ["1.5", ".5", "2e10", "1.", "0.1e-3"],
        "blob": ["x''", "X'00ff'"],
        "parameter": ["?", "?3", ":name"],
    ]

    private func token(_ kind: String, _ random: inout SeededRandom) -> String {
        let known = Self.tokens[kind] ?? ["UNKNOWN_TOKEN_\(kind)"]
        return known[Int.random(in: 0..<known.count, using: &random)]
    }
}
