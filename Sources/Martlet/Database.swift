// An open database.

import Dispatch
import MartletCore
package import MartletRuntime
import MartletStorage

/// A database file, with its tables, indexes, models and deployments. Share one among all tasks of a program.
///
/// ```swift
/// let database = try Database(path: "library.martlet")
/// try await database.execute("CREATE TABLE docs (id TEXT PRIMARY KEY, body TEXT)")
/// try await database.execute("INSERT INTO docs VALUES (\("a"), \("the vpn drops"))")
/// try await database.execute("TRAIN finder USING retriever ON docs (body)")
/// let hits = try await database.query("SEARCH finder FOR \("vpn") LIMIT 5")
/// ```
public final class Database: Sendable {
    public struct Configuration: Sendable {
        public enum Durability: Sendable {
            /// On disk when the commit returns.
            case full
            /// The last commits may be lost when power fails; the file stays whole.
            case normal
        }

        public var isReadOnly = false
        public var durability = Durability.full
        /// Threads of TRAIN and index builds; 0 is as many as there are cores.
        public var threads = 0
        /// Bytes that one statement's sorts, hash tables and kept rows may hold.
        public var statementMemoryBytes = 1 << 30

        public init() {}

        var engineOptions: EngineOptions {
            EngineOptions(
                isReadOnly: isReadOnly, durability: durability == .full ? .full : .normal, threads: threads,
                statementMemoryBytes: statementMemoryBytes)
        }
    }

    package let engine: Engine

    /// Opens a file, or makes one. Other processes may have it open too.
    ///
    /// - Throws: `E0701` if it cannot be opened, `E0702` if it is no Martlet file, `E0703` if a newer version made it,
    ///   `E0707` if it is damaged.
    public init(path: String, configuration: Configuration = Configuration()) throws(MartletError) {
        engine = try publicErrors { () throws(Diagnostic) in
            try Engine(path: path, options: configuration.engineOptions)
        }
    }

    private init(_ engine: Engine) { self.engine = engine }

    /// A database that nobody else sees and that is gone when it is closed.
    public static func temporary(configuration: Configuration = Configuration()) throws(MartletError) -> Database {
        Database(
            try publicErrors { () throws(Diagnostic) in
                try Engine.temporary(options: configuration.engineOptions)
            })
    }

    /// Refuses further statements; those that run may finish.
    public func close() { engine.close() }

    /// A session of its own, for synchronous use: explicit BEGIN … COMMIT, many prepared statements, tools.
    public func makeSession() -> Session { Session(EngineSession(engine)) }

    // MARK: Single statements

    /// Runs a statement in a transaction of its own.
    ///
    /// - Returns: the number of rows that INSERT, UPDATE, DELETE or COPY changed; for others the number of rows given.
    /// - Throws: `MartletError`.
    @discardableResult
    public func execute(_ sql: SQL) async throws -> Int {
        try await onThread { session in try session.execute(sql) }
    }

    /// All rows of a statement, read from one snapshot.
    public func query(_ sql: SQL) async throws -> [Row] {
        try await onThread { session in try session.query(sql) }
    }

    /// All rows, decoded by the names of their columns.
    public func query<T: Decodable & Sendable>(_ sql: SQL, as type: T.Type) async throws -> [T] {
        try await onThread { session in try session.query(sql, as: type) }
    }

    /// All rows as tuples, by position.
    public func query<each T: DatabaseValueConvertible & Sendable>(
        _ sql: SQL, as type: (repeat each T).Type
    ) async throws -> [(repeat each T)] {
        try await onThread { session in try session.query(sql, as: type) }
    }

    // MARK: Several statements

    /// Runs `body` on one snapshot: its queries see the same state, whatever others commit meanwhile.
    public func read<R: Sendable>(_ body: @escaping @Sendable (Session) throws -> R) async throws -> R {
        try await onThread { session in
            try session.execute("BEGIN READ ONLY")
            defer { _ = try? session.execute("COMMIT") }
            return try body(session)
        }
    }

    /// Runs `body` in one transaction, committed when it returns and undone when it throws. Other writes wait.
    public func write<R: Sendable>(_ body: @escaping @Sendable (Session) throws -> R) async throws -> R {
        try await onThread { session in
            try session.execute("BEGIN")
            do {
                let result = try body(session)
                try session.execute("COMMIT")
                return result
            } catch {
                // The error that undid the transaction is what the caller needs.
                _ = try? session.execute("ROLLBACK")
                throw error
            }
        }
    }

    // MARK: Progress

    /// Runs a statement and tells of its progress: TRAIN, COPY, CREATE INDEX, EVALUATE.
    ///
    /// ```swift
    /// for try await event in database.run("TRAIN finder USING retriever ON docs (body) SHARDS 4") {
    ///     switch event {
    ///     case .progress(let step): print(step.stage, step.rowsDone, step.rowsTotal ?? 0)
    ///     case .finished(let rows): print(rows)
    ///     }
    /// }
    /// ```
    /// Leaving the loop early cancels the statement.
    public func run(_ sql: SQL) -> AsyncThrowingStream<StatementEvent, any Error> {
        let session = makeSession()
        return AsyncThrowingStream(bufferingPolicy: .bufferingNewest(256)) { continuation in
            session.engineSession.progress = { progress in
                continuation.yield(.progress(StatementProgress(progress)))
            }
            continuation.onTermination = { reason in
                if case .cancelled = reason { session.cancel() }
            }
            Self.queue.async {
                do {
                    let rows = try session.query(sql)
                    continuation.yield(.finished(rows))
                    continuation.finish()
                } catch {
                    continuation.finish(throwing: error)
                }
            }
        }
    }

    // MARK: Threads

    /// Statements block: they run beside the cooperative pool.
    private static let queue = DispatchQueue(label: "martlet.statements", attributes: .concurrent)

    /// Runs `body` with a session of its own on another thread; the Task's cancellation cancels its statements.
    private func onThread<R: Sendable>(_ body: @escaping @Sendable (Session) throws -> R) async throws -> R {
        let session = makeSession()
        return try await withTaskCancellationHandler {
            try Task.checkCancellation()
            return try await withCheckedThrowingContinuation { continuation in
                Self.queue.async { continuation.resume(with: Result { try body(session) }) }
            }
        } onCancel: {
            session.cancelForGood()
        }
    }
}

extension Session {
    /// Ends the running statement and refuses later ones: the Task that they belong to is over.
    func cancelForGood() { engineSession.cancelForGood() }
}
