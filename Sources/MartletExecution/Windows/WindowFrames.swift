// The rows that a window function sees from each row.

import MartletCore
import MartletExpressions
import MartletPlanning

/// One frame for each row of the sorted input; an empty range where the frame has no row. O(1) a row, and O(log n) for
/// RANGE with a distance. What EXCLUDE leaves out is taken from a frame by `pieces`.
struct WindowFrames {
    private let frame: WindowFrame
    private let partitions: WindowPartitions
    /// The only column of ORDER BY, for distances in RANGE.
    private let order: (column: Column, key: SortKey)?
    private let context: ExecutionContext

    init(
        _ frame: WindowFrame, _ partitions: WindowPartitions, _ order: (Column, SortKey)?, _ context: ExecutionContext
    ) {
        self.frame = frame
        self.partitions = partitions
        self.order = order
        self.context = context
    }

    func ranges() throws(Diagnostic) -> [Range<Int>] {
        let starts = try edges(frame.start, isEnd: false)
        let ends = try edges(frame.end, isEnd: true)
        return (0..<partitions.count).map { starts[$0]..<max(starts[$0], ends[$0]) }
    }

    var hasExclusion: Bool { frame.exclusion != nil }

    /// What EXCLUDE leaves of a row's frame, in order.
    func pieces(_ range: Range<Int>, of row: Int) -> [Range<Int>] {
        let peers = partitions.peers(of: row)
        let left: [Range<Int>]
        switch frame.exclusion {
        case nil: left = [range]
        case .currentRow: left = [range.clamped(to: 0..<row), range.clamped(to: row + 1..<partitions.count + 1)]
        case .group:
            left = [
                range.clamped(to: 0..<peers.lowerBound), range.clamped(to: peers.upperBound..<partitions.count + 1),
            ]
        case .ties:
            left = [
                range.clamped(to: 0..<peers.lowerBound), range.clamped(to: row..<row + 1),
                range.clamped(to: peers.upperBound..<partitions.count + 1),
            ]
        }
        return left.filter { !$0.isEmpty }
    }

    /// The first row of each frame, or the row behind its last one.
    private func edges(_ bound: WindowFrame.Bound, isEnd: Bool) throws(Diagnostic) -> [Int] {
        let rows = 0..<partitions.count
        switch bound {
        case .unboundedPreceding: return rows.map { partitions.partition(of: $0).lowerBound }
        case .unboundedFollowing: return rows.map { partitions.partition(of: $0).upperBound }
        case .currentRow where frame.unit == .rows: return rows.map { isEnd ? $0 + 1 : $0 }
        case .currentRow:
            return rows.map { isEnd ? partitions.peers(of: $0).upperBound : partitions.peers(of: $0).lowerBound }
        case .preceding(let expression): return try edges(expression, -1, isEnd)
        case .following(let expression): return try edges(expression, 1, isEnd)
        }
    }

    private func edges(_ expression: BoundExpression, _ direction: Int, _ isEnd: Bool) throws(Diagnostic) -> [Int] {
        let distance = try context.value(expression)
        switch (distance, frame.unit) {
        case (.integer(let number), .rows) where number >= 0:
            // Farther than there are rows is as far as there are rows.
            let shift = direction * min(Int(clamping: number), partitions.count)
            return (0..<partitions.count).map { row in
                let partition = partitions.partition(of: row)
                return min(max(row + shift + (isEnd ? 1 : 0), partition.lowerBound), partition.upperBound)
            }
        case (.integer(let number), .groups) where number >= 0:
            return groupEdges(direction * min(Int(clamping: number), partitions.count), isEnd)
        case (.integer(let number), .range) where number >= 0:
            if case .integers(let values)? = order?.column.storage {
                let shift = Int128(number) * Int128(direction)
                return edges(values.map { Int128($0) }, isEnd) { $1 + shift }
            }
            return edges(reals(), isEnd) { $1 + Double(number) * Double(direction) }
        case (.real(let number), .range) where number >= 0:
            return edges(reals(), isEnd) { $1 + number * Double(direction) }
        case (.text(let text), .range):
            guard case .integers(let values)? = order?.column.storage else { return reals().map { _ in 0 } }
            let interval = try Interval(text)
            let isDescending = order?.key.isDescending ?? false
            let sign: Int64 = (direction < 0) == isDescending ? 1 : -1
            return edges(values.map { Int128($0) }, isEnd) { row, _ in
                // Beyond the calendar's ends no row is.
                guard let time = try? interval.added(to: values[row], sign: sign) else {
                    return direction < 0 ? -(1 << 100) : 1 << 100
                }
                return isDescending ? -Int128(time) : Int128(time)
            }
        default:
            throw Diagnostic(
                .outOfRange, "a frame's distance must be a number that is not negative", at: expression.range)
        }
    }

    private func reals() -> [Double] {
        switch order?.column.storage {
        case .integers(let values)?: values.map { Double($0) }
        case .reals(let values)?: values
        default: [Double](repeating: 0, count: partitions.count)
        }
    }

    private func groupEdges(_ shift: Int, _ isEnd: Bool) -> [Int] {
        (0..<partitions.count).map { row in
            let partition = partitions.partition(of: row)
            let target = partitions.peerNumbers[row] + shift
            if target < partitions.peerNumbers[partition.lowerBound] { return partition.lowerBound }
            if target > partitions.peerNumbers[partition.upperBound - 1] { return partition.upperBound }
            return partitions.peerBounds[isEnd ? target + 1 : target]
        }
    }

    /// Bisection in each partition between its NULLs, whose frames are themselves.
    ///
    /// - Parameter wanted: The key at the edge of a row's frame, from the row and its own key.
    private func edges<Key: SignedNumeric & Comparable>(
        _ keys: [Key], _ isEnd: Bool, _ wanted: (_ row: Int, _ key: Key) -> Key
    ) -> [Int] {
        guard let order else { return [Int](repeating: 0, count: partitions.count) }
        // Seen so, every order ascends.
        let keys = order.key.isDescending ? keys.map { -$0 } : keys
        var result: [Int] = []
        result.reserveCapacity(partitions.count)
        for number in 0..<partitions.partitionCount {
            let partition = partitions.bounds[number]..<partitions.bounds[number + 1]
            let nullCount = partition.reduce(0) { $0 + (order.column.isNull($1) ? 1 : 0) }
            let present =
                order.key.nullsFirst
                ? partition.lowerBound + nullCount..<partition.upperBound
                : partition.lowerBound..<partition.upperBound - nullCount
            for row in partition {
                guard present.contains(row) else {
                    let peers = partitions.peers(of: row)
                    result.append(isEnd ? peers.upperBound : peers.lowerBound)
                    continue
                }
                let wanted = wanted(row, keys[row])
                var low = present.lowerBound
                var high = present.upperBound
                while low < high {
                    let middle = (low + high) / 2
                    let isBefore = isEnd ? keys[middle] <= wanted : keys[middle] < wanted
                    if isBefore { low = middle + 1 } else { high = middle }
                }
                result.append(low)
            }
        }
        return result
    }
}
