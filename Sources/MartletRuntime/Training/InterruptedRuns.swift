// Runs that ended with their process.

import MartletCatalog
import MartletCore
import MartletExecution
import MartletStorage
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The runs that go on in this process.
enum ActiveRuns {
    private struct Key: Hashable {
        var path: String
        var run: Int64
    }

    private static let runs = Mutex<Set<Key>>([])

    static func insert(_ path: String, _ run: Int64) { runs.withLock { _ = $0.insert(Key(path: path, run: run)) } }

    static func remove(_ path: String, _ run: Int64) { runs.withLock { _ = $0.remove(Key(path: path, run: run)) } }

    static func contains(_ path: String, _ run: Int64) -> Bool {
        runs.withLock { $0.contains(Key(path: path, run: run)) }
    }
}

enum InterruptedRuns {
    /// Whether an index is being built: only then can a run have been interrupted.
    static func exist(_ catalog: Catalog) throws(Diagnostic) -> Bool {
        catalog.indexes.contains { $0.buildingRun != nil }
    }

    /// Removes what runs of dead processes left, and marks them as failed.
    static func fail(_ view: WriteView, path: String, _ catalog: Catalog, _ time: Int64) throws(Diagnostic) {
        let context = ExecutionContext(view: view, catalog: catalog, statementTime: time)
        let columns = SystemTable.runs
        guard let stateColumn = columns.columnIndex(named: "state"),
            let errorColumn = columns.columnIndex(named: "error"),
            let processColumn = columns.columnIndex(named: "process")
        else { return }
        for index in catalog.indexes {
            guard let run = index.buildingRun else { continue }
            var row = try SystemWriter.row(run, of: SystemTable.runs, context)
            if let row, case .integer(let process) = row[processColumn], isAlive(process, path, run) { continue }
            try RetrieverFit.drop(index, view)
            row?[stateColumn] = .text(RunRecord.State.failed.rawValue)
            row?[errorColumn] = .text("the process ended while it ran")
            if let row { try SystemWriter.put(row, rowID: run, in: SystemTable.runs, context) }
        }
    }

    private static func isAlive(_ process: Int64, _ path: String, _ run: Int64) -> Bool {
        guard let number = pid_t(exactly: process), number > 0 else { return false }
        if number == getpid() { return ActiveRuns.contains(path, run) }
        return kill(number, 0) == 0 || errno == EPERM
    }
}
