// Keeps the first of equal rows; NULLs are equal here.

import MartletCore
import MartletExpressions

final class DistinctOperator: Operator {
    private let input: any Operator
    private let seen: GroupTable

    init(_ context: ExecutionContext, _ input: any Operator, types: [DataType]) {
        self.input = input
        seen = GroupTable(keyTypes: types, memoryLimitBytes: context.evaluation.memoryLimitBytes)
    }

    func next() throws(Diagnostic) -> Batch? {
        while let batch = try input.next() {
            var known = seen.groupCount
            let groups = try seen.assign(batch.columns, count: batch.count)
            var fresh: [Int] = []
            for (row, group) in groups.enumerated() where Int(group) >= known {
                fresh.append(row)
                known = Int(group) + 1
            }
            if !fresh.isEmpty { return batch.gather(fresh) }
        }
        return nil
    }
}
