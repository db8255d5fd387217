// Work that is never urgent: indexes are kept in shape by a thread of low priority, beside the statements.

import MartletCatalog
import MartletCore
import MartletExecution
import MartletStorage

/// The indexes that wait for upkeep, and the thread that sees to them.
///
/// Each step reads a snapshot for as long as it takes, lets go of it, and asks the writer for one short transaction. The
/// steps need no order and may be lost: what is due shows in the index itself, and the next change of the index, in any
/// process, brings it here again. The thread starts with the first index, and ends when it has been idle for a while.
final class Maintenance: Sendable {
    private struct State {
        /// The ids of indexes, longest waiting first.
        var waiting: [UInt32] = []
        var isRunning = false
        var isStopped = false
        var publishedCount = 0
    }

    private let state = Monitor(State())
    private let cancellation = Cancellation()

    /// Notes that an index may be due, and sees to it soon. From any thread; costs a lock.
    func wake(_ index: UInt32, of engine: Engine) {
        let mustStart = state.signal { state in
            if state.isStopped || state.waiting.contains(index) { return false }
            state.waiting.append(index)
            if state.isRunning { return false }
            state.isRunning = true
            return true
        }
        guard mustStart else { return }
        let isStarted = BackgroundThread.start { [self, weak engine] in run(engine) }
        if !isStarted { state.signal { $0.isRunning = false } }
    }

    /// Ends the running step as soon as it looks, and begins no other. Idempotent; does not wait.
    func stop() {
        cancellation.cancel()
        state.signal { state in
            state.isStopped = true
            state.waiting = []
        }
    }

    /// Waits until nothing is waiting or running; the number of steps that were published so far. For tests.
    func settle() -> Int {
        state.wait { $0.isRunning ? nil : $0.publishedCount }
    }

    private func run(_ first: Engine?) {
        weak let engine = first
        while let index = next() {
            // Held for one index only, so that a database that nobody uses any more can close.
            guard let engine else { continue }
            do throws(Diagnostic) {
                while try step(index, engine) { state.signal { $0.publishedCount += 1 } }
            } catch {
                // Damage is reported to whoever reads the index.
                if error.code == .cancelled { putBack(index, of: engine) }
            }
        }
    }

    /// A step that made way for the database's growth is due again once it has grown.
    private func putBack(_ index: UInt32, of engine: Engine) {
        engine.environment.waitWhileGrowing()
        state.signal { state in
            if !state.isStopped, !state.waiting.contains(index) { state.waiting.append(index) }
        }
    }

    private func next() -> UInt32? {
        state.signal { state in
            if state.waiting.isEmpty {
                state.isRunning = false
                return nil
            }
            return state.waiting.removeFirst()
        }
    }

    /// Whether there was something to do.
    private func step(_ id: UInt32, _ engine: Engine) throws(Diagnostic) -> Bool {
        let environment = engine.environment
        let prepared = try environment.read { (view) throws(Diagnostic) -> (any PreparedMaintenance)? in
            let catalog = try engine.catalog(view)
            guard let index = catalog.index(id: id), let table = catalog.table(id: index.tableID) else { return nil }
            return try IndexMaintenance.prepare(
                index, of: table, memoryLimitBytes: engine.options.statementMemoryBytes, in: view
            ) { () throws(Diagnostic) in
                try cancellation.check()
                // Growing waits for all snapshots: this one can be taken again.
                if environment.isGrowing { throw Diagnostic(.cancelled, "the database must grow") }
            }
        }
        guard let prepared else { return false }
        let finished = try prepared.finished { () throws(Diagnostic) in try cancellation.check() }
        try cancellation.check()
        return try environment.write { (transaction) throws(Diagnostic) in
            try finished.publish(in: transaction.view)
        }
    }
}
