// What a running statement tells.

import MartletCore

/// A step of a running statement.
public struct StatementProgress: Hashable, Sendable {
    /// The stage in a word: `spool`, `fit`, `publish`, `copy`, `index`, `evaluate`.
    public let stage: String
    /// The shard that reports, from 1; nil for the statement as a whole.
    public let shard: Int?
    public let rowsDone: Int
    /// nil when it is not known beforehand.
    public let rowsTotal: Int?

    init(_ progress: Progress) {
        stage = progress.stage
        shard = progress.shard
        rowsDone = progress.rowsDone
        rowsTotal = progress.rowsTotal
    }
}

public enum StatementEvent: Sendable {
    case progress(StatementProgress)
    /// The statement's rows; the last event.
    case finished([Row])
}
