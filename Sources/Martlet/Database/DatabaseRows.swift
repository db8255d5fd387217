// The rows of a statement as they are needed, for results too large for memory.

extension Database {
    /// The rows of a statement, one after the other, read from one snapshot as they are asked for.
    ///
    /// ```swift
    /// for try await row in database.rows("SELECT id, body FROM docs") {
    ///     try await upload(row.get("id"), row.get("body"))
    /// }
    /// ```
    ///
    /// The statement starts when the iteration does, and anew for each iteration. Only a batch of rows is in memory,
    /// and no thread is held between batches. The snapshot is: an iteration that takes hours keeps the file from
    /// using the pages of deleted rows again. Leaving the loop ends the statement.
    public func rows(_ sql: SQL) -> DatabaseRows { DatabaseRows(database: self, sql: sql) }
}

/// The rows of a statement as they are needed; see ``Database/rows(_:)``.
public struct DatabaseRows: AsyncSequence, Sendable {
    let database: Database
    let sql: SQL

    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(database: database, sql: sql) }

    public struct AsyncIterator: AsyncIteratorProtocol {
        private let source: Source
        private var rows: ArraySlice<Row> = []

        init(database: Database, sql: SQL) { source = Source(database: database, sql: sql) }

        /// - Throws: ``MartletError``, or `CancellationError` if the Task is cancelled.
        public mutating func next() async throws -> Row? {
            if let row = rows.popFirst() { return row }
            rows = try await source.nextRows()[...]
            return rows.popFirst()
        }
    }

    /// `@unchecked Sendable`: an iterator awaits each batch before it asks for the next, so one thread at a time
    /// touches the cursor.
    private final class Source: @unchecked Sendable {
        private let database: Database
        private let sql: SQL
        private let session: Session
        private var cursor: RowCursor?
        private var isOver = false

        init(database: Database, sql: SQL) {
            self.database = database
            self.sql = sql
            session = database.makeSession()
        }

        /// Empty at the end.
        func nextRows() async throws -> [Row] {
            if isOver { return [] }
            do {
                let rows = try await database.threads(for: sql).run { [session] in
                    session.cancelForGood()
                } _: {
                    try self.read()
                }
                if rows.isEmpty { end() }
                return rows
            } catch {
                end()
                throw error
            }
        }

        private func read() throws(MartletError) -> [Row] {
            if let cursor { return try cursor.nextBatch() }
            let cursor = try session.cursor(sql)
            self.cursor = cursor
            return try cursor.nextBatch()
        }

        private func end() {
            isOver = true
            cursor?.close()
            cursor = nil
        }
    }
}
