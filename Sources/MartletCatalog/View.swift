// Named queries.

/// A SELECT under a name. Kept as text and bound anew by each statement that reads it.
package struct View: Hashable, Sendable, Codable {
    package var id: UInt32
    package var name: String
    /// What its columns are called; empty: as the SELECT calls them.
    package var columns: [String]
    /// The SELECT.
    package var sql: String

    package init(id: UInt32, name: String, columns: [String], sql: String) {
        self.id = id
        self.name = name
        self.columns = columns
        self.sql = sql
    }
}
