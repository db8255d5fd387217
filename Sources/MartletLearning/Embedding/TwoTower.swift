// Two towers: vectors of sparse rows, such that pairs are near each other.

package import MartletCore
package import MartletKernels

/// Pairs of rows, one of the left tower, one of the right.
package struct TowerPairs: Sendable {
    package var left: [Int32]
    package var right: [Int32]
    /// For each pair, so many rows of the right tower that are not what is looked for.
    package var negatives: [Int32] = []
    package var negativesPerPair = 0

    package init(left: [Int32], right: [Int32]) {
        self.left = left
        self.right = right
    }

    package var count: Int { left.count }

    func validate(leftRows: Int, rightRows: Int) throws(Diagnostic) {
        guard count > 0 else { throw Diagnostic(.nothingToTrain, "there are no pairs to train on") }
        guard right.count == count, negativesPerPair >= 0, negativesPerPair <= 1_000,
            negatives.count == count * negativesPerPair
        else { throw Diagnostic(.typeMismatch, "\(count) left rows for \(right.count) right rows") }
        guard left.allSatisfy({ $0 >= 0 && Int($0) < leftRows }),
            right.allSatisfy({ $0 >= 0 && Int($0) < rightRows }),
            negatives.allSatisfy({ $0 >= 0 && Int($0) < rightRows })
        else { throw Diagnostic(.trainingFailed, "a pair names a row that is not there") }
        guard Set(right).count > 1 || Set(negatives).subtracting(right).count > 0 else {
            throw Diagnostic(.trainingFailed, "all pairs have the same right side, so there is nothing to tell apart")
        }
    }
}

/// A table of vectors, one a feature. A row's vector is the weighed sum of its features', of length 1 (0 for a row without
/// any).
package struct EmbeddingTable: Hashable, Sendable {
    package let dimension: Int
    /// `dimension` numbers a feature.
    package internal(set) var values: [Float]

    package var featureCount: Int { values.count / dimension }

    init(dimension: Int, values: [Float]) {
        self.dimension = dimension
        self.values = values
    }

    /// Small random vectors, the same for the same seed.
    init(features: Int, dimension: Int, seed: UInt64) {
        self.dimension = dimension
        var random = SeededRandom(seed: SeededRandom.mix(seed &+ 0x746F_7765))
        let bound = 1 / Float(dimension).squareRoot()
        values = (0..<features * dimension).map { _ in (Float(random.next() >> 40) * 0x1p-23 - 1) * bound }
    }

    /// The vectors of rows, `dimension` numbers each, and their lengths before.
    func embed(
        _ rows: SparseRows, _ numbers: [Int32], into vectors: UnsafeMutablePointer<Float>,
        lengths: UnsafeMutablePointer<Float>, team: WorkerTeam
    ) {
        values.withUnsafeBufferPointer { values in
            guard let matrix = values.baseAddress else { return }
            nonisolated(unsafe) let table = matrix
            team.forEachRange(numbers.count, step: 8) { range in
                for place in range {
                    let entries = rows.features(ofRow: Int(numbers[place]))
                    let vector = vectors + place * dimension
                    SparseKernels.scores(
                        rows.indices + entries.lowerBound, rows.values + entries.lowerBound, entries.count,
                        matrix: table, width: dimension, into: vector)
                    lengths[place] = Self.normalize(vector, dimension)
                }
            }
        }
    }

    /// Divides by the length, which it returns; a vector of 0 stays.
    @inline(__always)
    static func normalize(_ vector: UnsafeMutablePointer<Float>, _ count: Int) -> Float {
        var square: Float = 0
        for index in 0..<count { square += vector[index] * vector[index] }
        let length = square.squareRoot()
        if length > 1e-20 {
            let inverse = 1 / length
            for index in 0..<count { vector[index] *= inverse }
        }
        return length
    }
}

package enum TwoTower {
    /// Softmax over the right rows of a batch (and the given negatives) for each left row, at a temperature; other right
    /// rows of the same left row are left out (Yi et al. 2019, in-batch negatives). Adam on the features that occur.
    /// O(epochs · pairs · (features + batch) · dimension).
    ///
    /// The result is the same for any number of threads: threads share out dimensions, not features.
    ///
    /// - Parameter start: tables to go on from; else both begin as the same random one, if they have as many features.
    package static func train(
        left: SparseRows, right: SparseRows, features: (left: Int, right: Int), pairs: TowerPairs,
        options: EmbeddingOptions, start: (left: EmbeddingTable, right: EmbeddingTable)? = nil, team: WorkerTeam,
        context: TrainingContext = TrainingContext()
    ) throws(Diagnostic) -> (left: EmbeddingTable, right: EmbeddingTable) {
        let training = try TwoTowerTraining(
            left: left, right: right, features: features, pairs: pairs, options: options, start: start, team: team)
        var first = 1
        if let saved = context.checkpoint?.saved {
            var reader = try ModelReader(saved, .checkpoint)
            first = Int(try reader.read(UInt32.self)) + 1
            try training.restore(from: &reader)
            try reader.finish()
        }
        for epoch in first..<max(first, options.epochs + 1) {
            let loss = try training.runEpoch(epoch, context)
            context.report(EpochReport(epoch: epoch, loss: loss))
            context.checkpoint?.save {
                var writer = ModelWriter(.checkpoint)
                writer.write(UInt32(epoch))
                training.write(to: &writer)
                return writer.finished()
            }
        }
        return training.tables
    }
}

/// The tables and their moments between epochs.
final class TwoTowerTraining: ShardSession {
    private let towers: [Tower]
    private let pairs: TowerPairs
    private let options: EmbeddingOptions
    private let loss: ContrastiveLoss
    private let known: Set<UInt64>
    private let batch: Int
    private var order: [Int]
    private var random: SeededRandom
    private var step = 0
    private let stepCount: Int

    init(
        left: SparseRows, right: SparseRows, features: (left: Int, right: Int), pairs: TowerPairs,
        options: EmbeddingOptions, start: (left: EmbeddingTable, right: EmbeddingTable)?, team: WorkerTeam
    ) throws(Diagnostic) {
        try options.validate()
        try pairs.validate(leftRows: left.rowCount, rightRows: right.rowCount)
        self.pairs = pairs
        self.options = options
        batch = min(options.batchSize, pairs.count)
        let columns = batch * (1 + pairs.negativesPerPair)
        func table(_ features: Int) -> EmbeddingTable {
            EmbeddingTable(features: features, dimension: options.dimension, seed: options.seed)
        }
        towers = [
            Tower(left, start?.left ?? table(features.left), capacity: batch, team),
            Tower(right, start?.right ?? table(features.right), capacity: columns, team),
        ]
        guard towers[0].table.values.count == features.left * options.dimension,
            towers[1].table.values.count == features.right * options.dimension
        else { throw Diagnostic(.trainingFailed, "the starting tables are of other features or dimensions") }
        var known = Set<UInt64>(minimumCapacity: pairs.count)
        for index in 0..<pairs.count { known.insert(Self.key(pairs.left[index], pairs.right[index])) }
        self.known = known
        order = Array(0..<pairs.count)
        random = SeededRandom(seed: SeededRandom.mix(options.seed &+ 0x7061_6972))
        stepCount = options.epochs * ((pairs.count + batch - 1) / batch)
        loss = ContrastiveLoss(
            temperature: Float(options.temperature), dimension: options.dimension, capacity: batch * columns,
            team: team)
    }

    var tables: (left: EmbeddingTable, right: EmbeddingTable) { (towers[0].table, towers[1].table) }

    /// Goes on from other tables of the same size, and keeps the moments.
    func restart(from tables: (left: EmbeddingTable, right: EmbeddingTable)) {
        towers[0].restart(from: tables.left)
        towers[1].restart(from: tables.right)
    }

    /// The mean loss of the epoch's pairs, each before its step.
    func runEpoch(_ epoch: Int, _ context: TrainingContext) throws(Diagnostic) -> Double {
        order.shuffle(using: &random)
        var sum = 0.0
        for first in stride(from: 0, to: order.count, by: batch) {
            try context.check()
            let chosen = order[first..<min(order.count, first + batch)]
            let lefts = chosen.map { pairs.left[$0] }
            var rights = chosen.map { pairs.right[$0] }
            for index in chosen {
                rights +=
                    pairs.negatives[index * pairs.negativesPerPair..<(index + 1) * pairs.negativesPerPair]
            }
            towers[0].forward(lefts)
            towers[1].forward(rights)
            let value = loss.derive(towers[0], towers[1], lefts, rights) { known.contains(Self.key($0, $1)) }
            guard value.isFinite else {
                throw Diagnostic(
                    .trainingFailed, "the loss of epoch \(epoch) is not finite", hint: "try a smaller learning_rate")
            }
            sum += value
            step += 1
            let progress = Double(step - 1) / Double(max(1, stepCount))
            let warmth = options.warmupSteps > 0 ? min(1, Double(step) / Double(options.warmupSteps)) : 1
            let rate = Float(options.learningRate * warmth * (1 - 0.9 * progress))
            for tower in towers { tower.backward(rate: rate) }
        }
        return sum / Double(order.count)
    }

    func write(to writer: inout ModelWriter) {
        writer.write(UInt64(step))
        writer.write(random.rest)
        writer.write(order.map { UInt32(truncatingIfNeeded: $0) })
        for tower in towers { tower.write(to: &writer) }
    }

    func restore(from reader: inout ModelReader) throws(Diagnostic) {
        step = Int(truncatingIfNeeded: try reader.read(UInt64.self))
        random = SeededRandom(seed: try reader.read(UInt64.self))
        let numbers = try reader.readNumbers(UInt32.self)
        try reader.require(
            numbers.count == order.count && numbers.allSatisfy { Int($0) < order.count }, "the order of the pairs")
        order = numbers.map { Int($0) }
        for tower in towers { try tower.restore(from: &reader) }
    }

    private static func key(_ left: Int32, _ right: Int32) -> UInt64 {
        UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
    }
}
