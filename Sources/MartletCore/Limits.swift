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
    package static let rowBytes = 256 << 20
    /// LMDB's key limit of 511 bytes, less the object id and the row id.
    package static let keyBytes = 480
    package static let vectorDimension = 16_384
    package static let textBytes = 128 << 20
    package static let searchResults = 1_000_000
    package static let shards = 1_024
    package static let rowsPerBatch = 1_024
}
