// UNION, INTERSECT and EXCEPT of two inputs of the same types.

import MartletCore
import MartletExpressions
import MartletPlanning

final class CombineOperator: Operator {
    private let left: any Operator
    private let right: any Operator
    private let operation: SetOperation
    private let types: [DataType]
    private let memoryLimitBytes: Int
    /// Rows of the right side, for INTERSECT and EXCEPT.
    private var rightRows: GroupTable?
    private let seen: GroupTable
    private var isOnRight = false

    init(
        _ context: ExecutionContext, _ left: any Operator, _ right: any Operator, _ operation: SetOperation,
        types: [DataType]
    ) {
        self.left = left
        self.right = right
        self.operation = operation
        self.types = types
        memoryLimitBytes = context.evaluation.memoryLimitBytes
        seen = GroupTable(keyTypes: types, memoryLimitBytes: memoryLimitBytes)
    }

    func next() throws(Diagnostic) -> Batch? {
        switch operation {
        case .unionAll: return try nextOfBoth()
        case .union:
            while let batch = try nextOfBoth() {
                let rows = try fresh(batch)
                if !rows.isEmpty { return batch.gather(rows) }
            }
            return nil
        case .intersect, .except:
            if rightRows == nil {
                let table = GroupTable(keyTypes: types, memoryLimitBytes: memoryLimitBytes)
                while let batch = try right.next() { _ = try table.assign(batch.columns, count: batch.count) }
                rightRows = table
            }
            let wanted = operation == .intersect
            while let batch = try left.next() {
                let found = try rightRows?.find(batch.columns, count: batch.count) ?? []
                let rows = try fresh(batch).filter { (found[$0] >= 0) == wanted }
                if !rows.isEmpty { return batch.gather(rows) }
            }
            return nil
        }
    }

    private func nextOfBoth() throws(Diagnostic) -> Batch? {
        if !isOnRight {
            if let batch = try left.next() { return batch }
            isOnRight = true
        }
        return try right.next()
    }

    /// The rows of the batch that were not there before.
    private func fresh(_ batch: Batch) throws(Diagnostic) -> [Int] {
        var known = seen.groupCount
        var rows: [Int] = []
        for (row, group) in try seen.assign(batch.columns, count: batch.count).enumerated() where Int(group) >= known {
            rows.append(row)
            known = Int(group) + 1
        }
        return rows
    }
}
