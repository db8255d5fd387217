// Binds IN with a subquery.

import MartletCore
import MartletExpressions
import MartletLanguage

extension ExpressionBinder {
    /// `x IN (SELECT a …)`, `(x, y) IN (SELECT a, b …)`
    func bindInSelect(
        _ operand: Expression, _ select: Select, _ negated: Bool, _ range: SourceRange
    ) throws(Diagnostic) -> BoundExpression {
        if case .row(let items, _) = operand { return try bindRowInSelect(items, select, negated, range) }
        let value = try bind(operand)
        // A COLLATE would have to change what the subquery gives: bind() refuses it.
        let (subquery, columns) = try bindSubquery(select)
        guard columns.count == 1 else {
            throw Diagnostic(
                .wrongColumnCount, "the subquery of IN must give one column, not \(columns.count)", at: range)
        }
        return membership(
            .contains(try comparable(value, with: columns[0].type, range), negated: negated), subquery, range)
    }

    private func bindRowInSelect(
        _ items: [Expression], _ select: Select, _ negated: Bool, _ range: SourceRange
    ) throws(Diagnostic) -> BoundExpression {
        var values: [BoundExpression] = []
        for item in items { values.append(try bind(item)) }
        let (subquery, columns) = try bindSubquery(select)
        guard columns.count == values.count else {
            throw Diagnostic(
                .wrongColumnCount, "the subquery of IN must give \(values.count) columns, not \(columns.count)",
                at: range)
        }
        for (index, column) in columns.enumerated() {
            values[index] = try comparable(values[index], with: column.type, range)
        }
        return membership(.containsRow(values, negated: negated), subquery, range)
    }

    private func membership(
        _ kind: BoundSubquery.Kind, _ subquery: PlannedSubquery, _ range: SourceRange
    ) -> BoundExpression {
        .subquery(
            BoundSubquery(kind: kind, reference: subquery, arguments: subquery.arguments), .boolean, range)
    }

    /// The value as it is looked for among values of `type`.
    private func comparable(
        _ value: BoundExpression, with type: DataType, _ range: SourceRange
    ) throws(Diagnostic) -> BoundExpression {
        if type.isNumeric, value.type.isNumeric { return value }
        if let common = Coercion.commonType(ofAll: [value, .column(0, type, range)]) {
            return try Coercion.coerce(value, to: common, purpose: .comparison)
        }
        // A constant of another type is equal to none of the values.
        if value.constantValue != nil, value.type.isNumeric || type.isNumeric { return value }
        throw Diagnostic(
            .typeMismatch, "\(value.type) cannot be compared with the subquery's \(type)", at: range)
    }
}
