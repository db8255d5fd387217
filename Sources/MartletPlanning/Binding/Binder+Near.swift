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
                at: name.range,
                hint: table.columns[column].type == .text
                    ? "MATCH looks for words, NEAR ROW for rows with the words of one" : nil)
        }
        let wanted = try metric(reader)
        let indexes = catalog.indexes(of: table.id).filter {
            $0.state == .ready && $0.parts.first?.column == column && $0.vectorOptions != nil
                && (wanted == nil || wanted == $0.vectorOptions?.metric)
        }
        // Without an index of the metric, the rows.
        let index = fastest(indexes)
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
            let embedded = try embedded(
                bound, try reader.text("model") ?? index?.vectorOptions?.model.map { ($0, name.range) },
                dimension: dimension, column: table.columns[column].name, leg)
            compared = .vector(try vector(embedded, dimension: dimension, column: table.columns[column].name))
        }
        var within: BoundExpression?
        if let limit = leg.within {
            within = try Coercion.coerce(try scope.bind(limit), to: .real, purpose: .argument("WITHIN"))
        }
        return SearchPlan.Near(
            column: column, layout: table.layout, target: compared, index: index, metric: metric, within: within,
            size: try reader.integer("ef", in: SearchPlan.Near.sizeRange),
            probes: try reader.integer("probes", in: SearchPlan.Near.probeRange),
            isExact: try reader.boolean("exact") ?? false)
    }

    /// Of vector indexes that would do: a graph, then lists.
    func fastest(_ indexes: [Index]) -> Index? {
        for structure in [VectorOptions.Structure.hnsw, .ivf] {
            if let index = indexes.first(where: { $0.vectorOptions?.structure == structure }) { return index }
        }
        return indexes.first
    }

    /// A text as the vector that the model gives it; anything else, and the text of a vector, as it is.
    private func embedded(
        _ bound: BoundExpression, _ model: (name: String, range: SourceRange)?, dimension: Int, column: String,
        _ leg: SearchLeg
    ) throws(Diagnostic) -> BoundExpression {
        guard bound.type == .text, let model else { return bound }
        if case .constant(.text(let text), _, _) = bound, text.drop(while: \.isWhitespace).hasPrefix("[") {
            return bound
        }
        let target = try embedding(model.name, at: model.range, leg.location)
        guard target.signature.dimension == dimension else {
            throw Diagnostic(
                .invalidVector,
                "column \(column) has vectors of \(dimension) elements, and model \(target.label) gives "
                    + "\(target.signature.dimension ?? 0)", at: model.range)
        }
        return ModelCalls.embed(target, [bound], at: bound.range)
    }

    /// The embedding model that an option names.
    func embedding(_ name: String, at range: SourceRange, _ location: Location) throws(Diagnostic) -> ModelTarget {
        let target: ModelTarget
        do {
            target = try modelTarget(ExpressionBinder.modelReference(name, location))
        } catch {
            var error = error
            error.range = range
            throw error
        }
        guard target.signature.dimension != nil else {
            throw Diagnostic(
                .wrongModelKind, "\(target.label) is a \(target.kind.rawValue), which makes no vectors of texts",
                at: range)
        }
        return target
    }

    private func vector(
        _ bound: BoundExpression, dimension: Int, column: String
    ) throws(Diagnostic) -> BoundExpression {
        if case .constant(.text(let text), _, let range) = bound, !text.drop(while: \.isWhitespace).hasPrefix("[") {
            throw Diagnostic(
                .notSupported, "NEAR a text needs an embedding model for column \(column)", at: range,
                hint: "name it: WITH (model = …), here or in CREATE INDEX; or give the vector, as '[0.5, …]'")
        }
        if case .vector(let given, _) = bound.type, given != dimension {
            throw Diagnostic(
                .invalidVector, "column \(column) has vectors of \(dimension) elements, not \(given)", at: bound.range)
        }
        let type = DataType.vector(dimension: dimension, element: .f32)
        return try Coercion.coerce(bound, to: type, purpose: .assignment(column: column))
    }

    func rowKey(
        _ bound: BoundExpression, of table: Table, _ range: SourceRange
    ) throws(Diagnostic) -> BoundExpression {
        guard table.primaryKey.count == 1 else {
            throw Diagnostic(.misplaced, "NEAR ROW needs a table with a primary key of one column", at: range)
        }
        let key = table.columns[table.primaryKey[0]]
        return try Coercion.coerce(bound, to: key.type, purpose: .assignment(column: key.name))
    }
}
