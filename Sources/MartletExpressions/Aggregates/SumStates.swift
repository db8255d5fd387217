// sum, total and avg.

import MartletCore

/// What becomes of a sum at the end.
enum SumKind: Sendable { case sum, total, average }

/// Sums of INTEGER in 128 bits: no order of rows and no intermediate result can overflow, only the final one.
final class IntegerSumState: AggregateState {
    private let kind: SumKind
    private var sums: [Int128] = []
    private var counts: [Int64] = []

    init(_ kind: SumKind) { self.kind = kind }

    func update(groups: [Int32]?, groupCount: Int, arguments: [Column], count: Int) throws(Diagnostic) {
        sums.grow(to: groupCount, 0)
        counts.grow(to: groupCount, 0)
        guard case .integers(let values)? = arguments.first?.storage else { return }
        let nulls = arguments.first?.nulls
        guard let groups else {
            // Halves apart: batches are far too small for either sum to overflow.
            var low: UInt64 = 0
            var high: Int64 = 0
            var present: Int64 = 0
            values.withUnsafeBufferPointer { values in
                for row in 0..<count where !(nulls?[row] ?? false) {
                    low &+= UInt64(truncatingIfNeeded: values[row] & 0xFFFF_FFFF)
                    high &+= values[row] >> 32
                    present += 1
                }
            }
            sums[0] += (Int128(high) << 32) + Int128(low)
            counts[0] += present
            return
        }
        values.withUnsafeBufferPointer { values in
            for row in 0..<count where !(nulls?[row] ?? false) {
                let group = Int(groups[row])
                sums[group] &+= Int128(values[row])
                counts[group] &+= 1
            }
        }
    }

    func merge(_ other: any AggregateState, groupMap: [Int32], groupCount: Int) throws(Diagnostic) {
        guard let other = other as? IntegerSumState else { preconditionFailure("states of different aggregates") }
        sums.grow(to: groupCount, 0)
        counts.grow(to: groupCount, 0)
        for group in other.sums.indices {
            sums[Int(groupMap[group])] += other.sums[group]
            counts[Int(groupMap[group])] += other.counts[group]
        }
    }

    func finish(groupCount: Int) throws(Diagnostic) -> Column {
        sums.grow(to: groupCount, 0)
        counts.grow(to: groupCount, 0)
        var builder = ColumnBuilder(type: kind == .sum ? .integer : .real, reserving: groupCount)
        for group in 0..<groupCount {
            switch kind {
            case .total: builder.append(real: Double(sums[group]))
            case _ where counts[group] == 0: builder.appendNull()
            case .average: builder.append(real: Double(sums[group]) / Double(counts[group]))
            case .sum:
                guard let sum = Int64(exactly: sums[group]) else {
                    throw Diagnostic(
                        .integerOverflow, "the sum \(sums[group]) is outside the range of INTEGER",
                        hint: "use total(x), or sum(CAST(x AS REAL))")
                }
                builder.append(integer: sum)
            }
        }
        return builder.finish()
    }
}

/// Sums of REAL in the order of rows, with the rounding errors summed beside them (Knuth's TwoSum; Neumaier 1974), so
/// that the result is nearly that of exact arithmetic.
final class RealSumState: AggregateState {
    private let kind: SumKind
    private var sums: [Double] = []
    private var errors: [Double] = []
    private var counts: [Int64] = []

    init(_ kind: SumKind) { self.kind = kind }

    private func grow(_ groupCount: Int) {
        sums.grow(to: groupCount, 0)
        errors.grow(to: groupCount, 0)
        counts.grow(to: groupCount, 0)
    }

    @inline(__always)
    private static func add(_ value: Double, _ sum: inout Double, _ error: inout Double) {
        let total = sum + value
        let part = total - sum
        error += (sum - (total - part)) + (value - part)
        sum = total
    }

    func update(groups: [Int32]?, groupCount: Int, arguments: [Column], count: Int) throws(Diagnostic) {
        grow(groupCount)
        guard case .reals(let values)? = arguments.first?.storage else { return }
        let nulls = arguments.first?.nulls
        values.withUnsafeBufferPointer { values in
            guard let groups else {
                var sum = sums[0]
                var error = errors[0]
                var present = Int64(count)
                if let nulls {
                    for row in 0..<count {
                        if nulls[row] { present -= 1 } else { Self.add(values[row], &sum, &error) }
                    }
                } else {
                    for row in 0..<count { Self.add(values[row], &sum, &error) }
                }
                sums[0] = sum
                errors[0] = error
                counts[0] += present
                return
            }
            sums.withUnsafeMutableBufferPointer { sums in
                errors.withUnsafeMutableBufferPointer { errors in
                    counts.withUnsafeMutableBufferPointer { counts in
                        for row in 0..<count where !(nulls?[row] ?? false) {
                            let group = Int(groups[row])
                            Self.add(values[row], &sums[group], &errors[group])
                            counts[group] += 1
                        }
                    }
                }
            }
        }
    }

    func merge(_ other: any AggregateState, groupMap: [Int32], groupCount: Int) throws(Diagnostic) {
        guard let other = other as? RealSumState else { preconditionFailure("states of different aggregates") }
        grow(groupCount)
        for group in other.sums.indices {
            let target = Int(groupMap[group])
            Self.add(other.sums[group], &sums[target], &errors[target])
            errors[target] += other.errors[group]
            counts[target] += other.counts[group]
        }
    }

    func finish(groupCount: Int) throws(Diagnostic) -> Column {
        grow(groupCount)
        var builder = ColumnBuilder(type: .real, reserving: groupCount)
        for group in 0..<groupCount {
            if counts[group] == 0, kind != .total {
                builder.appendNull()
                continue
            }
            let sum = sums[group] + errors[group]
            guard sum.isFinite else { throw Diagnostic(.outOfRange, "the sum is outside the range of REAL") }
            builder.append(real: kind == .average ? sum / Double(counts[group]) : sum)
        }
        return builder.finish()
    }
}
