// The one row with a key, without operators and batches.

import MartletCatalog
package import MartletCore
import MartletExpressions
package import MartletPlanning
package import MartletStorage

/// A query for columns of the only row that a whole key finds: `SELECT v FROM t WHERE id = ?`.
///
/// Made once a plan. Gives what the plan's operators would give, in a fraction of the time that it takes to build them.
package final class PointLookup: Sendable {
    private enum Key: Sendable {
        case rowID(DirectValue)
        /// One value for each column of a unique index.
        case unique(index: UInt32, [(value: DirectValue, order: KeyOrder)])
    }

    private enum Output: Sendable {
        /// Of the table.
        case column(Int)
        case rowID
    }

    private let key: Key
    private let rows: KeyPrefix
    private let layout: RowLayout
    private let tableName: String
    private let outputs: [Output]
    /// How many values of the key the statement says, and how many it takes as parameters.
    package let constantCount: Int
    package let parameterCount: Int

    /// nil if the plan is anything else than a scan by a whole key, without a filter, and a choice of its columns.
    package init?(_ plan: PhysicalPlan) {
        let positions: [Int]
        let source: PhysicalPlan
        switch plan.operation {
        case .project(let expressions):
            var chosen: [Int] = []
            chosen.reserveCapacity(expressions.count)
            for expression in expressions {
                guard case .column(let position, _, _) = expression else { return nil }
                chosen.append(position)
            }
            positions = chosen
            source = plan.inputs[0]
        case .scan:
            positions = Array(plan.output.indices)
            source = plan
        default: return nil
        }
        guard case .scan(let scan, let path, filter: nil) = source.operation, let key = Self.key(path) else {
            return nil
        }
        self.key = key
        parameterCount = Self.parameterCount(key)
        switch key {
        case .rowID: constantCount = 1 - parameterCount
        case .unique(_, let parts): constantCount = parts.count - parameterCount
        }
        rows = KeyPrefix(.row, scan.tableID)
        layout = scan.layout
        tableName = scan.tableName
        outputs = positions.map { $0 < scan.columns.count ? .column(scan.columns[$0]) : .rowID }
    }

    private static func parameterCount(_ key: Key) -> Int {
        func count(_ value: DirectValue) -> Int {
            if case .parameter = value { 1 } else { 0 }
        }
        switch key {
        case .rowID(let value): return count(value)
        case .unique(_, let parts): return parts.reduce(0) { $0 + count($1.value) }
        }
    }

    private static func key(_ path: AccessPath) -> Key? {
        switch path {
        case .keys(let keys):
            guard keys.count == 1, let value = DirectValue(keys[0]) else { return nil }
            return .rowID(value)
        case .index(let path):
            guard path.isSingle else { return nil }
            let index = path.index.index
            var parts: [(value: DirectValue, order: KeyOrder)] = []
            for (part, equal) in zip(index.parts, path.prefix) {
                guard let value = DirectValue(equal.value) else { return nil }
                parts.append((value, part.isDescending ? .descending : .ascending))
            }
            return .unique(index: index.id, parts)
        default: return nil
        }
    }

    /// The row's values; nil if there is none.
    package func row(_ parameters: [Value], _ view: TransactionView) throws(Diagnostic) -> [Value]? {
        guard let rowID = try rowID(parameters, view),
            let bytes = try rows.withKey(
                rowNumber: rowID, { (key) throws(Diagnostic) in try view.get(key) })
        else { return nil }
        do throws(Diagnostic) {
            let row = try RowReader(bytes, layout: layout)
            var values: [Value] = []
            values.reserveCapacity(outputs.count)
            for output in outputs {
                switch output {
                case .column(let column): values.append(try row.value(column) ?? layout.absentValue(column))
                case .rowID: values.append(.integer(rowID))
                }
            }
            return values
        } catch {
            var error = error
            error.place = "table \(tableName), row \(rowID)"
            throw error
        }
    }

    private func rowID(_ parameters: [Value], _ view: TransactionView) throws(Diagnostic) -> Int64? {
        switch key {
        case .rowID(let source):
            guard case .integer(let rowID) = try source.value(parameters) else { return nil }
            return rowID
        case .unique(let index, let parts):
            var entry = KeyWriter(KeyPrefix(.index, index))
            for (source, order) in parts {
                let value = try source.value(parameters)
                // Equals nothing.
                if value.isNull { return nil }
                entry.append(value, order)
            }
            guard let found = try view.get(entry) else { return nil }
            return try entry.withUnsafeBytes { (key) throws(Diagnostic) in
                try IndexEntry.rowID(key: key, value: found)
            }
        }
    }
}
