// Joins on equal keys: the right input is hashed, the left one streams.

import MartletCore
import MartletExpressions
import MartletPlanning

/// Rows come out in the left input's order, and for one left row in the right input's order.
///
/// Where the right rows do not fit into memory, both sides are shared out into parts by the hash of their keys, and joined
/// part by part (Grace hashing, Kitsuregawa et al. 1983).
final class HashJoinOperator: Operator {
    private let context: ExecutionContext
    private let left: any Operator
    private let right: any Operator
    private let kind: Join.Kind
    private let leftKeys: [CompiledExpression]
    private let rightKeys: [CompiledExpression]
    private let residual: CompiledExpression?
    private let leftTypes: [DataType]
    private let rightTypes: [DataType]
    private var result: RestoredOrder?
    private var rightRows: Batch?
    private var table: JoinTable?

    init(
        _ context: ExecutionContext, _ left: any Operator, _ right: any Operator, _ kind: Join.Kind,
        _ leftKeys: [BoundExpression], _ rightKeys: [BoundExpression], _ residual: BoundExpression?,
        leftTypes: [DataType], rightTypes: [DataType]
    ) throws(Diagnostic) {
        self.context = context
        self.left = left
        self.right = right
        self.kind = kind
        self.leftKeys = try ExpressionCompiler.compile(leftKeys)
        self.rightKeys = try ExpressionCompiler.compile(rightKeys)
        self.residual = if let residual { try ExpressionCompiler.compile(residual) } else { nil }
        self.leftTypes = leftTypes
        self.rightTypes = rightTypes
    }

    /// The right rows of a join, or of a part of one.
    private struct Build {
        let table: JoinTable
        var rows: RowBuffer
    }

    private func emptyBuild() -> Build {
        let limit = context.evaluation.memoryLimitBytes
        return Build(
            table: JoinTable(keyTypes: rightKeys.map(\.type), memoryLimitBytes: limit),
            rows: RowBuffer(types: rightTypes, memoryLimitBytes: limit))
    }

    /// Reads the right rows; into parts if they are too many.
    private func read(
        _ next: () throws(Diagnostic) -> Batch?, level: Int
    ) throws(Diagnostic) -> (build: Build, parts: SpilledParts?) {
        var build = emptyBuild()
        var parts: SpilledParts?
        while let batch = try next() {
            let keys = try columns(rightKeys, batch)
            if let parts {
                try parts.add(batch, keys: keys)
                continue
            }
            try build.table.add(keys, count: batch.count)
            try build.rows.append(batch)
            let byteCount = build.table.byteCount + build.rows.byteCount
            if byteCount > context.evaluation.memoryLimitBytes / 4, level <= SpilledParts.lastLevel {
                let spilled = try SpilledParts(context, types: rightTypes, level: level)
                let rows = build.rows.joined()
                try spilled.add(rows, keys: try columns(rightKeys, rows))
                build = emptyBuild()
                parts = spilled
            }
        }
        return (build, parts)
    }

    private func build() throws(Diagnostic) {
        let (build, rightParts) = try read({ () throws(Diagnostic) in try right.next() }, level: 0)
        guard let rightParts else {
            rightRows = build.rows.joined()
            table = build.table
            return
        }
        let leftParts = try SpilledParts(context, types: leftTypes + [.integer], level: 0)
        var count: Int64 = 0
        while let batch = try left.next() {
            let ordinals = (0..<Int64(batch.count)).map { count + $0 }
            try leftParts.add(batch.adding(ordinals), keys: try columns(leftKeys, batch))
            count += Int64(batch.count)
        }
        let restored = RestoredOrder(context, types: leftTypes + rightTypes)
        try join(leftParts, rightParts, into: restored)
        result = restored
    }

    private func join(
        _ leftParts: SpilledParts, _ rightParts: SpilledParts, into restored: RestoredOrder
    ) throws(Diagnostic) {
        let level = rightParts.level + 1
        for (leftRun, rightRun) in zip(try leftParts.finish(), try rightParts.finish()) {
            let (build, rightRest) = try read({ () throws(Diagnostic) in try rightRun.next() }, level: level)
            let leftRest =
                rightRest == nil ? nil : try SpilledParts(context, types: leftTypes + [.integer], level: level)
            let rightRows = build.rows.joined()
            while let rows = try leftRun.next() {
                try context.cancellation.check()
                let batch = rows.withoutOrdinals
                let keys = try columns(leftKeys, batch)
                if let leftRest {
                    try leftRest.add(rows, keys: keys)
                    continue
                }
                let (leftMatches, rightMatches) = try build.table.probe(keys, count: batch.count)
                let joined = try JoinPairs(left: leftMatches, right: rightMatches).joinedRows(
                    batch, rightRows, residual: residual, keepingLeft: kind == .left, context.evaluation)
                let ordinals = rows.ordinals
                try restored.add(joined.rows, ordinals: joined.left.map { ordinals[$0] })
            }
            if let leftRest, let rightRest { try join(leftRest, rightRest, into: restored) }
        }
    }

    private func columns(_ keys: [CompiledExpression], _ batch: Batch) throws(Diagnostic) -> [Column] {
        var columns: [Column] = []
        for key in keys { columns.append(try key.evaluate(batch, context.evaluation)) }
        return columns
    }

    func next() throws(Diagnostic) -> Batch? {
        if rightRows == nil, result == nil { try build() }
        if let result { return try result.next() }
        guard let table, let rightRows else { return nil }
        while let batch = try left.next() {
            try context.cancellation.check()
            let (leftMatches, rightMatches) = try table.probe(try columns(leftKeys, batch), count: batch.count)
            let pairs = JoinPairs(left: leftMatches, right: rightMatches)
            let joined = try pairs.joined(
                batch, rightRows, residual: residual, keepingLeft: kind == .left, context.evaluation)
            if joined.count > 0 { return joined }
        }
        return nil
    }
}
