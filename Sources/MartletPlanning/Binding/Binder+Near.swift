// Binds the NEAR leg of SEARCH.

import MartletCatalog
import MartletCore
import MartletExpressions
import MartletLanguage

extension Binder {
    /// - Parameter isRow: whether the expression is the key of a row with the vector to compare with.
    func bindNear(
        _ name: Identifier, _ expression: Expression, isRow: Bool, _ leg: SearchLeg, _ target: SearchTarget,
        _ reader: OptionReader
    ) throws(Diagnostic) -> SearchPlan.Near {
        let table = target.table
        let column = try columnIndex(name, in: table)
        guard case .vector(let dimension, let element) = table.columns[column].type else {
            throw Diagnostic(
                .typeMismatch, "NEAR compares vectors; \(table.columns[column].name) is \(table.columns[column].type)",
                at: name.range)
        }
        let wanted = try metric(reader)
        let indexes = catalog.indexes(of: table.id).filter {
            $0.state == .ready && $0.parts.first?.column == column && $0.vectorOptions != nil
                && (wanted == nil || wanted == $0.vectorOptions?.metric)
        }
        // A graph first; without an index of the metric, the rows.
        let index = indexes.first { $0.vectorOptions?.structure == .hnsw } ?? indexes.first
        let metric = index?.vectorOptions?.metric ?? wanted ?? (element == .bit ? .hamming : .cosine)
        if metric == .hamming, element != .bit {
            throw Diagnostic(
                .typeMismatch, "the metric hamming counts bits; \(table.columns[column].name) has none", at: name.range)
        }
        let scope = ExpressionBinder(self, columns: [], context: nil, clause: "NEAR")
        let bound = try scope.bind(expression)
        let compared: SearchPlan.Near.Target
        if isRow {
            compared = .row(try rowKey(bound, of: table, leg.location.range))
        } else {
            compared = .vector(try vector(bound, dimension: dimension, column: table.columns[column].name))
        }
        var within: BoundExpression?
        if let limit = leg.within {
            within = try Coercion.coerce(try scope.bind(limit), to: .real, purpose: .argument("WITHIN"))
        }
        return SearchPlan.Near(
            column: column, target: compared, index: index, metric: metric, within: within,
            size: try reader.integer("ef", in: SearchPlan.Near.sizeRange), isExact: try reader.boolean("exact") ?? false
        )
    }

    private func vector(
        _ bound: BoundExpression, dimension: Int, column: String
    ) throws(Diagnostic) -> BoundExpression {
        if case .constant(.text(let text), _, let range) = bound, !text.drop(while: \.isWhitespace).hasPrefix("[") {
            throw Diagnostic(
                .notSupported, "NEAR a text needs an embedding model for column \(column)", at: range,
                hint: "give the vector, as '[0.5, …]' or as a parameter")
        }
        if case .vector(let given, _) = bound.type, given != dimension {
            throw Diagnostic(
                .invalidVector, "column \(column) has vectors of \(dimension) elements, not \(given)", at: bound.range)
        }
        let type = DataType.vector(dimension: dimension, element: .f32)
        return try Coercion.coerce(bound, to: type, purpose: .assignment(column: column))
    }

    private func rowKey(
        _ bound: BoundExpression, of table: Table, _ range: SourceRange
    ) throws(Diagnostic) -> BoundExpression {
        guard table.primaryKey.count == 1 else {
            throw Diagnostic(.misplaced, "NEAR ROW needs a table with a primary key of one column", at: range)
        }
        let key = table.columns[table.primaryKey[0]]
        return try Coercion.coerce(bound, to: key.type, purpose: .assignment(column: key.name))
    }
}
