// Trained models and their versions.

package struct Model: Hashable, Sendable, Codable {
    package enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        case retriever, embedding, textClassifier = "text_classifier", linear, boostedTrees = "boosted_trees", mlp, cnn
        case kmeans

        /// The kinds that this build can train.
        package static let trainable: [Kind] = [.retriever]
    }

    package var id: UInt32
    package var name: String
    package var kind: Kind
    /// Ascending by number. A dropped version leaves a gap: numbers are never used twice.
    package var versions: [ModelVersion]
    package var nextVersion: Int

    package init(id: UInt32, name: String, kind: Kind, versions: [ModelVersion] = [], nextVersion: Int = 1) {
        self.id = id
        self.name = name
        self.kind = kind
        self.versions = versions
        self.nextVersion = nextVersion
    }

    package var latest: ModelVersion? { versions.last }

    package func version(_ number: Int) -> ModelVersion? { versions.first { $0.number == number } }
}

package struct ModelVersion: Hashable, Sendable, Codable {
    package var number: Int
    /// The run that made it.
    package var run: Int64
    /// What it was trained on.
    package var tableID: UInt32
    /// The live text index that holds its candidates; versions of equal specification share one.
    package var indexID: UInt32
    package var rows: Int
    package var shards: Int
    /// Bytes of the fitted shards as published.
    package var byteCount: Int
    /// A digest of the fitted shards, in shard order, as hexadecimal text.
    package var digest: String
    /// Microseconds since 1970-01-01 UTC.
    package var created: Int64

    package init(
        number: Int, run: Int64, tableID: UInt32, indexID: UInt32, rows: Int, shards: Int, byteCount: Int,
        digest: String, created: Int64
    ) {
        self.number = number
        self.run = run
        self.tableID = tableID
        self.indexID = indexID
        self.rows = rows
        self.shards = shards
        self.byteCount = byteCount
        self.digest = digest
        self.created = created
    }
}
