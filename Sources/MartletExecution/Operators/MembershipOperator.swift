// INTERSECT and EXCEPT, before equal rows become one: the left rows that are, or are not, among the right ones.

import MartletCore
import MartletExpressions

/// Left rows keep their order; NULLs are equal. The right rows are hashed; where they do not fit into memory, both sides
/// are shared out into parts by their hash (Grace hashing, Kitsuregawa et al. 1983).
final class MembershipOperator: Operator {
    private let context: ExecutionContext
    private let left: any Operator
    private let right: any Operator
    private let wanted: Bool
    private let types: [DataType]
    /// nil where the right rows are in parts.
    private var table: GroupTable?
    private var result: RestoredOrder?
    private var isBuilt = false

    init(
        _ context: ExecutionContext, _ left: any Operator, among right: any Operator, wanted: Bool, types: [DataType]
    ) {
        self.context = context
        self.left = left
        self.right = right
        self.wanted = wanted
        self.types = types
    }

    func next() throws(Diagnostic) -> Batch? {
        if !isBuilt {
            isBuilt = true
            try build()
        }
        if let result { return try result.next() }
        while let table, let batch = try left.next() {
            let found = try table.find(batch.columns, count: batch.count)
            let rows = found.indices.filter { (found[$0] >= 0) == wanted }
            if !rows.isEmpty { return batch.gather(rows) }
        }
        return nil
    }

    private func emptyTable() -> GroupTable {
        GroupTable(keyTypes: types, memoryLimitBytes: context.evaluation.memoryLimitBytes)
    }

    private func isTooLarge(_ table: GroupTable) -> Bool {
        table.byteCount > context.evaluation.memoryLimitBytes / 4 && !types.isEmpty
    }

    private func build() throws(Diagnostic) {
        let table = emptyTable()
        var rightParts: SpilledParts?
        while let batch = try right.next() {
            if let rightParts {
                try rightParts.add(batch, keys: batch.columns)
                continue
            }
            _ = try table.assign(batch.columns, count: batch.count)
            if isTooLarge(table) { rightParts = try parts(with: table, level: 0) }
        }
        guard let rightParts else {
            self.table = table
            return
        }
        let leftParts = try SpilledParts(context, types: types + [.integer], level: 0)
        var count: Int64 = 0
        while let batch = try left.next() {
            let ordinals = (0..<Int64(batch.count)).map { count + $0 }
            try leftParts.add(batch.adding(ordinals), keys: batch.columns)
            count += Int64(batch.count)
        }
        let result = RestoredOrder(context, types: types)
        try compare(leftParts, rightParts, into: result)
        self.result = result
    }

    /// Parts that hold the rows of `table` so far.
    private func parts(with table: GroupTable, level: Int) throws(Diagnostic) -> SpilledParts {
        let parts = try SpilledParts(context, types: types, level: level)
        let columns = table.keyColumns()
        try parts.add(Batch(columns: columns, count: table.groupCount), keys: columns)
        return parts
    }

    private func compare(
        _ left: SpilledParts, _ right: SpilledParts, into result: RestoredOrder
    ) throws(Diagnostic) {
        for (leftRun, rightRun) in zip(try left.finish(), try right.finish()) {
            let table = emptyTable()
            var rest: SpilledParts?
            while let batch = try rightRun.next() {
                try context.cancellation.check()
                if let rest {
                    try rest.add(batch, keys: batch.columns)
                    continue
                }
                _ = try table.assign(batch.columns, count: batch.count)
                if isTooLarge(table), right.level < SpilledParts.lastLevel {
                    rest = try parts(with: table, level: right.level + 1)
                }
            }
            let leftRest =
                rest == nil ? nil : try SpilledParts(context, types: types + [.integer], level: left.level + 1)
            while let rows = try leftRun.next() {
                let batch = rows.withoutOrdinals
                if let leftRest {
                    try leftRest.add(rows, keys: batch.columns)
                    continue
                }
                let found = try table.find(batch.columns, count: batch.count)
                let kept = found.indices.filter { (found[$0] >= 0) == wanted }
                let ordinals = rows.ordinals
                try result.add(batch.gather(kept), ordinals: kept.map { ordinals[$0] })
            }
            if let rest, let leftRest { try compare(leftRest, rest, into: result) }
        }
    }
}
