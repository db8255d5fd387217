// Gradient boosting of decision trees.

package import MartletCore
package import MartletKernels

/// What boosted trees learn from. Missing values are NaN in the matrix, bin 0 once binned.
package struct BoostedTreesData: Sendable {
    package var matrix: BinnedMatrix
    /// Numbers, classes or grades, one a row.
    package var labels: [Float]
    /// Above 0, one a row; empty: all 1.
    package var weights: [Float] = []
    /// Of LambdaRank: the sizes of the groups of rows that follow each other.
    package var groupSizes: [Int] = []

    package init(matrix: BinnedMatrix, labels: [Float], weights: [Float] = [], groupSizes: [Int] = []) {
        self.matrix = matrix
        self.labels = labels
        self.weights = weights
        self.groupSizes = groupSizes
    }

    /// - Throws: `nothingToTrain`, `trainingFailed` naming a label that does not fit the objective.
    func validate(_ objective: BoostedTreesOptions.Objective, isTraining: Bool) throws(Diagnostic) {
        guard matrix.rowCount > 0 else { throw Diagnostic(.nothingToTrain, "there are no rows to train on") }
        guard labels.count == matrix.rowCount, weights.isEmpty || weights.count == labels.count else {
            throw Diagnostic(.typeMismatch, "\(labels.count) labels for \(matrix.rowCount) rows")
        }
        guard weights.allSatisfy({ $0 > 0 && $0.isFinite }) else {
            throw Diagnostic(.trainingFailed, "a row's weight is not a number above 0")
        }
        var classes = 0
        switch objective {
        case .regression:
            guard labels.allSatisfy({ abs($0) < 1e15 }) else {
                throw Diagnostic(
                    .trainingFailed, "a label is not a finite number below 1e15", hint: "leave such rows out with WHERE"
                )
            }
        case .binary: classes = 2
        case .multiclass(let count): classes = count
        case .lambdaRank:
            guard labels.allSatisfy({ $0 >= 0 && $0 <= 31 && $0 == $0.rounded() }) else {
                throw Diagnostic(.trainingFailed, "a grade is not a whole number from 0 to 31")
            }
            guard groupSizes.allSatisfy({ $0 > 0 }), groupSizes.reduce(0, &+) == labels.count else {
                throw Diagnostic(.trainingFailed, "the groups of rows do not add up to the rows")
            }
        }
        guard classes > 0 else { return }
        guard labels.allSatisfy({ $0 >= 0 && $0 < Float(classes) && $0 == $0.rounded() }) else {
            throw Diagnostic(.trainingFailed, "a label is not a class from 0 to \(classes - 1)")
        }
        guard !isTraining || labels.contains(where: { $0 != labels[0] }) else {
            throw Diagnostic(.trainingFailed, "all rows have the same class, so there is nothing to tell apart")
        }
    }

    package func objective(_ options: BoostedTreesOptions) -> BoostingObjective {
        var groups = [0]
        for size in groupSizes { groups.append(groups[groups.count - 1] + size) }
        return BoostingObjective(
            objective: options.objective, labels: labels, weights: weights, groups: groups,
            truncation: options.truncation)
    }
}

package enum BoostedTrees {
    /// A loss of so many times the first one is taken for divergence.
    private static let divergence = 1e4

    /// Trains an ensemble (Friedman 2001). O(rounds · outputs · rows · features · log leaves) in time; one byte for each row
    /// and feature, and up to `leaves · features` · 2 KiB of histograms.
    ///
    /// Columns without two values are never split on; where no split gains anything, trees are bare and training ends.
    ///
    /// - Parameter validation: rows for early stopping and its figures, binned like the training rows.
    package static func train(
        _ data: BoostedTreesData, validation: BoostedTreesData? = nil, options: BoostedTreesOptions,
        team: WorkerTeam, context: TrainingContext = TrainingContext()
    ) throws(Diagnostic) -> BoostedTreesModel {
        try options.validate(features: data.matrix.featureCount)
        try data.validate(options.objective, isTraining: true)
        if let validation {
            try validation.validate(options.objective, isTraining: false)
            guard validation.matrix.binning == data.matrix.binning else {
                throw Diagnostic(.trainingFailed, "rows held out are not binned like the training rows")
            }
        }
        let training = BoostedTreesTraining(data, validation, options, team)
        var best = (loss: Double.infinity, round: 0)
        var round = 0
        var firstLoss = 0.0
        if let saved = context.checkpoint?.saved {
            var reader = try ModelReader(saved, .checkpoint)
            round = Int(try reader.read(UInt32.self))
            best = (try reader.readDouble(), Int(try reader.read(UInt32.self)))
            firstLoss = try reader.readDouble()
            try training.restore(from: &reader)
            try reader.finish()
        }
        while round < options.rounds {
            if options.patience > 0, validation != nil, round - best.round >= options.patience { break }
            try context.check()
            let loss = try training.runRound(round)
            guard let loss else { break }
            if round == 0 { firstLoss = loss }
            // No useful ensemble is so much worse than a constant.
            guard loss <= divergence * max(firstLoss, 1e-9) else {
                throw Diagnostic(
                    .trainingFailed, "the loss of round \(round + 1) has grown without bound",
                    hint: "try a smaller learning_rate, or l2")
            }
            round += 1
            let validationLoss = training.validationLoss()
            context.report(
                EpochReport(
                    epoch: round, loss: loss, validationLoss: validationLoss?.loss,
                    validationAccuracy: validationLoss?.accuracy))
            if options.patience > 0, let held = validationLoss?.loss, held < best.loss { best = (held, round) }
            context.checkpoint?.save {
                var writer = ModelWriter(.checkpoint)
                writer.write(UInt32(round))
                writer.write(best.loss)
                writer.write(UInt32(best.round))
                writer.write(firstLoss)
                training.write(to: &writer)
                return writer.finished()
            }
        }
        return training.model(rounds: options.patience > 0 && validation != nil ? best.round : round)
    }
}

/// The state between rounds. `@unchecked Sendable`: one thread drives it; the buffers' parts are disjoint where several
/// write.
private final class BoostedTreesTraining: @unchecked Sendable {
    private let data: BoostedTreesData
    private let validation: BoostedTreesData?
    private let options: BoostedTreesOptions
    private let team: WorkerTeam
    private let objective: BoostingObjective
    private let validationObjective: BoostingObjective?
    private let grower: TreeGrower
    private let outputs: Int
    private let rows: Int
    private let scores: UnsafeMutablePointer<Float>
    private let gradients: UnsafeMutablePointer<Float>
    private let hessians: UnsafeMutablePointer<Float>
    private var validationScores: [Float] = []
    private var trees: [GrownTree] = []
    private let initial: [Float]

    init(
        _ data: BoostedTreesData, _ validation: BoostedTreesData?, _ options: BoostedTreesOptions, _ team: WorkerTeam
    ) {
        self.data = data
        self.validation = validation
        self.options = options
        self.team = team
        objective = data.objective(options)
        validationObjective = validation?.objective(options)
        grower = TreeGrower(matrix: data.matrix, options: options, team: team)
        outputs = options.objective.outputCount
        rows = data.matrix.rowCount
        initial = objective.initialScores()
        scores = .allocate(capacity: outputs * rows)
        gradients = .allocate(capacity: outputs * rows)
        hessians = .allocate(capacity: outputs * rows)
        for output in 0..<outputs { (scores + output * rows).update(repeating: initial[output], count: rows) }
        if let validation {
            for output in 0..<outputs {
                validationScores += [Float](repeating: initial[output], count: validation.matrix.rowCount)
            }
        }
    }

    deinit {
        scores.deallocate()
        gradients.deallocate()
        hessians.deallocate()
    }

    /// Adds a tree for each output; nil, having added none, when no tree has a split.
    func runRound(_ round: Int) throws(Diagnostic) -> Double? {
        let loss = objective.derivatives(of: scores, gradients: gradients, hessians: hessians, team: team)
        guard loss.isFinite else {
            throw Diagnostic(
                .trainingFailed, "the loss of round \(round + 1) is not finite",
                hint: "try a smaller learning_rate, or l2")
        }
        let bag = bag(round)
        var grown: [GrownTree] = []
        for output in 0..<outputs {
            let features = features(round, output)
            let scale = fill(bag, output, round)
            let tree = grower.grow(count: bag?.count ?? rows, isWhole: bag == nil, scale: scale, features: features)
            let target = scores + output * rows
            if bag == nil {
                let leaves = grower.leaves
                let ordered = grower.rows
                team.run(leaves.count) { index in
                    let value = tree.leafValues[index]
                    for place in leaves[index].start..<leaves[index].start + leaves[index].count {
                        target[Int(ordered[place])] += value
                    }
                }
            } else {
                tree.add(to: target, rows: data.matrix, team: team)
            }
            grown.append(tree)
        }
        // A bag or a choice of features may hold no split where others do.
        if grown.allSatisfy(\.isBare), bag == nil, options.featureFraction == 1 { return nil }
        if let validation {
            validationScores.withUnsafeMutableBufferPointer { held in
                guard let base = held.baseAddress else { return }
                for (output, tree) in grown.enumerated() {
                    tree.add(to: base + output * validation.matrix.rowCount, rows: validation.matrix, team: team)
                }
            }
        }
        trees += grown
        return loss
    }

    private func random(_ round: Int, _ salt: Int) -> SeededRandom {
        let mixed = SeededRandom.mix(options.seed &+ UInt64(truncatingIfNeeded: round) &* 0x9E37_79B9_7F4A_7C15)
        return SeededRandom(seed: SeededRandom.mix(mixed ^ UInt64(truncatingIfNeeded: salt)))
    }

    /// The rows of this round, ascending; nil: all of them.
    private func bag(_ round: Int) -> [UInt32]? {
        guard options.bagging < 1 else { return nil }
        var random = random(round, -1)
        var rowsOfBag: [UInt32] = []
        rowsOfBag.reserveCapacity(Int(Double(rows) * options.bagging) + 1)
        if case .lambdaRank = options.objective {
            for size in data.groupSizes.indices where Double.random(in: 0..<1, using: &random) < options.bagging {
                for row in objective.groups[size]..<objective.groups[size + 1] {
                    rowsOfBag.append(UInt32(truncatingIfNeeded: row))
                }
            }
        } else {
            let limit = UInt32(min(options.bagging * 4_294_967_296, 4_294_967_295))
            for row in 0..<rows where UInt32(truncatingIfNeeded: random.next() >> 32) < limit {
                rowsOfBag.append(UInt32(truncatingIfNeeded: row))
            }
        }
        return rowsOfBag.isEmpty ? nil : rowsOfBag
    }

    private func features(_ round: Int, _ output: Int) -> [Bool] {
        let count = data.matrix.featureCount
        guard options.featureFraction < 1 else { return [Bool](repeating: true, count: count) }
        var random = random(round, output)
        let chosen = max(1, Int((Double(count) * options.featureFraction).rounded()))
        var isChosen = [Bool](repeating: false, count: count)
        for feature in Array(0..<count).shuffled(using: &random).prefix(chosen) { isChosen[feature] = true }
        return isChosen
    }

    /// Hands the grower its rows and their gradients as integers, so fine that the sums just fit in 31 bits.
    private func fill(_ bag: [UInt32]?, _ output: Int, _ round: Int) -> GradientScale {
        let g = UnsafePointer(gradients + output * rows)
        let h = UnsafePointer(hessians + output * rows)
        let count = bag?.count ?? rows
        let step = 16_384
        var sums = [(Double, Double)](repeating: (0, 0), count: (count + step - 1) / step)
        sums.withUnsafeMutableBufferPointer { sums in
            nonisolated(unsafe) let sums = sums
            team.forEachRange(count, step: step) { range in
                var sum = (0.0, 0.0)
                for index in range {
                    let row = bag.map { Int($0[index]) } ?? index
                    sum.0 += Double(abs(g[row]))
                    sum.1 += Double(h[row])
                }
                sums[range.lowerBound / step] = sum
            }
        }
        let sum = sums.reduce((0.0, 0.0)) { ($0.0 + $1.0, $0.1 + $1.1) }
        // Rounding adds at most one half a row.
        let room = Double(1 << 31) - 4 - Double(count)
        let gradientFactor = Float(sum.0 > 0 ? min(room / sum.0, 1e30) : 1) * 0.999_999
        let hessianFactor = Float(sum.1 > 0 ? min(room / sum.1, 1e30) : 1) * 0.999_999
        let ordered = grower.rows
        let packed = grower.gradients
        let salt = UInt32(truncatingIfNeeded: SeededRandom.mix(options.seed &+ UInt64(round)))
        team.forEachRange(count, step: step) { range in
            for index in range {
                let row = bag.map { Int($0[index]) } ?? index
                // Rounded up or down by chance, so that small numbers keep their mean among many rows.
                let noise = (UInt32(truncatingIfNeeded: row) ^ salt) &* 0x9E37_79B1
                let share = Float(noise >> 8) * 0x1p-24
                let gradient = Int64((g[row] * gradientFactor + share).rounded(.down))
                let hessian = Int64((h[row] * hessianFactor + share).rounded(.down))
                ordered[index] = UInt32(truncatingIfNeeded: row)
                packed[index] = (gradient << 32) + hessian
            }
        }
        return GradientScale(gradientUnit: 1 / gradientFactor, hessianUnit: 1 / hessianFactor)
    }

    // MARK: State

    /// The scores and the trees so far.
    func write(to writer: inout ModelWriter) {
        writer.write(Array(UnsafeBufferPointer(start: scores, count: outputs * rows)))
        writer.write(validationScores)
        writer.write(UInt32(trees.count))
        for tree in trees { tree.write(to: &writer) }
    }

    /// - Throws: `corrupt` for the state of another training.
    func restore(from reader: inout ModelReader) throws(Diagnostic) {
        let saved = try reader.readFloats()
        let held = try reader.readFloats()
        try reader.require(
            saved.count == outputs * rows && held.count == validationScores.count, "they are of other rows")
        for (index, score) in saved.enumerated() { scores[index] = score }
        validationScores = held
        for _ in 0..<(try reader.read(UInt32.self)) {
            trees.append(try GrownTree(from: &reader, features: data.matrix.featureCount))
        }
    }

    // MARK: Results

    /// The loss (of LambdaRank one less nDCG) and the accuracy on the rows held out.
    func validationLoss() -> (loss: Double, accuracy: Double?)? {
        guard let validation, let validationObjective else { return nil }
        let count = validation.matrix.rowCount
        if case .lambdaRank = options.objective {
            return (1 - LambdaRank.nDCG(validationObjective, scores: validationScores), nil)
        }
        var gradients = [Float](repeating: 0, count: validationScores.count)
        var hessians = gradients
        let loss = validationObjective.derivatives(
            of: validationScores, gradients: &gradients, hessians: &hessians, team: team)
        var right = 0
        switch options.objective {
        case .binary:
            for row in 0..<count where (validationScores[row] > 0) == (validation.labels[row] > 0.5) { right += 1 }
        case .multiclass(let classes):
            for row in 0..<count {
                var best = 0
                for output in 1..<classes
                where validationScores[output * count + row] > validationScores[best * count + row] {
                    best = output
                }
                if best == Int(validation.labels[row]) { right += 1 }
            }
        case .regression, .lambdaRank: return (loss, nil)
        }
        return (loss, Double(right) / Double(max(1, count)))
    }

    func model(rounds: Int) -> BoostedTreesModel {
        BoostedTreesModel(
            objective: options.objective, binning: data.matrix.binning, initialScores: initial,
            trees: Array(trees.prefix(rounds * outputs)))
    }
}
