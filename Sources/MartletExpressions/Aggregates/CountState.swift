// count(*) and count(x).

import MartletCore

final class CountState: AggregateState {
    private var counts: [Int64] = []

    func update(groups: [Int32]?, groupCount: Int, arguments: [Column], count: Int) throws(Diagnostic) {
        counts.grow(to: groupCount, 0)
        let nulls: [Bool]?
        if let column = arguments.first {
            if case .nulls = column.storage { return }
            nulls = column.nulls
        } else {
            nulls = nil
        }
        guard let groups else {
            var present = count
            if let nulls { for isNull in nulls where isNull { present -= 1 } }
            counts[0] += Int64(present)
            return
        }
        counts.withUnsafeMutableBufferPointer { counts in
            if let nulls {
                for row in 0..<count { counts[Int(groups[row])] += nulls[row] ? 0 : 1 }
            } else {
                for row in 0..<count { counts[Int(groups[row])] += 1 }
            }
        }
    }

    func merge(_ other: any AggregateState, groupMap: [Int32], groupCount: Int) throws(Diagnostic) {
        guard let other = other as? CountState else { preconditionFailure("states of different aggregates") }
        counts.grow(to: groupCount, 0)
        for (group, count) in other.counts.enumerated() { counts[Int(groupMap[group])] += count }
    }

    func finish(groupCount: Int) throws(Diagnostic) -> Column {
        counts.grow(to: groupCount, 0)
        return Column(type: .integer, storage: .integers(Array(counts[..<groupCount])))
    }
}

extension Array {
    /// Fills up with `element`; never shrinks.
    mutating func grow(to count: Int, _ element: Element) {
        if self.count < count { append(contentsOf: repeatElement(element, count: count - self.count)) }
    }
}
