// BEGIN … COMMIT: a write transaction that stays open between statements, with savepoints.

package import MartletCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// An explicit write transaction. While it is open, all other writes wait. Rolled back if dropped without a commit.
///
/// Statements run on the caller's thread, one at a time; LMDB only needs the transaction's begin and end to be on one
/// thread, and the writer's thread stands by to end it.
package final class InteractiveTransaction: Sendable {
    private let session: InteractiveSession

    init(_ session: InteractiveSession) { self.session = session }

    deinit { session.abandon() }

    /// Runs a statement. If it throws, its own changes are undone and the transaction goes on.
    ///
    /// `body` may be called a second time, on a transaction without the changes of the first.
    ///
    /// - Throws: what `body` throws; `noTransaction` after commit or rollback; `databaseFull` if the map is full (it
    ///   cannot grow while a transaction is open); `transactionAborted` if undoing failed earlier.
    package func perform<R>(
        _ body: (borrowing WriteTransaction) throws(Diagnostic) -> R
    ) throws(Diagnostic) -> R {
        try session.exclusively { (state) throws(Diagnostic) -> R in
            do throws(Diagnostic) {
                return try Self.perform(&state, body)
            } catch {
                guard StorageError.isTransactionFull(error), state.failure == nil else { throw error }
                try state.top().makeRoom()
                return try Self.perform(&state, body)
            }
        }
    }

    private static func perform<R>(
        _ state: inout InteractiveSession.Work, _ body: (borrowing WriteTransaction) throws(Diagnostic) -> R
    ) throws(Diagnostic) -> R {
        let transaction = WriteTransaction(try WriteView(nestedIn: try state.top()))
        let result = try body(transaction)
        do throws(Diagnostic) {
            _ = try transaction.view.commit()
        } catch {
            state.failure = error
            throw error
        }
        return result
    }

    /// Reads what the transaction sees, without the cost of a nested transaction.
    package func read<R>(_ body: (TransactionView) throws(Diagnostic) -> R) throws(Diagnostic) -> R {
        try session.exclusively { (state) throws(Diagnostic) -> R in try body(try state.top()) }
    }

    /// Makes everything durable, and visible to others.
    package func commit() throws(Diagnostic) {
        _ = try session.end(committing: true, snapshot: false)
    }

    /// As `commit`, and a read transaction on exactly this commit.
    package func commitWithSnapshot() throws(Diagnostic) -> ReadTransaction {
        guard let view = try session.end(committing: true, snapshot: true) else { throw StorageError.ended() }
        return ReadTransaction(view)
    }

    /// Undoes everything.
    package func rollback() throws(Diagnostic) {
        _ = try session.end(committing: false, snapshot: false)
    }

    /// Opens a savepoint inside the current ones. A name may be used again; the innermost is meant.
    package func savepoint(_ name: String) throws(Diagnostic) {
        try session.exclusively { (state) throws(Diagnostic) in
            state.savepoints.append((name, try WriteView(nestedIn: try state.top())))
        }
    }

    /// Keeps what was done since the savepoint, and forgets it and those inside it.
    ///
    /// - Returns: how many savepoints are left.
    /// - Throws: `noTransaction` if there is no such savepoint.
    @discardableResult
    package func release(_ name: String) throws(Diagnostic) -> Int {
        try session.exclusively { (state) throws(Diagnostic) -> Int in
            let index = try state.index(of: name)
            while state.savepoints.count > index {
                guard let innermost = state.savepoints.popLast() else { break }
                do throws(Diagnostic) {
                    _ = try innermost.view.commit()
                } catch {
                    state.failure = error
                    throw error
                }
            }
            return index
        }
    }

    /// Undoes what was done since the savepoint, which stays open.
    ///
    /// - Throws: `noTransaction` if there is no such savepoint.
    package func rollback(to name: String) throws(Diagnostic) {
        try session.exclusively { (state) throws(Diagnostic) in
            let index = try state.index(of: name)
            while state.savepoints.count > index { state.savepoints.popLast()?.view.end() }
            state.savepoints.append((name, try WriteView(nestedIn: try state.top())))
        }
    }

    package var isOpen: Bool { session.isOpen }
}

/// What an interactive transaction and the writer's thread share; the thread must not keep the transaction alive.
///
/// `@unchecked Sendable`: `work` is only touched by the thread that has set `isBusy` in the monitor.
final class InteractiveSession: @unchecked Sendable {
    struct Work {
        var base: WriteView?
        var savepoints: [(name: String, view: WriteView)] = []
        /// Set when a nested transaction could not be merged: what it did is lost, so the whole must not commit.
        var failure: Diagnostic?

        func top() throws(Diagnostic) -> WriteView {
            if let failure {
                throw Diagnostic(
                    .transactionAborted, "the transaction failed and can only be rolled back: \(failure.message)")
            }
            guard let view = savepoints.last?.view ?? base else { throw StorageError.ended() }
            return view
        }

        func index(of name: String) throws(Diagnostic) -> Int {
            guard let index = savepoints.lastIndex(where: { $0.name.matches(name) }) else {
                throw Diagnostic(.noTransaction, "there is no savepoint '\(name)'")
            }
            return index
        }
    }

    private enum Phase {
        case waiting, open
        case ending(committing: Bool, snapshot: Bool)
        case ended(Result<TransactionView?, Diagnostic>)
    }

    private struct State {
        var phase = Phase.waiting
        var isBusy = false
        /// Whether somebody waits for the statement that is running.
        var isAwaited = false
        var owner: pthread_t?
    }

    private let state = Monitor(State())
    private var work = Work()

    var isOpen: Bool {
        state.withLock { state in
            if case .open = state.phase { true } else { false }
        }
    }

    /// Waits until the writer's thread has begun the transaction.
    func waitUntilOpen() throws(Diagnostic) {
        let failure = state.wait { state -> Diagnostic?? in
            switch state.phase {
            case .waiting: return nil
            case .ended(.failure(let failure)): return .some(failure)
            default: return .some(nil)
            }
        }
        if let failure { throw failure }
    }

    func exclusively<R>(_ body: (inout Work) throws(Diagnostic) -> R) throws(Diagnostic) -> R {
        try acquire()
        defer {
            // The writer's thread waits too, but for the end.
            state.update { state in
                state.isBusy = false
                state.owner = nil
                defer { state.isAwaited = false }
                return state.isAwaited
            }
        }
        return try body(&work)
    }

    private func acquire() throws(Diagnostic) {
        let failure = state.wait { state -> Diagnostic?? in
            guard case .open = state.phase else { return .some(StorageError.ended()) }
            if state.isBusy {
                if let owner = state.owner, pthread_equal(owner, pthread_self()) != 0 {
                    return .some(Diagnostic(.transactionActive, "a statement of this transaction is still running"))
                }
                state.isAwaited = true
                return nil
            }
            state.isBusy = true
            state.owner = pthread_self()
            return .some(nil)
        }
        if let failure { throw failure }
    }

    /// Asks the writer's thread to end the transaction, and waits for it.
    func end(committing: Bool, snapshot: Bool) throws(Diagnostic) -> TransactionView? {
        try acquire()
        state.signal { state in
            state.isBusy = false
            state.owner = nil
            state.phase = .ending(committing: committing, snapshot: snapshot)
        }
        let result = state.wait { state -> Result<TransactionView?, Diagnostic>? in
            guard case .ended(let result) = state.phase else { return nil }
            // The snapshot is handed over, not kept.
            state.phase = .ended(.success(nil))
            return result
        }
        return try result.get()
    }

    /// Rolls back, without waiting for it.
    func abandon() {
        state.signal { state in
            switch state.phase {
            case .waiting, .open: state.phase = .ending(committing: false, snapshot: false)
            case .ending, .ended: break
            }
        }
    }

    /// The transaction's whole life, on the writer's thread.
    func runOnWriter(_ core: EnvironmentCore) {
        do throws(Diagnostic) {
            work.base = try WriteView(writing: core)
        } catch {
            state.signal { $0.phase = .ended(.failure(error)) }
            return
        }
        let (committing, snapshot) = {
            state.signal { state in
                if case .waiting = state.phase { state.phase = .open }
            }
            return state.wait { state -> (Bool, Bool)? in
                guard case .ending(let committing, let snapshot) = state.phase else { return nil }
                return (committing, snapshot)
            }
        }()
        let result: Result<TransactionView?, Diagnostic>
        do throws(Diagnostic) {
            if committing { try commit() }
            rollback()
            result = .success(snapshot ? try TransactionView(reading: core) : nil)
        } catch {
            rollback()
            result = .failure(error)
        }
        state.signal { $0.phase = .ended(result) }
    }

    private func commit() throws(Diagnostic) {
        _ = try work.top()
        while let innermost = work.savepoints.popLast() { _ = try innermost.view.commit() }
        guard let base = work.base else { throw StorageError.ended() }
        let transactionID = base.transactionID
        for hook in try base.commit() { hook(transactionID) }
    }

    private func rollback() {
        while let innermost = work.savepoints.popLast() { innermost.view.end() }
        work.base?.end()
        work.base = nil
    }

    func fail(_ failure: Diagnostic) {
        state.signal { $0.phase = .ended(.failure(failure)) }
    }
}
