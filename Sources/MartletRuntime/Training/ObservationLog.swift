// The figures of a running fit, as rows of sys.observations.

import MartletCatalog
import MartletCore
import MartletExecution
import MartletStorage
import Synchronization

/// Collects figures from any thread, and writes them about once a second, so that others see a long run go on and a short
/// one pays for no commit of its own.
final class ObservationLog: Sendable {
    private struct State {
        var pending: [(observation: TrainingObservation, time: Int64)] = []
        var lastWrite: ContinuousClock.Instant
        var isWriting = false
        var seen: Set<[Value]> = []
    }

    private let engine: Engine
    private let run: Int64
    private let state: Mutex<State>

    private static let interval = Duration.seconds(1)

    init(_ engine: Engine, run: Int64) {
        self.engine = engine
        self.run = run
        state = Mutex(State(lastWrite: ContinuousClock().now))
    }

    /// Figures that the run has logged before: epochs after the state from which it goes on come again.
    func leavesOut(_ seen: Set<[Value]>) { state.withLock { $0.seen = seen } }

    /// What tells the figures of a run apart.
    static func seen(of run: Int64, _ context: ExecutionContext) throws(Diagnostic) -> Set<[Value]> {
        var seen: Set<[Value]> = []
        let table = SystemTable.observations
        var cursor = try context.view.cursor(KeyPrefix(.row, table.id))
        var found = try cursor.first()
        while found {
            let values = try RowReader(cursor.value, layout: table.layout).values()
            if values.first == .integer(run) { seen.insert(Array(values[1..<6])) }
            found = try cursor.next()
        }
        return seen
    }

    func add(_ observation: TrainingObservation) {
        let time = engine.options.clock()
        let now = ContinuousClock().now
        let key = Array(values((observation, time))[1..<6])
        let isDue = state.withLock { state in
            if !state.seen.isEmpty, state.seen.contains(key) { return false }
            state.pending.append((observation, time))
            guard !state.isWriting, now - state.lastWrite >= Self.interval else { return false }
            state.isWriting = true
            return true
        }
        guard isDue else { return }
        // Figures that cannot be written now are written with the version.
        let taken = take()
        do throws(Diagnostic) {
            try engine.environment.write { (transaction) throws(Diagnostic) in
                let catalog = try engine.catalog(transaction.view)
                let context = ExecutionContext(
                    view: transaction.view, catalog: catalog, statementTime: engine.options.clock())
                try SystemWriter.append(taken.map { values($0) }, to: SystemTable.observations, context)
            }
        } catch {
            state.withLock { $0.pending.insert(contentsOf: taken, at: 0) }
        }
        state.withLock { state in
            state.isWriting = false
            state.lastWrite = now
        }
    }

    private func take() -> [(observation: TrainingObservation, time: Int64)] {
        state.withLock { state in
            let taken = state.pending
            state.pending = []
            return taken
        }
    }

    /// Writes what is left, in the run's last transaction.
    func finish(_ context: ExecutionContext) throws(Diagnostic) {
        let taken = take()
        if !taken.isEmpty { try SystemWriter.append(taken.map { values($0) }, to: SystemTable.observations, context) }
    }

    private func values(_ entry: (observation: TrainingObservation, time: Int64)) -> [Value] {
        func number(_ value: Int?) -> Value { value.map { .integer(Int64($0)) } ?? .null }
        let observation = entry.observation
        return [
            .integer(run), number(observation.candidate), number(observation.shard), number(observation.round),
            number(observation.epoch), .text(observation.metric),
            observation.value.isFinite ? .real(observation.value) : .null, .timestamp(entry.time),
        ]
    }
}
