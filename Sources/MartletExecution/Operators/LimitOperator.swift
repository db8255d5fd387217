// Passes on some rows and then stops.

import MartletCore
import MartletExpressions

final class LimitOperator: Operator {
    private let input: any Operator
    private var remaining: Int
    private var skipped: Int

    init(
        _ context: ExecutionContext, _ input: any Operator, _ count: BoundExpression?, _ offset: BoundExpression?
    ) throws(Diagnostic) {
        self.input = input
        remaining = if let count { try context.count(count, "LIMIT") ?? .max } else { .max }
        skipped = if let offset { try context.count(offset, "OFFSET") ?? 0 } else { 0 }
    }

    func next() throws(Diagnostic) -> Batch? {
        while remaining > 0, let batch = try input.next() {
            let start = min(skipped, batch.count)
            skipped -= start
            let end = start + min(remaining, batch.count - start)
            remaining -= end - start
            if start == 0, end == batch.count { return batch }
            if end > start { return batch.gather(Array(start..<end)) }
        }
        return nil
    }
}
