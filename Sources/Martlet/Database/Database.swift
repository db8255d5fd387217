// An open database.

import Foundation
import MartletCore
package import MartletRuntime
import MartletStorage

/// A database file with its tables, indexes, models and deployments. Share one among all tasks of a program.
///
/// ```swift
/// let database = try Database(path: "library.martlet")
/// try await database.execute("CREATE TABLE docs (id TEXT PRIMARY KEY, body TEXT)")
/// try await database.execute("INSERT INTO docs VALUES (\("a"), \("the vpn drops"))")
/// try await database.execute("TRAIN finder USING retriever ON docs (body)")
/// let hits = try await database.query("SEARCH finder FOR \("vpn") LIMIT 5")
/// ```
///
/// Asynchronous methods run their statements on threads of the database's own, a bounded number of them; any number of
/// tasks may wait. A cancelled Task ends its statement and gets `CancellationError`; other errors are ``MartletError``.
///
/// ## Topics
/// - ``execute(_:)``, ``query(_:)``, ``query(_:as:)-(_,T.Type)``: one statement
/// - ``read(_:)``, ``write(_:)``: several statements in one transaction
/// - ``rows(_:)``: a result too large for memory
/// - ``run(_:)``: a statement that tells of its progress
/// - ``register(function:arguments:returns:deterministic:calledOnNull:summary:_:)``: functions written in Swift
/// - ``makeSession()``: synchronous use
public final class Database: Sendable {
    package let engine: Engine
    let readers: StatementThreads
    let writers: StatementThreads

    /// Opens a file, or makes one. Other processes may have it open too.
    ///
    /// - Throws: `E0701` if it cannot be opened, `E0702` if it is no Martlet file, `E0703` if a newer version made it,
    ///   `E0707` if it is damaged.
    public convenience init(path: String, configuration: Configuration = Configuration()) throws(MartletError) {
        self.init(
            try publicErrors { () throws(Diagnostic) in
                try Engine(path: path, options: configuration.engineOptions)
            })
    }

    private init(_ engine: Engine) {
        self.engine = engine
        let cores = ProcessInfo.processInfo.activeProcessorCount
        readers = StatementThreads(limit: min(64, max(8, 2 * cores)))
        // Autocommit statements that wait for the writer together share one commit.
        writers = StatementThreads(limit: 32)
    }

    deinit {
        readers.stop()
        writers.stop()
    }

    /// A database that nobody else sees and that is gone when it is closed.
    ///
    /// ```swift
    /// let scratch = try Database.temporary()
    /// ```
    public static func temporary(configuration: Configuration = Configuration()) throws(MartletError) -> Database {
        Database(
            try publicErrors { () throws(Diagnostic) in
                try Engine.temporary(options: configuration.engineOptions)
            })
    }

    /// Refuses further statements with `E0710`; those that run may finish.
    public func close() { engine.close() }

    /// A session of its own, for synchronous use: explicit BEGIN … COMMIT, prepared statements, command-line tools.
    ///
    /// Its statements block the calling thread; inside a Task, prefer ``read(_:)`` and ``write(_:)``.
    public func makeSession() -> Session { Session(EngineSession(engine)) }

    // MARK: Single statements

    /// Runs a statement for its effect, in a transaction of its own.
    ///
    /// - Returns: the number of rows that INSERT, UPDATE, DELETE or COPY changed; for others the number of rows given.
    /// - Throws: ``MartletError``; nothing of the failed statement remains.
    @discardableResult
    public func execute(_ sql: SQL) async throws -> Int {
        try await onThread(threads(for: sql)) { session in try session.execute(sql) }
    }

    /// All rows of a statement, read from one snapshot.
    ///
    /// ```swift
    /// for row in try await database.query("SELECT id, year FROM docs WHERE year > \(1998)") { print(row) }
    /// ```
    public func query(_ sql: SQL) async throws -> [Row] {
        try await onThread(threads(for: sql)) { session in try session.query(sql) }
    }

    /// All rows, decoded by the names of their columns; see ``Row/decode(_:)``.
    ///
    /// ```swift
    /// struct Hit: Decodable { let id: String; let score: Double }
    /// let hits = try await database.query("SEARCH help FOR \(question) RETURN id, score", as: Hit.self)
    /// let count = try await database.query("SELECT count(*) FROM docs", as: Int.self)[0]
    /// ```
    public func query<T: Decodable & Sendable>(_ sql: SQL, as type: T.Type) async throws -> [T] {
        try await onThread(threads(for: sql)) { session in try session.query(sql, as: type) }
    }

    /// All rows as tuples, by position.
    ///
    /// ```swift
    /// for (id, score) in try await database.query("SEARCH help FOR 'vpn' RETURN id, score", as: (String, Double).self) {
    ///     print(id, score)
    /// }
    /// ```
    public func query<
        First: DatabaseValueConvertible & Sendable, Second: DatabaseValueConvertible & Sendable,
        each T: DatabaseValueConvertible & Sendable
    >(
        _ sql: SQL, as type: (First, Second, repeat each T).Type
    ) async throws -> [(First, Second, repeat each T)] {
        try await onThread(threads(for: sql)) { session in try session.query(sql, as: type) }
    }

    // MARK: Several statements

    /// Runs `body` on one snapshot: its queries see the same state, whatever others commit meanwhile.
    ///
    /// - Throws: what `body` throws; statements that would change something throw `E0503`.
    public func read<R: Sendable>(_ body: @escaping @Sendable (Session) throws -> R) async throws -> R {
        try await onThread(readers) { session in
            try session.execute("BEGIN READ ONLY")
            defer { _ = try? session.execute("COMMIT") }
            return try body(session)
        }
    }

    /// Runs `body` in one transaction, committed when it returns and undone when it throws. Other writes wait.
    ///
    /// ```swift
    /// try await database.write { session in
    ///     for note in notes { try session.execute("INSERT INTO docs VALUES (\(note.id), \(note.text))") }
    /// }
    /// ```
    ///
    /// - Throws: what `body` throws. Cancelled meanwhile, the transaction is undone.
    @discardableResult
    public func write<R: Sendable>(_ body: @escaping @Sendable (Session) throws -> R) async throws -> R {
        try await onThread(writers) { session in try session.transaction { try body(session) } }
    }

    // MARK: Threads

    func threads(for sql: SQL) -> StatementThreads { sql.mayWaitForTheWriter ? writers : readers }

    /// Runs `body` with a session of its own on another thread; the Task's cancellation cancels its statements.
    private func onThread<R: Sendable>(
        _ threads: StatementThreads, _ body: @escaping @Sendable (Session) throws -> R
    ) async throws -> R {
        let session = makeSession()
        return try await threads.run {
            session.cancelForGood()
        } _: {
            try body(session)
        }
    }
}
