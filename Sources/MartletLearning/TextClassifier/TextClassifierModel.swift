// A trained classifier of texts.

package import MartletCore
package import MartletKernels

package struct TextClassifierModel: Hashable, StoredModel {
    package let features: TextFeatureOptions
    package let vocabulary: TextVocabulary
    package let classes: Int
    /// A row a feature, a column a class (one column for two classes).
    package let weights: [Float]
    /// The factor that makes scores fit for a softmax.
    let sharpness: Float

    init(
        features: TextFeatureOptions, vocabulary: TextVocabulary, classes: Int, weights: [Float], sharpness: Float
    ) {
        self.features = features
        self.vocabulary = vocabulary
        self.classes = classes
        self.weights = weights
        self.sharpness = sharpness
    }

    var columns: Int { classes == 2 ? 1 : classes }

    /// The probabilities of the classes, `classes` numbers a document. O(bytes + features · classes).
    package func probabilities(_ documents: TextDocuments, team: WorkerTeam) -> [Float] {
        var result = [Float](repeating: 0, count: documents.count * classes)
        result.withUnsafeMutableBufferPointer { result in
            guard let base = result.baseAddress else { return }
            nonisolated(unsafe) let target = base
            documents.bytes.withUnsafeBufferPointer { bytes in
                weights.withUnsafeBufferPointer { weights in
                    guard let matrix = weights.baseAddress else { return }
                    nonisolated(unsafe) let source = matrix
                    nonisolated(unsafe) let text = bytes
                    team.forEachRange(documents.count, step: 64) { range in
                        var hasher = TextFeatureHasher(features)
                        for document in range {
                            let bounds = documents.offsets[document]..<documents.offsets[document + 1]
                            hasher.withFeatures(of: UnsafeBufferPointer(rebasing: text[bounds])) {
                                score($0, matrix: source, into: target + document * classes)
                            }
                        }
                    }
                }
            }
        }
        return result
    }

    private func score(
        _ entries: UnsafeBufferPointer<UInt32>, matrix: UnsafePointer<Float>, into target: UnsafeMutablePointer<Float>
    ) {
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 2 * (entries.count + 1)) { buffer in
            guard let indices = buffer.baseAddress else { return }
            let values = UnsafeMutableRawPointer(indices + entries.count + 1).bindMemory(
                to: Float.self, capacity: entries.count + 1)
            let count = vocabulary.weigh(entries, indices: indices, values: values)
            SparseKernels.scores(indices, values, count, matrix: matrix, width: columns, into: target)
        }
        if classes == 2 {
            target[1] = target[0] * sharpness
            target[0] = -target[1]
        } else {
            for column in 0..<classes { target[column] *= sharpness }
        }
        Probabilities.softmax(target, classes)
    }

    /// The mean of models of one vocabulary, each weighing as much as it has rows: the shards of a TRAIN.
    ///
    /// - Throws: `trainingFailed` if the models do not fit each other.
    package static func mean(
        _ models: [(model: TextClassifierModel, rows: Int)], team: WorkerTeam
    ) throws(Diagnostic) -> TextClassifierModel {
        guard let first = models.first?.model else { throw Diagnostic(.nothingToTrain, "there are no shards") }
        for (model, _) in models {
            guard model.weights.count == first.weights.count, model.classes == first.classes else {
                throw Diagnostic(.trainingFailed, "the shards' models do not fit each other")
            }
        }
        return TextClassifierModel(
            features: first.features, vocabulary: first.vocabulary, classes: first.classes,
            weights: WeightMean.mean(models.map { ($0.model.weights, $0.rows) }, team: team),
            sharpness: WeightMean.mean(models.map { ($0.model.sharpness, $0.rows) }, team: team))
    }
}
