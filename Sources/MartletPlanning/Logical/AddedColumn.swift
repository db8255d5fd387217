// Columns that a statement adds to those of a table: `score` of SEARCH, `prediction` of PREDICT.

enum AddedColumn {
    /// The name, with the prefix before it for as long as a column of the table has the name: a table's own columns keep
    /// their names.
    static func name(_ name: String, prefix: String, isTaken: (String) -> Bool) -> String {
        var name = name
        while isTaken(name) { name = prefix + name }
        return name
    }
}
