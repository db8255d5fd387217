// From spooled rows to a trained model: labels, encoders, sets, then fits of which the best is kept.

package import MartletCore
import MartletKernels
import Synchronization

/// What a TRAIN of rows asks for.
package struct TrainingRequest: Sendable {
    package var kind: LearnerKind
    /// The columns that are features, and where they are in the rows.
    package var columns: [InputColumn] = []
    package var positions: [Int] = []
    package var label: InputColumn?
    package var labelPosition: Int?
    package var task: LearningTask?
    /// Of a ranking: the column whose equal values make a group.
    package var groupPosition: Int?
    /// The column by which rows are divided among shards.
    package var shardPosition: Int?
    package var shards = 1
    /// Whether the statement says SHARDS: each shard then has one thread.
    package var isSharded = false
    package var aggregate = LearnerKind.Aggregate.mean
    package var rounds: Int?
    /// The share of rows held out.
    package var split = 0.0
    /// What a row of each class counts: by class, or all balanced.
    package var classWeights = ClassWeights.equal
    /// For each column 1 (the prediction may only rise with it), -1 or 0; empty: no constraint.
    package var monotone: [Int8] = []
    /// One or several settings, of which the best is kept.
    package var candidates: [Hyperparameters] = []
    package var seed: UInt64 = 0

    package enum ClassWeights: Hashable, Sendable {
        case equal
        /// Classes count alike, however many rows they have.
        case balanced
        case given([String: Double])
    }

    package init(kind: LearnerKind) { self.kind = kind }

    /// Sets the number of shards, and what of the settings was not given and follows from it.
    package mutating func settle(shards: Int) {
        self.shards = shards
        guard kind == .textClassifier else { return }
        let bringsTogether = shards > 1 && aggregate == .mean && rounds != 1
        let epochs = TextClassifierLearner.standardEpochs(shards: bringsTogether ? shards : 1)
        for index in candidates.indices where candidates[index]["epochs"] == nil {
            candidates[index]["epochs"] = .integer(epochs)
        }
    }
}

/// A report of one shard while it is fitted.
package struct ShardReport: Sendable {
    /// From 1.
    package var candidate: Int
    package var shard: Int
    package var round: Int
    package var epoch: EpochReport
}

/// How one shard was fitted.
package struct ShardOutcome: Sendable {
    package var rows: Int
    package var seconds: Double
    /// 1, and one more for each that was repeated.
    package var attempts: Int
    package var byteCount: Int
    package var checksum: UInt32
}

/// What one candidate reached.
package struct CandidateOutcome: Sendable {
    package var hyperparameters: Hyperparameters
    package var metrics: [(name: String, value: Double)]
    package var shards: [ShardOutcome]
}

package struct TrainingOutcome: Sendable {
    package var model: TrainedModel
    package var candidates: [CandidateOutcome]
    package var best: Int
    package var task: LearningTask?
    package var columnFacts: [ColumnFacts]
    package var trainedRows: Int
    package var heldOutRows: Int
    /// Rows whose label is NULL.
    package var leftOutRows: Int
    package var rounds: Int
}

/// One training. `@unchecked Sendable`: `prepare` is done before the fits begin, which only read.
package final class TrainingPipeline: @unchecked Sendable {
    let request: TrainingRequest
    let threads: Int
    private let context: TrainingContext
    private let report: @Sendable (ShardReport) -> Void
    private let checkpoint: TrainingCheckpoint?
    private let clock = ContinuousClock()

    /// - Parameters:
    ///   - threads: of the whole training.
    ///   - context: its `report` is not called; `report` is, from any thread.
    package init(
        _ request: TrainingRequest, threads: Int, context: TrainingContext,
        checkpoint: TrainingCheckpoint? = nil, report: @escaping @Sendable (ShardReport) -> Void
    ) {
        self.checkpoint = checkpoint
        self.request = request
        self.threads = request.isSharded ? max(1, min(threads, request.shards)) : max(1, threads)
        self.context = context
        self.report = report
    }

    /// What labels, encoders and the division of rows are, before anything is fitted.
    struct Basis {
        var labels: EncodedLabels?
        var features: FeatureEncoding
        var facts: [ColumnFacts]
        var groups: [UInt64]?
        var assignment: RowAssignment
    }

    func basis(_ rows: some RowBatches) throws(Diagnostic) -> Basis {
        try basis(rows, WorkerTeam(threads: threads))
    }

    private func basis(_ rows: some RowBatches, _ team: WorkerTeam) throws(Diagnostic) -> Basis {
        guard rows.rowCount > 0 else { throw Diagnostic(.nothingToTrain, "the source has no rows to train on") }
        var labels: EncodedLabels?
        if let label = request.label, let position = request.labelPosition {
            labels = try EncodedLabels.fit(label, at: position, of: rows, task: request.task)
            try Self.check(labels)
        }
        let (features, facts) = try FeatureEncoding.fit(
            request.columns, at: request.positions, of: rows, isText: request.kind.readsTexts, team: team,
            context: context)
        let groups = try keys(rows, request.groupPosition)
        let assignment = try RowAssignment(
            rowCount: rows.rowCount, labels: labels?.values ?? [], classes: labels?.encoding.classes?.count,
            split: request.split, shards: request.shards, keys: try keys(rows, request.shardPosition),
            groups: groups, seed: request.seed)
        return Basis(labels: labels, features: features, facts: facts, groups: groups, assignment: assignment)
    }

    package func run(_ rows: some RowBatches) throws(Diagnostic) -> TrainingOutcome {
        let team = WorkerTeam(threads: threads)
        let basis = try basis(rows, team)
        let (labels, features, assignment) = (basis.labels, basis.features, basis.assignment)
        let trained = assignment.shardRows.reduce(0, +)
        guard trained > 0 else {
            throw Diagnostic(
                .nothingToTrain,
                assignment.leftOutRows == rows.rowCount
                    ? "every row's label is NULL" : "all rows are held out; none is left to train on")
        }
        let sets = try TrainingSets(
            rows, features, at: request.positions, isText: request.kind.readsTexts, labels: labels?.values ?? [],
            groups: basis.groups, assignment: assignment, team: team, context: context)
        try sets.checkVariation(of: features)
        var specification = LearningSpecification(
            kind: request.kind, hyperparameters: Hyperparameters(), features: features, label: labels?.encoding,
            task: request.task ?? labels.map { $0.encoding.classes == nil ? .regression : .classification },
            seed: request.seed)
        specification.rowCount = trained
        specification.shards = sets.shards.count { $0.rowCount > 0 }
        specification.classWeights = try weights(labels, sets)
        specification.monotone = zip(request.monotone, features.encoders).flatMap { sign, encoder in
            [Int8](repeating: sign, count: encoder.width)
        }
        var outcomes: [CandidateOutcome] = []
        var best: (index: Int, model: TrainedModel, score: Double)?
        if let saved = try checkpoint?.best() { best = saved }
        for (index, candidate) in request.candidates.enumerated() {
            specification.hyperparameters = candidate
            specification.rounds = rounds(candidate, specification)
            if let outcome = try checkpoint?.outcome(index, candidate) {
                outcomes.append(outcome)
                continue
            }
            let (members, shards) = try fit(specification, sets, candidate: index + 1, team)
            let model = TrainedModel(
                kind: request.kind, features: features, label: labels?.encoding, members: members)
            let metrics = try sets.heldOut.map { (held) throws(Diagnostic) in
                try HeldOutMetrics.metrics(model, held, specification.task, team: team)
            }
            outcomes.append(
                CandidateOutcome(hyperparameters: candidate, metrics: metrics ?? [], shards: shards))
            let score = HeldOutMetrics.score(metrics ?? [])
            let isBest = best.map({ score > $0.score }) ?? true
            if isBest { best = (index, model, score) }
            // A single setting is published at once.
            if request.candidates.count > 1 {
                checkpoint?.put(outcomes[index], index, isBest ? (model, score) : nil)
            }
        }
        guard let best else { throw Diagnostic(.trainingFailed, "there are no settings to train with") }
        return TrainingOutcome(
            model: best.model, candidates: outcomes, best: best.index, task: specification.task,
            columnFacts: basis.facts,
            trainedRows: trained, heldOutRows: assignment.heldOutRows, leftOutRows: assignment.leftOutRows,
            rounds: specification.rounds)
    }

    private static func check(_ labels: EncodedLabels?) throws(Diagnostic) {
        guard let labels else { return }
        let known = labels.values.lazy.filter { !$0.isNaN }
        guard let first = known.first else {
            throw Diagnostic(.nothingToTrain, "label '\(labels.encoding.column.name)' is NULL in every row")
        }
        if labels.encoding.classes != nil, !known.contains(where: { $0 != first }) {
            throw Diagnostic(
                .trainingFailed,
                "all rows have the same class, '\(labels.encoding.classes?.first ?? "")', so there is nothing to tell apart"
            )
        }
    }

    /// For each row a hash of its value in a column.
    private func keys(_ rows: some RowBatches, _ position: Int?) throws(Diagnostic) -> [UInt64]? {
        guard let position else { return nil }
        var keys = [UInt64](repeating: 0, count: rows.rowCount)
        for index in 0..<rows.batchCount {
            let column = try rows.batch(index).columns[position]
            let first = rows.firstRow(ofBatch: index)
            column.forEachText { row, text in
                var hash: UInt64 = 0xCBF2_9CE4_8422_2325
                for byte in text { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
                keys[first + row] = SeededRandom.mix(hash)
            }
        }
        return keys
    }

    private func weights(_ labels: EncodedLabels?, _ sets: TrainingSets) throws(Diagnostic) -> [Double] {
        guard request.classWeights != .equal else { return [] }
        guard let classes = labels?.encoding.classes else {
            throw Diagnostic(.invalidOption, "class_weights are for classification")
        }
        switch request.classWeights {
        case .equal: return []
        case .balanced:
            var counts = [Double](repeating: 0, count: classes.count)
            for shard in sets.shards { for label in shard.labels where label >= 0 { counts[Int(label)] += 1 } }
            let total = counts.reduce(0, +)
            return counts.map { $0 > 0 ? total / (Double(classes.count) * $0) : 1 }
        case .given(let given):
            if let unknown = given.keys.sorted().first(where: { !classes.contains($0) }) {
                throw Diagnostic(
                    .invalidOption, "class_weights names '\(unknown)', which no label is",
                    hint: "the classes are \(classes.prefix(20).joined(separator: ", "))")
            }
            return classes.map { given[$0] ?? 1 }
        }
    }

    private func rounds(_ candidate: Hyperparameters, _ specification: LearningSpecification) -> Int {
        guard specification.shards > 1, request.aggregate == .mean else { return 1 }
        if let rounds = request.rounds { return rounds }
        switch request.kind {
        case .mlp, .cnn: return NetworkLearner.rounds(specification)
        case .embedding: return EmbeddingLearner.epochs(candidate)
        case .textClassifier: return TextClassifierLearner.rounds(candidate, shards: specification.shards)
        case .kmeans: return 5
        default: return 1
        }
    }

    // MARK: Fitting

    private func fit(
        _ specification: LearningSpecification, _ sets: TrainingSets, candidate: Int, _ team: WorkerTeam
    ) throws(Diagnostic) -> (members: [TrainedModel.Member], shards: [ShardOutcome]) {
        let learner = try request.kind.makeLearner(specification)
        let shards = sets.shards.filter { $0.rowCount > 0 }
        try learner.prepare(shards, validation: sets.heldOut, team: team, context: context)
        let rows = shards.map(\.rowCount)
        var mean: FittedModel?
        var members: [TrainedModel.Member] = []
        var outcomes = rows.map { ShardOutcome(rows: $0, seconds: 0, attempts: 1, byteCount: 0, checksum: 0) }
        var first = 1
        if specification.rounds > 1, let saved = try checkpoint?.round(request.kind, &outcomes) {
            first = saved.round + 1
            mean = saved.mean
            for shard in shards.indices {
                if let session = checkpoint?.part("session \(shard)") { learner.restore(shard, session) }
            }
        }
        var round = first
        var beginnings = 1
        let told = shards.map { _ in ToldEpochs() }
        while round <= specification.rounds {
            let start = mean
            let isOnly = specification.rounds == 1
            let fitted: [ShardFit]
            do throws(Diagnostic) {
                if shards.count == 1 {
                    fitted = [try fitShard(learner, 0, round, start, candidate, team, told[0], keeps: isOnly)]
                } else {
                    fitted = try Parallel.map(count: shards.count, on: team) {
                        [round] (shard) throws(Diagnostic) in
                        try self.fitShard(
                            learner, shard, round, start, candidate, WorkerTeam(threads: 1), told[shard],
                            keeps: isOnly)
                    }
                }
            } catch {
                // What the shards keep is from this round too, and none can go back by itself: all begin anew.
                guard Self.passes.contains(error.code), beginnings < Self.attemptLimit,
                    shards.indices.contains(where: { !learner.takeBack($0, round: round) })
                else { throw error }
                beginnings += 1
                for shard in shards.indices {
                    _ = learner.takeBack(shard, round: 1)
                    told[shard].beginAgain()
                    outcomes[shard].attempts += 1
                }
                mean = nil
                round = 1
                continue
            }
            let models = fitted.compactMap(\.model)
            let isLast = round == specification.rounds
            if isLast {
                let sizes = try Parallel.map(count: shards.count, on: team) { shard in
                    fitted[shard].model?.stored.digest() ?? learner.digest(shard) ?? (0, 0)
                }
                for (shard, size) in sizes.enumerated() {
                    (outcomes[shard].byteCount, outcomes[shard].checksum) = size
                }
            }
            if models.isEmpty {
                learner.share(rows, team: team)
                if isLast { mean = try learner.finish(rows, team: team) }
            } else if request.aggregate == .mean, request.kind.hasMean || shards.count == 1 {
                mean = try .mean(zip(models, rows).map { ($0, $1) }, team: team)
            }
            members = zip(models, rows).map { TrainedModel.Member(model: $0, weight: Double($1)) }
            for (index, fit) in fitted.enumerated() {
                outcomes[index].seconds += fit.seconds
                outcomes[index].attempts += fit.attempts - 1
            }
            let isKept = mean != nil || models.isEmpty
            if !isLast, isKept, let checkpoint, checkpoint.isDue("round") {
                checkpoint.put(round: round, mean, outcomes, sessions: shards.indices.map { learner.session($0) })
            }
            round += 1
        }
        checkpoint?.removeFit()
        if let mean { members = [TrainedModel.Member(model: mean, weight: 1)] }
        return (members, outcomes)
    }

    struct ShardFit: Sendable {
        /// nil: the shard's session has what it found.
        var model: FittedModel?
        var seconds: Double
        var attempts: Int
    }

    /// How often a shard is begun anew after an error that may pass.
    private static let attemptLimit = 3
    private static let passes: Set<ErrorCode> = [.inputOutput, .outOfMemory, .tooManyReaders]

    private func fitShard(
        _ learner: any Learner, _ shard: Int, _ round: Int, _ start: FittedModel?, _ candidate: Int,
        _ team: WorkerTeam, _ told: ToldEpochs, keeps: Bool
    ) throws(Diagnostic) -> ShardFit {
        if keeps, let done = try checkpoint?.fit(shard, request.kind) { return done }
        let begin = clock.now
        let report = report
        let base = context
        let check: @Sendable () throws(Diagnostic) -> Void = { () throws(Diagnostic) in
            try base.check()
            try base.fault?(shard + 1)
        }
        var context = TrainingContext(threads: team.threads, check: check) { epoch in
            if told.isNew(round, epoch.epoch) {
                report(ShardReport(candidate: candidate, shard: shard + 1, round: round, epoch: epoch))
            }
        }
        context.memory = base.memory
        if keeps, let checkpoint { context.checkpoint = FitCheckpoint(checkpoint, "fit \(shard)") }
        var attempts = 1
        while true {
            do throws(Diagnostic) {
                let model = try learner.fit(shard: shard, round: round, from: start, team: team, context: context)
                let elapsed = (clock.now - begin).components
                let fit = ShardFit(
                    model: model, seconds: Double(elapsed.seconds) + Double(elapsed.attoseconds) / 1e18,
                    attempts: attempts)
                if keeps, request.shards > 1 { checkpoint?.put(fit, shard) }
                return fit
            } catch {
                guard Self.passes.contains(error.code), attempts < Self.attemptLimit,
                    learner.takeBack(shard, round: round)
                else {
                    guard request.shards > 1, error.code != .cancelled else { throw error }
                    let place = "shard \(shard + 1)" + (attempts > 1 ? ", in \(attempts) attempts" : "")
                    throw Diagnostic(
                        error.code, "\(place): \(error.message)", hint: error.hint ?? "use fewer SHARDS")
                }
                attempts += 1
                told.beginAgain()
            }
        }
    }
}

/// Which epochs of a shard were reported before it was begun again.
private final class ToldEpochs: Sendable {
    private typealias Place = (round: Int, epoch: Int)
    private let places = Mutex<(last: Place, before: Place)>(((0, 0), (0, 0)))

    func isNew(_ round: Int, _ epoch: Int) -> Bool {
        places.withLock { places in
            if (round, epoch) > places.last { places.last = (round, epoch) }
            return (round, epoch) > places.before
        }
    }

    func beginAgain() { places.withLock { $0.before = $0.last } }
}
