// Keeps the first of equal rows; NULLs are equal here.

import MartletCore
import MartletExpressions

final class DistinctOperator: Operator {
    private let context: ExecutionContext
    private let input: any Operator
    private let types: [DataType]
    private let seen: GroupTable
    private var spilled: SpilledGroups?
    private var count: Int64 = 0
    private var isAtEnd = false

    init(_ context: ExecutionContext, _ input: any Operator, types: [DataType]) {
        self.context = context
        self.input = input
        self.types = types
        seen = GroupTable(keyTypes: types, memoryLimitBytes: context.evaluation.memoryLimitBytes)
    }

    func next() throws(Diagnostic) -> Batch? {
        while !isAtEnd {
            guard let batch = try input.next() else {
                isAtEnd = true
                break
            }
            defer { count += Int64(batch.count) }
            if let spilled {
                let groups = try seen.find(batch.columns, count: batch.count)
                try spilled.add(
                    Batch(columns: [], count: batch.count), keys: batch.columns,
                    rows: groups.indices.filter { groups[$0] < 0 }, from: count)
                continue
            }
            var known = seen.groupCount
            let groups = try seen.assign(batch.columns, count: batch.count)
            if seen.byteCount > context.evaluation.memoryLimitBytes / 4, !types.isEmpty {
                let columns = types.enumerated().map { BoundExpression.column($0.offset, $0.element, .none) }
                spilled = try SpilledGroups(context, try Aggregation(keys: columns, []), inputTypes: [])
            }
            var fresh: [Int] = []
            for (row, group) in groups.enumerated() where Int(group) >= known {
                fresh.append(row)
                known = Int(group) + 1
            }
            if !fresh.isEmpty { return batch.gather(fresh) }
        }
        return try spilled?.next()
    }
}
