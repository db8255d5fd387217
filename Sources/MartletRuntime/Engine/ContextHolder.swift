// An operator that keeps what it works with.

import MartletCore
import MartletExecution

/// Keeps an execution's context alive as long as its operators are used: they refer to it weakly in places.
final class ContextHolder: Operator {
    private let source: any Operator
    private let context: ExecutionContext

    init(_ source: any Operator, _ context: ExecutionContext) {
        self.source = source
        self.context = context
    }

    func next() throws(Diagnostic) -> Batch? { try source.next() }
}
