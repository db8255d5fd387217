// Regular expressions: text to a syntax tree.

import MartletCore

/// Literals, `.`, `[a-z]`, `[^a-z]`, `\d \w \s \D \W \S \b \B`, `^ $`, groups `( )` and `(?: )`, `|`, `* + ? {m,n}` and
/// their lazy forms (which match the same texts), `(?i)` at the beginning. `.` and negated classes match a newline too.
indirect enum RegexNode: Sendable {
    case empty
    case set(RegexSet)
    case assertion(RegexAssertion)
    case sequence([RegexNode])
    case alternatives([RegexNode])
    case repetition(RegexNode, least: Int, most: Int?)
}

enum RegexAssertion: Sendable { case start, end, wordBoundary, notWordBoundary }

/// A set of characters as sorted ranges.
struct RegexSet: Sendable {
    var ranges: [ClosedRange<UInt32>]
    var isNegated = false

    func contains(_ value: UInt32) -> Bool {
        for range in ranges where range.contains(value) { return !isNegated }
        return isNegated
    }

    static let digits: [ClosedRange<UInt32>] = [48...57]
    static let word: [ClosedRange<UInt32>] = [48...57, 65...90, 95...95, 97...122]
    static let space: [ClosedRange<UInt32>] = [9...13, 32...32]

    static func isWord(_ value: UInt32) -> Bool { word.contains { $0.contains(value) } }

    /// The characters outside `ranges`, which must be sorted and disjoint.
    static func complement(_ ranges: [ClosedRange<UInt32>]) -> [ClosedRange<UInt32>] {
        var result: [ClosedRange<UInt32>] = []
        var next: UInt32 = 0
        for range in ranges {
            if range.lowerBound > next { result.append(next...(range.lowerBound - 1)) }
            next = range.upperBound + 1
        }
        if next <= 0x10FFFF { result.append(next...0x10FFFF) }
        return result
    }
}

struct RegexParser {
    private let scalars: [Unicode.Scalar]
    private var position = 0
    private var depth = 0
    private(set) var ignoresCase: Bool

    static let depthLimit = 100
    static let repetitionLimit = 1_000

    init(_ pattern: String, ignoresCase: Bool) {
        scalars = Array(pattern.unicodeScalars)
        self.ignoresCase = ignoresCase
        if pattern.hasPrefix("(?i)") {
            self.ignoresCase = true
            position = 4
        }
    }

    private var current: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

    private func fault(_ message: String) -> Diagnostic {
        Diagnostic(.invalidPattern, "\(message) in the regular expression (character \(position + 1))")
    }

    /// - Throws: `invalidPattern`.
    mutating func parse() throws(Diagnostic) -> RegexNode {
        let node = try alternatives()
        if current != nil { throw fault("unmatched ')'") }
        return node
    }

    private mutating func alternatives() throws(Diagnostic) -> RegexNode {
        depth += 1
        defer { depth -= 1 }
        if depth > Self.depthLimit { throw fault("too many nested groups") }
        var options = [try sequence()]
        while current == "|" {
            position += 1
            options.append(try sequence())
        }
        return options.count == 1 ? options[0] : .alternatives(options)
    }

    private mutating func sequence() throws(Diagnostic) -> RegexNode {
        var items: [RegexNode] = []
        while let scalar = current, scalar != "|", scalar != ")" {
            var item = try atom()
            while let (least, most) = try quantifier() {
                if case .repetition(_, _, _) = item { throw fault("a repetition of a repetition") }
                item = .repetition(item, least: least, most: most)
                // A lazy quantifier matches the same texts.
                if current == "?" { position += 1 }
            }
            items.append(item)
        }
        return items.isEmpty ? .empty : items.count == 1 ? items[0] : .sequence(items)
    }

    private mutating func quantifier() throws(Diagnostic) -> (least: Int, most: Int?)? {
        switch current {
        case "*":
            position += 1
            return (0, nil)
        case "+":
            position += 1
            return (1, nil)
        case "?":
            position += 1
            return (0, 1)
        case "{":
            let start = position
            position += 1
            guard let least = try number() else {
                // A brace that begins no repetition is a literal.
                position = start
                return nil
            }
            var most: Int? = least
            if current == "," {
                position += 1
                most = try number()
            }
            guard current == "}" else { throw fault("'{' without '}'") }
            position += 1
            if let most, most < least { throw fault("a repetition with its bounds exchanged") }
            return (least, most)
        default: return nil
        }
    }

    private mutating func number() throws(Diagnostic) -> Int? {
        var value: Int?
        while let digit = current, digit.value >= 48, digit.value <= 57 {
            value = (value ?? 0) * 10 + Int(digit.value - 48)
            if value ?? 0 > Self.repetitionLimit { throw fault("more than \(Self.repetitionLimit) repetitions") }
            position += 1
        }
        return value
    }

    private mutating func atom() throws(Diagnostic) -> RegexNode {
        guard let scalar = current else { return .empty }
        position += 1
        switch scalar {
        case ".": return .set(RegexSet(ranges: [], isNegated: true))
        case "^": return .assertion(.start)
        case "$": return .assertion(.end)
        case "*", "+", "?":
            position -= 1
            throw fault("nothing to repeat")
        case "(":
            if current == "?" {
                guard position + 1 < scalars.count, scalars[position + 1] == ":" else {
                    throw fault("an unknown kind of group")
                }
                position += 2
            }
            let node = try alternatives()
            guard current == ")" else { throw fault("'(' without ')'") }
            position += 1
            // A group of its own, so that `(a*)*` is a repetition of a sequence.
            return .sequence([node])
        case "[": return .set(try characterClass())
        case "\\":
            if let assertion = current, assertion == "b" || assertion == "B" {
                position += 1
                return .assertion(assertion == "b" ? .wordBoundary : .notWordBoundary)
            }
            return .set(RegexSet(ranges: try escape()))
        default: return .set(RegexSet(ranges: [scalar.value...scalar.value]))
        }
    }

    private mutating func escape() throws(Diagnostic) -> [ClosedRange<UInt32>] {
        guard let scalar = current else { throw fault("nothing after '\\'") }
        position += 1
        switch scalar {
        case "d": return RegexSet.digits
        case "D": return RegexSet.complement(RegexSet.digits)
        case "w": return RegexSet.word
        case "W": return RegexSet.complement(RegexSet.word)
        case "s": return RegexSet.space
        case "S": return RegexSet.complement(RegexSet.space)
        case "n": return [10...10]
        case "t": return [9...9]
        case "r": return [13...13]
        default:
            if scalar.properties.isAlphabetic || (scalar.value >= 48 && scalar.value <= 57) {
                throw fault("an unknown escape '\\\(scalar)'")
            }
            return [scalar.value...scalar.value]
        }
    }

    private mutating func characterClass() throws(Diagnostic) -> RegexSet {
        var set = RegexSet(ranges: [])
        if current == "^" {
            set.isNegated = true
            position += 1
        }
        var isFirst = true
        while true {
            guard let scalar = current else { throw fault("'[' without ']'") }
            if scalar == "]", !isFirst { break }
            isFirst = false
            position += 1
            var low = [scalar.value...scalar.value]
            if scalar == "\\" { low = try escape() }
            guard current == "-", position + 1 < scalars.count, scalars[position + 1] != "]", low.count == 1,
                low[0].count == 1
            else {
                set.ranges += low
                continue
            }
            position += 1
            guard let highScalar = current else { throw fault("'[' without ']'") }
            position += 1
            var high = [highScalar.value...highScalar.value]
            if highScalar == "\\" { high = try escape() }
            guard high.count == 1, high[0].count == 1, high[0].lowerBound >= low[0].lowerBound else {
                throw fault("a range with its bounds exchanged")
            }
            set.ranges.append(low[0].lowerBound...high[0].upperBound)
        }
        position += 1
        return set
    }
}
