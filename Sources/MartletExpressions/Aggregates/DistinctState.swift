// DISTINCT in an aggregate: only the first of equal arguments within a group reaches the inner state.

import MartletCore

final class DistinctState: AggregateState {
    private let inner: any AggregateState
    private let table: GroupTable
    private var seen = 0

    init(_ inner: any AggregateState, argumentTypes: [DataType], memoryLimitBytes: Int) {
        self.inner = inner
        table = GroupTable(keyTypes: [.integer] + argumentTypes, memoryLimitBytes: memoryLimitBytes)
    }

    func update(groups: [Int32]?, groupCount: Int, arguments: [Column], count: Int) throws(Diagnostic) {
        let groupColumn = Column(
            type: .integer,
            storage: .integers(groups.map { $0.map { Int64($0) } } ?? [Int64](repeating: 0, count: count)))
        let ids = try table.assign([groupColumn] + arguments, count: count)
        var fresh: [Int] = []
        for (row, id) in ids.enumerated() where Int(id) >= seen {
            fresh.append(row)
            seen += 1
        }
        if fresh.isEmpty {
            try inner.update(groups: [], groupCount: groupCount, arguments: arguments.map { $0.gather([]) }, count: 0)
            return
        }
        try inner.update(
            groups: groups.map { groups in fresh.map { groups[$0] } }, groupCount: groupCount,
            arguments: arguments.map { $0.gather(fresh) }, count: fresh.count)
    }

    func merge(_ other: any AggregateState, groupMap: [Int32], groupCount: Int) throws(Diagnostic) {
        guard let other = other as? DistinctState else { preconditionFailure("states of different aggregates") }
        let keys = other.table.keyColumns()
        guard let first = keys.first, case .integers(let groups) = first.storage else { return }
        try update(
            groups: groups.map { groupMap[Int($0)] }, groupCount: groupCount, arguments: Array(keys.dropFirst()),
            count: groups.count)
    }

    func finish(groupCount: Int) throws(Diagnostic) -> Column { try inner.finish(groupCount: groupCount) }
}
