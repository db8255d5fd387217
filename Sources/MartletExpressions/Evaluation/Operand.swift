// What an expression yields for a batch: a column, or one value for all rows.

package import MartletCore

/// The result of a part of an expression. Constants and parameters stay single values: kernels broadcast them.
package enum Operand: Sendable {
    case column(Column)
    case scalar(Value, DataType)

    package var type: DataType {
        switch self {
        case .column(let column): column.type
        case .scalar(_, let type): type
        }
    }

    /// As a column of `count` rows.
    package func column(count: Int) -> Column {
        switch self {
        case .column(let column): return column
        case .scalar(.null, let type): return Column(type: type, storage: .nulls(count: count))
        case .scalar(.boolean(let value), .boolean):
            return Column(type: .boolean, storage: .booleans([Bool](repeating: value, count: count)))
        case .scalar(.integer(let value), .integer):
            return Column(type: .integer, storage: .integers([Int64](repeating: value, count: count)))
        case .scalar(let value, let type):
            // A value that does not fit the declared type (a parameter bound wrongly) must not trap.
            return .constant(value, type: value.type == type ? type : value.type, count: count)
        }
    }

    package func value(at row: Int) -> Value {
        switch self {
        case .column(let column): column[row]
        case .scalar(let value, _): value
        }
    }

    func isNull(at row: Int) -> Bool {
        switch self {
        case .column(let column): column.isNull(row)
        case .scalar(let value, _): value.isNull
        }
    }

    /// Whether every row is certainly NULL.
    var isAllNull: Bool {
        switch self {
        case .scalar(.null, _): true
        case .column(let column): if case .nulls = column.storage { true } else { false }
        default: false
        }
    }

    static func allNull(_ type: DataType) -> Operand { .scalar(.null, type) }
}

/// An operand as a kernel reads it: the elements, one element for all, or nothing but NULL.
enum Lane<Element: Sendable>: Sendable {
    case values([Element], nulls: [Bool]?)
    case single(Element)
    case null

    var nulls: [Bool]? {
        if case .values(_, let nulls) = self { nulls } else { nil }
    }
}

extension Operand {
    /// INTEGER and TIMESTAMP.
    var integers: Lane<Int64> {
        switch self {
        case .column(let column):
            if case .integers(let values) = column.storage { return .values(values, nulls: column.nulls) }
            return .null
        case .scalar(.integer(let value), _), .scalar(.timestamp(let value), _): return .single(value)
        case .scalar: return .null
        }
    }

    /// REAL, and INTEGER widened.
    var reals: Lane<Double> {
        switch self {
        case .column(let column):
            switch column.storage {
            case .reals(let values): return .values(values, nulls: column.nulls)
            case .integers(let values): return .values(values.map { Double($0) }, nulls: column.nulls)
            default: return .null
            }
        case .scalar(.real(let value), _): return .single(value)
        case .scalar(.integer(let value), _): return .single(Double(value))
        case .scalar: return .null
        }
    }

    var booleans: Lane<Bool> {
        switch self {
        case .column(let column):
            if case .booleans(let values) = column.storage { return .values(values, nulls: column.nulls) }
            return .null
        case .scalar(.boolean(let value), _): return .single(value)
        case .scalar: return .null
        }
    }

    /// TEXT, JSON, BLOB and VECTOR as their bytes.
    var bytes: ByteLane {
        switch self {
        case .column(let column):
            if case .bytes(let values) = column.storage { return .values(values, nulls: column.nulls) }
            return .null
        case .scalar(let value, _):
            switch value {
            case .text(let text), .json(let text): return .single(Array(text.utf8))
            case .blob(let bytes): return .single(bytes)
            case .vector(let vector): return .single(vector.bytes)
            default: return .null
            }
        }
    }
}

/// `Lane` for values of variable length.
enum ByteLane: Sendable {
    case values(ByteColumn, nulls: [Bool]?)
    case single([UInt8])
    case null

    var nulls: [Bool]? {
        if case .values(_, let nulls) = self { nulls } else { nil }
    }
}

/// Null masks: nil means that nothing is NULL.
enum NullMask {
    static func union(_ a: [Bool]?, _ b: [Bool]?) -> [Bool]? {
        guard let a else { return b }
        guard let b else { return a }
        let count = min(a.count, b.count)
        return [Bool](unsafeUninitializedCapacity: count) { output, initialized in
            for index in 0..<count { output.initializeElement(at: index, to: a[index] || b[index]) }
            initialized = count
        }
    }
}
