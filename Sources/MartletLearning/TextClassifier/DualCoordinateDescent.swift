// Linear separators of one class against the others.

package import MartletCore
package import MartletKernels
import Synchronization

/// Support vector machines with squared hinge loss, one a class, by dual coordinate descent (Hsieh et al. 2008), all classes
/// of a row at a time.
///
/// Classes do not know each other, so that threads share them out; each class's steps have one order, by the seed. Shards
/// solve one problem together (Ma et al. 2015, CoCoA+): each keeps its rows' multipliers and goes on from the mean of all
/// shards' weights, and what its rows add to the weights counts as often as there are shards, so that the mean of the
/// weights is the sum of what the shards found. The weights of features that only one shard has are its own: nothing that
/// others do is added to them, so that they need no mean and no caution.
package final class DualCoordinateDescent: ShardSession {
    struct Problem {
        /// With places for the features' numbers.
        var rows: SparseRows
        var places: FeaturePlaces.Shard
        /// Which class each row has; below 0: it is left out.
        var labels: [Int32]
        var classes: Int
        /// What a row's loss costs, of each class.
        var costs: [Float]
        var epochs: Int
        /// An epoch without a gradient further from its place is the last.
        var tolerance: Float
        /// All shards' rows for each of this one's; 1 for a shard that knows of no others.
        var amplification: Float = 1
        var seed: UInt64

        var featureCount: Int { places.count }

        /// One class of two is enough: the other's scores are the opposite.
        var columns: Int { classes == 2 ? 1 : classes }
    }

    /// Of so many rows one is held out, at most so many: they show how sure scores are, and join in for the last epochs.
    static let heldShare = 10
    static let heldLimit = 2_000

    private let problem: Problem
    private let team: WorkerTeam
    private let parts: [ColumnGroup]
    private var random: SeededRandom
    private var order: [UInt32]
    private let held: [UInt32]
    /// The first epoch with all rows.
    private let wholeEpoch: Int
    /// The next epoch.
    private var epoch = 0
    private var epochsRun = 0
    private var heldScores: [Float] = []

    private var columns: Int { problem.columns }

    init(_ problem: Problem, team: WorkerTeam, memory: TrainingMemory) throws(Diagnostic) {
        self.problem = problem
        self.team = team
        // Each group of columns has weights of its own, so that threads do not share cache lines.
        let columns = problem.columns
        let groups = min(team.threads, (columns + 1) / 2)
        var bounds: [Int] = []
        for group in 0...groups { bounds.append(group == groups ? columns : group * columns / groups / 2 * 2) }
        var parts: [ColumnGroup] = []
        for group in 0..<groups {
            let columns = bounds[group]..<bounds[group + 1]
            let multipliers = try memory.allocate(problem.rows.rowCount * columns.count, of: Float.self)
            parts.append(ColumnGroup(problem, columns: columns, multipliers))
        }
        self.parts = parts
        var random = SeededRandom(seed: SeededRandom.mix(problem.seed &+ 0x7465_7874))
        var order = (0..<problem.rows.rowCount).filter { problem.labels[$0] >= 0 }.map {
            UInt32(truncatingIfNeeded: $0)
        }
        order.shuffle(using: &random)
        let lastEpochs = max(1, problem.epochs / 5)
        let heldCount = problem.epochs > lastEpochs ? min(order.count / Self.heldShare, Self.heldLimit) : 0
        held = Array(order.prefix(heldCount))
        order.removeFirst(heldCount)
        wholeEpoch = heldCount == 0 ? 0 : problem.epochs - lastEpochs
        self.order = order
        self.random = random
    }

    /// Lets shards that began with as many threads go on from the mean of the weights that they share.
    package static func share(_ shards: [DualCoordinateDescent], rows: [Int], team: WorkerTeam) {
        guard let first = shards.first else { return }
        for (number, part) in first.parts.enumerated() {
            WeightMean.share(
                zip(shards, rows).map { ($0.parts[number].weights, $1) },
                count: first.problem.places.sharedCount * part.width, team: team)
        }
    }

    /// Runs the epochs before `end`, or fewer if the multipliers have found their places.
    package func run(upTo end: Int, _ context: TrainingContext) throws(Diagnostic) {
        while epoch < end {
            if epoch == wholeEpoch, !held.isEmpty {
                heldScores = scores(of: held)
                order += held
            }
            try context.check()
            order.shuffle(using: &random)
            let (current, running) = (order, parts)
            team.run(running.count) { running[$0].runEpoch(current) }
            epoch += 1
            epochsRun += 1
            let loss = parts.reduce(0) { $0 + $1.loss } / Double(max(1, order.count))
            context.report(EpochReport(epoch: epochsRun, loss: loss))
            if parts.allSatisfy({ $0.largestViolation <= problem.tolerance }) {
                epoch = epoch <= wholeEpoch ? min(end, wholeEpoch) : end
            }
            context.checkpoint?.save {
                var writer = ModelWriter(.checkpoint)
                write(to: &writer)
                return writer.finished()
            }
        }
    }

    /// A row of `columns` weights for each feature of the vocabulary; of those that are not known, 0.
    ///
    /// - Parameters:
    ///   - shards: all of them, after `share`, or with `only` a number: that one alone.
    ///   - places: what the shards' problems are parts of.
    /// - Throws: `trainingFailed` for weights that are not finite.
    static func weights(
        of shards: [DualCoordinateDescent], only: Int? = nil, places: FeaturePlaces, team: WorkerTeam
    ) throws(Diagnostic) -> [Float] {
        let columns = shards[0].columns
        let count = places.featureCount * columns
        let isFinite = Atomic<Bool>(true)
        let weights = [Float](unsafeUninitializedCapacity: count) { weights, initialized in
            initialized = count
            guard let base = weights.baseAddress else { return }
            HugePages.advise(base, byteCount: count * MemoryLayout<Float>.stride)
            nonisolated(unsafe) let target = base
            team.forEachRange(places.featureCount, step: 1 << 14) { range in
                places.forEach(of: range, only: only) { feature, home in
                    let row = target + feature * columns
                    guard let home else { return row.initialize(repeating: 0, count: columns) }
                    for part in shards[only == nil ? home.shard : 0].parts { part.give(home.place, to: row) }
                }
                let block = UnsafeBufferPointer(
                    start: target + range.lowerBound * columns, count: range.count * columns)
                let largest = block.reduce(UInt32(0)) { max($0, $1.magnitude.bitPattern) }
                if largest >= Float.infinity.bitPattern { isFinite.store(false, ordering: .relaxed) }
            }
        }
        guard isFinite.load(ordering: .relaxed) else {
            throw Diagnostic(.trainingFailed, "the weights grew without bound", hint: "try a smaller cost")
        }
        return weights
    }

    /// All weights by place, `columns` numbers each.
    private func ownWeights() -> [Float] {
        var weights = [Float](repeating: 0, count: problem.featureCount * columns)
        weights.withUnsafeMutableBufferPointer { weights in
            guard let base = weights.baseAddress else { return }
            for place in 0..<problem.featureCount {
                for part in parts { part.give(place, to: base + place * columns) }
            }
        }
        return weights
    }

    /// How sure scores are, by the rows held out.
    func sharpness() -> Float {
        let labels = heldScores.isEmpty ? [] : held.map { problem.labels[Int($0)] }
        return Calibration.sharpness(scores: heldScores, labels: labels, classes: problem.classes)
    }

    /// How many bytes the weights have, and their checksum. Of one thread's session: more have groups of columns.
    package func digest() -> (byteCount: Int, checksum: UInt32) {
        var result = (byteCount: 0, checksum: UInt32(0))
        for part in parts {
            let bytes = UnsafeRawBufferPointer(
                UnsafeBufferPointer(start: part.weights, count: problem.featureCount * part.width))
            result = (result.byteCount + bytes.count, Checksum.crc32c(bytes, seed: result.checksum))
        }
        return result
    }

    func write(to writer: inout ModelWriter) {
        writer.write(UInt32(epoch))
        writer.write(UInt32(epochsRun))
        writer.write(heldScores)
        writer.write(random.rest)
        writer.write(order)
        writer.write(ownWeights())
        // Of a row and all columns together: groups are as many as there are threads.
        var multipliers = [Float](repeating: 0, count: problem.rows.rowCount * columns)
        for part in parts {
            for row in 0..<problem.rows.rowCount {
                for column in 0..<part.width {
                    multipliers[row * columns + part.columns.lowerBound + column] =
                        part.multipliers[row * part.width + column]
                }
            }
        }
        writer.write(multipliers)
    }

    func restore(from reader: inout ModelReader) throws(Diagnostic) {
        epoch = Int(try reader.read(UInt32.self))
        epochsRun = Int(try reader.read(UInt32.self))
        heldScores = try reader.readFloats()
        random = SeededRandom(seed: try reader.read(UInt64.self))
        order = try reader.readNumbers(UInt32.self)
        let weights = try reader.readFloats()
        let multipliers = try reader.readFloats()
        let rowCount = problem.rows.rowCount
        try reader.require(
            weights.count == problem.featureCount * columns && multipliers.count == rowCount * columns
                && order.allSatisfy { Int($0) < rowCount }
                && (heldScores.isEmpty || heldScores.count == held.count * columns), "they are of other rows")
        weights.withUnsafeBufferPointer { weights in
            for part in parts { part.take(weights, of: columns) }
        }
        for part in parts {
            for row in 0..<rowCount {
                for column in 0..<part.width {
                    part.multipliers[row * part.width + column] =
                        multipliers[row * columns + part.columns.lowerBound + column]
                }
            }
        }
    }

    private func scores(of sample: [UInt32]) -> [Float] {
        let (columns, parts) = (columns, parts)
        var scores = [Float](repeating: 0, count: sample.count * columns)
        scores.withUnsafeMutableBufferPointer { scores in
            guard let base = scores.baseAddress else { return }
            nonisolated(unsafe) let target = base
            team.run(parts.count) { index in
                let part = parts[index]
                for (number, row) in sample.enumerated() {
                    part.score(Int(row), into: target + number * columns + part.columns.lowerBound)
                }
            }
        }
        return scores
    }
}

/// Some classes' weights and multipliers. `@unchecked Sendable`: one thread at a time works on a group.
private final class ColumnGroup: @unchecked Sendable {
    let problem: DualCoordinateDescent.Problem
    let columns: Range<Int>
    let width: Int
    let weights: UnsafeMutablePointer<Float>
    let multipliers: UnsafeMutablePointer<Float>
    private let memory: (weights: MemoryBlock, multipliers: MemoryBlock)
    private let scores: UnsafeMutablePointer<Float>
    private let steps: UnsafeMutablePointer<Float>
    /// The mean of losses that the last epoch met, and the largest distance of a gradient from its place.
    private(set) var loss = 0.0
    private(set) var largestViolation: Float = .infinity

    init(_ problem: DualCoordinateDescent.Problem, columns: Range<Int>, _ multiplierMemory: MemoryBlock) {
        self.problem = problem
        self.columns = columns
        width = columns.count
        let count = max(1, problem.featureCount * width)
        memory = (.heap(count * MemoryLayout<Float>.stride), multiplierMemory)
        weights = memory.weights.bound(to: Float.self)
        weights.initialize(repeating: 0, count: count)
        multipliers = memory.multipliers.bound(to: Float.self)
        multipliers.initialize(repeating: 0, count: problem.rows.rowCount * width)
        scores = .allocate(capacity: width)
        scores.initialize(repeating: 0, count: width)
        steps = .allocate(capacity: width)
        steps.initialize(repeating: 0, count: width)
    }

    deinit {
        scores.deallocate()
        steps.deallocate()
    }

    /// Copies the group's columns out of rows of `stride` weights, one a place.
    func take(_ all: UnsafeBufferPointer<Float>, of stride: Int) {
        guard let source = all.baseAddress else { return }
        for place in 0..<problem.featureCount {
            (weights + place * width).update(from: source + place * stride + columns.lowerBound, count: width)
        }
    }

    /// Copies the group's columns of a place into a row of all.
    @inline(__always)
    func give(_ place: Int, to row: UnsafeMutablePointer<Float>) {
        (row + columns.lowerBound).initialize(from: weights + place * width, count: width)
    }

    /// 1 for the column's class, -1 for others; the one column of two classes stands for class 1.
    @inline(__always)
    private func sign(_ label: Int32, _ column: Int) -> Float {
        Int(label) == (problem.classes == 2 ? 1 : column) ? 1 : -1
    }

    /// A gradient so much nearer to its place than it has to be in the end is let be.
    private static let negligibleShare: Float = 0.01

    func runEpoch(_ order: [UInt32]) {
        let rows = problem.rows
        let shared = problem.places
        let isCautious = problem.amplification != 1 && shared.sharedCount > 0
        let negligible = max(1e-6, problem.tolerance * Self.negligibleShare)
        var worst: Float = 0
        var sum = 0.0
        problem.labels.withUnsafeBufferPointer { labels in
            for number in order {
                let row = Int(number)
                let label = labels[row]
                let start = rows.starts[row]
                let count = rows.counts[row]
                SparseKernels.scores(
                    rows.indices + start, rows.values + start, count, matrix: weights, width: width, into: scores)
                // The constant, and the rest of length 1 if there is any; what is shared counts as often as there are shards.
                var square: Float = count > 1 ? 2 : 1
                if isCautious { square += (problem.amplification - 1) * shared.sharedSquares[row] }
                let diagonal = 1 / (2 * problem.costs[Int(label)])
                let alphas = multipliers + row * width
                var isChanged = false
                for column in 0..<width {
                    let sign = sign(label, columns.lowerBound + column)
                    let alpha = alphas[column]
                    let slack = 1 - sign * scores[column]
                    let gradient = alpha * diagonal - slack
                    let projected = alpha == 0 ? min(gradient, 0) : gradient
                    steps[column] = 0
                    if slack > 0 { sum += Double(slack * slack) }
                    if abs(projected) > negligible {
                        worst = max(worst, abs(projected))
                        let updated = max(alpha - gradient / (square + diagonal), 0)
                        steps[column] = (updated - alpha) * sign
                        alphas[column] = updated
                        isChanged = true
                    }
                }
                if !isChanged { continue }
                let ahead = isCautious ? shared.sharedEntries[row] : 0
                SparseKernels.add(
                    rows.indices + start + ahead, rows.values + start + ahead, count - ahead, steps: steps, to: weights,
                    width: width)
                if ahead == 0 { continue }
                for column in 0..<width { steps[column] *= problem.amplification }
                SparseKernels.add(
                    rows.indices + start, rows.values + start, ahead, steps: steps, to: weights, width: width)
            }
        }
        loss = sum
        largestViolation = worst
    }

    func score(_ row: Int, into target: UnsafeMutablePointer<Float>) {
        let rows = problem.rows
        let start = rows.starts[row]
        let count = rows.counts[row]
        SparseKernels.scores(
            rows.indices + start, rows.values + start, count, matrix: weights, width: width, into: target)
    }
}
