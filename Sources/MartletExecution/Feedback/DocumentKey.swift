// A document's primary key as bytes, which name it whatever becomes of its row.
//
//   | offset | bytes | what                                |
//   | ------ | ----- | ----------------------------------- |
//   | 0      | 5     | prefix (row, the table)             |
//   | 5      |       | the key's values in key order       |

import MartletCatalog
import MartletCore
import MartletFormats
import MartletStorage

enum DocumentKey {
    static func prefix(_ table: Table) -> [UInt8] { KeyPrefix(.row, table.id).bytes }

    static func bytes(_ values: [Value], _ table: Table) -> [UInt8] {
        var key = KeyWriter(KeyPrefix(.row, table.id))
        for value in values { key.append(value) }
        return key.bytes
    }

    /// As people read it: the value, or a JSON array of several.
    static func text(_ values: [Value]) -> String {
        values.count == 1
            ? ValueText.text(values[0]) : "[\(values.map { ValueText.json($0) }.joined(separator: ","))]"
    }

    /// The row of a document; nil if there is none, or the bytes are of another table. Two lookups.
    static func rowID(
        _ bytes: [UInt8], _ table: Table, _ context: ExecutionContext
    ) throws(Diagnostic) -> Int64? {
        guard bytes.starts(with: prefix(table)) else { return nil }
        let key = bytes.dropFirst(KeyPrefix.byteCount)
        if table.rowIDColumn != nil {
            let values = try Array(key).withRawBytes { (raw) throws(Diagnostic) in
                try KeyReader.decode(raw, types: [.integer])
            }
            guard case .integer(let rowID) = values[0] else { return nil }
            return try context.view.get(RowKey.key(table.id, rowID)) == nil ? nil : rowID
        }
        guard let index = context.catalog.indexes(of: table.id).first(where: { $0.uniqueColumns == table.primaryKey })
        else { throw Diagnostic(.corrupt, "table \(table.name) has no index of its primary key") }
        let entry = KeyPrefix(.index, index.id).bytes + key
        guard let found = try context.view.get(entry) else { return nil }
        return try entry.withRawBytes { (raw) throws(Diagnostic) in try IndexEntry.rowID(key: raw, value: found) }
    }
}
