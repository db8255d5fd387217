// The value in the first row of each group, or in the row with its least or greatest key.

import MartletCore

final class FirstState: AggregateState {
    private let type: DataType
    /// Whether the row of the greatest key is taken, or that of the least; nil takes the first row.
    private let wantsGreatest: Bool?
    private var values: [Value] = []
    private var keys: [Value] = []
    private var hasRow: [Bool] = []

    init(_ type: DataType, wantsGreatest: Bool?) {
        self.type = type
        self.wantsGreatest = wantsGreatest
    }

    private func grow(_ groupCount: Int) {
        values.grow(to: groupCount, .null)
        keys.grow(to: groupCount, .null)
        hasRow.grow(to: groupCount, false)
    }

    /// Among equal keys the first row counts; a NULL key is worse than any other.
    private func isBetter(_ key: Value, than known: Value) -> Bool {
        guard let wantsGreatest, !key.isNull else { return false }
        if known.isNull { return true }
        let order = ValueOrder.compare(key, known)
        return wantsGreatest ? order > 0 : order < 0
    }

    private func offer(_ value: @autoclosure () -> Value, key: Value, to group: Int) {
        if hasRow[group], !isBetter(key, than: keys[group]) { return }
        values[group] = value()
        keys[group] = key
        hasRow[group] = true
    }

    func update(groups: [Int32]?, groupCount: Int, arguments: [Column], count: Int) throws(Diagnostic) {
        grow(groupCount)
        guard let column = arguments.first else { return }
        for row in 0..<count {
            offer(
                column[row], key: arguments.count > 1 ? arguments[1][row] : .null,
                to: groups.map { Int($0[row]) } ?? 0)
        }
    }

    func merge(_ other: any AggregateState, groupMap: [Int32], groupCount: Int) throws(Diagnostic) {
        guard let other = other as? FirstState else { preconditionFailure("states of different aggregates") }
        grow(groupCount)
        for group in other.values.indices where other.hasRow[group] {
            offer(other.values[group], key: other.keys[group], to: Int(groupMap[group]))
        }
    }

    func finish(groupCount: Int) throws(Diagnostic) -> Column {
        grow(groupCount)
        var builder = ColumnBuilder(type: type, reserving: groupCount)
        for value in values { builder.append(value) }
        return builder.finish()
    }
}
