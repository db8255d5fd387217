// How vectors of texts are learned.

package import MartletCore

package struct EmbeddingOptions: Hashable, Sendable {
    /// Which n-grams of a text have vectors: words, and parts of words for those never seen.
    package var features = TextFeatureOptions()
    package var dimension = 128
    package var epochs = 5
    package var batchSize = 128
    package var learningRate = 3e-3
    package var warmupSteps = 30
    /// What cosines are divided by before the softmax.
    package var temperature = 0.05
    package var minimumWordDocuments = 1
    package var minimumCharacterDocuments = 2
    package var characterWeight = 0.5
    package var seed: UInt64 = 0

    package init() {
        features.wordGrams = 1
        features.shortestCharacterGram = 4
        features.longestCharacterGram = 5
    }

    package func validate() throws(Diagnostic) {
        try features.validate()
        func require(_ condition: Bool, _ message: String) throws(Diagnostic) {
            guard condition else { throw Diagnostic(.invalidOption, message) }
        }
        try require(dimension >= 1 && dimension <= 4_096, "dimension must be from 1 to 4096")
        try require(epochs >= 1 && epochs <= 100_000, "epochs must be from 1 to 100000")
        try require(batchSize >= 2 && batchSize <= 16_384, "batch must be from 2 to 16384")
        try require(learningRate > 0 && learningRate <= 10, "learning_rate must be above 0, and at most 10")
        try require(warmupSteps >= 0, "warmup must not be negative")
        try require(temperature >= 1e-3 && temperature <= 100, "temperature must be from 0.001 to 100")
        try require(characterWeight > 0 && characterWeight <= 1_000, "char_weight must be above 0, and at most 1000")
        try require(
            minimumWordDocuments >= 1 && minimumCharacterDocuments >= 1, "min_documents must be at least 1")
    }
}
