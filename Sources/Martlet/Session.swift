// Statements in order, synchronously: what `read` and `write` hand to their closures.

import MartletCore
package import MartletRuntime

/// Runs statements one after the other. Belongs to one closure or thread at a time; only `cancel` may come from others.
public final class Session: Sendable {
    package let engineSession: EngineSession

    package init(_ engineSession: EngineSession) { self.engineSession = engineSession }

    /// Runs a statement for its effect.
    ///
    /// - Returns: the number of rows that INSERT, UPDATE, DELETE or COPY changed; for others the number of rows given.
    /// - Throws: the statement's error; nothing of the failed statement remains.
    @discardableResult
    public func execute(_ sql: SQL) throws(MartletError) -> Int {
        try publicErrors { () throws(Diagnostic) in
            try Self.count(try engineSession.run(sql.text, parameters: try sql.parameters()))
        }
    }

    /// What the statement changed, if it says so, else its rows.
    static func count(_ result: ResultStream) throws(Diagnostic) -> Int {
        var count = 0
        let isCount = result.columns.count == 1 && result.columns[0].name == "rows"
        while let batch = try result.next() {
            for row in 0..<batch.count {
                if isCount, case .integer(let rows) = batch.columns[0][row] { count += Int(rows) } else { count += 1 }
            }
        }
        return count
    }

    /// All rows of a statement.
    public func query(_ sql: SQL) throws(MartletError) -> [Row] {
        var rows: [Row] = []
        try forEach(sql) { rows.append($0) }
        return rows
    }

    /// All rows, decoded by the names of their columns.
    ///
    /// - Throws: `MartletError`, or what the type's own decoding throws.
    public func query<T: Decodable>(_ sql: SQL, as type: T.Type) throws -> [T] {
        try query(sql).map { try T(from: RowDecoder(row: $0)) }
    }

    /// All rows as tuples, by position: `query("SELECT id, score …", as: (String, Double).self)`.
    public func query<each T: DatabaseValueConvertible>(
        _ sql: SQL, as type: (repeat each T).Type
    ) throws(MartletError) -> [(repeat each T)] {
        var result: [(repeat each T)] = []
        for row in try query(sql) {
            var position = -1
            func next<V: DatabaseValueConvertible>(_ type: V.Type) throws(MartletError) -> V {
                position += 1
                return try row.get(position, as: type)
            }
            result.append((repeat try next((each T).self)))
        }
        return result
    }

    /// Calls `body` with each row as it comes, in constant memory outside of a write transaction.
    public func forEach(_ sql: SQL, _ body: (Row) -> Void) throws(MartletError) {
        try publicErrors { () throws(Diagnostic) in
            let result = try engineSession.run(sql.text, parameters: try sql.parameters())
            let names = ColumnNames(result.columns.map(\.name))
            while let batch = try result.next() {
                for row in 0..<batch.count {
                    body(Row(columns: names, values: batch.columns.map { DatabaseValue($0[row]) }))
                }
            }
        }
    }

    /// A statement to be run often with other values. It is planned once for each combination of the values' types, and
    /// again when a definition changes.
    public func prepare(_ text: String) -> PreparedStatement { PreparedStatement(self, text) }

    /// Ends the running statement with `E0504`. From any thread.
    public func cancel() { engineSession.cancel() }
}

/// A statement that is run again and again: `?` by position, `:name` by name.
public struct PreparedStatement: Sendable {
    private let session: Session
    public let text: String

    init(_ session: Session, _ text: String) {
        self.session = session
        self.text = text
    }

    @discardableResult
    public func execute(_ values: any DatabaseValueConvertible...) throws(MartletError) -> Int {
        try session.execute(SQL(text: text, positional: values))
    }

    @discardableResult
    public func execute(_ values: [String: any DatabaseValueConvertible]) throws(MartletError) -> Int {
        try session.execute(SQL(text: text, named: values))
    }

    /// Runs the statement once for each row of values: all of them or, if one fails, none.
    ///
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
            return try Session.count(try session.engineSession.run(text, parameterRows: parameters))
        }
    }

    public func query(_ values: any DatabaseValueConvertible...) throws(MartletError) -> [Row] {
        try session.query(SQL(text: text, positional: values))
    }

    public func query(_ values: [String: any DatabaseValueConvertible]) throws(MartletError) -> [Row] {
        try session.query(SQL(text: text, named: values))
    }
}
