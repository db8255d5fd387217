// group_concat and string_agg: the texts of a group, joined.

import MartletCore

final class TextJoinState: AggregateState {
    private let memoryLimitBytes: Int
    private var texts: [[UInt8]] = []
    private var separators: [[UInt8]] = []
    private var hasValue: [Bool] = []
    private var byteCount = 0

    init(memoryLimitBytes: Int) { self.memoryLimitBytes = memoryLimitBytes }

    private func grow(_ groupCount: Int) {
        texts.grow(to: groupCount, [])
        separators.grow(to: groupCount, [])
        hasValue.grow(to: groupCount, false)
    }

    func update(groups: [Int32]?, groupCount: Int, arguments: [Column], count: Int) throws(Diagnostic) {
        grow(groupCount)
        guard let column = arguments.first, case .bytes(let values) = column.storage else { return }
        var separator: [UInt8] = [UInt8(ascii: ",")]
        for row in 0..<count where !column.isNull(row) {
            if arguments.count > 1 {
                if case .bytes(let given) = arguments[1].storage, !arguments[1].isNull(row) {
                    separator = Array(given[row])
                } else {
                    separator = []
                }
            }
            try add(values[row], separator, to: groups.map { Int($0[row]) } ?? 0)
        }
    }

    private func add(_ text: ArraySlice<UInt8>, _ separator: [UInt8], to group: Int) throws(Diagnostic) {
        if hasValue[group] {
            texts[group] += separator
        } else {
            // The separator before a group's first text is used when groups are merged.
            separators[group] = separator
        }
        texts[group] += text
        hasValue[group] = true
        byteCount += text.count + separator.count
        try TextOperators.checkLength(texts[group].count)
        if byteCount > memoryLimitBytes {
            throw Diagnostic(.limitExceeded, "the joined texts need more than \(memoryLimitBytes) bytes")
        }
    }

    func merge(_ other: any AggregateState, groupMap: [Int32], groupCount: Int) throws(Diagnostic) {
        guard let other = other as? TextJoinState else { preconditionFailure("states of different aggregates") }
        grow(groupCount)
        for group in other.texts.indices where other.hasValue[group] {
            try add(other.texts[group][...], other.separators[group], to: Int(groupMap[group]))
        }
    }

    func finish(groupCount: Int) throws(Diagnostic) -> Column {
        grow(groupCount)
        var builder = ColumnBuilder(type: .text, reserving: groupCount)
        for group in 0..<groupCount {
            if hasValue[group] { builder.append(bytes: texts[group]) } else { builder.appendNull() }
        }
        return builder.finish()
    }
}
