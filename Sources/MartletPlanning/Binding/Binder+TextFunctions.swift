// Binds suggest(index, text, k) and did_you_mean(index, text) in FROM: functions that read a text index.

import MartletCatalog
import MartletCore
import MartletExpressions
import MartletLanguage

extension Binder {
    /// - Parameter columns: those of the row beside it.
    func bindTextFunction(
        _ function: TableFunctionPlan.Function, _ call: FunctionCall, qualifier: String,
        beside columns: [OutputColumn], context: SubqueryContext?
    ) throws(Diagnostic) -> TableFunctionPlan {
        let name = function.rawValue
        let types: [DataType] = function == .suggest ? [.text, .integer] : [.text]
        let counts = function == .suggest ? 2...3 : 2...2
        guard counts.contains(call.arguments.count) else {
            let count = call.arguments.count
            throw Diagnostic(
                .wrongArgumentCount, "\(name)() does not take \(count) argument\(count == 1 ? "" : "s")",
                at: call.location.range,
                hint: function == .suggest ? "it is suggest(index, text [, k])" : "it is did_you_mean(index, text)")
        }
        let (table, index) = try textIndex(call.arguments[0], name)
        let binder = ExpressionBinder(self, columns: columns, context: context, clause: "FROM")
        var arguments: [BoundExpression] = []
        for (argument, type) in zip(call.arguments.dropFirst(), types) {
            arguments.append(
                try Coercion.coerce(try binder.bind(argument), to: type, purpose: .argument("\(name)()")))
        }
        func output(_ name: String, _ type: DataType) -> OutputColumn {
            OutputColumn(name: name, type: type, qualifier: qualifier)
        }
        var plan = TableFunctionPlan(
            function: function, arguments: arguments,
            columns: function == .suggest
                ? [output("text", .text), output("word", .text), output("documents", .integer)]
                : [
                    output("start", .integer), output("word", .text), output("suggestion", .text),
                    output("documents", .integer), output("text", .text),
                ])
        plan.textIndex = TableFunctionPlan.TextIndex(table: table, index: index)
        return plan
    }

    private func textIndex(_ expression: Expression, _ function: String) throws(Diagnostic) -> (Table, Index) {
        guard case .column(let reference) = expression, reference.table == nil else {
            throw Diagnostic(
                .misplaced, "\(function)() takes the name of a text index first", at: expression.range,
                hint: "\(function)(docs_text, 'swif')")
        }
        let name = reference.column
        let known = catalog.indexes.filter { $0.textOptions != nil && !$0.isInternal }
        guard let index = known.first(where: { $0.name.matches(name.name) }),
            let table = catalog.table(id: index.tableID)
        else {
            throw Diagnostic(
                .unknownIndex,
                catalog.index(named: name.name) == nil
                    ? "unknown index '\(name.name)'" : "\(name.name) is no text index", at: name.range,
                hint: Suggestion.hint(for: name.name, among: known.map(\.name)))
        }
        if index.textOptions?.gramSizes != nil {
            throw Diagnostic(
                .misplaced, "\(function)() needs an index of words; \(index.name) has character n-grams", at: name.range
            )
        }
        return (table, index)
    }
}
