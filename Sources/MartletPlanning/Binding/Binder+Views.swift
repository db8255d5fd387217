// Views: their definition, their use in FROM, and what reads what.

import MartletCatalog
import MartletCore
import MartletExpressions
import MartletLanguage

extension Binder {
    func bindCreateView(_ create: CreateView) throws(Diagnostic) -> Command {
        let name = create.name.name
        if let known = catalog.view(named: name) {
            if create.ifNotExists { return .nothing("view \(known.name) exists") }
            throw Diagnostic(.alreadyExists, "view '\(name)' exists already", at: create.name.range)
        }
        if catalog.table(named: name) != nil {
            throw Diagnostic(.alreadyExists, "table '\(name)' exists already", at: create.name.range)
        }
        if catalog.deployment(named: name) != nil {
            throw Diagnostic(.alreadyExists, "deployment '\(name)' exists already", at: create.name.range)
        }
        try checkName(create.name)
        // Bound once now, so that a wrong query is refused here and not at its first use.
        openViews.append(name)
        defer { openViews.removeLast() }
        var plan = try bindSelect(create.select, context: nil)
        if !create.columns.isEmpty { plan = try renamed(plan, to: create.columns, of: create.name) }
        var seen: Set<String> = []
        for column in plan.output where !column.isHidden && !seen.insert(column.name.foldedName).inserted {
            throw Diagnostic(
                .duplicateName, "the view has two columns '\(column.name)'", at: create.location.range,
                hint: "name one of them with AS")
        }
        let view = View(
            id: 0, name: name, columns: create.columns.map(\.name), sql: Printer.print(create.select))
        // Parameters have no value when the view is read.
        _ = try bound(view, at: create.select.location.range)
        return .createView(view)
    }

    /// The view that a name in FROM stands for.
    func view(_ name: QualifiedName) -> View? {
        if let schema = name.schema, !schema.name.matches("main") { return nil }
        return catalog.view(named: name.name.name)
    }

    /// A view in FROM: a subquery that sees nothing of the statement around it.
    func bindView(_ view: View, at range: SourceRange) throws(Diagnostic) -> LogicalPlan {
        if openViews.contains(where: { $0.matches(view.name) }) {
            throw Diagnostic(.misplaced, "view '\(view.name)' reads itself", at: range)
        }
        if openViews.count >= Limits.viewDepth {
            throw Diagnostic(.limitExceeded, "views build on each other too often", at: range)
        }
        let plan = try bound(view, at: range)
        let size = plan.size
        usedNodes += size.nodes
        if size.depth > Limits.planDepth || usedNodes > Limits.planNodes {
            throw Diagnostic(.limitExceeded, "the views build on each other too often", at: range)
        }
        return plan
    }

    private func bound(_ view: View, at range: SourceRange) throws(Diagnostic) -> LogicalPlan {
        let inner = Binder(
            catalog: catalog, text: view.sql, parameters: .none, functions: functionSet, usesOptimizer: usesOptimizer)
        inner.subqueryCount = subqueryCount
        inner.usedNodes = usedNodes
        inner.openViews = openViews + [view.name]
        defer {
            subqueryCount = inner.subqueryCount
            usedNodes = inner.usedNodes
            namedObjects.formUnion(inner.namedObjects)
            namedObjects.insert(view.id)
        }
        do throws(Diagnostic) {
            guard case .select(let select) = try Parser.parseStatement(view.sql) else {
                throw Diagnostic(.corrupt, "its text is not a SELECT")
            }
            var plan = try inner.bindSelect(select, context: nil)
            if !view.columns.isEmpty {
                plan = try inner.renamed(
                    plan, to: view.columns.map { Identifier($0, Location(range)) },
                    of: Identifier(view.name, Location(range)))
            }
            return try plan.mapAllExpressions { $0.withoutPlaces }
        } catch {
            // The place is in the view's text, which the statement does not show.
            throw Diagnostic(
                error.code, openViews.contains(view.name) ? error.message : "view '\(view.name)': \(error.message)",
                at: range, hint: error.hint)
        }
    }

    /// The views that read a table or view, through other views too, by name.
    ///
    /// - Throws: `inUse` if there are any and the statement does not say CASCADE.
    func dependents(
        of id: UInt32, _ label: String, _ cascade: Bool, _ range: SourceRange
    ) throws(Diagnostic) -> [View] {
        let users = catalog.views.filter { $0.id != id && objects(readBy: $0).contains(id) }
        if !cascade, !users.isEmpty {
            let names = users.map(\.name).joined(separator: ", ")
            throw Diagnostic(
                .inUse, "\(label) is read by \(users.count == 1 ? "view" : "views") \(names)", at: range,
                hint: "drop \(users.count == 1 ? "it" : "them") first, or say CASCADE")
        }
        return users
    }

    /// What a view reads. A view that cannot be bound any more reads what was met before the error.
    private func objects(readBy view: View) -> Set<UInt32> {
        let binder = Binder(
            catalog: catalog, text: view.sql, parameters: .none, functions: functionSet, usesOptimizer: usesOptimizer)
        _ = try? binder.bindView(view, at: .none)
        return binder.namedObjects
    }
}
