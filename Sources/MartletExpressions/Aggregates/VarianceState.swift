// variance and stddev, of a sample or a population.

import MartletCore

/// Mean and sum of squared differences, updated value by value (Welford 1962) and merged (Chan, Golub, LeVeque 1979).
final class VarianceState: AggregateState {
    private let isSample: Bool
    private let isDeviation: Bool
    private var means: [Double] = []
    private var squares: [Double] = []
    private var counts: [Double] = []

    init(isSample: Bool, isDeviation: Bool) {
        self.isSample = isSample
        self.isDeviation = isDeviation
    }

    private func grow(_ groupCount: Int) {
        means.grow(to: groupCount, 0)
        squares.grow(to: groupCount, 0)
        counts.grow(to: groupCount, 0)
    }

    func update(groups: [Int32]?, groupCount: Int, arguments: [Column], count: Int) throws(Diagnostic) {
        grow(groupCount)
        guard case .reals(let values)? = arguments.first?.storage else { return }
        let nulls = arguments.first?.nulls
        for row in 0..<count where !(nulls?[row] ?? false) {
            let group = groups.map { Int($0[row]) } ?? 0
            counts[group] += 1
            let difference = values[row] - means[group]
            means[group] += difference / counts[group]
            squares[group] += difference * (values[row] - means[group])
        }
    }

    func merge(_ other: any AggregateState, groupMap: [Int32], groupCount: Int) throws(Diagnostic) {
        guard let other = other as? VarianceState else { preconditionFailure("states of different aggregates") }
        grow(groupCount)
        for group in other.counts.indices where other.counts[group] > 0 {
            let target = Int(groupMap[group])
            let total = counts[target] + other.counts[group]
            let difference = other.means[group] - means[target]
            squares[target] +=
                other.squares[group] + difference * difference * counts[target] * other.counts[group] / total
            means[target] += difference * other.counts[group] / total
            counts[target] = total
        }
    }

    func finish(groupCount: Int) throws(Diagnostic) -> Column {
        grow(groupCount)
        var builder = ColumnBuilder(type: .real, reserving: groupCount)
        for group in 0..<groupCount {
            let divisor = isSample ? counts[group] - 1 : counts[group]
            if divisor <= 0 {
                builder.appendNull()
                continue
            }
            let variance = squares[group] / divisor
            guard variance.isFinite else {
                throw Diagnostic(.outOfRange, "the variance is outside the range of REAL")
            }
            builder.append(real: isDeviation ? variance.squareRoot() : variance)
        }
        return builder.finish()
    }
}
