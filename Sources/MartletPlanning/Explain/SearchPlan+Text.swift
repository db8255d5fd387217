// How a SEARCH shows itself in EXPLAIN: its legs, and what becomes of their rankings.

import MartletCatalog
import MartletCore
import MartletExpressions

extension SearchPlan {
    /// - Parameter inner: what gives the rows that pass the filter.
    func text(_ inner: [PlanText]) -> PlanText {
        var details: [String] = []
        var children: [PlanText] = []
        if legs.count == 1, fusion == nil {
            details.append(describe(legs[0]))
        } else {
            children = legs.map { PlanText("Leg", describe($0)) }
        }
        details.append("top \(shown(limit))")
        if let order { details.append("ordered by \(order.text)") }
        if after != nil { details.append("after a cursor") }
        if let minimumScore { details.append("score >= \(minimumScore)") }
        if let fusion { children.append(describe(fusion)) }
        if let reranking {
            let top = reranking.top.map { shown($0) } ?? String(Reranking.defaultTop)
            children.append(PlanText("Rerank by \(reranking.label)", "top \(top)"))
        }
        for (place, input) in inner.enumerated() {
            let isFilter = filter != nil && place == 0
            let label = isFilter ? "Rows that match the filter" : "Rows in order, if many match"
            children.append(PlanText(label, children: [input]))
        }
        return PlanText("Search \(targetLabel)", details.joined(separator: "  "), children: children)
    }

    private func shown(_ expression: BoundExpression) -> String { expression.description(columnNames: []) }

    private func describe(_ leg: Leg) -> String {
        let text =
            switch leg.source {
            case .text(let text): describe(text)
            case .near(let near): describe(near)
            }
        return text + (leg.weight.map { "  weight \(shown($0))" } ?? "")
    }

    private func describe(_ leg: Text) -> String {
        let places = leg.parts.map { part in
            let columns = zip(part.index.columns, part.weights).filter { $0.1 > 0 }.map { column, weight in
                table.columns[column].name + (weight == 1 ? "" : " × \(weight)")
            }
            return "\(part.index.name) (\(columns.joined(separator: ", ")))"
        }
        let syntax =
            switch leg.syntax {
            case .words: ""
            case .query: "query "
            case .row: "words of row "
            }
        return "\(syntax)\(shown(leg.text)) in \(places.joined(separator: " + "))"
    }

    private func describe(_ near: Near) -> String {
        let column = table.columns[near.column].name
        let target =
            switch near.target {
            case .vector(.constant): "a vector"
            case .vector(let vector): shown(vector)
            case .row(let key): "row \(shown(key))"
            }
        var path = "exact scan of \(column)"
        if let index = near.index, !(near.isExact && index.vectorOptions?.estimates == true) {
            let structure = near.isExact ? .flat : index.vectorOptions?.structure ?? .flat
            let matches = filter != nil ? ", or scan of the matches" : ""
            path =
                switch structure {
                case .flat: "\(index.vectorOptions?.estimates == true ? "" : "exact ")scan of \(index.name)"
                case .hnsw: "walk of \(index.name)\(matches)"
                case .ivf: "lists of \(index.name)\(matches)"
                }
        }
        let within = near.within.map { " within \(shown($0))" } ?? ""
        let size = near.size.map { " ef=\($0)" } ?? ""
        let probes = near.probes.map { " probes=\($0)" } ?? ""
        return "\(column) near \(target)\(within) by \(near.metric.rawValue), \(path)\(size)\(probes)"
    }

    private func describe(_ fusion: Fusion) -> PlanText {
        let candidates = "candidates=\(fusion.candidates.map(String.init) ?? "auto")"
        switch fusion.method {
        case .rrf(let k): return PlanText("Fuse rrf", "k=\(k) \(candidates)")
        case .linear(let normalization):
            return PlanText("Fuse linear", "normalize=\(normalization.rawValue) \(candidates)")
        }
    }
}
