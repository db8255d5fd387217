// The strict query language: text → tree.
//
//     query   = { item } ;                                      at least one
//     item    = chain { "OR" chain } ;                          what stands side by side is optional too
//     chain   = clause { "AND" clause } ;                       all are required
//     clause  = [ "+" | "-" | "NOT" ] primary [ "^" number ] ;
//     primary = field ":" primary | "(" query ")" | phrase | range | word [ "*" | "~" [ 1 | 2 ] ] ;
//     phrase  = '"' … '"' [ "~" count ] ;
//     range   = ( "[" | "{" ) bound "TO" bound ( "]" | "}" ) ;  bound = word | phrase | "*" ;
//
// AND, OR and NOT are words only behind a backslash. A clause that follows `*`, `~` or `^` needs a space before it.
//
// A backslash makes the next character a part of a word.

package import MartletCore

/// Parses one query. Never traps; every error has its place in the query.
package struct QueryParser {
    private let bytes: [UInt8]
    private var position = 0
    private var depth = 0
    private var leafCount = 0

    package static let byteLimit = 64 << 10
    static let depthLimit = 64
    static let leafLimit = 1_024
    static let slopLimit = 1_000
    static let boostRange: ClosedRange<Float> = 0.001...1_000

    /// - Throws: `invalidQuery` with a range in the text's UTF-8, `limitExceeded`.
    package static func parse(_ text: String) throws(Diagnostic) -> QueryNode {
        guard text.utf8.count <= byteLimit else {
            throw Diagnostic(.limitExceeded, "a QUERY has at most \(byteLimit) bytes")
        }
        var parser = QueryParser(bytes: Array(text.utf8))
        let clauses = try parser.clauses(field: nil, opening: nil)
        if clauses.isEmpty {
            throw .invalidQuery("the QUERY is empty", 0..<parser.bytes.count)
        }
        return .group(clauses)
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    // MARK: Structure

    /// Up to the end, or to the parenthesis that closes the one at `opening`.
    private mutating func clauses(field: QueryField?, opening: Int?) throws(Diagnostic) -> [QueryClause] {
        depth += 1
        defer { depth -= 1 }
        if depth > Self.depthLimit {
            throw Diagnostic.invalidQuery(
                "parentheses are nested more than \(Self.depthLimit) deep", position..<min(position + 1, bytes.count))
        }
        let start = opening ?? 0
        var result: [QueryClause] = []
        while true {
            skipSpace()
            if position == bytes.count {
                if let opening { throw .invalidQuery("the parenthesis is not closed", opening..<opening + 1) }
                break
            }
            if bytes[position] == UInt8(ascii: ")") {
                guard opening != nil else {
                    throw .invalidQuery("a ) without its (", position..<position + 1)
                }
                position += 1
                break
            }
            if let place = accept(word: "OR") {
                skipSpace()
                if result.isEmpty || isAtEnd { throw .invalidQuery("OR needs something on both sides", place) }
            }
            result.append(try chain(field: field))
        }
        if !result.isEmpty, result.allSatisfy({ $0.occurrence == .excluded }) {
            throw .invalidQuery(
                opening == nil ? "the QUERY only excludes" : "the group only excludes", start..<position,
                hint: "say what to find, too")
        }
        return result
    }

    private var isAtEnd: Bool { position == bytes.count || bytes[position] == UInt8(ascii: ")") }

    private mutating func chain(field: QueryField?) throws(Diagnostic) -> QueryClause {
        let first = try clause(field: field)
        var all = [first]
        let start = position
        while true {
            let before = position
            skipSpace()
            guard let place = accept(word: "AND") else {
                position = before
                break
            }
            skipSpace()
            if isAtEnd { throw .invalidQuery("AND needs something on both sides", place) }
            all.append(try clause(field: field))
        }
        if all.count == 1 { return first }
        for index in all.indices where all[index].occurrence == .optional { all[index].occurrence = .required }
        if all.allSatisfy({ $0.occurrence == .excluded }) {
            throw .invalidQuery("the group only excludes", start..<position, hint: "say what to find, too")
        }
        return QueryClause(occurrence: .optional, node: .group(all))
    }

    private mutating func clause(field: QueryField?) throws(Diagnostic) -> QueryClause {
        var occurrence = QueryClause.Occurrence.optional
        let start = position
        if accept(UInt8(ascii: "+")) {
            occurrence = .required
        } else if accept(UInt8(ascii: "-")) || accept(word: "NOT") != nil {
            occurrence = .excluded
            skipSpace()
        }
        if occurrence != .optional, isAtEnd || Self.isSpace(bytes[position]) {
            throw .invalidQuery("there is nothing behind it", start..<max(start + 1, position))
        }
        var node = try primary(field: field)
        if accept(UInt8(ascii: "^")) {
            let place = position - 1
            guard let boost = number(), Self.boostRange.contains(Float(boost)) else {
                throw .invalidQuery("^ needs a number from 0.001 to 1000", place..<max(place + 1, position))
            }
            node = node.boosted(Float(boost))
            try checkGap()
        }
        return QueryClause(occurrence: occurrence, node: node)
    }

    // MARK: Primaries

    private mutating func primary(field: QueryField?) throws(Diagnostic) -> QueryNode {
        let start = position
        for word: StaticString in ["AND", "OR", "NOT"] {
            if let place = accept(word: word) {
                throw .invalidQuery("\(word) stands where something to look for is expected", place)
            }
        }
        switch bytes[position] {
        case UInt8(ascii: "("):
            position += 1
            let inner = try clauses(field: field, opening: start)
            if inner.isEmpty { throw .invalidQuery("there is nothing in the parentheses", start..<position) }
            return .group(inner)
        case UInt8(ascii: "\""):
            let text = try quoted()
            var slop = 0
            if accept(UInt8(ascii: "~")) {
                guard let number = number(), let whole = Int(exactly: number), whole <= Self.slopLimit else {
                    throw .invalidQuery(
                        "~ behind a phrase needs a whole number from 0 to \(Self.slopLimit)",
                        position - 1..<min(position + 1, bytes.count))
                }
                slop = whole
                try checkGap()
            }
            return try leaf(.phrase(text, slop: slop), field, start)
        case UInt8(ascii: "["), UInt8(ascii: "{"): return try range(field)
        default: break
        }
        guard let text = word() else {
            throw .invalidQuery(
                "a word, a phrase, a range or a group is expected here",
                start..<min(start + characterBytes(at: start), bytes.count))
        }
        if position < bytes.count, bytes[position] == UInt8(ascii: ":") {
            position += 1
            let named = QueryField(name: text, place: start..<position - 1)
            guard !isAtEnd, !Self.isSpace(bytes[position]) else {
                throw .invalidQuery("there is nothing behind the column", start..<position, hint: "title:word")
            }
            depth += 1
            defer { depth -= 1 }
            if depth > Self.depthLimit { throw .invalidQuery("columns are nested too deep", start..<position) }
            return try primary(field: named)
        }
        let kind = try suffixed(text, start)
        if case .word = kind {} else { try checkGap() }
        return try leaf(kind, field, start)
    }

    /// A word with what stands behind it: `*`, `~`, `~1`, or nothing.
    private mutating func suffixed(_ text: String, _ start: Int) throws(Diagnostic) -> QueryLeaf.Kind {
        if accept(UInt8(ascii: "*")) { return .prefix(text) }
        guard accept(UInt8(ascii: "~")) else { return .word(text) }
        guard position < bytes.count, (48...57).contains(bytes[position]) else { return .fuzzy(text, distance: 2) }
        guard let number = number(), number == 1 || number == 2 else {
            throw .invalidQuery("~ behind a word is ~1 or ~2", start..<position)
        }
        return .fuzzy(text, distance: Int(number))
    }

    /// Nothing that begins anew may stand right behind a sign.
    private func checkGap() throws(Diagnostic) {
        if isAtEnd || Self.isSpace(bytes[position]) || bytes[position] == UInt8(ascii: "^") { return }
        throw .invalidQuery(
            "a space is missing before this", position..<min(position + characterBytes(at: position), bytes.count))
    }

    private mutating func leaf(
        _ kind: QueryLeaf.Kind, _ field: QueryField?, _ start: Int
    ) throws(Diagnostic) -> QueryNode {
        leafCount += 1
        if leafCount > Self.leafLimit {
            throw Diagnostic(.limitExceeded, "a QUERY has at most \(Self.leafLimit) words, phrases and ranges")
        }
        return .leaf(QueryLeaf(kind: kind, field: field, boost: 1, place: start..<position))
    }

    private mutating func range(_ field: QueryField?) throws(Diagnostic) -> QueryNode {
        let start = position
        let includesLower = bytes[position] == UInt8(ascii: "[")
        position += 1
        let lower = try bound(includesLower, start)
        skipSpace()
        guard accept(word: "TO") != nil else {
            throw .invalidQuery("a range is [from TO to]", start..<min(position + 1, bytes.count))
        }
        var upper = try bound(true, start)
        skipSpace()
        if accept(UInt8(ascii: "}")) {
            upper?.isInclusive = false
        } else if !accept(UInt8(ascii: "]")) {
            throw .invalidQuery("the range is not closed", start..<min(start + 1, bytes.count))
        }
        if lower == nil, upper == nil {
            throw .invalidQuery("a range needs one end at least", start..<position)
        }
        return try leaf(.range(lower: lower, upper: upper), field, start)
    }

    private mutating func bound(_ isInclusive: Bool, _ start: Int) throws(Diagnostic) -> QueryLeaf.Bound? {
        skipSpace()
        guard position < bytes.count else { throw .invalidQuery("the range is not closed", start..<start + 1) }
        if accept(UInt8(ascii: "*")) { return nil }
        if bytes[position] == UInt8(ascii: "\"") {
            return QueryLeaf.Bound(text: try quoted(), isInclusive: isInclusive)
        }
        guard let text = word() else {
            throw .invalidQuery("a range is [from TO to]", start..<min(position + 1, bytes.count))
        }
        return QueryLeaf.Bound(text: text, isInclusive: isInclusive)
    }

    // MARK: Characters

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

    /// Ends a word.
    private static func isSpecial(_ byte: UInt8) -> Bool {
        isSpace(byte) || "\"()[]{}^~*:".utf8.contains(byte)
    }

    private mutating func skipSpace() {
        while position < bytes.count, Self.isSpace(bytes[position]) { position += 1 }
    }

    private mutating func accept(_ byte: UInt8) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    /// An operator in capital letters, by itself; its place.
    private mutating func accept(word: StaticString) -> Range<Int>? {
        let end = position + word.utf8CodeUnitCount
        guard end <= bytes.count else { return nil }
        let isThere = word.withUTF8Buffer { $0.elementsEqual(bytes[position..<end]) }
        guard isThere, end == bytes.count || Self.isSpecial(bytes[end]) && bytes[end] != UInt8(ascii: ":") else {
            return nil
        }
        defer { position = end }
        return position..<end
    }

    /// A run of what is not special, and of anything behind a backslash.
    private mutating func word() -> String? {
        var text: [UInt8] = []
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\\"), position + 1 < bytes.count {
                let length = characterBytes(at: position + 1)
                text += bytes[position + 1..<min(position + 1 + length, bytes.count)]
                position = min(position + 1 + length, bytes.count)
                continue
            }
            if Self.isSpecial(byte) { break }
            text.append(byte)
            position += 1
        }
        return text.isEmpty ? nil : String(decoding: text, as: UTF8.self)
    }

    private mutating func quoted() throws(Diagnostic) -> String {
        let start = position
        position += 1
        var text: [UInt8] = []
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") {
                position += 1
                return String(decoding: text, as: UTF8.self)
            }
            if byte == UInt8(ascii: "\\"), position + 1 < bytes.count { position += 1 }
            text.append(bytes[position])
            position += 1
        }
        throw .invalidQuery("the quote is not closed", start..<start + 1)
    }

    /// Digits, and perhaps a fraction.
    private mutating func number() -> Double? {
        let start = position
        var hasPoint = false
        while position < bytes.count {
            if (48...57).contains(bytes[position]) {
                position += 1
            } else if bytes[position] == UInt8(ascii: "."), !hasPoint {
                hasPoint = true
                position += 1
            } else {
                break
            }
        }
        guard start < position, position - start <= 16 else { return nil }
        return Double(String(decoding: bytes[start..<position], as: UTF8.self))
    }

    private func characterBytes(at position: Int) -> Int {
        guard position < bytes.count else { return 1 }
        let byte = bytes[position]
        return byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1
    }
}

extension QueryNode {
    fileprivate func boosted(_ boost: Float) -> QueryNode {
        switch self {
        case .leaf(var leaf):
            leaf.boost = min(max(leaf.boost * boost, 1e-6), 1e6)
            return .leaf(leaf)
        case .group(let clauses):
            return .group(clauses.map { QueryClause(occurrence: $0.occurrence, node: $0.node.boosted(boost)) })
        }
    }
}
