// The database file as the rest of the engine sees it.

import CLMDB
package import MartletCore

/// An open database file. Shared by everyone in the process who opens the same file; closed when the last lets go.
///
///     let environment = try Environment.open("library.martlet")
///     try environment.write { transaction throws(Diagnostic) in try transaction.view.put(key, value) }
///     let reader = try environment.read()
///     let value = try reader.view.get(key)
package final class Environment: Sendable {
    /// The version of everything above LMDB that this build writes. 2 brought the floating counter, 3 packed rows, 4 those
    /// with short places, 5 records of commits; a file of an earlier version becomes one of this with the first commit.
    package static let formatVersion: UInt32 = 5

    package let core: EnvironmentCore
    private let writer: Writer

    /// Whether this handle may only read; another handle of the same file may write.
    package let isReadOnly: Bool

    init(core: EnvironmentCore, isReadOnly: Bool) {
        self.core = core
        self.isReadOnly = isReadOnly || core.isReadOnly
        writer = Writer(core: core)
    }

    deinit { writer.stop() }

    package var path: String { core.path }

    // MARK: Reading

    /// Begins a read transaction on the last commit. Cheap: ended ones are used again.
    ///
    /// - Throws: `tooManyReaders`.
    package func read() throws(Diagnostic) -> ReadTransaction {
        ReadTransaction(try TransactionView(reading: core))
    }

    package func read<R>(_ body: (TransactionView) throws(Diagnostic) -> R) throws(Diagnostic) -> R {
        let transaction: ReadTransaction = try read()
        return try body(transaction.view)
    }

    /// Whether the file waits for open transactions to end, so that it can grow: reads that can be done again should end.
    package var isGrowing: Bool { core.isGrowing }

    /// Returns once nobody waits for growth any more: it is done, or was given up.
    package func waitWhileGrowing() { core.waitWhileGrowing() }

    // MARK: Writing

    /// Runs `body` in a write transaction, and returns once it is committed: on the calling thread if nobody else
    /// writes, else on the writer's.
    ///
    /// Callers that wait at the same time share a commit. `body` may run more than once (see Writer), and must not
    /// write through the environment itself: that would wait for itself.
    ///
    /// - Throws: what `body` throws, after its changes are undone; `readOnlyDatabase`, `diskFull`, `databaseFull`.
    package func write<R>(
        _ body: (borrowing WriteTransaction) throws(Diagnostic) -> R
    ) throws(Diagnostic) -> R {
        var value: R?
        _ = try perform(wantsSnapshot: false) { (transaction) throws(Diagnostic) in value = try body(transaction) }
        guard let value else { throw Self.closed() }
        return value
    }

    /// As `write`, and a read transaction on exactly this commit, before any later write of this process.
    package func writeWithSnapshot<R>(
        _ body: (borrowing WriteTransaction) throws(Diagnostic) -> R
    ) throws(Diagnostic) -> WriteResult<R> {
        var value: R?
        let view = try perform(wantsSnapshot: true) { (transaction) throws(Diagnostic) in
            value = try body(transaction)
        }
        guard let value, let view else { throw StorageError.ended() }
        return WriteResult(value: value, snapshot: ReadTransaction(view))
    }

    /// As `write`, without blocking a thread.
    package func writeAsync(
        _ body: @escaping @Sendable (borrowing WriteTransaction) throws(Diagnostic) -> Void
    ) async throws(Diagnostic) {
        try checkWritable()
        let failure: Diagnostic? = await withCheckedContinuation { continuation in
            let job = WriteJob(wantsSnapshot: false, body: body)
            job.notify = { continuation.resume(returning: $0.failure) }
            if !writer.enqueue(.job(job)) { job.complete(Self.closed(), snapshot: nil) }
        }
        if let failure { throw failure }
    }

    /// Begins an explicit write transaction; waits for those before it.
    package func beginInteractive() throws(Diagnostic) -> InteractiveTransaction {
        try checkWritable()
        let session = InteractiveSession()
        if !writer.enqueue(.interactive(session)) { session.fail(Self.closed()) }
        try session.waitUntilOpen()
        return InteractiveTransaction(session)
    }

    /// - Returns: the snapshot, if one is wanted.
    private func perform(
        wantsSnapshot: Bool, _ body: (borrowing WriteTransaction) throws(Diagnostic) -> Void
    ) throws(Diagnostic) -> TransactionView? {
        try checkWritable()
        // The caller waits until the job has let go of the closure, so that it does not escape, and may touch what
        // belongs to the caller.
        let outcome = withoutActuallyEscaping(body) { body in
            let job = WriteJob(wantsSnapshot: wantsSnapshot, body: body)
            return writer.runAtOnce(job) ? job.outcome : finished(job)
        }
        if let failure = outcome.failure { throw failure }
        return outcome.snapshot
    }

    /// Puts a job into the queue, and waits for it.
    private func finished(_ job: WriteJob) -> WriteOutcome {
        let done = Monitor<WriteOutcome?>(nil)
        job.notify = { outcome in done.signal { $0 = outcome } }
        if !writer.enqueue(.job(job)) { job.complete(Self.closed(), snapshot: nil) }
        return done.wait { $0 }
    }

    private func checkWritable() throws(Diagnostic) {
        if isReadOnly {
            throw Diagnostic(.readOnlyDatabase, "the database is open for reading only", place: core.path)
        }
    }

    private static func closed() -> Diagnostic {
        Diagnostic(.closed, "the database is closed")
    }

    // MARK: Settings

    /// Changes what commits promise, from the next one on. Waits for running writes.
    package func setDurability(_ durability: Durability) throws(Diagnostic) {
        try checkWritable()
        let done = Monitor<Int32?>(nil)
        let core = core
        let isQueued = writer.enqueue(
            .control {
                var code = mdb_env_set_flags(core.environment, UInt32(MDB_NOSYNC | MDB_NOMETASYNC), 0)
                if code == MDB_SUCCESS { code = mdb_env_set_flags(core.environment, durability.flags, 1) }
                // What was not flushed until now is covered by the new promise.
                if code == MDB_SUCCESS, durability != .none { code = mdb_env_sync(core.environment, 1) }
                if code == MDB_SUCCESS { core.durability = durability }
                done.signal { $0 = code }
            })
        guard isQueued else { throw Self.closed() }
        try StorageError.check(done.wait { $0 }, "change the durability")
    }

    /// Flushes everything to disk, whatever the durability.
    package func flush() throws(Diagnostic) {
        if isReadOnly { return }
        try StorageError.check(mdb_env_sync(core.environment, 1), "flush")
    }

    /// Makes puts and commits fail, for tests of full disks and the like.
    package func setFaultHandler(_ handler: FaultHandler?) {
        core.setFaultHandler(handler)
    }
}

/// What a job returned, and a snapshot of its commit.
package struct WriteResult<R>: ~Copyable {
    package let value: R
    package let snapshot: ReadTransaction

    package consuming func takeSnapshot() -> ReadTransaction { snapshot }
}

extension Durability {
    /// What is left to LMDB: the full promise is kept by one flush after its commit.
    var flags: UInt32 { UInt32(self == .normal ? MDB_NOMETASYNC : MDB_NOSYNC) }
}
