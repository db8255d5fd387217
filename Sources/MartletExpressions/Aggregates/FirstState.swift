// The value in the first row of each group.

import MartletCore

final class FirstState: AggregateState {
    private let type: DataType
    private var values: [Value] = []
    private var hasRow: [Bool] = []

    init(_ type: DataType) { self.type = type }

    private func grow(_ groupCount: Int) {
        values.grow(to: groupCount, .null)
        hasRow.grow(to: groupCount, false)
    }

    private func offer(_ value: @autoclosure () -> Value, to group: Int) {
        if hasRow[group] { return }
        values[group] = value()
        hasRow[group] = true
    }

    func update(groups: [Int32]?, groupCount: Int, arguments: [Column], count: Int) throws(Diagnostic) {
        grow(groupCount)
        guard let column = arguments.first else { return }
        for row in 0..<count { offer(column[row], to: groups.map { Int($0[row]) } ?? 0) }
    }

    func merge(_ other: any AggregateState, groupMap: [Int32], groupCount: Int) throws(Diagnostic) {
        guard let other = other as? FirstState else { preconditionFailure("states of different aggregates") }
        grow(groupCount)
        for group in other.values.indices where other.hasRow[group] {
            offer(other.values[group], to: Int(groupMap[group]))
        }
    }

    func finish(groupCount: Int) throws(Diagnostic) -> Column {
        grow(groupCount)
        var builder = ColumnBuilder(type: type, reserving: groupCount)
        for value in values { builder.append(value) }
        return builder.finish()
    }
}
