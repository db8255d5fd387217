// Trained models and their versions.

package import MartletCore

package struct Model: Hashable, Sendable, Codable {
    package enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        case retriever, embedding, textClassifier = "text_classifier", linear, boostedTrees = "boosted_trees", mlp, cnn
        case kmeans
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
    /// The table whose documents it ranks; nil for kinds that learn from any rows.
    package var tableID: UInt32?
    /// The live text index that holds its candidates; versions of equal specification share one.
    package var indexID: UInt32?
    /// The object that holds its parameters; nil if the index is all there is.
    package var bytesID: UInt32?
    package var parameterByteCount: Int?
    /// What it reads and predicts; nil for retrievers.
    package var signature: ModelSignature?
    /// How many segments its index began with; nil once another version made the index.
    package var baseSegmentCount: Int?
    package var rows: Int
    package var shards: Int
    /// Bytes of the fitted shards as published, and of the parameters.
    package var byteCount: Int
    /// A digest of them, in shard order, as hexadecimal text.
    package var digest: String
    /// Microseconds since 1970-01-01 UTC.
    package var created: Int64

    package init(
        number: Int, run: Int64, rows: Int, shards: Int, byteCount: Int, digest: String, created: Int64
    ) {
        self.number = number
        self.run = run
        self.rows = rows
        self.shards = shards
        self.byteCount = byteCount
        self.digest = digest
        self.created = created
    }
}

/// What a model reads and predicts, by name: enough to bind a prediction without loading the model.
package struct ModelSignature: Hashable, Sendable, Codable {
    package struct Column: Hashable, Sendable, Codable {
        package var name: String
        package var type: DataType

        package init(name: String, type: DataType) {
            self.name = name
            self.type = type
        }
    }

    package var features: [Column]
    /// nil for kinds without a label.
    package var label: Column?
    /// The classes it tells apart; nil for a regression, and for kinds without a label.
    package var classCount: Int?
    /// Of vectors that it makes of texts.
    package var dimension: Int?

    package init(features: [Column], label: Column?, classCount: Int?, dimension: Int?) {
        self.features = features
        self.label = label
        self.classCount = classCount
        self.dimension = dimension
    }

    /// The type of predict(): of the label, REAL of a regression, INTEGER of a cluster.
    package var resultType: DataType {
        guard let label else { return .integer }
        return classCount == nil ? .real : label.type
    }
}
