// Binds functions in FROM.

import MartletCore
import MartletExpressions
import MartletLanguage

extension Binder {
    func bindTableFunction(
        _ call: FunctionCall, alias: Identifier?, context: SubqueryContext?
    ) throws(Diagnostic) -> LogicalPlan {
        let range = call.location.range
        guard let function = TableFunctionPlan.Function(rawValue: call.name.name.lowercased()) else {
            if call.name.name.lowercased() == "chunk" {
                throw .notSupported("table function \(call.name.name)()", at: range)
            }
            let known = TableFunctionPlan.Function.allCases.map(\.rawValue)
            throw Diagnostic(
                .unknownFunction, "unknown table function '\(call.name.name)'", at: call.name.range,
                hint: Suggestion.hint(for: call.name.name, among: known) ?? "there are \(known.joined(separator: ", "))"
            )
        }
        if call.hasStar || call.isDistinct || call.filter != nil || call.over != nil || !call.orderBy.isEmpty {
            throw Diagnostic(.misplaced, "\(function.rawValue)() takes plain arguments only", at: range)
        }
        let binder = ExpressionBinder(self, columns: [], context: context, clause: "FROM")
        var arguments: [BoundExpression] = []
        for argument in call.arguments { arguments.append(try binder.bind(argument)) }
        func require(_ counts: ClosedRange<Int>, _ signature: String) throws(Diagnostic) {
            guard counts.contains(arguments.count) else {
                throw Diagnostic(
                    .wrongArgumentCount,
                    "\(function.rawValue)() does not take \(arguments.count) argument\(arguments.count == 1 ? "" : "s")",
                    at: range, hint: "it is \(signature)")
            }
        }
        let purpose = Coercion.Purpose.argument("\(function.rawValue)()")
        let qualifier = alias?.name ?? call.name.name
        func column(_ name: String, _ type: DataType) -> OutputColumn {
            OutputColumn(name: name, type: type, qualifier: qualifier)
        }
        let columns: [OutputColumn]
        switch function {
        case .generateSeries:
            try require(2...3, "generate_series(start, stop [, step])")
            for index in arguments.indices {
                arguments[index] = try Coercion.coerce(arguments[index], to: .integer, purpose: purpose)
            }
            columns = [column("value", .integer)]
        case .jsonEach:
            try require(1...2, "json_each(json [, path])")
            if arguments[0].type != .text {
                arguments[0] = try Coercion.coerce(arguments[0], to: .json, purpose: purpose)
            }
            if arguments.count > 1 {
                arguments[1] = try Coercion.coerce(arguments[1], to: .text, purpose: purpose)
            }
            columns = [column("key", .text), column("value", .json), column("type", .text)]
        }
        return .tableFunction(TableFunctionPlan(function: function, arguments: arguments, columns: columns))
    }
}
