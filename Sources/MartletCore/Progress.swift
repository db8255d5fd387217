// What a long statement tells while it runs.

/// A step of a running TRAIN, COPY or index build.
package struct Progress: Hashable, Sendable {
    /// The stage in a word: `spool`, `fit`, `merge`, `publish`, `copy`.
    package var stage: String
    /// The shard that reports, from 1; nil for the statement as a whole.
    package var shard: Int?
    package var rowsDone: Int
    /// nil when it is not known beforehand.
    package var rowsTotal: Int?
    /// How much of a file has been read, where that is known and the number of rows is not.
    package var bytesDone: Int?
    package var bytesTotal: Int?
    /// Of a fit: the epoch that ended, from 1, its training loss, and the loss on the rows held out.
    package var epoch: Int?
    package var loss: Double?
    package var validationLoss: Double?
    /// A sentence about the input that is no error; such a step tells nothing else.
    package var notice: String?

    package init(
        stage: String, shard: Int? = nil, rowsDone: Int, rowsTotal: Int? = nil, bytesDone: Int? = nil,
        bytesTotal: Int? = nil, epoch: Int? = nil, loss: Double? = nil, validationLoss: Double? = nil,
        notice: String? = nil
    ) {
        self.notice = notice
        self.epoch = epoch
        self.loss = loss
        self.validationLoss = validationLoss
        self.bytesDone = bytesDone
        self.bytesTotal = bytesTotal
        self.stage = stage
        self.shard = shard
        self.rowsDone = rowsDone
        self.rowsTotal = rowsTotal
    }
}

package typealias ProgressHandler = @Sendable (Progress) -> Void
