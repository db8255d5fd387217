// A statement with the values that it is run with.

import MartletCore
import MartletLanguage
import MartletRuntime

/// A statement. What is interpolated is bound as a parameter, never pasted into the text.
///
/// ```swift
/// let year = 1998
/// try await database.query("SELECT id, title FROM docs WHERE year = \(year)")
/// ```
///
/// | interpolation | becomes |
/// | --- | --- |
/// | `\(value)` | a parameter |
/// | `\(list: values)` | parameters with commas between, for `IN (…)` and `VALUES (…)` |
/// | `\(name: "title")` | a quoted name, for tables and columns that are known only when the program runs |
/// | `\(sql)` | another statement's text, with its values |
///
/// A `String` that is not a literal is turned into a statement by ``init(text:positional:named:)``.
public struct SQL: Hashable, Sendable {
    /// The text, with `?` where values were interpolated.
    public private(set) var text: String
    /// The values of `?`, in order.
    public private(set) var positional: [DatabaseValue]
    /// The values of `:name`, without the colon.
    public private(set) var named: [String: DatabaseValue]

    /// A text from elsewhere, with its parameters.
    ///
    /// ```swift
    /// let sql = SQL(text: "SELECT id FROM docs WHERE year = :year", named: ["year": 1998])
    /// ```
    public init(
        text: String, positional: [any DatabaseValueConvertible] = [],
        named: [String: any DatabaseValueConvertible] = [:]
    ) {
        self.text = text
        self.positional = positional.map(\.databaseValue)
        self.named = named.mapValues(\.databaseValue)
    }

    func parameters() throws(Diagnostic) -> ParameterValues {
        var values = ParameterValues()
        for value in positional { values.positional.append(try value.engineValue()) }
        for (name, value) in named { values.named[name] = try value.engineValue() }
        return values
    }

    /// A guess by the first word that is only used to choose a thread: a statement that is known to only read needs
    /// not queue behind those that wait for the writer.
    var mayWaitForTheWriter: Bool {
        // Enough for comments before the first word; a longer one costs a place in the other queue.
        var lexer = Lexer(Array(text.utf8.prefix(1_024)))
        var token = lexer.next()
        while token.kind == .leftParenthesis { token = lexer.next() }
        switch token.keyword {
        case .select, .search, .show, .values, .evaluate: return false
        case .with: return mentionsWrite(&lexer)
        default: return true
        }
    }

    /// WITH may stand before a statement that writes.
    private func mentionsWrite(_ lexer: inout Lexer) -> Bool {
        while true {
            let token = lexer.next()
            switch token.keyword {
            case .insert, .update, .delete: return true
            default: if token.kind == .endOfText { return false }
            }
        }
    }
}

extension SQL: ExpressibleByStringInterpolation {
    public init(stringLiteral value: String) { self.init(text: value) }

    public init(stringInterpolation: StringInterpolation) {
        text = stringInterpolation.text
        positional = stringInterpolation.positional
        named = stringInterpolation.named
    }

    public struct StringInterpolation: StringInterpolationProtocol {
        var text = ""
        var positional: [DatabaseValue] = []
        var named: [String: DatabaseValue] = [:]
        private var endsWithParameter = false

        public init(literalCapacity: Int, interpolationCount: Int) {
            text.reserveCapacity(literalCapacity + interpolationCount)
        }

        public mutating func appendLiteral(_ literal: String) {
            guard let first = literal.utf8.first else { return }
            // `?` and a digit would be another parameter's number.
            if endsWithParameter, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) { text += " " }
            text += literal
            endsWithParameter = false
        }

        private mutating func append(_ value: DatabaseValue) {
            text += endsWithParameter ? " ?" : "?"
            positional.append(value)
            endsWithParameter = true
        }

        /// A parameter.
        public mutating func appendInterpolation(_ value: some DatabaseValueConvertible) {
            append(value.databaseValue)
        }

        /// A parameter, or NULL.
        public mutating func appendInterpolation(_ value: (some DatabaseValueConvertible)?) {
            append(value?.databaseValue ?? .null)
        }

        /// A parameter for each value, with commas between. An empty list matches nothing in `IN (…)`.
        public mutating func appendInterpolation(list values: some Sequence<some DatabaseValueConvertible>) {
            var isFirst = true
            for value in values {
                if !isFirst { appendLiteral(", ") }
                isFirst = false
                append(value.databaseValue)
            }
            if isFirst { appendLiteral("SELECT NULL LIMIT 0") }
        }

        /// A name, quoted: for tables and columns that are known only when the program runs.
        public mutating func appendInterpolation(name: String) {
            appendLiteral("\"")
            appendLiteral(
                name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\""))
            appendLiteral("\"")
        }

        /// Another statement, or a part of one, with its values. Numbered parameters (`?3`) in it count from the start
        /// of the whole.
        public mutating func appendInterpolation(_ sql: SQL) {
            appendLiteral(sql.text)
            positional += sql.positional
            named.merge(sql.named) { _, new in new }
        }
    }
}
