// How rows are put in clusters.

package import MartletCore

package struct KMeansOptions: Hashable, Sendable {
    package var clusters: Int
    package var epochs = 100
    /// Ends when the mean squared distance falls by less than this share.
    package var tolerance = 1e-4
    package var seed: UInt64 = 0

    package init(clusters: Int) { self.clusters = clusters }

    package func validate(rows: Int) throws(Diagnostic) {
        guard clusters >= 1, clusters <= 65_536 else {
            throw Diagnostic(.invalidOption, "clusters must be from 1 to 65536")
        }
        guard epochs >= 1, epochs <= 100_000 else {
            throw Diagnostic(.invalidOption, "epochs must be from 1 to 100000")
        }
        guard tolerance >= 0 else { throw Diagnostic(.invalidOption, "tolerance must not be negative") }
        guard rows > 0 else { throw Diagnostic(.nothingToTrain, "there are no rows to train on") }
        guard rows >= clusters else {
            throw Diagnostic(.trainingFailed, "\(rows) rows cannot make \(clusters) clusters")
        }
    }
}
