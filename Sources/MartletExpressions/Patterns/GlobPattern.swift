// GLOB: `*`, `?` and `[a-z]` or `[^a-z]`, case-sensitive, as in SQLite.

package import MartletCore

package struct GlobPattern: Sendable {
    private enum Token: Sendable {
        case anyText
        case one(CharacterSet)
    }

    private struct CharacterSet: Sendable {
        var ranges: [ClosedRange<UInt32>]
        var isNegated: Bool

        func contains(_ scalar: Unicode.Scalar) -> Bool {
            ranges.contains { $0.contains(scalar.value) } != isNegated
        }
    }

    private let tokens: [Token]

    /// - Throws: `invalidPattern` for a class without an end.
    package init(_ pattern: String) throws(Diagnostic) {
        var tokens: [Token] = []
        let scalars = Array(pattern.unicodeScalars)
        var index = 0
        while index < scalars.count {
            let scalar = scalars[index]
            index += 1
            switch scalar {
            case "*": tokens.append(.anyText)
            case "?": tokens.append(.one(CharacterSet(ranges: [], isNegated: true)))
            case "[":
                var set = CharacterSet(ranges: [], isNegated: false)
                if index < scalars.count, scalars[index] == "^" {
                    set.isNegated = true
                    index += 1
                }
                var isFirst = true
                while true {
                    guard index < scalars.count else {
                        throw Diagnostic(.invalidPattern, "the pattern has a '[' without ']'")
                    }
                    let low = scalars[index]
                    if low == "]", !isFirst { break }
                    isFirst = false
                    index += 1
                    if index + 1 < scalars.count, scalars[index] == "-", scalars[index + 1] != "]" {
                        let high = scalars[index + 1]
                        if low.value <= high.value { set.ranges.append(low.value...high.value) }
                        index += 2
                    } else {
                        set.ranges.append(low.value...low.value)
                    }
                }
                index += 1
                tokens.append(.one(set))
            default: tokens.append(.one(CharacterSet(ranges: [scalar.value...scalar.value], isNegated: false)))
            }
        }
        self.tokens = tokens
    }

    package func matches(_ text: String) -> Bool {
        let text = Array(text.unicodeScalars)
        var token = 0
        var position = 0
        var returnToken = -1
        var returnPosition = 0
        while true {
            if token < tokens.count {
                switch tokens[token] {
                case .anyText:
                    token += 1
                    returnToken = token
                    returnPosition = position
                    continue
                case .one(let set):
                    if position < text.count, set.contains(text[position]) {
                        token += 1
                        position += 1
                        continue
                    }
                }
            } else if position == text.count {
                return true
            }
            guard returnToken >= 0, returnPosition < text.count else { return false }
            returnPosition += 1
            position = returnPosition
            token = returnToken
        }
    }
}
