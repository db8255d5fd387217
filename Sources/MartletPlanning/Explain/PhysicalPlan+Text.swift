// How each operator shows itself in EXPLAIN.

import MartletCatalog
import MartletCore
import MartletExpressions
import MartletLearning

extension PhysicalPlan {
    /// The tree of this plan. `measurements` are by position of the operator, parents before their inputs, inputs from
    /// left to right.
    package func text(measurements: [OperatorMeasurement]? = nil, _ subqueries: inout SubqueryPlans) -> PlanText {
        var position = 0
        return text(measurements, &position, &subqueries)
    }

    private func text(
        _ measurements: [OperatorMeasurement]?, _ position: inout Int, _ subqueries: inout SubqueryPlans
    ) -> PlanText {
        let own = position
        position += 1
        var inner: [PlanText] = []
        for input in inputs { inner.append(input.text(measurements, &position, &subqueries)) }
        var result = describe(inner)
        result.children += subqueries.texts(of: self)
        if let measurements, own < measurements.count { result.measurement = measurements[own] }
        return result
    }

    private var inputNames: [String] { inputs.flatMap { $0.output.map(\.name) } }

    private func describe(_ inner: [PlanText]) -> PlanText {
        let names = inputNames
        func list(_ expressions: [BoundExpression]) -> String {
            expressions.map { $0.description(columnNames: names) }.joined(separator: ", ")
        }
        switch operation {
        case .scan(let scan, let path, let filter): return describe(scan, path, filter)
        case .systemScan(let scan): return PlanText("System table", scan.table.name)
        case .values(let rows): return PlanText("Values", "\(rows.count) rows")
        case .tableFunction(let plan):
            if let neighbours = plan.neighbours { return PlanText("Neighbours", neighbours.text) }
            return PlanText("Rows of \(plan.shownName)", list(plan.arguments))
        case .lateral(let plan, let isOuter):
            let title = "Rows of \(plan.shownName) for each row" + (isOuter ? " left" : "")
            return PlanText(title, list(plan.arguments), children: inner)
        case .filter(let condition):
            return PlanText("Filter", condition.description(columnNames: names), children: inner)
        case .project(let expressions): return PlanText("Project", list(expressions), children: inner)
        case .aggregate(let keys, let aggregates):
            let shown = aggregates.map { $0.description(columnNames: names) }.joined(separator: ", ")
            return PlanText(
                keys.isEmpty ? "Aggregate" : "Group by \(list(keys))", shown, children: inner)
        case .window(let partition, let order, let calls):
            let title =
                "Window" + (partition.isEmpty ? "" : " partition by \(list(partition))")
                + (order.isEmpty ? "" : " order by \(describe(order, names))")
            return PlanText(
                title, calls.map { $0.description(columnNames: names) }.joined(separator: ", "), children: inner)
        case .sort(let keys): return PlanText("Sort", describe(keys, names), children: inner)
        case .topRows(let keys, let count, let offset):
            let skipped = offset.map { " offset \($0.description(columnNames: []))" } ?? ""
            return PlanText(
                "Top \(count.description(columnNames: []))\(skipped)", describe(keys, names), children: inner)
        case .limit(let count, let offset):
            let shown = [
                count.map { $0.description(columnNames: []) },
                offset.map { "offset " + $0.description(columnNames: []) },
            ]
            return PlanText("Limit", shown.compactMap { $0 }.joined(separator: " "), children: inner)
        case .distinct: return PlanText("Distinct", children: inner)
        case .hashJoin(let kind, let left, let right, let residual):
            let leftNames = inputs[0].output.map(\.name)
            let rightNames = inputs[1].output.map(\.name)
            var terms = zip(left, right).map {
                "\($0.description(columnNames: leftNames)) = \($1.description(columnNames: rightNames))"
            }
            if let residual { terms.append(residual.description(columnNames: names)) }
            return PlanText("Hash join \(kind.rawValue)", terms.joined(separator: " AND "), children: inner)
        case .indexJoin(let join):
            let both = names + join.scan.output.map(\.name)
            return PlanText(
                "Index join \(join.kind.rawValue)", join.residual?.description(columnNames: both) ?? "",
                children: inner + [describe(join.scan, join.path, join.filter)])
        case .nestedLoopJoin(let kind, let condition):
            return PlanText(
                "Nested loop join \(kind.rawValue)", condition?.description(columnNames: names) ?? "", children: inner)
        case .combine(let operation): return PlanText("Combine", operation.rawValue, children: inner)
        case .recursion(_, let isDistinct):
            return PlanText("Recursion", isDistinct ? "union" : "unionAll", children: inner)
        case .workingTable: return PlanText("Rows of the round before")
        case .search(let search): return search.text(inner)
        case .nearest(let nearest): return nearest.text(inner)
        case .insert(let insert):
            return PlanText("Insert into \(insert.target.table.name)", indexes(insert.target), children: inner)
        case .update(let update):
            let columns = update.assignments.map { update.target.table.columns[$0.column].name }
            return PlanText(
                "Update \(update.target.table.name)",
                "set \(columns.joined(separator: ", "))  \(indexes(update.target))",
                children: inner)
        case .delete(let delete):
            return PlanText("Delete from \(delete.target.table.name)", indexes(delete.target), children: inner)
        case .copyFrom(let copy):
            return PlanText(
                "Insert into \(copy.target.table.name)", indexes(copy.target),
                children: [
                    PlanText(
                        "Read \(copy.options.format.rawValue)",
                        copy.options.onError == .stop ? "'\(copy.path)'" : "'\(copy.path)', skips bad records")
                ])
        case .copyTo(let copy):
            return PlanText("Write \(copy.options.format.rawValue)", "'\(copy.path)'", children: inner)
        case .createTableAs(let create):
            return PlanText(
                "Create table \(create.table.name)", "(\(create.table.columns.map(\.name).joined(separator: ", ")))",
                children: inner)
        case .train(let train): return train.text(inner)
        case .evaluate(let evaluate):
            return PlanText(
                "Evaluate \(evaluate.modelLabel)", evaluate.metrics.map(\.name).joined(separator: ", "),
                children: [
                    PlanText("Search \(evaluate.search.targetLabel)", "each query, depth \(evaluate.depth)")
                ] + inner)
        case .evaluateRows(let evaluate):
            let by = evaluate.by.isEmpty ? "" : " by \(evaluate.by.map(\.name).joined(separator: ", "))"
            return PlanText(
                "Evaluate \(evaluate.modelLabel)\(by)", evaluate.figures.joined(separator: ", "), children: inner)
        case .deploy(let deploy):
            return PlanText(
                "Deploy \(deploy.model.name)@\(deploy.version.number)",
                "as \(deploy.name), replicas \(deploy.minimumReplicas) to \(deploy.maximumReplicas)",
                children: [PlanText("Swap", "one write transaction; the old version serves until it commits")])
        case .command(let command): return PlanText(command.label)
        }
    }

    private func indexes(_ target: WriteTarget) -> String {
        target.indexes.isEmpty ? "" : "keeps \(target.indexes.map(\.index.name).joined(separator: ", "))"
    }

    private func describe(_ keys: [OrderKey], _ names: [String]) -> String {
        keys.map { $0.expression.description(columnNames: names) + ($0.isDescending ? " DESC" : "") }
            .joined(separator: ", ")
    }

    private func describe(_ scan: Scan, _ path: AccessPath, _ filter: BoundExpression?) -> PlanText {
        let names = scan.output.map(\.name)
        var details: [String] = []
        var title = "Scan \(scan.table.name)"
        switch path {
        case .full: break
        case .keys(let keys):
            title = "Look up \(scan.table.name)"
            details.append("\(keyName(scan)) = \(keys.map(value).joined(separator: ", "))")
        case .keyRange(let lower, let upper, let isDescending):
            let isWhole = lower == nil && upper == nil
            title = isWhole ? "Scan \(scan.table.name)" : "Scan range of \(scan.table.name)"
            if isDescending { title += " backwards" }
            if !isWhole { details.append(bounds(keyName(scan), lower, upper)) }
        case .index(let path):
            title = "Scan \(scan.table.name) by \(path.index.index.name)"
            if path.isCovering { title += " alone" }
            if path.isDescending { title += " backwards" }
            let terms = terms(path, scan)
            if !terms.isEmpty { details.append(terms) }
        case .union(let paths):
            title = "Scan \(scan.table.name) by several keys"
            details.append(describe(paths, scan))
        }
        let columns = scan.columns.map { scan.table.columns[$0].name }
        details.append("(\(columns.joined(separator: ", ")))")
        if let filter { details.append("filter \(filter.description(columnNames: names))") }
        return PlanText(title, details.joined(separator: "  "))
    }

    /// What an index is asked for: `a = 1 AND b > 2`.
    private func terms(_ path: IndexPath, _ scan: Scan) -> String {
        let names = path.index.names(of: scan.table)
        var terms = zip(names, path.prefix).map { name, equal in
            equal.isNull ? "\(name) IS NULL" : "\(name) = \(value(equal.value))"
        }
        if path.lower != nil || path.upper != nil {
            terms.append(bounds(names[path.prefix.count], path.lower, path.upper))
        } else if path.skipsNulls, path.prefix.count < names.count {
            terms.append("\(names[path.prefix.count]) IS NOT NULL")
        }
        return terms.joined(separator: " AND ")
    }

    private func describe(_ paths: [AccessPath], _ scan: Scan) -> String {
        let shown = paths.prefix(8).map { path in
            switch path {
            case .keys(let keys): return "\(keyName(scan)) = \(keys.map(value).joined(separator: ", "))"
            case .index(let path): return "\(path.index.index.name): \(terms(path, scan))"
            default: return "all"
            }
        }
        return shown.joined(separator: "; ") + (paths.count > 8 ? "; and \(paths.count - 8) more" : "")
    }

    /// A value that no row of the scan is needed for; in an index join, a key of the left row.
    private func value(_ expression: BoundExpression) -> String {
        if case .indexJoin(let join) = operation, let key = IndexJoin.key(of: expression) {
            return join.keys[key].description(columnNames: inputNames)
        }
        return expression.description(columnNames: [])
    }

    private func keyName(_ scan: Scan) -> String {
        scan.table.rowIDColumn.map { scan.table.columns[$0].name } ?? Scan.rowIDName
    }

    private func bounds(_ name: String, _ lower: AccessPath.Bound?, _ upper: AccessPath.Bound?) -> String {
        var terms: [String] = []
        if let lower {
            terms.append("\(name) \(lower.isInclusive ? ">=" : ">") \(lower.value.description(columnNames: []))")
        }
        if let upper {
            terms.append("\(name) \(upper.isInclusive ? "<=" : "<") \(upper.value.description(columnNames: []))")
        }
        return terms.joined(separator: " AND ")
    }
}
