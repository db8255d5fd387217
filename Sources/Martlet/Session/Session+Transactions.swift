// Transactions and savepoints as closures.

import MartletRuntime

extension Session {
    /// Whether BEGIN was run and neither COMMIT nor ROLLBACK yet.
    public var isInTransaction: Bool { engineSession.isInTransaction }

    /// Runs `body` in one transaction, committed when it returns and undone when it throws. Other writes wait.
    ///
    /// - Throws: what `body` throws; `E0502` inside a transaction, where ``savepoint(_:)`` nests.
    @discardableResult
    public func transaction<R>(_ body: () throws -> R) throws -> R {
        try execute("BEGIN")
        do {
            let result = try body()
            try execute("COMMIT")
            return result
        } catch {
            // The error that undid the transaction is what the caller needs.
            _ = try? execute("ROLLBACK")
            throw error
        }
    }

    /// Runs `body` as a part of the transaction: when it throws, what it did is undone and the transaction goes on.
    ///
    /// ```swift
    /// try await database.write { session in
    ///     for order in orders {
    ///         do {
    ///             try session.savepoint { try book(order, session) }
    ///         } catch { rejected.append(order.id) }
    ///     }
    /// }
    /// ```
    /// Savepoints nest. Outside of a transaction it is the same as ``transaction(_:)``.
    ///
    /// - Throws: what `body` throws.
    @discardableResult
    public func savepoint<R>(_ body: () throws -> R) throws -> R {
        guard isInTransaction else { return try transaction(body) }
        // The innermost of the same name is meant, so one name serves all depths.
        try execute("SAVEPOINT martlet_savepoint")
        do {
            let result = try body()
            try execute("RELEASE martlet_savepoint")
            return result
        } catch {
            if (try? execute("ROLLBACK TO martlet_savepoint")) != nil {
                _ = try? execute("RELEASE martlet_savepoint")
            }
            throw error
        }
    }
}
