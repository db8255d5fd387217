// SEARCH … ORDER BY: the rows that are found, by their columns instead of their scores.

import MartletExpressions

extension SearchPlan {
    package struct Order: Sendable {
        /// The columns that the keys are made of, then the row id.
        package var scan: Scan
        /// Over the scan's columns; equal rows come by their row ids.
        package var keys: [OrderKey]

        package init(scan: Scan, keys: [OrderKey]) {
            self.scan = scan
            self.keys = keys
        }

        /// The keys as the statement has them.
        package var text: String {
            keys.map { key in
                let names = scan.output.map(\.name)
                let nulls = key.nullsFirst == key.isDescending ? key.nullsFirst ? " nulls first" : " nulls last" : ""
                return key.expression.description(columnNames: names) + (key.isDescending ? " desc" : "") + nulls
            }.joined(separator: ", ")
        }
    }
}

extension Scan {
    /// The scan without the columns that none of some expressions over it reads, the row id last; and where its columns
    /// are there.
    func narrowed(to expressions: [BoundExpression]) -> (scan: Scan, position: (Int) -> Int) {
        let rowID = columns.count
        var used: Set<Int> = []
        for expression in expressions { used.formUnion(expression.columnsUsed) }
        let kept = used.sorted().filter { $0 < rowID }
        var narrow = self
        narrow.columns = kept.map { columns[$0] }
        narrow.includesRowID = true
        return (narrow, { $0 == rowID ? kept.count : kept.firstIndex(of: $0) ?? 0 })
    }
}
