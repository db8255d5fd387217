// Statements that do one thing.

import MartletCore

/// Runs an action when it is first asked, and gives the action's rows.
final class CommandOperator: Operator {
    private let context: ExecutionContext
    private var action: ((ExecutionContext) throws(Diagnostic) -> Batch)?

    init(_ context: ExecutionContext, _ action: @escaping (ExecutionContext) throws(Diagnostic) -> Batch) {
        self.context = context
        self.action = action
    }

    func next() throws(Diagnostic) -> Batch? {
        guard let action else { return nil }
        self.action = nil
        return try action(context)
    }
}
