// The open LMDB environment itself: its map, the count of transactions that use it, and idle read transactions.

import CLMDB
import MartletCore
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Everything that holds on to mapped memory holds a strong reference to this, so the map outlives every view of it.
///
/// `@unchecked Sendable`: LMDB's environment may be used from any thread; `gate` guards what LMDB leaves to its caller.
package final class EnvironmentCore: @unchecked Sendable {
    /// What may only change while no transaction of this process is active.
    private struct Gate {
        var activeCount = 0
        /// Reset read transactions, which keep their reader slot and are cheap to renew.
        var idle: [OpaquePointer] = []
        var mapBytes: Int
        /// Set when the map could not be mapped again; nothing may touch it then.
        var isBroken = false
        /// Set when a flush has failed; this process writes no more then.
        var hasFailedFlush = false
        var durability = Durability.full
        /// Whether the format record is known to name this build's version.
        var hasOwnFormat = false
    }

    private static let idleLimit = 32
    /// How long growing waits for the open transactions of this process to end.
    private static let growthWaitMilliseconds = 5_000

    let environment: OpaquePointer
    let database: MDB_dbi
    let path: String
    let isReadOnly: Bool
    package let pageBytes: Int
    let maximumKeyBytes: Int
    let maximumMapBytes: Int
    private let identity: FileIdentity
    private let gate: Monitor<Gate>
    /// Whether a thread of this process has the writers' lock.
    let writers = Monitor(false)
    private let lastDurableCommit = Atomic<UInt64>(.max)
    private let faultHandler = Mutex<FaultHandler?>(nil)
    private let isMapFull = Atomic<Bool>(false)
    private let isGrowthWaiting = Atomic<Bool>(false)
    private let nextStretchCommit = Atomic<Int>(0)
    private let hasFaultHandler = Atomic<Bool>(false)
    private let isChecked = Atomic<Bool>(false)
    /// The address of the file's first page; 0 while it is not known.
    private let mapAddress = Atomic<UInt>(0)

    /// Takes ownership of an opened environment.
    init(
        adopting environment: OpaquePointer, path: String, identity: FileIdentity, isReadOnly: Bool,
        durability: Durability, mapBytes: Int, maximumMapBytes: Int
    ) throws(Diagnostic) {
        var transaction: OpaquePointer?
        var database: MDB_dbi = 0
        var code = mdb_txn_begin(environment, nil, UInt32(MDB_RDONLY), &transaction)
        if code == MDB_SUCCESS {
            code = mdb_dbi_open(transaction, nil, 0, &database)
            mdb_txn_abort(transaction)
        }
        var statistics = MDB_stat()
        mdb_env_stat(environment, &statistics)
        self.environment = environment
        self.database = database
        self.path = path
        self.identity = identity
        self.isReadOnly = isReadOnly
        self.maximumMapBytes = maximumMapBytes
        maximumKeyBytes = Int(mdb_env_get_maxkeysize(environment))
        pageBytes = Int(statistics.ms_psize)
        gate = Monitor(Gate(mapBytes: mapBytes, durability: durability))
        if code != MDB_SUCCESS { throw StorageError.diagnostic(code, "open the database", path: path) }
    }

    deinit {
        gate.withLock { gate in
            for transaction in gate.idle { mdb_txn_abort(transaction) }
            gate.idle = []
        }
        mdb_env_close(environment)
        EnvironmentRegistry.shared.closed(identity)
    }

    /// LMDB's own descriptor of the file, open as long as this.
    var file: Int32 {
        var file: mdb_filehandle_t = -1
        mdb_env_get_fd(environment, &file)
        return file
    }

    // MARK: Transactions

    func beginRead() throws(Diagnostic) -> OpaquePointer {
        for _ in 0..<8 {
            let (code, transaction) = gate.withLock { gate -> (Int32, OpaquePointer?) in
                if gate.isBroken { return (MDB_PANIC, nil) }
                if let idle = gate.idle.popLast() {
                    let code = mdb_txn_renew(idle)
                    if code == MDB_SUCCESS {
                        gate.activeCount += 1
                        return (code, idle)
                    }
                    mdb_txn_abort(idle)
                    return (code, nil)
                }
                var fresh: OpaquePointer?
                let code = mdb_txn_begin(environment, nil, UInt32(MDB_RDONLY), &fresh)
                if code == MDB_SUCCESS { gate.activeCount += 1 }
                return (code, fresh)
            }
            if let transaction { return transaction }
            switch code {
            case MDB_MAP_RESIZED: try remap(bytes: 0)
            case MDB_READERS_FULL:
                var dead: Int32 = 0
                mdb_reader_check(environment, &dead)
                if dead == 0 { throw StorageError.diagnostic(code, "begin a read transaction", path: path) }
            default: throw StorageError.diagnostic(code, "begin a read transaction", path: path)
            }
        }
        throw StorageError.diagnostic(MDB_READERS_FULL, "begin a read transaction", path: path)
    }

    func endRead(_ transaction: OpaquePointer) {
        gate.withLock { gate in
            gate.activeCount -= 1
            if gate.idle.count < Self.idleLimit {
                mdb_txn_reset(transaction)
                gate.idle.append(transaction)
            } else {
                mdb_txn_abort(transaction)
            }
        }
    }

    /// Waits for the write lock, which another process may hold.
    func beginWrite() throws(Diagnostic) -> OpaquePointer {
        if isReadOnly {
            throw Diagnostic(.readOnlyDatabase, "the database is open for reading only", place: path)
        }
        lockWriters()
        do throws(Diagnostic) {
            return try beginWriteLocked()
        } catch {
            unlockWriters()
            throw error
        }
    }

    private func beginWriteLocked() throws(Diagnostic) -> OpaquePointer {
        for _ in 0..<8 {
            let isBroken = gate.withLock { gate in
                if !gate.isBroken, !gate.hasFailedFlush { gate.activeCount += 1 }
                return gate.isBroken || gate.hasFailedFlush
            }
            if isBroken { throw StorageError.diagnostic(MDB_PANIC, "begin a write transaction", path: path) }
            var transaction: OpaquePointer?
            let code = mdb_txn_begin(environment, nil, 0, &transaction)
            if code == MDB_SUCCESS, let transaction {
                do throws(Diagnostic) {
                    try settleCommit(before: transaction)
                    return transaction
                } catch {
                    mdb_txn_abort(transaction)
                    leaveGate()
                    throw error
                }
            }
            leaveGate()
            guard code == MDB_MAP_RESIZED else {
                throw StorageError.diagnostic(code, "begin a write transaction", path: path)
            }
            try remap(bytes: 0)
        }
        throw StorageError.diagnostic(MDB_MAP_RESIZED, "begin a write transaction", path: path)
    }

    /// After a transaction that was begun, whatever has become of it.
    func writeEnded() {
        leaveGate()
        unlockWriters()
    }

    private func leaveGate() {
        gate.withLock { $0.activeCount -= 1 }
    }

    /// What the commits of transactions that begin from now on promise.
    var durability: Durability {
        get { gate.withLock { $0.durability } }
        set { gate.withLock { $0.durability = newValue } }
    }

    /// The last commit that is known to be as durable as was promised.
    var lastDurable: UInt64 {
        get { lastDurableCommit.load(ordering: .relaxed) }
        set { lastDurableCommit.store(newValue, ordering: .relaxed) }
    }

    var hasOwnFormat: Bool {
        get { gate.withLock { $0.hasOwnFormat } }
        set { gate.withLock { $0.hasOwnFormat = newValue } }
    }

    func noteFailedFlush() {
        gate.withLock { $0.hasFailedFlush = true }
    }

    // MARK: The map

    package var mapBytes: Int { gate.withLock { $0.mapBytes } }

    var activeTransactionCount: Int { gate.withLock { $0.activeCount } }

    /// Doubles the map. False if it is as large as it may be.
    func grow() throws(Diagnostic) -> Bool {
        let current = mapBytes
        let (doubled, overflow) = current.multipliedReportingOverflow(by: 2)
        let target = min(overflow ? Int.max : doubled, maximumMapBytes)
        guard target > current else { return false }
        try remap(bytes: target)
        return true
    }

    /// Maps the file again with another size; 0 takes the size that another process has given it.
    private func remap(bytes: Int) throws(Diagnostic) {
        isGrowthWaiting.store(true, ordering: .relaxed)
        defer { isGrowthWaiting.store(false, ordering: .relaxed) }
        for _ in 0..<Self.growthWaitMilliseconds {
            let code = gate.withLock { gate -> Int32? in
                if gate.isBroken { return MDB_PANIC }
                guard gate.activeCount == 0 else { return nil }
                mapAddress.store(0, ordering: .relaxed)
                let code = mdb_env_set_mapsize(environment, bytes)
                if code == MDB_SUCCESS {
                    var information = MDB_envinfo()
                    mdb_env_info(environment, &information)
                    gate.mapBytes = information.me_mapsize
                } else {
                    gate.isBroken = code != EINVAL
                }
                return code
            }
            if let code {
                if code == MDB_SUCCESS { return }
                throw StorageError.diagnostic(code, "grow the database", path: path)
            }
            usleep(1_000)
        }
        throw Diagnostic(
            .databaseFull, "the database must grow, and a transaction of this process has it open",
            hint: "end long-running reads and try again", place: path)
    }

    /// Whether someone waits for the transactions of this process to end, so that the map can change.
    var isGrowing: Bool { isGrowthWaiting.load(ordering: .relaxed) }

    func waitWhileGrowing() {
        while isGrowing { usleep(1_000) }
    }

    /// Where the file's first page lies in memory, as long as the transaction runs; nil if that cannot be told.
    func mapStart(_ transaction: OpaquePointer) -> UnsafeRawPointer? {
        let known = mapAddress.load(ordering: .relaxed)
        if known != 0 { return UnsafeRawPointer(bitPattern: known) }
        // A page of a file that nobody has looked at yet may lie beyond its end.
        guard isChecked.load(ordering: .relaxed) else { return nil }
        guard let found = findMapStart(transaction) else { return nil }
        mapAddress.store(UInt(bitPattern: found), ordering: .relaxed)
        return found
    }

    /// From now on the file's first pages are known to be sound.
    func noteChecked() { isChecked.store(true, ordering: .relaxed) }

    func noteMapFull() { isMapFull.store(true, ordering: .relaxed) }

    /// Whether a write ran into the end of the map since the last call.
    func takeMapFull() -> Bool { isMapFull.exchange(false, ordering: .relaxed) }

    /// The commit from which on free pages may be looked after again.
    var nextStretch: Int {
        get { nextStretchCommit.load(ordering: .relaxed) }
        set { nextStretchCommit.store(newValue, ordering: .relaxed) }
    }

    // MARK: Faults

    func setFaultHandler(_ handler: FaultHandler?) {
        faultHandler.withLock { $0 = handler }
        hasFaultHandler.store(handler != nil, ordering: .releasing)
    }

    func fault(at point: FaultPoint) -> Int32? {
        guard hasFaultHandler.load(ordering: .relaxed) else { return nil }
        let handler = faultHandler.withLock { $0 }
        return handler?(point)
    }
}
