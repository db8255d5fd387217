// An open database.

package import MartletCatalog
package import MartletCore
import MartletExecution
package import MartletExpressions
import MartletPlanning
package import MartletStorage
import MartletText
import MartletVectors
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

package struct EngineOptions: Sendable {
    package var isReadOnly: Bool
    package var durability: Durability
    /// Address space for the file at first; nil: the storage's default.
    package var mapSizeBytes: Int?
    /// Worker threads of TRAIN, index builds and large scans; 0: as many as there are cores.
    package var threads: Int
    /// Bytes that one statement's sorts, hash tables and kept rows may hold.
    package var statementMemoryBytes: Int
    /// Whether indexes are kept in shape beside the statements; off for tests of what is not.
    package var maintainsIndexes = true
    /// The folder for what sorts do not keep in memory; nil: `TMPDIR`, or the system's.
    package var temporaryDirectory: String?
    /// Off: no rewrite rule, no index and no hash join. The same rows, slower; for tests.
    package var usesOptimizer = true
    /// Called with the shard, from 1, while TRAIN fits it; for tests of shards that fail.
    package var trainingFault: (@Sendable (_ shard: Int) throws(Diagnostic) -> Void)?
    /// Microseconds since 1970-01-01 UTC.
    package var clock: @Sendable () -> Int64

    package init(
        isReadOnly: Bool = false, durability: Durability = .full, mapSizeBytes: Int? = nil, threads: Int = 0,
        statementMemoryBytes: Int = 1 << 30, clock: @escaping @Sendable () -> Int64 = EngineOptions.systemClock
    ) {
        self.isReadOnly = isReadOnly
        self.durability = durability
        self.mapSizeBytes = mapSizeBytes
        self.threads = threads
        self.statementMemoryBytes = statementMemoryBytes
        self.clock = clock
    }

    package static let systemClock: @Sendable () -> Int64 = {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
    }
}

/// One open file with what its sessions share.
package final class Engine: Sendable {
    package let environment: Environment
    package let options: EngineOptions
    let textWorkspaces = TextWorkspaces()
    let modelCache = ModelCache()
    let vectorWorkspaces = VectorWorkspaces()
    let retrievers = RetrieverCache()
    let feedback = FeedbackCache()
    /// How many threads a statement may use.
    let workerCount: Int
    private let maintenance = Maintenance()
    private let state = Mutex(State())
    private let plans = Mutex(PlanCache())
    private let planned = Atomic<Int>(0)
    private let isClosed = Atomic<Bool>(false)
    private let functionState = Mutex(FunctionSet.standard)
    /// That of `functionState`, to be looked at without a lock.
    private let knownFunctionVersion = Atomic<Int>(0)

    private struct State {
        /// The newest committed catalog that was read.
        var catalog: Catalog?
        /// The newest commit that is known to have this catalog.
        var commit = 0
        var durability = Durability.full
    }

    /// Opens a file, or makes one. Runs that a killed process left behind are marked as failed.
    ///
    /// - Throws: see `Environment.open`.
    package init(path: String, options: EngineOptions = EngineOptions()) throws(Diagnostic) {
        var storage = EnvironmentOptions()
        storage.isReadOnly = options.isReadOnly
        storage.createsFile = !options.isReadOnly
        storage.durability = options.durability
        if let mapSizeBytes = options.mapSizeBytes { storage.mapBytes = mapSizeBytes }
        environment = try Environment.open(path, options: storage)
        self.options = options
        workerCount = Self.workerCount(options)
        durability = options.durability
        try recover()
    }

    private init(environment: Environment, options: EngineOptions) {
        self.environment = environment
        self.options = options
        workerCount = Self.workerCount(options)
    }

    /// A database that nobody else sees and that is gone when it is closed.
    package static func temporary(options: EngineOptions = EngineOptions()) throws(Diagnostic) -> Engine {
        let engine = Engine(environment: try Environment.temporary(mapBytes: options.mapSizeBytes), options: options)
        engine.durability = .none
        return engine
    }

    /// Refuses further statements. The file is closed when its last session and result are gone.
    package func close() {
        isClosed.store(true, ordering: .relaxed)
        maintenance.stop()
    }

    deinit { maintenance.stop() }

    // MARK: Maintenance

    /// Sees to the upkeep of an index soon, beside the statements.
    func maintain(_ index: UInt32) {
        if options.maintainsIndexes { maintenance.wake(index, of: self) }
    }

    /// Waits until no index is being kept in shape; the number of steps taken so far.
    package func settleMaintenance() -> Int { maintenance.settle() }

    /// What commits promise now.
    var durability: Durability {
        get { state.withLock { $0.durability } }
        set { state.withLock { $0.durability = newValue } }
    }

    func checkOpen() throws(Diagnostic) {
        if isClosed.load(ordering: .relaxed) { throw Diagnostic(.closed, "the database is closed") }
    }

    private static func workerCount(_ options: EngineOptions) -> Int {
        options.threads > 0 ? options.threads : max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    }

    // MARK: Catalog

    /// The catalog that a transaction sees. Known for a commit that was met before; after another commit one lookup, if
    /// that has not changed it: a write transaction starts from the last commit and only raises the version, so equal
    /// versions are equal catalogs.
    package func catalog(_ view: TransactionView) throws(Diagnostic) -> Catalog {
        // What a running transaction sees may never be committed.
        let commit = view.isWritable ? nil : view.transactionID
        let known = state.withLock { (catalog: $0.catalog, commit: $0.commit) }
        if let catalog = known.catalog, known.commit == commit { return catalog }
        let version = try CatalogStore.version(view)
        if let catalog = known.catalog, catalog.version == version {
            if let commit { note(catalog, commit) }
            return catalog
        }
        let catalog = try CatalogStore.read(view)
        if let commit { note(catalog, commit) }
        return catalog
    }

    private func note(_ catalog: Catalog, _ commit: Int) {
        state.withLock { state in
            guard commit > state.commit else { return }
            state.catalog = catalog
            state.commit = commit
        }
    }

    // MARK: Functions

    /// What statements that are planned now can call.
    package var functions: FunctionSet { functionState.withLock { $0 } }

    var functionVersion: Int { knownFunctionVersion.load(ordering: .acquiring) }

    /// - Throws: `alreadyExists`, `reservedName`.
    package func register(_ function: ScalarFunction) throws(Diagnostic) {
        try Binder.checkFunctionName(function.name)
        try changeFunctions { (functions) throws(Diagnostic) in try functions.register(function) }
    }

    /// - Throws: `alreadyExists`, `reservedName`.
    package func register(_ function: AggregateFunction) throws(Diagnostic) {
        try Binder.checkFunctionName(function.name)
        try changeFunctions { (functions) throws(Diagnostic) in try functions.register(function) }
    }

    package func unregister(function name: String) -> Bool { changeFunctions { $0.remove(name) } }

    private func changeFunctions<R, E: Error>(_ change: (inout FunctionSet) throws(E) -> R) throws(E) -> R {
        try functionState.withLock { (functions) throws(E) in
            let result = try change(&functions)
            knownFunctionVersion.store(functions.version, ordering: .releasing)
            return result
        }
    }

    // MARK: Plans

    func knownPlan(_ key: PlanCache.Key) -> PreparedPlan? {
        plans.withLock { $0.find(key) }
    }

    /// Keeps a plan for later statements of all sessions. False if it was made for a catalog that is not committed.
    func keep(_ plan: PreparedPlan, _ key: PlanCache.Key) -> Bool {
        guard state.withLock({ $0.catalog === plan.catalog }), plan.functionVersion == functionVersion else {
            return false
        }
        plans.withLock { $0.insert(key, plan) }
        return true
    }

    func countPlan() { planned.add(1, ordering: .relaxed) }

    var plannedStatementCount: Int { planned.load(ordering: .relaxed) }

    private func recover() throws(Diagnostic) {
        if environment.isReadOnly { return }
        let (hasInterrupted, unfinished) = try environment.read { (view) throws(Diagnostic) in
            (
                try InterruptedRuns.exist(view),
                IndexBuilding.interrupted(try catalog(view), path: environment.path, view)
            )
        }
        for index in unfinished { maintain(index) }
        if hasInterrupted {
            try environment.write { (transaction) throws(Diagnostic) in
                try InterruptedRuns.fail(
                    transaction.view, path: environment.path, try catalog(transaction.view), options.clock())
            }
        }
    }
}
