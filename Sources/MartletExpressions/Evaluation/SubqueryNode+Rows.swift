// `(a, b) IN (SELECT x, y …)`

import MartletCore

extension SubqueryNode {
    /// - Parameters:
    ///   - wanted: What is looked for, an operand for each column.
    ///   - inputs: What a correlated subquery reads of the rows around it.
    func rowMembership(
        _ wanted: [Operand], _ inputs: [Operand], negated: Bool, _ count: Int, _ evaluator: any SubqueryEvaluator,
        _ context: EvaluationContext
    ) throws(Diagnostic) -> Operand {
        let memo = subquery.isCorrelated ? memo(context) : nil
        var builder = ColumnBuilder(type: .boolean, reserving: count)
        for row in 0..<count {
            let outerRow = inputs.map { $0.value(at: row) }
            let set = try rowSet(outerRow, memo, evaluator, context)
            if let found = set.contains(wanted.map { $0.value(at: row) }) {
                builder.append(boolean: found != negated)
            } else {
                builder.appendNull()
            }
        }
        return .column(builder.finish())
    }

    private func rowSet(
        _ outerRow: [Value], _ memo: SubqueryMemo?, _ evaluator: any SubqueryEvaluator, _ context: EvaluationContext
    ) throws(Diagnostic) -> RowSet {
        let id = subquery.reference.id
        if !subquery.isCorrelated, case .rows(let known)? = context.subqueryResults[id] { return known }
        if let memo, case .rows(let known)? = memo.find(outerRow) { return known }
        try context.cancellation.check()
        let rows = try context.withOuterRow(outerRow) { () throws(Diagnostic) in
            try evaluator.rows(subquery.reference, context)
        }
        let set = RowSet(rows)
        if !subquery.isCorrelated { context.subqueryResults[id] = .rows(set) }
        let size = rows.reduce(0) { $0 + $1.reduce(0) { $0 + SubqueryMemo.size(of: $1) } }
        memo?.keep(.rows(set), for: outerRow, size: size)
        return set
    }
}
