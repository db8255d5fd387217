// Statements in order, synchronously: what `read` and `write` hand to their closures.

import MartletCore
package import MartletRuntime
import Synchronization

/// Runs statements one after the other on the calling thread.
///
/// ```swift
/// let session = database.makeSession()
/// try session.execute("CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT)")
/// try session.transaction {
///     let insert = try session.prepare("INSERT INTO notes VALUES (?, ?)")
///     for (id, text) in texts.enumerated() { try insert.execute(id, text) }
/// }
/// ```
///
/// A session belongs to one thread at a time. A statement that is started while another thread starts one of the same
/// session is refused with `E0502`. ``cancel()`` may come from any thread.
public final class Session: Sendable {
    package let engineSession: EngineSession
    private let isStarting = Atomic<Bool>(false)

    package init(_ engineSession: EngineSession) { self.engineSession = engineSession }

    /// Runs a statement for its effect.
    ///
    /// - Returns: the number of rows that INSERT, UPDATE, DELETE or COPY changed; for others the number of rows given.
    /// - Throws: the statement's error; nothing of the failed statement remains.
    @discardableResult
    public func execute(_ sql: SQL) throws(MartletError) -> Int {
        try publicErrors { () throws(Diagnostic) in
            try Self.count(try start(sql.text, try sql.parameters()))
        }
    }

    /// What the statement changed, if it says so, else how many rows it gave.
    static func count(_ result: ResultStream) throws(Diagnostic) -> Int {
        var count = 0
        while let batch = try result.next() {
            guard result.countsChanges, let column = batch.columns.first else {
                count += batch.count
                continue
            }
            for row in 0..<batch.count {
                if case .integer(let changed) = column[row] { count += Int(clamping: changed) }
            }
        }
        return count
    }

    /// All rows of a statement.
    public func query(_ sql: SQL) throws(MartletError) -> [Row] {
        try publicErrors { () throws(Diagnostic) in try start(sql.text, try sql.parameters()) }.allRows()
    }

    /// All rows, decoded by the names of their columns; see ``Row/decode(_:)``.
    ///
    /// - Throws: ``MartletError``, or what the type's own `init(from:)` throws.
    public func query<T: Decodable>(_ sql: SQL, as type: T.Type) throws -> [T] {
        try cursor(sql).decodeAll(type)
    }

    /// All rows as tuples, by position: `query("SELECT id, score …", as: (String, Double).self)`.
    public func query<
        First: DatabaseValueConvertible, Second: DatabaseValueConvertible, each T: DatabaseValueConvertible
    >(
        _ sql: SQL, as type: (First, Second, repeat each T).Type
    ) throws(MartletError) -> [(First, Second, repeat each T)] {
        try cursor(sql).tuples(of: type)
    }

    /// The rows of a statement as they are needed, for results too large for memory.
    ///
    /// ```swift
    /// let cursor = try session.cursor("SELECT id, body FROM docs")
    /// while let row = try cursor.next() {
    ///     if try row.get("body", as: String.self).isEmpty { break }
    /// }
    /// ```
    /// Inside a transaction that writes, the rows are read at once: they are those that the transaction saw then.
    public func cursor(_ sql: SQL) throws(MartletError) -> RowCursor {
        RowCursor(try publicErrors { () throws(Diagnostic) in try start(sql.text, try sql.parameters()) })
    }

    /// A statement to be run often, with other values each time.
    ///
    /// - Throws: what is wrong with its syntax. Names and types are checked when it is run.
    public func prepare(_ text: String) throws(MartletError) -> PreparedStatement {
        try PreparedStatement(self, text)
    }

    /// Ends the running statement with `E0504`. From any thread.
    public func cancel() { engineSession.cancel() }

    /// Ends the running statement and refuses later ones: the Task that they belong to is over.
    func cancelForGood() { engineSession.cancelForGood() }

    /// Starts statements one at a time: what they share of the session has no lock of its own.
    func exclusively<R>(_ start: () throws(Diagnostic) -> R) throws(Diagnostic) -> R {
        guard isStarting.compareExchange(expected: false, desired: true, ordering: .acquiring).exchanged else {
            throw Diagnostic(
                .transactionActive, "another statement of this session is running",
                hint: "a session belongs to one thread at a time")
        }
        defer { isStarting.store(false, ordering: .releasing) }
        return try start()
    }

    /// - Parameter memo: of a prepared statement of this session.
    func start(_ text: String, _ parameters: ParameterValues, _ memo: PlanMemo? = nil) throws(Diagnostic)
        -> ResultStream
    {
        try exclusively { () throws(Diagnostic) in try engineSession.run(text, parameters: parameters, memo: memo) }
    }
}
