// The values of one column for a batch of rows, in the form that kernels work on.

/// A typed column of a batch. Where `nulls[i]` is true, the storage holds a placeholder at `i` that must not be read.
package struct Column: Sendable {
    package enum Storage: Sendable {
        /// INTEGER, and TIMESTAMP as microseconds.
        case integers([Int64])
        case reals([Double])
        case booleans([Bool])
        /// TEXT and JSON as UTF-8, BLOB, and VECTOR in its stored form.
        case bytes(ByteColumn)
        /// A column of NULLs only.
        case nulls(count: Int)
    }

    package var type: DataType
    package var storage: Storage
    /// nil when no element is NULL; else as long as the column.
    package var nulls: [Bool]?

    package init(type: DataType, storage: Storage, nulls: [Bool]? = nil) {
        self.type = type
        self.storage = storage
        self.nulls = nulls
    }

    package var count: Int {
        switch storage {
        case .integers(let values): values.count
        case .reals(let values): values.count
        case .booleans(let values): values.count
        case .bytes(let values): values.count
        case .nulls(let count): count
        }
    }

    package func isNull(_ index: Int) -> Bool {
        if case .nulls = storage { return true }
        guard let nulls else { return false }
        return nulls[index]
    }

    package subscript(index: Int) -> Value {
        if isNull(index) { return .null }
        switch storage {
        case .integers(let values): return type == .timestamp ? .timestamp(values[index]) : .integer(values[index])
        case .reals(let values): return .real(values[index])
        case .booleans(let values): return .boolean(values[index])
        case .nulls: return .null
        case .bytes(let values):
            switch type {
            case .json: return .json(values.string(at: index))
            case .blob: return .blob(Array(values[index]))
            case .vector(let dimension, let element):
                return .vector(Vector(dimension: dimension, element: element, bytes: Array(values[index])))
            default: return .text(values.string(at: index))
            }
        }
    }

    /// The rows at `indices`, in that order; an index may occur more than once.
    package func gather(_ indices: [Int]) -> Column {
        let gathered: Storage =
            switch storage {
            case .integers(let values): .integers(indices.map { values[$0] })
            case .reals(let values): .reals(indices.map { values[$0] })
            case .booleans(let values): .booleans(indices.map { values[$0] })
            case .bytes(let values): .bytes(values.gather(indices))
            case .nulls: .nulls(count: indices.count)
            }
        let gatheredNulls = nulls.map { nulls in indices.map { nulls[$0] } }
        return Column(type: type, storage: gathered, nulls: gatheredNulls)
    }

    /// `count` times the same value.
    package static func constant(_ value: Value, type: DataType? = nil, count: Int) -> Column {
        var builder = ColumnBuilder(type: type ?? value.type, reserving: count)
        for _ in 0..<count { builder.append(value) }
        return builder.finish()
    }
}
