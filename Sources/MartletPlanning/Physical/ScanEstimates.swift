// What is known of the rows of one scan, looked up when it is needed.

import MartletCatalog
import MartletCore
import MartletExpressions

struct ScanEstimates {
    let scan: Scan
    let indexes: [BoundIndex]
    let catalog: Catalog
    let sizes: TableSizes

    var rows: Double { sizes.rows(of: scan.tableID) }

    /// The share of the rows that meet all the terms.
    func share(_ terms: [BoundExpression]) -> Double {
        Selectivity(rows: rows) { column($0) }.all(terms)
    }

    /// A column of the scan.
    func column(_ position: Int) -> ColumnEstimate {
        let rows = rows
        guard position < scan.columns.count else { return ColumnEstimate(distinctCount: rows) }
        let column = scan.columns[position]
        var estimate = ColumnEstimate.unknown(rows: rows)
        if let statistics = catalog.statistics(of: scan.tableID), column < statistics.columns.count,
            let found = statistics.columns[column]
        {
            // Many values: as many more as there are more rows.
            let counted = max(1, Double(statistics.rowCount))
            let scale = found.distinctCount > 0.1 * counted ? rows / counted : 1
            estimate = ColumnEstimate(
                distinctCount: min(rows, max(1, found.distinctCount * scale)), statistics: found)
        }
        let isUnique = scan.table.rowIDColumn == column || indexes.contains { $0.index.uniqueColumns == [column] }
        if isUnique { estimate.distinctCount = rows }
        return estimate
    }
}
