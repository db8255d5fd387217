// min and max, bool_and and bool_or.

import MartletCore

/// The least or greatest value of each group, for any type with an order.
final class ExtremeState: AggregateState {
    private let type: DataType
    private let wantsGreatest: Bool
    private var integers: [Int64] = []
    private var reals: [Double] = []
    private var others: [Value] = []
    private var hasValue: [Bool] = []

    init(_ type: DataType, wantsGreatest: Bool) {
        self.type = type
        self.wantsGreatest = wantsGreatest
    }

    private func grow(_ groupCount: Int) {
        hasValue.grow(to: groupCount, false)
        switch type {
        case .integer, .timestamp: integers.grow(to: groupCount, 0)
        case .real: reals.grow(to: groupCount, 0)
        default: others.grow(to: groupCount, .null)
        }
    }

    @inline(__always)
    private func update<T: Comparable>(
        _ best: inout [T], _ values: [T], _ nulls: [Bool]?, _ groups: [Int32]?, _ count: Int
    ) {
        let wantsGreatest = wantsGreatest
        for row in 0..<count where !(nulls?[row] ?? false) {
            let group = groups.map { Int($0[row]) } ?? 0
            let value = values[row]
            if !hasValue[group] || (wantsGreatest ? value > best[group] : value < best[group]) {
                best[group] = value
                hasValue[group] = true
            }
        }
    }

    func update(groups: [Int32]?, groupCount: Int, arguments: [Column], count: Int) throws(Diagnostic) {
        grow(groupCount)
        guard let column = arguments.first else { return }
        switch (column.storage, type) {
        case (.integers(let values), .integer), (.integers(let values), .timestamp):
            update(&integers, values, column.nulls, groups, count)
        case (.reals(let values), .real): update(&reals, values, column.nulls, groups, count)
        case (.nulls, _): break
        case (.bytes(let values), .text), (.bytes(let values), .json):
            // Compare the bytes first: strings are made only for a new best.
            for row in 0..<count where !column.isNull(row) {
                let group = groups.map { Int($0[row]) } ?? 0
                let isBetter: Bool
                switch others[group] {
                case .text(var best), .json(var best):
                    let order = best.withUTF8 { best in
                        values.withBytes(at: row) { Comparison.order($0, UnsafeRawBufferPointer(best)) }
                    }
                    isBetter = wantsGreatest ? order > 0 : order < 0
                default: isBetter = true
                }
                if isBetter { others[group] = column[row] }
                hasValue[group] = true
            }
        default:
            for row in 0..<count where !column.isNull(row) { offer(column[row], to: groups.map { Int($0[row]) } ?? 0) }
        }
    }

    private func offer(_ value: Value, to group: Int) {
        let order = ValueOrder.compare(value, others[group])
        if !hasValue[group] || (wantsGreatest ? order > 0 : order < 0) { others[group] = value }
        hasValue[group] = true
    }

    func merge(_ other: any AggregateState, groupMap: [Int32], groupCount: Int) throws(Diagnostic) {
        guard let other = other as? ExtremeState else { preconditionFailure("states of different aggregates") }
        let column = try other.finish(groupCount: other.hasValue.count)
        let groups = Array(groupMap[..<other.hasValue.count])
        try update(groups: groups, groupCount: groupCount, arguments: [column], count: groups.count)
    }

    func finish(groupCount: Int) throws(Diagnostic) -> Column {
        grow(groupCount)
        var builder = ColumnBuilder(type: type, reserving: groupCount)
        for group in 0..<groupCount {
            if !hasValue[group] {
                builder.appendNull()
                continue
            }
            switch type {
            case .integer, .timestamp: builder.append(integer: integers[group])
            case .real: builder.append(real: reals[group])
            default: builder.append(others[group])
            }
        }
        return builder.finish()
    }
}
