// The order of hits: by score, and equal ones by primary key.

import MartletCatalog
import MartletCore
import MartletPlanning

extension ExecutionContext {
    /// Sorts by falling score, equal ones by primary key. Only the keys of equal ones are read.
    func rank(_ hits: inout [SearchHit], of table: Table) throws(Diagnostic) {
        hits.sort { $0.score != $1.score ? $0.score > $1.score : $0.rowID < $1.rowID }
        if table.primaryKey.isEmpty || table.rowIDColumn != nil { return }
        var start = 0
        while start < hits.count {
            var end = start + 1
            while end < hits.count, hits[end].score == hits[start].score { end += 1 }
            if end - start > 1 {
                let ordered = try orderedByKey(hits[start..<end].map(\.rowID), of: table)
                for (offset, rowID) in ordered.enumerated() { hits[start + offset].rowID = rowID }
            }
            start = end
        }
    }

    private func orderedByKey(_ rowIDs: [Int64], of table: Table) throws(Diagnostic) -> [Int64] {
        let scan = Scan(table: table, alias: table.name, columns: table.primaryKey, includesRowID: false)
        let rows = try rows(scan, rowIDs, namedBy: "a search index")
        var keyed: [(key: [UInt8], rowID: Int64)] = []
        for (row, rowID) in rowIDs.enumerated() {
            var key = KeyWriter()
            for column in rows.columns { key.append(column[row]) }
            keyed.append((key.bytes, rowID))
        }
        keyed.sort { $0.key.lexicographicallyPrecedes($1.key) }
        return keyed.map(\.rowID)
    }
}
