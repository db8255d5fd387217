// The table that a text index's option `synonyms` names.

import MartletCatalog
import MartletCore
import MartletPlanning
import MartletText

enum SynonymTable {
    /// The table's rows as they are in the search's snapshot; nil if the index has none. Read again only after a commit.
    static func synonyms(
        _ options: TextOptions, _ workspace: TextWorkspace, _ context: ExecutionContext
    ) throws(Diagnostic) -> Synonyms? {
        guard let id = options.synonymTableID else { return nil }
        guard let table = context.catalog.table(id: id) else {
            throw Diagnostic(.corrupt, "the table of synonyms does not exist")
        }
        var columns: [Int] = []
        for name in TextOptions.synonymColumns {
            guard let column = table.columnIndex(named: name), table.columns[column].type == .text else {
                throw Diagnostic(
                    .unknownColumn, "table \(table.name) has no TEXT column '\(name)' any more",
                    hint: "a table of synonyms has the columns word and synonym")
            }
            columns.append(column)
        }
        return try workspace.synonyms(id, in: context.view) { () throws(Diagnostic) in
            let rows = TableScanOperator(
                context, Scan(table: table, alias: table.name, columns: columns, includesRowID: false))
            var pairs: [(word: String, synonym: String)] = []
            while let batch = try rows.next() {
                for row in 0..<batch.count {
                    guard case .text(let word) = batch.columns[0][row], case .text(let synonym) = batch.columns[1][row]
                    else { continue }
                    pairs.append((word, synonym))
                }
                if pairs.count > Synonyms.limit {
                    throw Diagnostic(
                        .limitExceeded, "table \(table.name) has more than \(Synonyms.limit) synonyms")
                }
            }
            return pairs
        }
    }
}
