// Binds the legs of SEARCH, and how their rankings become one.

import MartletCatalog
import MartletCore
import MartletExpressions
import MartletLanguage

extension Binder {
    func bindLeg(
        _ leg: SearchLeg, _ target: SearchTarget, _ options: OptionReader
    ) throws(Diagnostic) -> SearchPlan.Leg {
        var weight: BoundExpression?
        if let given = leg.weight {
            let bound = try ExpressionBinder(self, columns: [], context: nil, clause: "WEIGHT").bind(given)
            weight = try Coercion.coerce(bound, to: .real, purpose: .argument("WEIGHT"))
        }
        switch leg.condition {
        case .text(let text): return SearchPlan.Leg(.text(try bindText(text, [], leg, target)), weight: weight)
        case .match(let columns, let text):
            return SearchPlan.Leg(.text(try bindText(text, columns, leg, target)), weight: weight)
        case .query(let columns, let text):
            var query = try bindText(text, columns, leg, target)
            query.syntax = .query
            return SearchPlan.Leg(.text(query), weight: weight)
        case .near(let column, let value):
            return SearchPlan.Leg(
                .near(try bindNear(column, value, isRow: false, leg, target, options)), weight: weight)
        case .nearRow(let columns, let key):
            if holdTexts(columns, target.table) {
                return SearchPlan.Leg(.text(try bindLikeness(columns, key, leg, target)), weight: weight)
            }
            if columns.count > 1 {
                throw Diagnostic(
                    .typeMismatch, "NEAR ROW compares several columns by their words, which all must be TEXT",
                    at: columns[0].range.union(columns[columns.count - 1].range))
            }
            return SearchPlan.Leg(
                .near(try bindNear(columns[0], key, isRow: true, leg, target, options)), weight: weight)
        }
    }

    func holdTexts(_ columns: [Identifier], _ table: Table) -> Bool {
        columns.allSatisfy { name in table.columnIndex(named: name.name).map { table.columns[$0].type } == .text }
    }

    /// NEAR ROW over words: rows with the characteristic words of one.
    private func bindLikeness(
        _ columns: [Identifier], _ key: Expression, _ leg: SearchLeg, _ target: SearchTarget
    ) throws(Diagnostic) -> SearchPlan.Text {
        if let within = leg.within {
            throw Diagnostic(
                .misplaced, "WITHIN bounds the distance of vectors; texts have scores", at: within.range,
                hint: "WITH (min_score = …)")
        }
        let parts = try textParts(named: columns, leg, target)
        let bound = try ExpressionBinder(self, columns: [], context: nil, clause: "NEAR").bind(key)
        return SearchPlan.Text(
            text: try rowKey(bound, of: target.table, leg.location.range), syntax: .row, parts: parts)
    }

    private func bindText(
        _ expression: Expression, _ wanted: [Identifier], _ leg: SearchLeg, _ target: SearchTarget
    ) throws(Diagnostic) -> SearchPlan.Text {
        let parts = try textParts(named: wanted, leg, target)
        let text = try ExpressionBinder(self, columns: [], context: nil, clause: "FOR").bind(expression)
        guard text.type == .text || text.type == .null else {
            throw Diagnostic(.typeMismatch, "SEARCH needs a TEXT to look for, not \(text.type)", at: text.range)
        }
        return SearchPlan.Text(text: text, parts: parts)
    }

    private func textParts(
        named wanted: [Identifier], _ leg: SearchLeg, _ target: SearchTarget
    ) throws(Diagnostic) -> [SearchPlan.TextPart] {
        var columns: [Int] = []
        for name in wanted { columns.append(try columnIndex(name, in: target.table)) }
        guard let parts = textParts(columns, target) else {
            let names = wanted.map(\.name).joined(separator: ", ")
            throw Diagnostic(
                .unknownIndex,
                target.indexes.isEmpty
                    ? "table \(target.table.name) has no text index"
                    : "no text index of \(target.table.name) has the columns \(names)",
                at: leg.location.range,
                hint: "CREATE INDEX … ON \(target.table.name) USING text (\(names.isEmpty ? "…" : names))")
        }
        return parts
    }

    /// Where to look for words: in every index if no column is named, else in the first that has all columns, or in as
    /// many as it takes. nil if a column is in none.
    private func textParts(_ columns: [Int], _ target: SearchTarget) -> [SearchPlan.TextPart]? {
        func part(_ index: Index, _ columns: [Int]) -> SearchPlan.TextPart {
            SearchPlan.TextPart(
                index: index, weights: index.parts.map { columns.contains($0.column ?? -1) ? $0.weight : 0 })
        }
        if target.indexes.isEmpty { return nil }
        if columns.isEmpty {
            return target.indexes.map { index in
                var whole = part(index, index.columns)
                whole.retriever = target.version
                whole.deployment = target.deployment
                return whole
            }
        }
        if let whole = target.indexes.first(where: { index in columns.allSatisfy { index.columns.contains($0) } }) {
            return [part(whole, columns)]
        }
        var parts: [SearchPlan.TextPart] = []
        var missing = columns
        for index in target.indexes {
            let found = missing.filter { index.columns.contains($0) }
            if found.isEmpty { continue }
            parts.append(part(index, found))
            missing.removeAll { found.contains($0) }
        }
        return missing.isEmpty ? parts : nil
    }

    func bindFusion(_ fusion: MartletLanguage.Fusion) throws(Diagnostic) -> SearchPlan.Fusion {
        let isLinear = fusion.method == .linear
        let reader = try OptionReader(
            self, fusion.options, known: [isLinear ? "normalize" : "k", "candidates"],
            of: "FUSE BY \(fusion.method.rawValue)")
        let candidates = try reader.integer("candidates", in: SearchPlan.Fusion.candidateRange)
        if !isLinear {
            return SearchPlan.Fusion(
                method: .rrf(k: try reader.real("k", in: 0...1_000_000) ?? 60), candidates: candidates)
        }
        var normalization = SearchPlan.Fusion.Normalization.minmax
        if let (name, range) = try reader.text("normalize") {
            let known = SearchPlan.Fusion.Normalization.allCases.map(\.rawValue)
            guard let named = SearchPlan.Fusion.Normalization(rawValue: name.foldedName) else {
                throw Diagnostic(
                    .invalidOption, "option 'normalize' must be one of \(known.joined(separator: ", "))", at: range,
                    hint: Suggestion.hint(for: name, among: known))
            }
            normalization = named
        }
        return SearchPlan.Fusion(method: .linear(normalization), candidates: candidates)
    }

    func bindReranking(_ rerank: Rerank, _ plan: SearchPlan) throws(Diagnostic) -> SearchPlan.Reranking {
        let texts = plan.legs.compactMap { leg in
            if case .text(let text) = leg.source, text.syntax != .row { text.text } else { nil }
        }
        guard let text = texts.first else {
            throw Diagnostic(
                .misplaced, "RERANK BY reads the words of a text leg; this SEARCH has none", at: rerank.location.range)
        }
        if rerank.model.version == nil, let table = catalog.table(named: rerank.model.name.name) {
            throw Diagnostic(
                .unknownModel, "RERANK BY takes a model or deployment; \(table.name) is a table",
                at: rerank.model.name.range)
        }
        let target = try searchTarget(rerank.model)
        guard target.table.id == plan.table.id else {
            throw Diagnostic(
                .wrongModelKind, "\(target.label) ranks rows of \(target.table.name), not of \(plan.table.name)",
                at: rerank.model.range)
        }
        guard let index = target.indexes.first else {
            throw Diagnostic(.corrupt, "model \(target.label) has lost its index", at: rerank.model.range)
        }
        return SearchPlan.Reranking(
            label: target.label, text: text,
            part: SearchPlan.TextPart(
                index: index, weights: index.parts.map(\.weight), retriever: target.version,
                deployment: target.deployment),
            top: try rerank.top.map { top throws(Diagnostic) in try bindCount(top, "TOP") })
    }
}
