// The functions that a statement can call, by name, and the choice among overloads.

package import MartletCore

/// Scalar functions by lower-case name. A value: a session adds to its own copy of `standard`.
package struct FunctionRegistry: Sendable {
    private var functions: [String: [ScalarFunction]] = [:]

    package init(_ functions: [ScalarFunction] = []) {
        for function in functions { register(function) }
    }

    /// Every built-in function and operator.
    package static let standard = FunctionRegistry(StandardFunctions.all)

    /// Adds an overload; one with the same parameters is replaced.
    package mutating func register(_ function: ScalarFunction) {
        let name = function.name.lowercased()
        var overloads = functions[name] ?? []
        overloads.removeAll {
            $0.parameters == function.parameters && $0.variadic == function.variadic
                && $0.optionalCount == function.optionalCount
        }
        overloads.append(function)
        functions[name] = overloads
    }

    package mutating func remove(_ name: String) {
        functions[name.lowercased()] = nil
    }

    package func contains(_ name: String) -> Bool {
        functions[name.lowercased()] != nil
    }

    package func overloads(of name: String) -> [ScalarFunction] {
        functions[name.lowercased()] ?? []
    }

    /// Names of functions (not operators), in alphabetical order.
    package var names: [String] {
        functions.filter { !$0.value.allSatisfy { $0.operatorPrecedence != nil } }.keys.sorted()
    }

    /// A call of the best overload, its arguments coerced to the parameters.
    ///
    /// - Throws: `unknownFunction` with a suggestion, `wrongArgumentCount`, or `typeMismatch` at the argument.
    package func call(
        _ name: String, _ arguments: [BoundExpression], at range: SourceRange, nameRange: SourceRange? = nil
    ) throws(Diagnostic) -> BoundExpression {
        guard let overloads = functions[name] ?? functions[name.lowercased()], let first = overloads.first else {
            let known = names + AggregateRegistry.standard.names
            throw Diagnostic(
                .unknownFunction, "unknown function '\(name)'", at: nameRange ?? range,
                hint: Suggestion.hint(for: name, among: known))
        }
        let counted =
            overloads.allSatisfy { $0.accepts(argumentCount: arguments.count) }
            ? overloads : overloads.filter { $0.accepts(argumentCount: arguments.count) }
        if counted.isEmpty {
            let signatures = overloads.map(\.signature).joined(separator: ", ")
            throw Diagnostic(
                .wrongArgumentCount,
                "\(name)() does not take \(arguments.count) argument\(arguments.count == 1 ? "" : "s")", at: range,
                hint: "it is \(signatures)")
        }
        let arguments = try vectors(arguments, counted)
        var best: (cost: Int, function: ScalarFunction)?
        for function in counted {
            guard let cost = cost(of: function, for: arguments) else { continue }
            if let current = best, current.cost <= cost { continue }
            best = (cost, function)
            if cost == 0 { break }
        }
        guard let (_, function) = best else {
            throw mismatch(first.operatorPrecedence == nil ? "\(name)()" : name, counted, arguments, range)
        }
        return try bind(function, arguments, range)
    }

    /// A TEXT constant or parameter and a BLOB are vectors beside one: of its dimension, a text of 32-bit floats, a BLOB of
    /// its elements.
    private func vectors(
        _ arguments: [BoundExpression], _ overloads: [ScalarFunction]
    ) throws(Diagnostic) -> [BoundExpression] {
        guard overloads.count == 1, let function = overloads.first,
            let other = arguments.first(where: \.type.isVector)?.type, case .vector(let dimension, _) = other
        else { return arguments }
        let floats = DataType.vector(dimension: dimension, element: .f32)
        var result = arguments
        for index in arguments.indices where function.parameter(at: index) == .vector {
            let isBytes = arguments[index].type == .blob
            if isBytes || Coercion.implicitCost(of: arguments[index], to: floats) == 3 {
                result[index] = try Coercion.coerce(
                    arguments[index], to: isBytes ? other : floats, purpose: .assignment(column: function.name))
            }
        }
        return result
    }

    /// A unary or binary operator: the same as `call`, by its symbol.
    package func call(
        operator symbol: String, _ arguments: [BoundExpression], at range: SourceRange
    ) throws(Diagnostic) -> BoundExpression {
        if symbol == "/" || symbol == "%",
            let quotient = try MixedNumbers.quotient(symbol, arguments, at: range, in: self)
        {
            return quotient
        }
        return try call(symbol, arguments, at: range)
    }

    private func cost(of function: ScalarFunction, for arguments: [BoundExpression]) -> Int? {
        var total = 0
        for (index, argument) in arguments.enumerated() {
            guard let parameter = function.parameter(at: index), let cost = Self.cost(argument, parameter) else {
                return nil
            }
            total += cost
        }
        let common = commonArguments(function, arguments)
        return common.isEmpty || Coercion.commonType(ofAll: common) != nil ? total : nil
    }

    private static func cost(_ argument: BoundExpression, _ parameter: ScalarFunction.ParameterType) -> Int? {
        switch parameter {
        case .type(let type): return Coercion.implicitCost(of: argument, to: type)
        case .number: return argument.type.isNumeric || argument.type == .null ? 0 : nil
        case .vector: return argument.type.isVector || argument.type == .null ? 0 : nil
        case .textOrJSON: return [.text, .json, .null].contains(argument.type) ? 0 : nil
        case .textOrBlob: return [.text, .blob, .null].contains(argument.type) ? 0 : nil
        // Behind any overload that names the type.
        case .any, .common: return 1
        }
    }

    private func commonArguments(_ function: ScalarFunction, _ arguments: [BoundExpression]) -> [BoundExpression] {
        var common: [BoundExpression] = []
        for (index, argument) in arguments.enumerated() where function.parameter(at: index) == .common {
            common.append(argument)
        }
        return common
    }

    private func bind(
        _ function: ScalarFunction, _ arguments: [BoundExpression], _ range: SourceRange
    ) throws(Diagnostic) -> BoundExpression {
        let common = Coercion.commonType(ofAll: commonArguments(function, arguments))
        // Most often they have their types already.
        var bound = arguments
        for (index, argument) in arguments.enumerated() {
            switch function.parameter(at: index) {
            // Beside what may be INTEGER, a whole constant stays seen as one.
            case .type(.real)
            where argument.type == .integer && function.operatorPrecedence != nil && argument.constantValue != nil
                && !argument.isNullConstant && arguments.contains(where: MixedNumbers.mayBeMixed):
                bound[index] = MixedNumbers.widened(argument)
            case .type(let type) where argument.type != type:
                bound[index] = try Coercion.coerce(argument, to: type, purpose: .argument(function.name))
            case .common where common == .real && argument.type == .integer && !argument.isNullConstant:
                bound[index] = MixedNumbers.widened(argument)
            case .common where common != nil && argument.type != common:
                bound[index] = try Coercion.coerce(argument, to: common ?? .null, purpose: .argument(function.name))
            default: break
            }
        }
        if case .conditional = function.implementation, bound.count == 3 {
            let branch = BoundExpression.Branch(condition: bound[0], result: bound[1])
            return .conditional([branch], otherwise: bound[2], bound[1].type, range)
        }
        let type: DataType
        switch function.result {
        case .type(let fixed): type = fixed
        case .argument(let index): type = index < bound.count ? bound[index].type : .null
        case .computed(let compute):
            do {
                type = try compute(bound.map(\.type))
            } catch {
                throw error.located(at: range)
            }
        }
        // NULL whatever the other operand is, even one that would fail: `1 / 0 * NULL`.
        if function.isStrictOperator, bound.contains(where: \.isNullConstant) { return .constant(.null, type, range) }
        return .call(function, bound, type, range)
    }

    private func mismatch(
        _ name: String, _ overloads: [ScalarFunction], _ arguments: [BoundExpression], _ range: SourceRange
    ) -> Diagnostic {
        // The first argument that no overload takes, given that it takes those before it.
        var alive = overloads
        for (index, argument) in arguments.enumerated() {
            let next = alive.filter { function in
                function.parameter(at: index).flatMap { Self.cost(argument, $0) } != nil
            }
            if next.isEmpty {
                var wanted: [String] = []
                for function in alive {
                    let text = function.parameter(at: index).map(ScalarFunction.name(of:)) ?? ""
                    if !wanted.contains(text) { wanted.append(text) }
                }
                return Diagnostic(
                    .typeMismatch,
                    "argument \(index + 1) of \(name) must be \(wanted.joined(separator: " or ")), not \(argument.type)",
                    at: argument.range, hint: Coercion.hint(from: argument, wanted: wanted))
            }
            alive = next
        }
        let types = arguments.map(\.type.description).joined(separator: " and ")
        return Diagnostic(
            .typeMismatch, "\(name) cannot combine \(types)", at: range,
            hint: "convert one side with CAST(… AS …)")
    }
}
