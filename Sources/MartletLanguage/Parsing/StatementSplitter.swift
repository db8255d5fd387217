// Where does a statement end?

package import MartletCore

/// Watches the tokens of a statement for the semicolon that ends it.
///
/// That is the first one, except that the statements of a CREATE SCHEDULE stand in parentheses with semicolons of
/// their own.
struct StatementBoundary {
    private var isSchedule = false
    private var previousKeyword: Keyword?
    private var depth = 0
    private var count = 0

    /// Is this token the end? It has to see every token of the statement in order.
    mutating func ends(at token: Token) -> Bool {
        count += 1
        // EXPLAIN ANALYZE (FORMAT json) CREATE SCHEDULE is the longest way to it.
        if count <= 12, token.keyword == .schedule, previousKeyword == .create { isSchedule = true }
        previousKeyword = token.keyword
        switch token.kind {
        case .leftParenthesis: depth += 1
        case .rightParenthesis: depth -= 1
        case .semicolon:
            if isSchedule, depth > 0 { return false }
            self = StatementBoundary()
            return true
        default: break
        }
        return false
    }
}

/// Tells a shell whether a text is complete, and cuts scripts into statements without parsing them.
package enum StatementSplitter {
    package enum State: Hashable, Sendable {
        /// Nothing but blanks and comments.
        case empty
        /// The last statement ends with its semicolon.
        case complete
        /// More is needed: no semicolon yet.
        case incomplete
        /// More is needed: a text, name or comment is open. The opening character: `'`, `"`, `` ` `` or `*`.
        case open(Character)
    }

    /// What a shell should do after a line: run the text or ask for more. O(n).
    package static func state(of text: String) -> State {
        let bytes = Array(text.utf8)
        var lexer = Lexer(bytes)
        var boundary = StatementBoundary()
        var state = State.empty
        while true {
            let token = lexer.next()
            if token.kind == .endOfText { return state }
            if token.kind == .invalid, let failure = lexer.failure, failure.code == .unterminated {
                let start = failure.range?.start ?? token.start
                let first = start < bytes.count ? bytes[start] : UInt8(ascii: "'")
                switch first {
                case UInt8(ascii: "/"): return .open("*")
                case UInt8(ascii: "\""), UInt8(ascii: "`"): return .open(Character(UnicodeScalar(first)))
                default: return .open("'")
                }
            }
            let isEnd = boundary.ends(at: token)
            if !isEnd {
                state = .incomplete
            } else if state == .incomplete {
                state = .complete
            }
        }
    }

    /// The range of every statement, without semicolons and the blanks around. O(n).
    package static func ranges(in bytes: [UInt8]) -> [SourceRange] {
        var lexer = Lexer(bytes)
        var boundary = StatementBoundary()
        var result: [SourceRange] = []
        var current: SourceRange?
        while true {
            let token = lexer.next()
            let isEnd = boundary.ends(at: token)
            if token.kind == .endOfText || isEnd {
                if let current { result.append(current) }
                current = nil
                if token.kind == .endOfText { return result }
            } else {
                current = current?.union(token.range) ?? token.range
            }
        }
    }
}
