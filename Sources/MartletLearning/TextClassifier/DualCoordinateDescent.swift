// Linear separators of one class against the others.

import MartletCore
import MartletKernels

/// Support vector machines with squared hinge loss, one a class, by dual coordinate descent (Hsieh et al. 2008), all classes
/// of a row at a time.
///
/// Classes do not know each other, so that threads share them out; each class's steps have one order, by the seed. With
/// starting weights w₀ it is |w - w₀|² that is kept small beside the losses: a shard goes on from the shared weights.
struct DualCoordinateDescent {
    var rows: SparseRows
    /// Which class each row has; below 0: it is left out.
    var labels: [Int32]
    var classes: Int
    var featureCount: Int
    /// What a row's loss costs, of each class.
    var costs: [Float]
    var epochs: Int
    /// Ends once no row's gradient is further from its place.
    var tolerance: Float
    var seed: UInt64

    struct Result {
        /// `featureCount` rows of `columns` numbers.
        var weights: [Float]
        /// Rows that were held out at first, and the scores that the weights gave them then, `columns` each.
        var heldRows: [Int]
        var heldScores: [Float]
    }

    /// One class of two is enough: the other's scores are the opposite.
    var columns: Int { classes == 2 ? 1 : classes }

    /// Of so many rows one is held out, at most so many: they show how sure scores are, and join in for the last epochs.
    static let heldShare = 10
    static let heldLimit = 2_000

    func fit(startingWeights: [Float]?, team: WorkerTeam, context: TrainingContext) throws(Diagnostic) -> Result {
        // Each group of columns has weights of its own, so that threads do not share cache lines.
        let groups = min(team.threads, (columns + 1) / 2)
        var bounds: [Int] = []
        for group in 0...groups { bounds.append(group == groups ? columns : group * columns / groups / 2 * 2) }
        var parts: [ColumnGroup] = []
        for group in 0..<groups {
            let columns = bounds[group]..<bounds[group + 1]
            let multipliers = try context.memory.allocate(rows.rowCount * columns.count, of: Float.self)
            parts.append(ColumnGroup(self, columns: columns, starting: startingWeights, multipliers))
        }
        var random = SeededRandom(seed: SeededRandom.mix(seed &+ 0x7465_7874))
        var order = (0..<rows.rowCount).filter { labels[$0] >= 0 }.map { UInt32(truncatingIfNeeded: $0) }
        order.shuffle(using: &random)
        let lastEpochs = max(1, epochs / 5)
        let heldCount = epochs > lastEpochs ? min(order.count / Self.heldShare, Self.heldLimit) : 0
        let held = Array(order.prefix(heldCount))
        order.removeFirst(heldCount)
        var progress = Progress()
        if let saved = context.checkpoint?.saved {
            progress = try restore(saved, &order, &random, parts)
        }
        while progress.phase < 2 {
            let isLast = progress.phase == 1
            let count = isLast ? (heldCount == 0 ? epochs : lastEpochs) : (heldCount > 0 ? epochs - lastEpochs : 0)
            if isLast, progress.epochOfPhase == 0 {
                progress.heldScores = scores(of: held.map(Int.init), parts, team)
                order += held
            }
            while progress.epochOfPhase < count {
                try context.check()
                order.shuffle(using: &random)
                let current = order
                let running = parts
                team.run(running.count) { running[$0].runEpoch(current) }
                progress.epoch += 1
                progress.epochOfPhase += 1
                let loss = parts.reduce(0) { $0 + $1.loss } / Double(max(1, order.count))
                context.report(EpochReport(epoch: progress.epoch, loss: loss))
                if parts.allSatisfy({ $0.largestViolation <= tolerance }) { progress.epochOfPhase = count }
                context.checkpoint?.save { state(progress, order, random, parts) }
            }
            progress.phase += 1
            progress.epochOfPhase = 0
        }
        let heldScores = progress.heldScores
        return Result(weights: weights(parts), heldRows: held.map(Int.init), heldScores: heldScores)
    }

    /// How far the epochs are: without the rows held out, then with them.
    private struct Progress {
        var phase = 0
        var epochOfPhase = 0
        var epoch = 0
        var heldScores: [Float] = []
    }

    private func state(
        _ progress: Progress, _ order: [UInt32], _ random: SeededRandom, _ parts: [ColumnGroup]
    ) -> [UInt8] {
        var writer = ModelWriter(.checkpoint)
        for number in [progress.phase, progress.epochOfPhase, progress.epoch] { writer.write(UInt32(number)) }
        writer.write(progress.heldScores)
        writer.write(random.rest)
        writer.write(order)
        writer.write(weights(parts))
        // Of a row and all columns together: groups are as many as there are threads.
        var multipliers = [Float](repeating: 0, count: rows.rowCount * columns)
        for part in parts {
            for row in 0..<rows.rowCount {
                for column in 0..<part.width {
                    multipliers[row * columns + part.columns.lowerBound + column] =
                        part.multipliers[row * part.width + column]
                }
            }
        }
        writer.write(multipliers)
        return writer.finished()
    }

    private func restore(
        _ bytes: [UInt8], _ order: inout [UInt32], _ random: inout SeededRandom, _ parts: [ColumnGroup]
    ) throws(Diagnostic) -> Progress {
        var reader = try ModelReader(bytes, .checkpoint)
        var progress = Progress()
        progress.phase = Int(try reader.read(UInt32.self))
        progress.epochOfPhase = Int(try reader.read(UInt32.self))
        progress.epoch = Int(try reader.read(UInt32.self))
        progress.heldScores = try reader.readFloats()
        random = SeededRandom(seed: try reader.read(UInt64.self))
        order = try reader.readNumbers(UInt32.self)
        let weights = try reader.readFloats()
        let multipliers = try reader.readFloats()
        try reader.finish()
        try reader.require(
            weights.count == featureCount * columns && multipliers.count == rows.rowCount * columns
                && order.allSatisfy { Int($0) < rows.rowCount }, "they are of other rows")
        for part in parts {
            for column in 0..<part.width {
                let place = part.columns.lowerBound + column
                for feature in 0..<featureCount {
                    part.weights[feature * part.width + column] = weights[feature * columns + place]
                }
                for row in 0..<rows.rowCount {
                    part.multipliers[row * part.width + column] = multipliers[row * columns + place]
                }
            }
        }
        return progress
    }

    private func weights(_ parts: [ColumnGroup]) -> [Float] {
        var weights = [Float](repeating: 0, count: featureCount * columns)
        weights.withUnsafeMutableBufferPointer { weights in
            for part in parts {
                for feature in 0..<featureCount {
                    for column in 0..<part.width {
                        weights[feature * columns + part.columns.lowerBound + column] =
                            part.weights[feature * part.width + column]
                    }
                }
            }
        }
        return weights
    }

    private func scores(of sample: [Int], _ parts: [ColumnGroup], _ team: WorkerTeam) -> [Float] {
        var scores = [Float](repeating: 0, count: sample.count * columns)
        scores.withUnsafeMutableBufferPointer { scores in
            guard let base = scores.baseAddress else { return }
            nonisolated(unsafe) let target = base
            team.run(parts.count) { index in
                let part = parts[index]
                for (number, row) in sample.enumerated() {
                    part.score(row, into: target + number * columns + part.columns.lowerBound)
                }
            }
        }
        return scores
    }
}

/// Some classes' weights and multipliers. `@unchecked Sendable`: one thread at a time works on a group.
private final class ColumnGroup: @unchecked Sendable {
    let problem: DualCoordinateDescent
    let columns: Range<Int>
    let width: Int
    let weights: UnsafeMutablePointer<Float>
    let multipliers: UnsafeMutablePointer<Float>
    private let multiplierMemory: MemoryBlock
    private let scores: UnsafeMutablePointer<Float>
    private let steps: UnsafeMutablePointer<Float>
    /// The mean of losses that the last epoch met, and the largest distance of a gradient from its place.
    private(set) var loss = 0.0
    private(set) var largestViolation: Float = .infinity

    init(_ problem: DualCoordinateDescent, columns: Range<Int>, starting: [Float]?, _ memory: MemoryBlock) {
        self.problem = problem
        self.columns = columns
        width = columns.count
        let count = max(1, problem.featureCount * width)
        weights = .allocate(capacity: count)
        weights.initialize(repeating: 0, count: count)
        if let starting {
            for feature in 0..<problem.featureCount {
                for column in 0..<width {
                    weights[feature * width + column] =
                        starting[feature * problem.columns + columns.lowerBound + column]
                }
            }
        }
        multiplierMemory = memory
        multipliers = memory.bound(to: Float.self)
        multipliers.initialize(repeating: 0, count: problem.rows.rowCount * width)
        scores = .allocate(capacity: width)
        scores.initialize(repeating: 0, count: width)
        steps = .allocate(capacity: width)
        steps.initialize(repeating: 0, count: width)
    }

    deinit {
        weights.deallocate()
        scores.deallocate()
        steps.deallocate()
    }

    /// 1 for the column's class, -1 for others; the one column of two classes stands for class 1.
    @inline(__always)
    private func sign(_ label: Int32, _ column: Int) -> Float {
        Int(label) == (problem.classes == 2 ? 1 : column) ? 1 : -1
    }

    func runEpoch(_ order: [UInt32]) {
        let rows = problem.rows
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
                // The constant, and the rest of length 1 if there is any.
                let square: Float = count > 1 ? 2 : 1
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
                    if abs(projected) > 1e-6 {
                        worst = max(worst, abs(projected))
                        let updated = max(alpha - gradient / (square + diagonal), 0)
                        steps[column] = (updated - alpha) * sign
                        alphas[column] = updated
                        isChanged = true
                    }
                }
                if isChanged {
                    SparseKernels.add(
                        rows.indices + start, rows.values + start, count, steps: steps, to: weights, width: width)
                }
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
