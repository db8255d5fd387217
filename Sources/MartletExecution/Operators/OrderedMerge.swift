// Results of parts that threads finish in any order, merged in the order of the parts.

import MartletCore
import Synchronization

/// Merges each state as soon as all those of earlier parts are merged, so that few wait.
final class OrderedMerge: Sendable {
    private struct Progress {
        let total: AggregationState
        var waiting: [Int: AggregationState] = [:]
        var next = 0
    }

    private let progress: Mutex<Progress>

    init(_ total: AggregationState) { progress = Mutex(Progress(total: total)) }

    /// Takes the state of part `number`, which is no longer changed.
    ///
    /// - Returns: whether the groups still fit into memory.
    func add(_ state: AggregationState, _ number: Int) throws(Diagnostic) -> Bool {
        let (failure, fits) = progress.withLock { progress -> (Diagnostic?, Bool) in
            progress.waiting[number] = state
            do throws(Diagnostic) {
                while let next = progress.waiting.removeValue(forKey: progress.next) {
                    try progress.total.merge(next)
                    progress.next += 1
                }
                return (nil, !progress.total.isTooLarge)
            } catch {
                return (error, true)
            }
        }
        if let failure { throw failure }
        return fits
    }
}
