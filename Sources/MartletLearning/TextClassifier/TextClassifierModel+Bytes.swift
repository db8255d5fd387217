// A classifier of texts as bytes.

package import MartletCore

extension TextClassifierModel {
    package static var storedKind: ModelKind { .textClassifier }

    package func write(to writer: inout ModelWriter) {
        writer.reserve((weights.count + 2 * vocabulary.featureCount) * MemoryLayout<Float>.size)
        writer.write(UInt32(features.wordGrams))
        writer.write(UInt32(features.shortestCharacterGram))
        writer.write(UInt32(features.longestCharacterGram))
        writer.write(UInt32(classes))
        writer.write(sharpness)
        writer.write(vocabulary.characterWeight)
        writer.write(ascending: vocabulary.buckets)
        writer.write(vocabulary.inverseFrequencies)
        writer.write(weights)
    }

    /// - Throws: `corrupt`, `newerFormat` or `wrongModelKind`.
    package init(bytes: [UInt8]) throws(Diagnostic) {
        var reader = try ModelReader(bytes, .textClassifier)
        var features = TextFeatureOptions()
        features.wordGrams = Int(try reader.read(UInt32.self))
        features.shortestCharacterGram = Int(try reader.read(UInt32.self))
        features.longestCharacterGram = Int(try reader.read(UInt32.self))
        do throws(Diagnostic) { try features.validate() } catch { throw reader.corrupt("the features") }
        let classes = Int(try reader.read(UInt32.self))
        let sharpness = try reader.readFloat()
        let characterWeight = try reader.readFloat()
        try reader.require(
            classes >= 2 && sharpness > 0 && sharpness.isFinite && characterWeight > 0 && characterWeight.isFinite,
            "a setting is out of range")
        let buckets = try reader.readAscending()
        let inverse = try reader.readFloats()
        let weights = try reader.readFloats()
        try reader.finish()
        guard
            let vocabulary = TextVocabulary(
                buckets: buckets, inverseFrequencies: inverse, characterWeight: characterWeight)
        else { throw reader.corrupt("the vocabulary") }
        let columns = classes == 2 ? 1 : classes
        try reader.require(
            weights.count.isMultiple(of: columns) && weights.count / columns == inverse.count, "the weights")
        self.init(
            features: features, vocabulary: vocabulary, classes: classes, weights: weights, sharpness: sharpness)
    }
}
