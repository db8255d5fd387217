// A statement with the values that it is run with.

import MartletCore
import MartletRuntime

/// A statement. What is interpolated is bound as a parameter, never pasted into the text.
///
/// ```swift
/// let year = 1998
/// try await database.query("SELECT id, title FROM docs WHERE year = \(year)")
/// ```
///
/// A `String` that is not a literal is turned into a statement by `SQL(text:)`.
public struct SQL: Sendable {
    /// The text, with `?` where values were interpolated.
    public private(set) var text: String
    /// The values of `?`, in order.
    public private(set) var positional: [DatabaseValue]
    /// The values of `:name`, without the colon.
    public private(set) var named: [String: DatabaseValue]

    /// A text from elsewhere, with its parameters.
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
}

extension SQL: ExpressibleByStringInterpolation {
    public init(stringLiteral value: String) { self.init(text: value) }

    public init(stringInterpolation: StringInterpolation) {
        text = stringInterpolation.text
        positional = stringInterpolation.values
        named = [:]
    }

    public struct StringInterpolation: StringInterpolationProtocol {
        var text = ""
        var values: [DatabaseValue] = []

        public init(literalCapacity: Int, interpolationCount: Int) {
            text.reserveCapacity(literalCapacity + interpolationCount)
        }

        public mutating func appendLiteral(_ literal: String) { text += literal }

        /// A parameter.
        public mutating func appendInterpolation(_ value: some DatabaseValueConvertible) {
            text += "?"
            values.append(value.databaseValue)
        }

        /// A name, quoted: for tables and columns that are known only when the program runs.
        public mutating func appendInterpolation(name: String) {
            text +=
                "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
        }
    }
}
