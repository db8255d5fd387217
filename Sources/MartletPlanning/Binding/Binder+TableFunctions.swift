// Binds functions in FROM.

import MartletCore
import MartletExpressions
import MartletLanguage

extension Binder {
    /// - Parameter columns: those of the row beside it, which its arguments may read.
    func bindTableFunction(
        _ call: FunctionCall, alias: Identifier?, beside columns: [OutputColumn] = [], context: SubqueryContext?
    ) throws(Diagnostic) -> TableFunctionPlan {
        let range = call.location.range
        guard let function = TableFunctionPlan.Function(rawValue: call.name.name.lowercased()) else {
            let known = TableFunctionPlan.Function.allCases.map(\.rawValue)
            throw Diagnostic(
                .unknownFunction, "unknown table function '\(call.name.name)'", at: call.name.range,
                hint: Suggestion.hint(for: call.name.name, among: known) ?? "there are \(known.joined(separator: ", "))"
            )
        }
        if call.hasStar || call.isDistinct || call.filter != nil || call.over != nil || !call.orderBy.isEmpty {
            throw Diagnostic(.misplaced, "\(function.rawValue)() takes plain arguments only", at: range)
        }
        if function == .neighbours {
            return try bindNeighbours(call, qualifier: alias?.name ?? call.name.name, context: context)
        }
        if function == .suggest || function == .didYouMean {
            return try bindTextFunction(
                function, call, qualifier: alias?.name ?? call.name.name, beside: columns, context: context)
        }
        let binder = ExpressionBinder(self, columns: columns, context: context, clause: "FROM")
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
        let output: [OutputColumn]
        switch function {
        case .generateSeries:
            try require(2...3, "generate_series(start, stop [, step])")
            for index in arguments.indices {
                arguments[index] = try Coercion.coerce(arguments[index], to: .integer, purpose: purpose)
            }
            output = [column("value", .integer)]
        case .jsonEach:
            try require(1...2, "json_each(json [, path])")
            if arguments[0].type != .text {
                arguments[0] = try Coercion.coerce(arguments[0], to: .json, purpose: purpose)
            }
            if arguments.count > 1 {
                arguments[1] = try Coercion.coerce(arguments[1], to: .text, purpose: purpose)
            }
            output = [column("key", .text), column("value", .json), column("type", .text)]
        case .chunk:
            try require(2...3, "chunk(text, words [, overlap])")
            for (index, type) in [DataType.text, .integer, .integer].enumerated().prefix(arguments.count) {
                arguments[index] = try Coercion.coerce(arguments[index], to: type, purpose: purpose)
            }
            output = [column("chunk", .integer), column("text", .text)]
        case .neighbours, .suggest, .didYouMean: output = []
        }
        return TableFunctionPlan(function: function, arguments: arguments, columns: output)
    }

    /// A function joined to a row that its arguments read; nil if they read none.
    func bindLateral(
        _ left: LogicalPlan, _ kind: JoinKind, _ call: FunctionCall, _ alias: Identifier?, _ condition: JoinCondition,
        _ context: SubqueryContext?
    ) throws(Diagnostic) -> LogicalPlan? {
        let function = try bindTableFunction(call, alias: alias, beside: left.output, context: context)
        if function.arguments.allSatisfy({ $0.columnsUsed.isEmpty }) { return nil }
        let range = call.location.range
        guard [.inner, .cross, .left].contains(kind) else {
            throw Diagnostic(
                .misplaced, "the arguments of \(function.function.rawValue)() read the table beside it", at: range,
                hint: "JOIN and LEFT JOIN give a row of the left to the function on the right; others cannot")
        }
        let lateral = LogicalPlan.lateral(LateralPlan(input: left, function: function, isOuter: kind == .left))
        switch condition {
        case .none: return lateral
        case .on(let expression):
            let bound = ConstantFolding.fold(
                try ExpressionBinder(self, columns: lateral.output, context: context, clause: "ON")
                    .bindCondition(expression))
            if bound.constantValue == .boolean(true) { return lateral }
            if kind == .left {
                throw .notSupported("LEFT JOIN of such a function ON anything but TRUE", at: expression.range)
            }
            return .filter(lateral, bound)
        case .using, .natural: throw .notSupported("USING or NATURAL with such a function", at: range)
        }
    }
}
