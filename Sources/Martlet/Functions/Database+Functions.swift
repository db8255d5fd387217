// Functions that are written in Swift and called from statements.

import MartletCore
import MartletExpressions
import MartletFormats
import MartletRuntime

extension Database {
    /// Makes a Swift closure a function of the language, for all sessions of this database.
    ///
    /// ```swift
    /// try database.register(function: "initials", arguments: [.text], returns: .text, deterministic: true) { arguments in
    ///     guard case .text(let name) = arguments[0] else { return "" }
    ///     return String(name.split(separator: " ").compactMap(\.first))
    /// }
    /// let rows = try await database.query("SELECT initials(name) FROM people")
    /// ```
    ///
    /// Arguments are converted to their types before the call, as for any function; a statement that gives others is
    /// refused. A function of the same name and argument types is replaced. Statements that run already keep the function
    /// that they started with. `sys.functions` lists it. Nothing of it is stored in the file: CHECK and DEFAULT, which
    /// are, cannot call it, and each program registers its functions after opening the database.
    ///
    /// - Parameters:
    ///   - name: Letters, digits and underscores; no word that the language reserves.
    ///   - arguments: The types of the arguments, all of which must be given.
    ///   - type: The type of the result.
    ///   - isDeterministic: Whether equal arguments always give the same result. Then a call may be computed once, before
    ///     the statement runs; otherwise it is computed for each row.
    ///   - isCalledOnNull: Whether to call it when an argument is NULL. If not, the result is NULL then.
    ///   - summary: What it does, in one line, for `sys.functions`.
    ///   - body: Computes one result. It is called from any thread, from several at once, and must not use the database.
    ///     What it throws ends the statement with `E0311` at the call. So does a result that is not of `type`; an INTEGER
    ///     may stand for a REAL.
    /// - Throws: `E0110` if a built-in function or an aggregate has the name, `E0115` for a name that cannot be called.
    public func register<Result: DatabaseValueConvertible & SendableMetatype>(
        function name: String, arguments: [DatabaseType], returns type: DatabaseType,
        deterministic isDeterministic: Bool = false, calledOnNull isCalledOnNull: Bool = false,
        summary: String = "registered by the program",
        _ body: @escaping @Sendable (_ arguments: [DatabaseValue]) throws -> Result
    ) throws(MartletError) {
        try publicErrors { () throws(Diagnostic) in
            var parameters: [ScalarFunction.ParameterType] = []
            for argument in arguments { parameters.append(try argument.parameterType) }
            let result = try type.dataType
            try engine.register(
                ScalarFunction(
                    name, parameters, returns: .type(result), volatility: isDeterministic ? .immutable : .volatile,
                    summary: summary,
                    .row(nullIfAnyNull: !isCalledOnNull) { (values, _) throws(Diagnostic) in
                        let value: DatabaseValue
                        do {
                            value = try body(values.map { DatabaseValue($0) }).databaseValue
                        } catch {
                            throw FunctionResult.failed(name, error)
                        }
                        return try FunctionResult.value(value, of: name, as: result)
                    }))
        }
    }

    /// Makes a Swift type an aggregate of the language, for all sessions of this database.
    ///
    /// ```swift
    /// try database.register(aggregate: "product", arguments: [.real], returns: .real, Product.self)
    /// let rows = try await database.query("SELECT kind, product(factor) FROM parts GROUP BY kind")
    /// ```
    ///
    /// It takes DISTINCT, FILTER and OVER like any aggregate. See ``DatabaseAggregate`` for the type, and
    /// ``register(function:arguments:returns:deterministic:calledOnNull:summary:_:)`` for the rest.
    ///
    /// - Throws: `E0110` if another function has the name, `E0115` for a name that cannot be called.
    public func register<Aggregate: DatabaseAggregate>(
        aggregate name: String, arguments: [DatabaseType], returns type: DatabaseType,
        calledOnNull isCalledOnNull: Bool = false, summary: String = "registered by the program",
        _ aggregate: Aggregate.Type
    ) throws(MartletError) {
        try publicErrors { () throws(Diagnostic) in
            var parameters: [ScalarFunction.ParameterType] = []
            for argument in arguments { parameters.append(try argument.parameterType) }
            if parameters.isEmpty {
                throw Diagnostic(.wrongArgumentCount, "aggregate \(name)() must have an argument")
            }
            let result = try type.dataType
            let types = parameters
            let shown = types.map(ScalarFunction.name(of:)).joined(separator: ", ")
            try engine.register(
                AggregateFunction(
                    name, arguments: types.count...types.count, signature: "\(name)(\(shown)) → \(result)",
                    summary: summary,
                    bind: { (given, _) throws(Diagnostic) in
                        var bound: [BoundExpression] = []
                        for (argument, parameter) in zip(given, types) {
                            guard case .type(let type) = parameter else {
                                bound.append(argument)
                                continue
                            }
                            bound.append(try Coercion.coerce(argument, to: type, purpose: .argument("\(name)()")))
                        }
                        return (bound, result)
                    },
                    makeState: { _, _ in
                        RegisteredAggregateState<Aggregate>(name, result, isCalledOnNull: isCalledOnNull)
                    }))
        }
    }

    /// Removes a registered function with all its overloads, or a registered aggregate.
    ///
    /// - Returns: whether there was one.
    @discardableResult
    public func unregister(function name: String) -> Bool { engine.unregister(function: name) }
}

/// What a registered function gave, as the engine's values and errors.
enum FunctionResult {
    static func failed(_ name: String, _ error: any Error) -> Diagnostic {
        Diagnostic(.functionFailed, "\(name)() failed: \(error)")
    }

    static func value(_ value: DatabaseValue, of name: String, as type: DataType) throws(Diagnostic) -> Value {
        let result: Value
        do throws(Diagnostic) {
            result = try value.engineValue()
            // Texts must be those that a column could hold.
            if case .text(let text) = result { try ValueParser.checkNoNUL(text) }
        } catch {
            throw Diagnostic(.functionFailed, "\(name)() gave no value of the language: \(error.message)")
        }
        switch (result, type) {
        case (.integer(let number), .real): return .real(Double(number))
        case (.text(let text), .json):
            do throws(Diagnostic) {
                return try ValueParser.parse(text, as: .json)
            } catch {
                throw Diagnostic(.functionFailed, "\(name)() gave no JSON: \(error.message)")
            }
        default:
            guard result.isNull || result.type == type else {
                throw Diagnostic(.functionFailed, "\(name)() returns \(type), and gave a value of type \(result.type)")
            }
            return result
        }
    }
}
