// A statement that is run again and again.

import MartletCore
import MartletLanguage
import MartletRuntime

/// A statement with parameters, `?` by position or `:name` by name.
///
/// ```swift
/// let byYear = try session.prepare("SELECT id FROM docs WHERE year = ?")
/// for year in 1990...1999 { print(try byYear.query(year, as: String.self)) }
/// ```
///
/// It is planned once for each combination of the values' types, and again when a definition changes. Statements
/// without ``Session/prepare(_:)`` share their plans too, by their text: preparing finds errors early and spares the
/// text's repetition.
public struct PreparedStatement: Sendable {
    private let session: Session
    public let text: String

    init(_ session: Session, _ text: String) throws(MartletError) {
        _ = try publicErrors { () throws(Diagnostic) in try Parser.parseStatement(text) }
        self.session = session
        self.text = text
    }

    // MARK: By position

    /// See ``Session/execute(_:)``.
    @discardableResult
    public func execute(_ values: any DatabaseValueConvertible...) throws(MartletError) -> Int {
        try session.execute(SQL(text: text, positional: values))
    }

    public func query(_ values: any DatabaseValueConvertible...) throws(MartletError) -> [Row] {
        try session.query(SQL(text: text, positional: values))
    }

    public func query<T: Decodable>(_ values: any DatabaseValueConvertible..., as type: T.Type) throws -> [T] {
        try session.query(SQL(text: text, positional: values), as: type)
    }

    public func query<
        First: DatabaseValueConvertible, Second: DatabaseValueConvertible, each T: DatabaseValueConvertible
    >(
        _ values: any DatabaseValueConvertible..., as type: (First, Second, repeat each T).Type
    ) throws(MartletError) -> [(First, Second, repeat each T)] {
        try session.query(SQL(text: text, positional: values), as: type)
    }

    public func cursor(_ values: any DatabaseValueConvertible...) throws(MartletError) -> RowCursor {
        try session.cursor(SQL(text: text, positional: values))
    }

    // MARK: Many rows

    /// Runs the statement once for each row of values: all of them or, if one fails, none.
    ///
    /// ```swift
    /// let insert = try session.prepare("INSERT INTO notes VALUES (?, ?)")
    /// try insert.executeMany(texts.enumerated().map { [$0, $1] })
    /// ```
    /// An INSERT takes the rows in batches, many times faster than one run after the other. The values of all rows are
    /// in memory at once: hand over some ten thousand at a time.
    ///
    /// - Returns: the number of rows that were changed.
    @discardableResult
    public func executeMany(
        _ rows: some Sequence<[any DatabaseValueConvertible]>
    ) throws(MartletError) -> Int {
        try publicErrors { () throws(Diagnostic) in
            var parameters = ParameterRows()
            for row in rows {
                var values: [Value] = []
                values.reserveCapacity(row.count)
                for value in row { values.append(try value.databaseValue.engineValue()) }
                try parameters.append(values)
            }
            parameters.finish()
            return try Session.count(
                try session.exclusively { () throws(Diagnostic) in
                    try session.engineSession.run(text, parameterRows: parameters)
                })
        }
    }

    // MARK: By name

    /// See ``Session/execute(_:)``. Names are without the colon.
    @discardableResult
    public func execute(_ values: [String: any DatabaseValueConvertible]) throws(MartletError) -> Int {
        try session.execute(SQL(text: text, named: values))
    }

    public func query(_ values: [String: any DatabaseValueConvertible]) throws(MartletError) -> [Row] {
        try session.query(SQL(text: text, named: values))
    }

    public func query<T: Decodable>(
        _ values: [String: any DatabaseValueConvertible], as type: T.Type
    ) throws -> [T] {
        try session.query(SQL(text: text, named: values), as: type)
    }

    public func cursor(_ values: [String: any DatabaseValueConvertible]) throws(MartletError) -> RowCursor {
        try session.cursor(SQL(text: text, named: values))
    }
}
