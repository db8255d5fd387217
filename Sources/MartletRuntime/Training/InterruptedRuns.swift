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

/// Which runs go on, in the file: a run that has a mark and no process was interrupted.
///
///   key: prefix (journal, 1) + run      value: one byte 1
enum RunMarks {
    private static let prefix = KeyPrefix(.journal, 1)

    private static func key(_ run: Int64) -> KeyWriter {
        var key = KeyWriter(prefix)
        key.append(rowNumber: run)
        return key
    }

    static func set(_ run: Int64, _ view: WriteView) throws(Diagnostic) { try view.put(key(run), [1]) }

    static func remove(_ run: Int64, _ view: WriteView) throws(Diagnostic) { _ = try view.delete(key(run)) }

    static func runs(_ view: TransactionView) throws(Diagnostic) -> [Int64] {
        var runs: [Int64] = []
        var cursor = try view.cursor(prefix)
        var found = try cursor.first()
        while found {
            var reader = KeyReader(cursor.keySuffix)
            runs.append(try reader.rowNumber())
            found = try cursor.next()
        }
        return runs
    }
}

enum InterruptedRuns {
    /// Whether a run is marked: only then can one have been interrupted.
    static func exist(_ view: TransactionView) throws(Diagnostic) -> Bool { try !RunMarks.runs(view).isEmpty }

    /// Removes what runs of dead processes left, and marks them as failed.
    static func fail(_ view: WriteView, path: String, _ catalog: Catalog, _ time: Int64) throws(Diagnostic) {
        let context = ExecutionContext(view: view, catalog: catalog, statementTime: time)
        let columns = SystemTable.runs
        guard let stateColumn = columns.columnIndex(named: "state"),
            let errorColumn = columns.columnIndex(named: "error"),
            let processColumn = columns.columnIndex(named: "process")
        else { return }
        for run in try RunMarks.runs(view) {
            var row = try SystemWriter.row(run, of: SystemTable.runs, context)
            if let row, case .integer(let process) = row[processColumn], isAlive(process, path, run) { continue }
            for index in catalog.indexes where index.buildingRun == run { try RetrieverFit.drop(index, view) }
            row?[stateColumn] = .text(RunRecord.State.failed.rawValue)
            row?[errorColumn] = .text("the process ended while it ran")
            if let row { try SystemWriter.put(row, rowID: run, in: SystemTable.runs, context) }
            try RunMarks.remove(run, view)
        }
    }

    /// Whether a process goes on with a run that it has begun.
    static func isAlive(_ process: Int64, _ path: String, _ run: Int64) -> Bool {
        guard let number = pid_t(exactly: process), number > 0 else { return false }
        if number == getpid() { return ActiveRuns.contains(path, run) }
        return kill(number, 0) == 0 || errno == EPERM
    }
}
