// One overload of a scalar function or operator: its signature and how it is computed.

package import MartletCore

/// A scalar function with one signature. Upper layers make their own (`predict`, functions registered from Swift) and
/// put them into a `FunctionRegistry`.
package final class ScalarFunction: Sendable {
    package enum Volatility: Sendable {
        /// The result depends on the arguments only; may be computed before running.
        case immutable
        /// The same within one execution of a statement, as `now()`.
        case stable
        /// Another result at each call, as `random()`.
        case volatile
    }

    package enum ParameterType: Hashable, Sendable {
        /// Exactly this type, or what coerces to it implicitly.
        case type(DataType)
        /// INTEGER or REAL, as it is.
        case number
        /// Any vector, as it is.
        case vector
        /// TEXT or JSON, as it is.
        case textOrJSON
        /// TEXT or BLOB, as it is.
        case textOrBlob
        /// Anything, as it is.
        case any
        /// All arguments of this kind are converted to their common type.
        case common
    }

    package enum ResultType: Sendable {
        case type(DataType)
        /// The type of the argument at this position, after coercion.
        case argument(Int)
        /// Computed from the arguments' types; may refuse them.
        case computed(@Sendable ([DataType]) throws(Diagnostic) -> DataType)
    }

    /// Computes a batch: `count` rows of arguments, each a column or one value for all rows.
    package typealias BatchBody =
        @Sendable (_ arguments: [Operand], _ count: Int, _ context: EvaluationContext) throws(Diagnostic) -> Operand
    package typealias RowBody =
        @Sendable (_ arguments: [Value], _ context: EvaluationContext) throws(Diagnostic) -> Value

    package enum Implementation: Sendable {
        case batch(BatchBody)
        /// Made once per compiled expression, for functions that prepare constant arguments (patterns). An element is
        /// the argument's value where it is constant.
        case prepared(@Sendable ([Value?]) throws(Diagnostic) -> BatchBody)
        /// Called once per row; with `nullIfAnyNull` the result is NULL without a call when an argument is NULL.
        case row(nullIfAnyNull: Bool, RowBody)
        /// A comparison, for which the compiler has kernels of its own.
        case comparison(ComparisonOperator)
        /// `coalesce`: later arguments are evaluated only for rows that need them.
        case coalesce
        /// `iif(condition, a, b)`: bound as a CASE.
        case conditional
    }

    package let name: String
    package let parameters: [ParameterType]
    /// How many of the last `parameters` may be left out.
    package let optionalCount: Int
    /// The type of any number of further arguments.
    package let variadic: ParameterType?
    package let result: ResultType
    package let volatility: Volatility
    /// Whether it can throw for arguments of the right types.
    package let canFail: Bool
    /// One line for completion and documentation.
    package let summary: String
    /// For operators: how tightly they bind, for `description`. Higher binds tighter.
    package let operatorPrecedence: Int?
    package let implementation: Implementation

    package init(
        _ name: String, _ parameters: [ParameterType], optional optionalCount: Int = 0,
        variadic: ParameterType? = nil, returns result: ResultType, volatility: Volatility = .immutable,
        canFail: Bool = true, summary: String, operatorPrecedence: Int? = nil, _ implementation: Implementation
    ) {
        self.name = name
        self.parameters = parameters
        self.optionalCount = optionalCount
        self.variadic = variadic
        self.result = result
        self.volatility = volatility
        self.canFail = canFail
        self.summary = summary
        self.operatorPrecedence = operatorPrecedence
        self.implementation = implementation
    }

    /// `substr(TEXT, INTEGER [, INTEGER]) → TEXT`
    package var signature: String {
        var shown: [String] = []
        for (index, parameter) in parameters.enumerated() {
            let text = Self.name(of: parameter)
            shown.append(index >= parameters.count - optionalCount ? "[\(text)]" : text)
        }
        if let variadic { shown.append("\(Self.name(of: variadic))…") }
        let resultText =
            switch result {
            case .type(let type): type.description
            case .argument(let index): index < parameters.count ? Self.name(of: parameters[index]) : "ANY"
            case .computed: "ANY"
            }
        return "\(name)(\(shown.joined(separator: ", "))) → \(resultText)"
    }

    package static func name(of parameter: ParameterType) -> String {
        switch parameter {
        case .type(let type): type.description
        case .number: "NUMBER"
        case .vector: "VECTOR"
        case .textOrJSON: "TEXT or JSON"
        case .textOrBlob: "TEXT or BLOB"
        case .any, .common: "ANY"
        }
    }

    /// The parameter type for argument `index`; nil when there are too many arguments.
    package func parameter(at index: Int) -> ParameterType? {
        index < parameters.count ? parameters[index] : variadic
    }

    /// An operator whose result is NULL as soon as one operand is.
    var isStrictOperator: Bool {
        switch implementation {
        case .comparison(let comparison): comparison != .is && comparison != .isNot
        default: ["+", "-", "*", "/", "%"].contains(name)
        }
    }

    package func accepts(argumentCount: Int) -> Bool {
        argumentCount >= parameters.count - optionalCount && (variadic != nil || argumentCount <= parameters.count)
    }
}

package enum ComparisonOperator: String, Hashable, Sendable, CaseIterable {
    case equal = "="
    case notEqual = "<>"
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    /// NULL-safe: never NULL itself.
    case `is` = "IS"
    case isNot = "IS NOT"

    /// The operator for exchanged operands.
    package var mirrored: ComparisonOperator {
        switch self {
        case .less: .greater
        case .lessOrEqual: .greaterOrEqual
        case .greater: .less
        case .greaterOrEqual: .lessOrEqual
        default: self
        }
    }

    /// The operator whose result is the logical opposite.
    package var negated: ComparisonOperator {
        switch self {
        case .equal: .notEqual
        case .notEqual: .equal
        case .less: .greaterOrEqual
        case .lessOrEqual: .greater
        case .greater: .lessOrEqual
        case .greaterOrEqual: .less
        case .is: .isNot
        case .isNot: .is
        }
    }
}
