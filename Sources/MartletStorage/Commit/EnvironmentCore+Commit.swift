// How a commit becomes durable: with one flush. See CommitRecord for the idea.
//
// From before a transaction begins until its flush is over, the writer holds a lock on the file (flock) besides
// LMDB's, which ends with the commit: no other process may build on a commit that is not on disk.

import CLMDB
import MartletCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

extension EnvironmentCore {
    /// Waits for the other writers, of this process and of others.
    func lockWriters() {
        writers.wait { isLocked -> Void? in
            if isLocked { return nil }
            isLocked = true
            return ()
        }
        while flock(file, LOCK_EX) != 0, errno == EINTR {}
    }

    func unlockWriters() {
        _ = flock(file, LOCK_UN)
        writers.signal { $0 = false }
    }

    /// Makes sure that the commit before a transaction, which may be that of a process that has died, is on disk.
    func settleCommit(before transaction: OpaquePointer) throws(Diagnostic) {
        guard UInt64(mdb_txn_id(transaction)) != lastDurable &+ 1,
            let (newer, older) = MetaPage.both(file: file, pageBytes: pageBytes)
        else { return }
        let isFlushed = durability != .none
        if isFlushed { try flush() }
        try leave(CommitRecord(.flushed, transaction: newer.transaction, boot: BootIdentity.current), in: newer)
        // From the first record on, a commit without one is not whole.
        if isFlushed, newer.record == nil, older.record == nil { try flush() }
        lastDurable = newer.transaction
    }

    /// Makes the transaction that LMDB has just committed durable, as far as is promised.
    ///
    /// - Throws: `inputOutput`, `diskFull`; the commit is taken back, and this process writes no more to the file: what the
    ///   system has on disk is not known after a flush that failed.
    func finishCommit(_ transactionID: Int, _ durability: Durability) throws(Diagnostic) {
        guard let (newer, older) = MetaPage.both(file: file, pageBytes: pageBytes),
            // LMDB writes nothing if nothing was changed.
            newer.transaction == UInt64(transactionID)
        else { return }
        do throws(Diagnostic) {
            var record = CommitRecord(.flushed, transaction: newer.transaction, boot: BootIdentity.current)
            if durability == .full {
                if let changes = ChangedPages(file: file, pageBytes: pageBytes, from: older, to: newer) {
                    record.kind = .summed
                    record.checksum = changes.checksum
                    record.pageCount = changes.pageCount
                } else {
                    try flush()
                }
                try leave(record, in: newer)
                try flush()
            } else {
                try leave(record, in: newer)
            }
            lastDurable = newer.transaction
        } catch {
            _ = older.write(file, pageBytes, to: newer.number)
            noteFailedFlush()
            throw error
        }
    }

    private func flush() throws(Diagnostic) {
        let code = fault(at: .flush) ?? mdb_env_sync(environment, 1)
        if code != MDB_SUCCESS { throw StorageError.diagnostic(code, "commit", path: path) }
    }

    private func leave(_ record: CommitRecord, in page: MetaPage) throws(Diagnostic) {
        if record.write(file, pageBytes, to: page.number) { return }
        throw StorageError.diagnostic(errno, "commit", path: path)
    }
}
