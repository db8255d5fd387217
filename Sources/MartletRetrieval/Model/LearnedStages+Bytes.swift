// Towers and cross-term weights as bytes: in a model, and in the state of a training.

import MartletCore

extension LearnedStages {
    func writeLearned(to writer: inout RetrievalWriter) {
        writer.write(UInt8(towers == nil ? 0 : 1))
        if let towers {
            writer.write(towers.features)
            writer.write(towers.queryTable)
            writer.write(towers.documentTable)
            writer.write(towers.vectors)
        }
        writer.write(UInt8(cross == nil ? 0 : 1))
        if let cross {
            writer.write(cross.queryFeatures)
            writer.write(UInt32(cross.documentFeatureCount))
            writer.write(cross.codes)
            writer.write(cross.scales)
        }
    }

    mutating func readLearned(_ reader: inout RetrievalReader, _ corpus: RetrievalCorpus) throws(Diagnostic) {
        if try reader.read(UInt8.self) == 1 {
            let width = Towers.dimension
            let towers = Towers(
                features: try reader.readArray(UInt32.self), queryTable: try reader.readRows(count: nil, width: width),
                documentTable: try reader.readRows(count: nil, width: width),
                vectors: try reader.readRows(count: corpus.count, width: width))
            // Each row of the tables is the one of a term.
            let rows = towers.features.filter { $0 != Towers.none }
            try reader.require(
                towers.features.count == corpus.vocabulary.count
                    && towers.documentTable.count == towers.queryTable.count
                    && rows.count == towers.queryTable.count && rows.allSatisfy { Int($0) < rows.count }
                    && Set(rows).count == rows.count,
                "its vectors")
            self.towers = towers
        }
        if try reader.read(UInt8.self) == 1 {
            let features = try reader.readArray(UInt32.self)
            let count = Int(try reader.read(UInt32.self))
            let cross = CrossTerms(
                queryFeatures: features, documentFeatureCount: count, codes: try reader.readArray(Int16.self),
                scales: try reader.readFloats())
            try reader.require(
                cross.scales.count == features.count && cross.codes.count == features.count * count, "its weights")
            self.cross = cross
        }
    }

    // MARK: The state of a training

    /// What was learned, without the past queries and the features of documents.
    func serialized() -> [UInt8] {
        var writer = RetrievalWriter()
        writeLearned(to: &writer)
        return writer.finished()
    }

    /// - Throws: `corrupt` for the state of another training.
    init(
        bytes: [UInt8], past: PastQueries, crossDocuments: CrossDocuments, corpus: RetrievalCorpus
    ) throws(Diagnostic) {
        self.init(past: past, crossDocuments: crossDocuments)
        self = try bytes.withRawBytes { (raw) throws(Diagnostic) in
            var stages = self
            var reader = try RetrievalReader([raw], isVerified: false)
            try stages.readLearned(&reader, corpus)
            try reader.finish()
            try reader.require(
                stages.cross.map { $0.documentFeatureCount == crossDocuments.features.count } ?? true, "its weights")
            return stages
        }
    }
}
