// Asking a running statement to stop.

import Synchronization

/// A flag that a statement looks at between batches. Setting it from any thread ends the statement with `cancelled`.
package final class Cancellation: Sendable {
    private let flag = Atomic<Bool>(false)

    package init() {}

    package func cancel() { flag.store(true, ordering: .relaxed) }

    package func reset() { flag.store(false, ordering: .relaxed) }

    package var isCancelled: Bool { flag.load(ordering: .relaxed) }

    package func check() throws(Diagnostic) {
        if isCancelled { throw Diagnostic(.cancelled, "the statement was cancelled") }
    }
}
