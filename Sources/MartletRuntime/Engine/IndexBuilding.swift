// CREATE INDEX where building takes long: beside the writer, and so that a process that dies can be followed by another.

import MartletCatalog
import MartletCore
import MartletExecution
import MartletPlanning
import MartletStorage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// One CREATE INDEX outside of a transaction. Other statements see the index in state `building`, and do not use it, until
/// it is complete. If the statement fails or is cancelled, nothing remains of it.
struct IndexBuilding {
    private let session: EngineSession
    private var engine: Engine { session.engine }

    init(_ session: EngineSession) { self.session = session }

    /// Whether a statement is a CREATE INDEX that is run here.
    static func suits(_ prepared: PreparedPlan, _ view: TransactionView) throws(Diagnostic) -> Bool {
        guard let index = definition(prepared) else { return false }
        return try VectorIndexBuildStep.suits(index, in: view)
    }

    private static func definition(_ prepared: PreparedPlan) -> Index? {
        guard !prepared.isExplained, case .command(.createIndex(let index, _)) = prepared.plan.operation else {
            return nil
        }
        return index
    }

    /// - Parameter current: the plan that fits what a transaction shows.
    /// - Returns: the name of the index; nil if the statement turns out to be another one, and nothing was done.
    func run(
        current: (TransactionView) throws(Diagnostic) -> PreparedPlan
    ) throws(Diagnostic) -> String? {
        let begun = try engine.environment.write { (transaction) throws(Diagnostic) -> Index? in
            let prepared = try current(transaction.view)
            guard let index = Self.definition(prepared) else { return nil }
            let begun = try VectorIndexBuildStep.begin(
                index, process: Int64(getpid()), prepared.catalog, in: transaction.view)
            // Before the commit: whoever opens the file right after it must not take it for a dead process's.
            ActiveRuns.insert(engine.environment.path, Self.buildKey(begun.id))
            return begun
        }
        guard let begun else { return nil }
        defer { ActiveRuns.remove(engine.environment.path, Self.buildKey(begun.id)) }
        do throws(Diagnostic) {
            while try step(begun) {}
        } catch {
            // The error of the building is what the user needs.
            _ = try? engine.environment.write { (transaction) throws(Diagnostic) in
                try VectorIndexBuildStep.abandon(begun.id, in: transaction.view)
            }
            throw error
        }
        engine.maintain(begun.id)
        return begun.name
    }

    /// - Returns: false once the index is complete.
    private func step(_ begun: Index) throws(Diagnostic) -> Bool {
        let cancellation = session.cancellation
        let prepared = try engine.environment.read { (view) throws(Diagnostic) -> VectorIndexBuildStep? in
            let catalog = try engine.catalog(view)
            guard let index = catalog.index(id: begun.id), let table = catalog.table(id: index.tableID) else {
                throw Diagnostic(.cancelled, "index \(begun.name) was dropped while it was built")
            }
            return try VectorIndexBuildStep.prepare(
                index, table, memoryLimitBytes: engine.options.statementMemoryBytes, in: view,
                progress: session.progress
            ) { () throws(Diagnostic) in try cancellation.check() }
        }
        guard let prepared else { return false }
        let built = try prepared.built(threads: engine.workerCount, progress: session.progress) {
            () throws(Diagnostic) in try cancellation.check()
        }
        // Whoever else has done this step has done it as well.
        _ = try engine.environment.write { (transaction) throws(Diagnostic) in
            try built.publish(in: transaction.view)
        }
        return true
    }

    /// What a build is called among the runs that go on in this process.
    private static func buildKey(_ index: UInt32) -> Int64 { -1 - Int64(index) }

    /// The indexes whose building a process that is gone has begun.
    static func interrupted(_ catalog: Catalog, path: String, _ view: TransactionView) -> [UInt32] {
        catalog.indexes.filter { index in
            guard let process = VectorIndexBuildStep.process(of: index, in: view) else { return false }
            return !InterruptedRuns.isAlive(process, path, buildKey(index.id))
        }.map(\.id)
    }
}
