// Several batches as one.

package import MartletCore

extension Batch {
    /// All rows of `batches`, in order; they must have the same columns. An empty list gives no columns and no rows.
    package static func concatenated(_ batches: [Batch]) -> Batch {
        guard let first = batches.first else { return Batch(columns: [], count: 0) }
        if batches.count == 1 { return first }
        let columns = first.columns.indices.map { index in Column.concatenated(batches.map { $0.columns[index] }) }
        return Batch(columns: columns, count: batches.reduce(0) { $0 + $1.count })
    }
}

extension Column {
    /// The elements of `columns`, in order; they must have one type, or consist of NULLs.
    package static func concatenated(_ columns: [Column]) -> Column {
        guard let first = columns.first else { return Column(type: .null, storage: .nulls(count: 0)) }
        if columns.count == 1 { return first }
        let count = columns.reduce(0) { $0 + $1.count }
        let type = columns.first { $0.type != .null }?.type ?? .null
        var nulls: [Bool]?
        if columns.contains(where: { column in
            if case .nulls = column.storage { column.count > 0 } else { column.nulls != nil }
        }) {
            var all: [Bool] = []
            all.reserveCapacity(count)
            for column in columns {
                if case .nulls(let count) = column.storage {
                    all.append(contentsOf: repeatElement(true, count: count))
                } else {
                    all.append(contentsOf: column.nulls ?? [Bool](repeating: false, count: column.count))
                }
            }
            nulls = all
        }
        func joined<Element>(_ placeholder: Element, _ elements: (Storage) -> [Element]?) -> [Element] {
            var all: [Element] = []
            all.reserveCapacity(count)
            for column in columns {
                if let part = elements(column.storage) {
                    all.append(contentsOf: part)
                } else {
                    all.append(contentsOf: repeatElement(placeholder, count: column.count))
                }
            }
            return all
        }
        switch type {
        case .null: return Column(type: type, storage: .nulls(count: count))
        case .integer, .timestamp:
            let all = joined(Int64(0)) { if case .integers(let values) = $0 { values } else { nil } }
            return Column(type: type, storage: .integers(all), nulls: nulls)
        case .real:
            let all = joined(0.0) { if case .reals(let values) = $0 { values } else { nil } }
            return Column(type: type, storage: .reals(all), nulls: nulls)
        case .boolean:
            let all = joined(false) { if case .booleans(let values) = $0 { values } else { nil } }
            return Column(type: type, storage: .booleans(all), nulls: nulls)
        default:
            var all = ByteColumn(reserving: count, bytes: 0)
            for column in columns {
                if case .bytes(let values) = column.storage {
                    for row in 0..<values.count { all.append(values[row]) }
                } else {
                    for _ in 0..<column.count { all.appendEmpty() }
                }
            }
            return Column(type: type, storage: .bytes(all), nulls: nulls)
        }
    }
}
