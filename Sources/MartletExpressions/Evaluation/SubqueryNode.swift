// Subqueries: once per execution if they read nothing from outside, else once for equal outer values.

import MartletCore

final class SubqueryNode: Node, @unchecked Sendable {
    let subquery: BoundSubquery
    private let operands: [Node]
    private var operand: Node? { operands.first }
    private let arguments: [Node]
    private let type: DataType
    private let range: SourceRange

    static func make(
        _ subquery: BoundSubquery, _ type: DataType, _ range: SourceRange
    ) throws(Diagnostic) -> SubqueryNode {
        SubqueryNode(
            subquery, try ExpressionCompiler.nodes(subquery.operands),
            try ExpressionCompiler.nodes(subquery.arguments), type, range)
    }

    private init(
        _ subquery: BoundSubquery, _ operands: [Node], _ arguments: [Node], _ type: DataType, _ range: SourceRange
    ) {
        self.subquery = subquery
        self.operands = operands
        self.arguments = arguments
        self.type = type
        self.range = range
        let parts = arguments + operands
        super.init(
            columnsUsed: parts.reduce(into: []) { $0.formUnion($1.columnsUsed) }, mustNotOvershoot: true)
    }

    override func evaluate(_ batch: Batch, _ context: EvaluationContext) throws(Diagnostic) -> Operand {
        if batch.count == 0 { return .allNull(type) }
        guard let evaluator = context.subqueryEvaluator else {
            throw Diagnostic(.misplaced, "a subquery is not allowed here", at: range)
        }
        do {
            if case .containsRow(_, let negated) = subquery.kind {
                var wanted: [Operand] = []
                for operand in operands { wanted.append(try operand.evaluate(batch, context)) }
                var inputs: [Operand] = []
                for argument in arguments { inputs.append(try argument.evaluate(batch, context)) }
                return try rowMembership(wanted, inputs, negated: negated, batch.count, evaluator, context)
            }
            let wanted = try operand?.evaluate(batch, context)
            if !subquery.isCorrelated { return try evaluateOnce(wanted, batch.count, evaluator, context) }
            var inputs: [Operand] = []
            for argument in arguments { inputs.append(try argument.evaluate(batch, context)) }
            let memo = memo(context)
            var builder = ColumnBuilder(type: type, reserving: batch.count)
            for row in 0..<batch.count {
                try context.cancellation.check()
                let outerRow = inputs.map { $0.value(at: row) }
                let wantedValue = wanted?.value(at: row) ?? .null
                builder.append(
                    try context.withOuterRow(outerRow) { () throws(Diagnostic) in
                        try evaluateRow(wantedValue, outerRow, memo, evaluator, context)
                    })
            }
            return .column(builder.finish())
        } catch {
            throw error.located(at: range)
        }
    }

    /// nil where a result must not be used again.
    func memo(_ context: EvaluationContext) -> SubqueryMemo? {
        if subquery.reference.readsFartherRows || subquery.reference.isVolatile { return nil }
        if let known = context.subqueryMemos[subquery.reference.id] { return known }
        let memo = SubqueryMemo(byteLimit: min(Self.memoBytes, context.memoryLimitBytes / 4))
        context.subqueryMemos[subquery.reference.id] = memo
        return memo
    }

    private static let memoBytes = 32 << 20

    private func evaluateRow(
        _ wanted: Value, _ outerRow: [Value], _ memo: SubqueryMemo?, _ evaluator: any SubqueryEvaluator,
        _ context: EvaluationContext
    ) throws(Diagnostic) -> Value {
        let known = memo?.find(outerRow)
        if case .contains(_, let negated) = subquery.kind {
            let set: ValueSet
            if case .values(let found)? = known {
                set = found
            } else {
                let values = try evaluator.values(subquery.reference, context)
                set = ValueSet(values)
                memo?.keep(.values(set), for: outerRow, size: values.reduce(0) { $0 + SubqueryMemo.size(of: $1) })
            }
            return set.contains(wanted).map { .boolean($0 != negated) } ?? .null
        }
        if case .value(let found)? = known { return found }
        let value: Value =
            if case .exists(let negated) = subquery.kind {
                .boolean(try evaluator.exists(subquery.reference, context) != negated)
            } else {
                try checked(evaluator.scalar(subquery.reference, context))
            }
        memo?.keep(.value(value), for: outerRow, size: SubqueryMemo.size(of: value))
        return value
    }

    private func evaluateOnce(
        _ wanted: Operand?, _ count: Int, _ evaluator: any SubqueryEvaluator, _ context: EvaluationContext
    ) throws(Diagnostic) -> Operand {
        let id = subquery.reference.id
        switch (subquery.kind, context.subqueryResults[id]) {
        case (.scalar, .scalar(let value)?): return .scalar(value, type)
        case (.exists(let negated), .exists(let found)?): return .scalar(.boolean(found != negated), .boolean)
        case (.contains(_, let negated), .values(let set)?):
            return InSetNode.membership(wanted ?? .allNull(.null), set, negated: negated, count: count)
        default: break
        }
        // The inner plan sees an (empty) outer row even so, to keep levels the same for plans inside it.
        switch subquery.kind {
        case .scalar:
            let value = try context.withOuterRow([]) { () throws(Diagnostic) in
                try checked(evaluator.scalar(subquery.reference, context))
            }
            context.subqueryResults[id] = .scalar(value)
            return .scalar(value, type)
        case .exists(let negated):
            let found = try context.withOuterRow([]) { () throws(Diagnostic) in
                try evaluator.exists(subquery.reference, context)
            }
            context.subqueryResults[id] = .exists(found)
            return .scalar(.boolean(found != negated), .boolean)
        case .contains(_, let negated):
            let values = try context.withOuterRow([]) { () throws(Diagnostic) in
                try evaluator.values(subquery.reference, context)
            }
            let set = ValueSet(values)
            context.subqueryResults[id] = .values(set)
            return InSetNode.membership(wanted ?? .allNull(.null), set, negated: negated, count: count)
        case .containsRow: preconditionFailure("rows are looked for by rowMembership")
        }
    }

    private func checked(_ value: Value) throws(Diagnostic) -> Value {
        if value.isNull || value.type == type { return value }
        if type == .real, case .integer(let number) = value { return .real(Double(number)) }
        throw Diagnostic(.typeMismatch, "a subquery planned as \(type) returned \(value.type)")
    }
}
