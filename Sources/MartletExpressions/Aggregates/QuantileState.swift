// median and quantile: all values of a group, sorted at the end.

import MartletCore

/// Interpolates between neighbours, as PostgreSQL's percentile_cont and NumPy's default do.
final class QuantileState: AggregateState {
    private let memoryLimitBytes: Int
    private var values: [[Double]] = []
    private var fractions: [Double] = []
    private var valueCount = 0

    init(memoryLimitBytes: Int) { self.memoryLimitBytes = memoryLimitBytes }

    private func grow(_ groupCount: Int) {
        values.grow(to: groupCount, [])
        fractions.grow(to: groupCount, 0.5)
    }

    func update(groups: [Int32]?, groupCount: Int, arguments: [Column], count: Int) throws(Diagnostic) {
        grow(groupCount)
        guard case .reals(let numbers)? = arguments.first?.storage else { return }
        let nulls = arguments.first?.nulls
        for row in 0..<count where !(nulls?[row] ?? false) {
            let group = groups.map { Int($0[row]) } ?? 0
            if arguments.count > 1 {
                guard case .real(let fraction) = arguments[1][row], fraction >= 0, fraction <= 1 else {
                    throw Diagnostic(.outOfRange, "the fraction of quantile() must be between 0 and 1")
                }
                fractions[group] = fraction
            }
            values[group].append(numbers[row])
            valueCount += 1
        }
        try checkLimit()
    }

    private func checkLimit() throws(Diagnostic) {
        if valueCount > memoryLimitBytes / 8 {
            throw Diagnostic(.limitExceeded, "the values of the quantile need more than \(memoryLimitBytes) bytes")
        }
    }

    func merge(_ other: any AggregateState, groupMap: [Int32], groupCount: Int) throws(Diagnostic) {
        guard let other = other as? QuantileState else { preconditionFailure("states of different aggregates") }
        grow(groupCount)
        for group in other.values.indices where !other.values[group].isEmpty {
            values[Int(groupMap[group])] += other.values[group]
            fractions[Int(groupMap[group])] = other.fractions[group]
        }
        valueCount += other.valueCount
        try checkLimit()
    }

    func finish(groupCount: Int) throws(Diagnostic) -> Column {
        grow(groupCount)
        var builder = ColumnBuilder(type: .real, reserving: groupCount)
        for group in 0..<groupCount {
            if values[group].isEmpty {
                builder.appendNull()
                continue
            }
            values[group].sort()
            let sorted = values[group]
            let position = fractions[group] * Double(sorted.count - 1)
            let below = min(Int(position), sorted.count - 1)
            let above = min(below + 1, sorted.count - 1)
            let weight = position - Double(below)
            builder.append(real: sorted[below] * (1 - weight) + sorted[above] * weight)
        }
        return builder.finish()
    }
}
