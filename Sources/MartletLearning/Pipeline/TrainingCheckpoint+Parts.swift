// The parts of a checkpoint that belong to the pipeline, as bytes.

import MartletCore

extension TrainingCheckpoint {
    // MARK: Settings that are done with

    func put(_ outcome: CandidateOutcome, _ index: Int, _ best: (model: TrainedModel, score: Double)?) {
        var writer = ModelWriter(.checkpoint)
        writer.write(outcome.metrics.map(\.name))
        writer.write(outcome.metrics.map(\.value))
        Self.write(outcome.shards, to: &writer)
        var changes: [String: [UInt8]?] = ["candidate \(index)": writer.finished()]
        if let best {
            var writer = ModelWriter(.checkpoint)
            writer.write(UInt32(index))
            writer.write(best.score)
            writer.write(blob: best.model.serialized())
            changes["best"] = writer.finished()
        }
        put(changes)
        if isDue("candidate") { flush() }
    }

    func outcome(_ index: Int, _ hyperparameters: Hyperparameters) throws(Diagnostic) -> CandidateOutcome? {
        guard let bytes = part("candidate \(index)") else { return nil }
        var reader = try ModelReader(bytes, .checkpoint)
        let names = try reader.readTexts()
        let values = try reader.readDoubles()
        try reader.require(names.count == values.count, "the figures")
        let shards = try Self.readShards(&reader)
        try reader.finish()
        return CandidateOutcome(
            hyperparameters: hyperparameters, metrics: zip(names, values).map { (name: $0, value: $1) }, shards: shards)
    }

    func best() throws(Diagnostic) -> (index: Int, model: TrainedModel, score: Double)? {
        guard let bytes = part("best") else { return nil }
        var reader = try ModelReader(bytes, .checkpoint)
        let index = Int(try reader.read(UInt32.self))
        let score = try reader.readDouble()
        let model = try TrainedModel(bytes: try reader.readBlob())
        try reader.finish()
        return (index, model, score)
    }

    // MARK: Rounds

    /// - Parameter mean: nil: the sessions have the weights.
    func put(round: Int, _ mean: FittedModel?, _ outcomes: [ShardOutcome], sessions: [[UInt8]?]) {
        var writer = ModelWriter(.checkpoint)
        writer.write(UInt32(round))
        writer.write(blob: mean?.stored.serialized() ?? [])
        Self.write(outcomes, to: &writer)
        var changes: [String: [UInt8]?] = ["round": writer.finished()]
        for (shard, session) in sessions.enumerated() { changes.updateValue(session, forKey: "session \(shard)") }
        put(changes)
        flush()
    }

    func round(
        _ kind: LearnerKind, _ outcomes: inout [ShardOutcome]
    ) throws(Diagnostic) -> (round: Int, mean: FittedModel?)? {
        guard let bytes = part("round") else { return nil }
        var reader = try ModelReader(bytes, .checkpoint)
        let round = Int(try reader.read(UInt32.self))
        let bytesOfMean = try reader.readBlob()
        let mean = bytesOfMean.isEmpty ? nil : try FittedModel(kind, bytes: bytesOfMean)
        let shards = try Self.readShards(&reader)
        try reader.finish()
        try reader.require(shards.count == outcomes.count, "the shards")
        outcomes = shards
        return (round, mean)
    }

    // MARK: Shards

    func put(_ fit: TrainingPipeline.ShardFit, _ shard: Int) {
        guard let model = fit.model else { return }
        var writer = ModelWriter(.checkpoint)
        writer.write(blob: model.stored.serialized())
        writer.write(fit.seconds)
        writer.write(UInt32(fit.attempts))
        put(["done \(shard)": writer.finished(), "fit \(shard)": nil])
        if isDue("done") { flush() }
    }

    func fit(_ shard: Int, _ kind: LearnerKind) throws(Diagnostic) -> TrainingPipeline.ShardFit? {
        guard let bytes = part("done \(shard)") else { return nil }
        var reader = try ModelReader(bytes, .checkpoint)
        let model = try FittedModel(kind, bytes: try reader.readBlob())
        let seconds = try reader.readDouble()
        let attempts = Int(try reader.read(UInt32.self))
        try reader.finish()
        return TrainingPipeline.ShardFit(model: model, seconds: seconds, attempts: attempts)
    }

    private static func write(_ shards: [ShardOutcome], to writer: inout ModelWriter) {
        writer.write(UInt32(shards.count))
        for shard in shards {
            writer.write(UInt64(shard.rows))
            writer.write(shard.seconds)
            writer.write(UInt32(shard.attempts))
            writer.write(UInt64(shard.byteCount))
            writer.write(shard.checksum)
        }
    }

    private static func readShards(_ reader: inout ModelReader) throws(Diagnostic) -> [ShardOutcome] {
        var shards: [ShardOutcome] = []
        for _ in 0..<(try reader.read(UInt32.self)) {
            let rows = Int(truncatingIfNeeded: try reader.read(UInt64.self))
            let seconds = try reader.readDouble()
            let attempts = Int(try reader.read(UInt32.self))
            let byteCount = Int(truncatingIfNeeded: try reader.read(UInt64.self))
            shards.append(
                ShardOutcome(
                    rows: rows, seconds: seconds, attempts: attempts, byteCount: byteCount,
                    checksum: try reader.read(UInt32.self)))
        }
        return shards
    }
}
