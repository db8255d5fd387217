// neighbours(): the nearest rows of many.

package import MartletCatalog

/// For each row of one table with a vector, the nearest rows of another, or of the same.
package struct NeighboursPlan: Sendable {
    package var queryTable: Table
    /// Of the query table.
    package var queryColumn: Int
    package var table: Table
    /// The column and the index that is looked in; its target is the other table's rows.
    package var column: Int
    /// nil: the rows themselves are compared.
    package var index: Index?
    package var metric: VectorOptions.Metric

    /// Whether the rows are compared with each other: none is a neighbour of itself.
    package var isWithinTable: Bool { queryTable.id == table.id && queryColumn == column }
}

extension NeighboursPlan {
    /// As EXPLAIN shows it.
    var text: String {
        let path = index.map { "index \($0.name)" } ?? "comparing all rows"
        let pair =
            "\(queryTable.name).\(queryTable.columns[queryColumn].name) in \(table.name).\(table.columns[column].name)"
        return "\(pair), \(metric.rawValue), \(path)"
    }
}
