// What a training has reached, so that it can go on after its process has ended.

package import MartletCore
import Synchronization

/// Named parts, each the state of something at a moment; those that change together are put together. They are written from
/// time to time: whatever was written last is a state from which the same steps lead to the same model.
///
///   rows            how many rows there are, and their checksum
///   candidate n     what a setting has reached that is done with; `best` is the best of these models
///   fit s           a shard in the midst of its fit; `done s` its model after that
///   round           the mean of a round's models; `session s` what a shard keeps between rounds
///   stages f        of a retriever, what the examples beside fold f taught; `ranker f` the ranker beside it
package final class TrainingCheckpoint: Sendable {
    private struct State {
        var parts: [String: [UInt8]]
        var changed: Set<String> = []
        var lastSaves: [String: ContinuousClock.Instant] = [:]
        var isSaving = false
    }

    private let state: Mutex<State>
    private let interval: Duration
    private let begin = ContinuousClock().now
    private let save: @Sendable (_ changes: [String: [UInt8]?]) -> Bool

    /// - Parameters:
    ///   - parts: those of the run that goes on; empty for a new one.
    ///   - interval: the time between two writings of a part.
    ///   - save: writes the parts, or removes those that are nil; false if it could not.
    package init(
        parts: [String: [UInt8]] = [:], interval: Duration,
        save: @escaping @Sendable (_ changes: [String: [UInt8]?]) -> Bool
    ) {
        state = Mutex(State(parts: parts))
        self.interval = interval
        self.save = save
    }

    package func part(_ name: String) -> [UInt8]? { state.withLock { $0.parts[name] } }

    /// The state of what is made under a name.
    package func fit(_ name: String) -> FitCheckpoint { FitCheckpoint(self, name) }

    /// The state that was kept must be of the same rows.
    ///
    /// - Parameter rows: tells them from others.
    package func require(rows: String) throws(Diagnostic) {
        let rows = Array(rows.utf8)
        if let known = part("rows"), known != rows {
            throw Diagnostic(
                .trainingFailed, "the rows have changed since the run began, so that it cannot go on",
                hint: "RETRY RUN trains anew")
        }
        put(["rows": rows])
    }

    /// Replaces parts, or removes those that are nil.
    package func put(_ changes: [String: [UInt8]?]) {
        state.withLock { state in
            for (name, bytes) in changes {
                state.parts[name] = bytes
                state.changed.insert(name)
            }
        }
    }

    /// Removes the parts that belong to one fit.
    func removeFit() {
        state.withLock { state in
            for name in state.parts.keys where !name.hasPrefix("candidate ") && name != "best" && name != "rows" {
                state.parts[name] = nil
                state.changed.insert(name)
            }
        }
    }

    /// Whether so much time has passed since `name` was last saved; the answer yes counts as saving it.
    func isDue(_ name: String) -> Bool {
        let now = ContinuousClock().now
        return state.withLock { state in
            guard now - (state.lastSaves[name] ?? begin) >= interval else { return false }
            state.lastSaves[name] = now
            return true
        }
    }

    /// Writes what has changed.
    package func flush() {
        let changes: [String: [UInt8]?]? = state.withLock { state in
            guard !state.isSaving, !state.changed.isEmpty else { return nil }
            state.isSaving = true
            var changes: [String: [UInt8]?] = [:]
            for name in state.changed { changes.updateValue(state.parts[name], forKey: name) }
            state.changed = []
            return changes
        }
        guard let changes else { return }
        let isSaved = save(changes)
        state.withLock { state in
            state.isSaving = false
            if !isSaved { state.changed.formUnion(changes.keys) }
        }
    }
}

/// The state of one fit, for its learner.
package struct FitCheckpoint: Sendable {
    private let all: TrainingCheckpoint
    private let name: String

    init(_ all: TrainingCheckpoint, _ name: String) {
        self.all = all
        self.name = name
    }

    /// Where an earlier process was.
    package var saved: [UInt8]? { all.part(name) }

    /// Called after an epoch, or when it is done: keeps its state if it is time.
    package func save(_ bytes: () -> [UInt8]) {
        guard all.isDue(name) else { return }
        all.put([name: bytes()])
        all.flush()
    }
}
