// Everything has a limit. Exceeding one is an error with a code, never a trap.

package enum Limits {
    package static let statementBytes = 64 << 20
    package static let nestingDepth = 200
    package static let identifierBytes = 128
    package static let columnsPerTable = 1_000
    package static let columnsPerSelect = 2_000
    package static let expressionNodes = 1_000_000
    package static let parametersPerStatement = 32_766
    package static let tablesPerJoin = 64
    /// Operands of UNION, INTERSECT and EXCEPT in a row.
    package static let compoundOperands = 200
    /// Operators above each other, and in all, that WITH's tables may add up to: each use of one is a copy.
    package static let planDepth = 200
    package static let planNodes = 20_000
    /// Views inside each other.
    package static let viewDepth = 32
    package static let rowBytes = 256 << 20
    /// LMDB's key limit of 511 bytes, less the object id and the row id.
    package static let keyBytes = 480
    package static let vectorDimension = 16_384
    package static let textBytes = 128 << 20
    /// Of an image that is decoded, however few bytes it is packed into.
    package static let imagePixels = 50_000_000
    /// How often the step of a WITH RECURSIVE may be run.
    package static let recursionRounds = 1_000_000
    package static let searchResults = 1_000_000
    package static let shards = 1_024
    package static let rowsPerBatch = 1_024
    /// Up to this LIMIT, ORDER BY keeps the first rows only instead of all.
    package static let topRows = 100_000
}

extension Limits {
    /// The limits that users may run into, by name: `sys.settings`.
    package static let settings: [(name: String, value: Int)] = [
        ("limit.statement_bytes", statementBytes), ("limit.nesting_depth", nestingDepth),
        ("limit.identifier_bytes", identifierBytes), ("limit.columns_per_table", columnsPerTable),
        ("limit.columns_per_select", columnsPerSelect), ("limit.parameters", parametersPerStatement),
        ("limit.tables_per_join", tablesPerJoin), ("limit.row_bytes", rowBytes), ("limit.key_bytes", keyBytes),
        ("limit.text_bytes", textBytes), ("limit.image_pixels", imagePixels),
        ("limit.vector_dimension", vectorDimension),
        ("limit.search_results", searchResults), ("limit.shards", shards),
    ]
}
