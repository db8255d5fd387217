// The types of a registered function's arguments and result.

import MartletCore
import MartletExpressions

/// A type of the language, as a column declares it.
public enum DatabaseType: Hashable, Sendable {
    case boolean, integer, real, text, blob, timestamp, json
    /// `element` is `f32`, `f16`, `i8` or `bit`.
    case vector(dimension: Int, element: String = "f32")
    /// Anything, as it is; for arguments only.
    case any

    var parameterType: ScalarFunction.ParameterType {
        get throws(Diagnostic) {
            if case .any = self { return .any }
            return .type(try dataType)
        }
    }

    var dataType: DataType {
        get throws(Diagnostic) {
            switch self {
            case .boolean: return .boolean
            case .integer: return .integer
            case .real: return .real
            case .text: return .text
            case .blob: return .blob
            case .timestamp: return .timestamp
            case .json: return .json
            case .vector(let dimension, let element):
                guard let kind = VectorElement(rawValue: element), (1...Limits.vectorDimension).contains(dimension)
                else {
                    throw Diagnostic(.unknownType, "there is no type VECTOR(\(dimension), \(element))")
                }
                return .vector(dimension: dimension, element: kind)
            case .any: throw Diagnostic(.typeMismatch, "a function returns one type, not any")
            }
        }
    }
}
