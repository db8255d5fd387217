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
    private let memo = PlanMemo()
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
        let result = try start(values)
        return try publicErrors { () throws(Diagnostic) in try Session.count(result) }
    }

    public func query(_ values: any DatabaseValueConvertible...) throws(MartletError) -> [Row] {
        try start(values).allRows()
    }

    public func query<T: Decodable>(_ values: any DatabaseValueConvertible..., as type: T.Type) throws -> [T] {
        try RowCursor(try start(values)).decodeAll(type)
    }

    public func query<
        First: DatabaseValueConvertible, Second: DatabaseValueConvertible, each T: DatabaseValueConvertible
    >(
        _ values: any DatabaseValueConvertible..., as type: (First, Second, repeat each T).Type
    ) throws(MartletError) -> [(First, Second, repeat each T)] {
        try RowCursor(try start(values)).tuples(of: type)
    }

    public func cursor(_ values: any DatabaseValueConvertible...) throws(MartletError) -> RowCursor {
        RowCursor(try start(values))
    }

    private func start(_ values: [any DatabaseValueConvertible]) throws(MartletError) -> ResultStream {
        try publicErrors { () throws(Diagnostic) in
            var parameters = ParameterValues()
            parameters.positional.reserveCapacity(values.count)
            for value in values { parameters.positional.append(try value.databaseValue.engineValue()) }
            return try session.start(text, parameters, memo)
        }
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
    @inlinable
    public func executeMany(
        _ rows: some Sequence<[any DatabaseValueConvertible]>
    ) throws(MartletError) -> Int {
        let parameters = CollectedParameters()
        for row in rows { try parameters.append(row) }
        return try execute(parameters)
    }

    @usableFromInline
    func execute(_ parameters: CollectedParameters) throws(MartletError) -> Int {
        try publicErrors { () throws(Diagnostic) in
            parameters.rows.finish()
            return try Session.count(
                try session.exclusively { () throws(Diagnostic) in
                    try session.engineSession.run(text, parameterRows: parameters.rows)
                })
        }
    }

    // MARK: By name

    /// See ``Session/execute(_:)``. Names are without the colon.
    @discardableResult
    public func execute(_ values: [String: any DatabaseValueConvertible]) throws(MartletError) -> Int {
        let result = try start(values)
        return try publicErrors { () throws(Diagnostic) in try Session.count(result) }
    }

    public func query(_ values: [String: any DatabaseValueConvertible]) throws(MartletError) -> [Row] {
        try start(values).allRows()
    }

    public func query<T: Decodable>(
        _ values: [String: any DatabaseValueConvertible], as type: T.Type
    ) throws -> [T] {
        try RowCursor(try start(values)).decodeAll(type)
    }

    public func cursor(_ values: [String: any DatabaseValueConvertible]) throws(MartletError) -> RowCursor {
        RowCursor(try start(values))
    }

    private func start(_ values: [String: any DatabaseValueConvertible]) throws(MartletError) -> ResultStream {
        try publicErrors { () throws(Diagnostic) in
            var parameters = ParameterValues()
            for (name, value) in values { parameters.named[name] = try value.databaseValue.engineValue() }
            return try session.start(text, parameters, memo)
        }
    }
}

/// Rows of values, collected by code that is compiled into the caller, for whose sequence it is made.
@usableFromInline
final class CollectedParameters {
    // Touched for every row, by one thread, so not checked for overlapping access.
    @exclusivity(unchecked) var rows = ParameterRows()

    @usableFromInline
    init() {}

    @usableFromInline
    func append(_ row: [any DatabaseValueConvertible]) throws(MartletError) {
        try publicErrors { () throws(Diagnostic) in
            try rows.appendRow(row.count) { (column) throws(Diagnostic) in
                try row[column].databaseValue.engineValue()
            }
        }
    }
}
