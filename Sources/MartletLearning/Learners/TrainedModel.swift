// A trained model with all that a prediction needs: columns, encoders, classes, and the fitted parameters.

package import MartletCore
import MartletKernels

/// Immutable, and shared by all statements that predict with it.
package final class TrainedModel: StoredModel {
    package let kind: LearnerKind
    package let features: FeatureEncoding
    /// nil for kinds without a label.
    package let label: LabelEncoding?
    /// One model; of an ensemble, its members with what each counts.
    package let members: [Member]

    package struct Member: Sendable {
        package var model: FittedModel
        package var weight: Double

        package init(model: FittedModel, weight: Double) {
            self.model = model
            self.weight = weight
        }
    }

    package init(kind: LearnerKind, features: FeatureEncoding, label: LabelEncoding?, members: [Member]) {
        self.kind = kind
        self.features = features
        self.label = label
        self.members = members
    }

    package var classes: [String]? { label?.classes }

    /// The type of predict(): of the label, REAL of a regression, INTEGER of a cluster.
    package var resultType: DataType { label?.resultType ?? .integer }

    // MARK: Bytes

    package static var storedKind: ModelKind { .trained }

    package func write(to writer: inout ModelWriter) {
        writer.write([kind.rawValue])
        features.write(to: &writer)
        writer.write(UInt8(label == nil ? 0 : 1))
        label?.write(to: &writer)
        writer.write(UInt32(members.count))
        for member in members {
            writer.write(Float(member.weight))
            writer.write(member.model.stored)
        }
    }

    /// - Throws: `corrupt`, `newerFormat` or `wrongModelKind`.
    package convenience init(bytes: [UInt8]) throws(Diagnostic) {
        var reader = try ModelReader(bytes, .trained)
        let names = try reader.readTexts()
        guard names.count == 1, let kind = LearnerKind(rawValue: names[0]) else { throw reader.corrupt("the kind") }
        let features = try FeatureEncoding(from: &reader)
        let label = try reader.read(UInt8.self) == 0 ? nil : try LabelEncoding(from: &reader)
        let count = Int(try reader.read(UInt32.self))
        try reader.require(count >= 1 && count <= Limits.shards, "the number of members")
        var members: [Member] = []
        for _ in 0..<count {
            let weight = try reader.readFloat()
            try reader.require(weight.isFinite && weight >= 0, "a member's weight")
            let model = try FittedModel(kind, bytes: try reader.readBlob())
            try reader.require(model.fits(features, label), "a member does not fit the columns")
            members.append(Member(model: model, weight: Double(weight)))
        }
        try reader.finish()
        self.init(kind: kind, features: features, label: label, members: members)
    }
}

extension FittedModel {
    /// Whether it reads these features and predicts this label: bytes may be damaged.
    func fits(_ features: FeatureEncoding, _ label: LabelEncoding?) -> Bool {
        let classes = label?.classes?.count
        switch self {
        case .linear(let model):
            return model.encoding.kinds == features.kinds
                && model.objective == classes.map { .classification($0) } ?? .regression
        case .boostedTrees(let model):
            guard model.featureCount == features.width else { return false }
            switch model.objective {
            case .binary: return classes == 2
            case .multiclass(let count): return classes == count
            case .regression, .lambdaRank: return classes == nil
            }
        case .network(let model):
            return model.encoding.kinds == features.kinds
                && model.objective == classes.map { .classification($0) } ?? .regression
        case .textClassifier(let model): return model.classes == classes
        case .embedding: return label == nil
        case .kMeans(let model): return model.encoding.kinds == features.kinds && label == nil
        }
    }
}
