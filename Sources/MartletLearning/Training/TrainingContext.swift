// What a learner is given besides data and specification: threads, a way to stop it, a listener.

package import MartletCore

/// The figures of one epoch (of a round, for boosting).
package struct EpochReport: Hashable, Sendable {
    /// From 1.
    package var epoch: Int
    /// The mean training loss; of boosted trees before the round's tree.
    package var loss: Double
    /// The loss on the rows held out, if there are any.
    package var validationLoss: Double?
    /// The share of right classes among the rows held out.
    package var validationAccuracy: Double?

    package init(
        epoch: Int, loss: Double, validationLoss: Double? = nil, validationAccuracy: Double? = nil
    ) {
        self.epoch = epoch
        self.loss = loss
        self.validationLoss = validationLoss
        self.validationAccuracy = validationAccuracy
    }
}

/// Nothing here changes a result: a learner's parameters are a function of its data, specification and seed.
package struct TrainingContext: Sendable {
    /// How many threads to use, at least 1.
    package var threads: Int
    /// Where encoded rows lie.
    package var memory = TrainingMemory.heap
    /// Where the fit keeps its state; nil: nowhere.
    package var checkpoint: FitCheckpoint?
    private let cancellation: @Sendable () throws(Diagnostic) -> Void
    /// For tests of what fails: called with a shard, from 1, where its fit looks whether it is to end.
    package var fault: (@Sendable (_ shard: Int) throws(Diagnostic) -> Void)?
    /// Called after each epoch, on the training thread.
    package var report: @Sendable (EpochReport) -> Void

    /// - Parameter check: throws when training is to end.
    package init(
        threads: Int = 1, check: @escaping @Sendable () throws(Diagnostic) -> Void = {},
        report: @escaping @Sendable (EpochReport) -> Void = { _ in }
    ) {
        self.threads = max(1, threads)
        cancellation = check
        self.report = report
    }

    /// Called between batches; throws when the statement is to end.
    package func check() throws(Diagnostic) { try cancellation() }
}
