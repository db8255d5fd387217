// What the writer of a table's rows asks of an index that is searched.

import MartletCore

/// For one statement: call `finish` after the last change.
protocol SearchIndexUpkeep: AnyObject {
    /// Adds a row, given with all its values.
    func insert(_ values: [Value], _ rowID: Int64) throws(Diagnostic)
    func delete(_ rowID: Int64) throws(Diagnostic)
    /// Whether an update of these values concerns the index.
    func changes(_ old: [Value], _ new: [Value]) -> Bool
    /// Brings what is buffered into the transaction.
    func finish() throws(Diagnostic)
}
