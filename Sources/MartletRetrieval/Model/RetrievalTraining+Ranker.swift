// The ranker, its judgement by folds, and the choice of what is published.

import MartletCore
import MartletKernels
import MartletLearning

/// What an earlier model ranks by, fitted to the documents.
struct CarriedRanker: Sendable {
    var stages: LearnedStages
    var ranker: BoostedTreesModel
    var gate: RankerGate

    func model(_ base: RetrievalBase) -> RetrievalModel {
        RetrievalModel(method: .ranked, base: base, stages: stages, ranker: ranker, gate: gate)
    }
}

extension RetrievalTraining {
    func rank(
        _ base: RetrievalBase, _ plain: RetrievalModel, _ stages: [LearnedStages],
        _ sample: [SampledQuery], _ earlier: (ranker: CarriedRanker, sample: [SampledQuery])?,
        _ started: RetrievalReport, folds: Int, threads: Int, seed: UInt64, modelCount: Int, context: TrainingContext
    ) throws(Diagnostic) -> (model: RetrievalModel, report: RetrievalReport) {
        var report = started
        let (checkpoint, stepped) = (checkpoint, stepped)
        let rankers = try Parallel.map(count: max(folds + 1, modelCount), threads: threads) {
            (fold) throws(Diagnostic) -> BoostedTreesModel? in
            let kept = checkpoint?.fit("ranker \(fold)")
            if let saved = kept?.saved { return saved.isEmpty ? nil : try BoostedTreesModel(bytes: saved) }
            let ranker = try Self.ranker(
                sample.filter { $0.fold != fold },
                seed: fold > folds ? SeededRandom.mix(seed &+ UInt64(fold)) : seed, context: context)
            kept?.save { ranker?.serialized() ?? [] }
            if fold <= folds { stepped(folds + 2 + fold, 2 * (folds + 1)) }
            return ranker
        }
        let scores = try Self.scores(sample) { rankers[$0.fold] }
        report.lexical = Self.figures(sample, sample.map(\.lexical))
        report.base = Self.figures(sample, sample.map(\.base))
        report.ranked = Self.figures(sample, scores)
        let answerCount = sample.reduce(0) { $0 + $1.ideal.count }
        let foundCount = sample.reduce(0) { $0 + $1.grades.count { $0 > 0 } }
        report.candidateRecall = Double(foundCount) / Double(max(1, answerCount))
        let ranker = rankers[folds].map { overall in
            let others = (rankers[..<folds] + rankers[(folds + 1)...]).compactMap { $0 }
            return BoostedTreesModel(meanOf: [overall] + others.prefix(modelCount - 1))
        }
        let (gate, mixed) = Self.gate(sample, scores)
        report.mixed = Self.figures(sample, mixed)
        report.gate = gate
        let unseen = sample.indices.filter { sample[$0].isUnseen }
        report.unseenCount = unseen.count
        if !unseen.isEmpty {
            let held = unseen.map { sample[$0] }
            report.unseenBase = Self.figures(held, held.map(\.base))
            report.unseenMixed = Self.figures(held, unseen.map { mixed[$0] })
        }
        var model = plain
        let baseFigure = report.base?.nDCG ?? 0
        let lexicalFigure = report.lexical?.nDCG ?? 0
        if let ranker, (report.mixed?.nDCG ?? 0) > max(baseFigure, lexicalFigure) {
            model = CarriedRanker(stages: stages[folds], ranker: ranker, gate: gate).model(base)
            for (query, scores) in zip(sample, mixed) {
                model.stages?.past.figures[query.number] = Float(Self.nDCG(query, scores))
            }
        } else if lexicalFigure > baseFigure {
            model.method = .lexical
        }
        if var earlier, try stays(&earlier, model, sample, mixed, &report) {
            model = earlier.ranker.model(base)
            report.isCarried = true
        }
        if let ranker = model.ranker {
            var shares: [String: Double] = [:]
            for (feature, share) in zip(CandidateFeature.allCases, ranker.importance) {
                shares[feature.group, default: 0] += share
            }
            report.importance = shares.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        }
        report.method = model.method
        return (model, report)
    }

    /// Whether an earlier model's ranker stays: where nothing that was learned now is better than the base, or where the
    /// earlier is better by more than chance, be it on queries that are new to it, or on those that it has learned from, as
    /// they were ranked when they were held out. So new examples of another sort take nothing from the old ones.
    private func stays(
        _ earlier: inout (ranker: CarriedRanker, sample: [SampledQuery]), _ model: RetrievalModel,
        _ sample: [SampledQuery], _ mixed: [[Float]], _ report: inout RetrievalReport
    ) throws(Diagnostic) -> Bool {
        let own = try Self.scores(earlier.sample) { _ in earlier.ranker.ranker }
        let kept = Self.mixed(earlier.sample, own, earlier.ranker.gate)
        let new = sample.indices.filter { sample[$0].isNew }
        for (query, scores) in zip(earlier.sample, kept) {
            earlier.ranker.stages.past.figures[query.number] = Float(Self.nDCG(query, scores))
        }
        report.carried = Self.figures(earlier.sample, kept)
        report.renewed = Self.figures(new.map { sample[$0] }, new.map { mixed[$0] })
        guard model.method == .ranked, new.count == kept.count else { return true }
        let old = sample.indices.filter { sample[$0].figure >= 0 }
        return Self.isAbove(
            zip(earlier.sample, kept).map { Self.nDCG($0, $1) }, new.map { Self.nDCG(sample[$0], mixed[$0]) })
            || Self.isAbove(old.map { Double(sample[$0].figure) }, old.map { Self.nDCG(sample[$0], mixed[$0]) })
    }

    /// Whether figures are greater than others by more than the standard error of the mean difference.
    private static func isAbove(_ figures: [Double], _ others: [Double]) -> Bool {
        let differences = zip(figures, others).map { $0 - $1 }
        let count = Double(differences.count)
        guard count > 1 else { return false }
        let mean = differences.reduce(0, +) / count
        let square = differences.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        return mean > (square / (count - 1) / count).squareRoot()
    }

    /// The scores of each query's candidates by its ranker, by the base where there is none.
    private static func scores(
        _ sample: [SampledQuery], by ranker: (SampledQuery) -> BoostedTreesModel?
    ) throws(Diagnostic) -> [[Float]] {
        let single = WorkerTeam(threads: 1)
        var scores: [[Float]] = []
        for query in sample {
            if let ranker = ranker(query), !query.grades.isEmpty {
                scores.append(try ranker.scores(try matrix(query.rows), team: single))
            } else {
                scores.append(query.base)
            }
        }
        return scores
    }

    static func matrix(_ rows: [Float]) throws(Diagnostic) -> FeatureMatrix {
        try FeatureMatrix(
            kinds: [FeatureKind](repeating: .numeric, count: CandidateFeature.allCases.count), values: rows)
    }

    /// nil where nothing can be learned.
    private static func ranker(
        _ sample: [SampledQuery], seed: UInt64, context: TrainingContext
    ) throws(Diagnostic) -> BoostedTreesModel? {
        var values: [Float] = []
        var labels: [Float] = []
        var groups: [Int] = []
        for query in sample where query.grades.contains(where: { $0 > 0 }) {
            values += query.rows
            // Answers as good as a query's best have grade 2, others 1.
            labels += query.grades.map { $0 >= 1 ? 2 : $0 > 0 ? 1 : 0 }
            groups.append(query.grades.count)
        }
        guard groups.count >= 10 else { return nil }
        let single = WorkerTeam(threads: 1)
        let matrix = try matrix(values)
        let binning = FeatureBinning(matrix, team: single)
        let data = BoostedTreesData(
            matrix: try BinnedMatrix(matrix, binning: binning, team: single), labels: labels, groupSizes: groups)
        var options = BoostedTreesOptions(.lambdaRank)
        options.leaves = 15
        options.learningRate = 0.07
        options.rounds = 200
        options.minimumRowsPerLeaf = 40
        options.featureFraction = 0.6
        options.bagging = 0.8
        options.l2 = 5
        options.truncation = 10
        options.monotone = CandidateFeature.allCases.map(\.monotone)
        options.seed = seed
        return try BoostedTrees.train(data, options: options, team: single, context: context)
    }

    static func figures(_ sample: [SampledQuery], _ scores: [[Float]]) -> RetrievalFigures {
        var figures = RetrievalFigures()
        guard !sample.isEmpty else { return figures }
        for (query, scores) in zip(sample, scores) {
            figures.nDCG += nDCG(query, scores)
            let first = scores.indices.min { scores[$0] != scores[$1] ? scores[$0] > scores[$1] : $0 < $1 }
            if let first, query.grades[first] > 0 { figures.precision += 1 }
        }
        figures.nDCG /= Double(sample.count)
        figures.precision /= Double(sample.count)
        return figures
    }

    /// Over the first ten. O(candidates · answers among them).
    static func nDCG(_ query: SampledQuery, _ scores: [Float]) -> Double {
        func discounted(_ grade: Float, _ rank: Int) -> Double {
            Double(grade) / Double(Mathematics.logarithm(Float(rank + 2)))
        }
        let ideal = query.ideal.prefix(10).enumerated().reduce(0.0) { $0 + discounted($1.element, $1.offset) }
        guard ideal > 0 else { return 0 }
        var found: [(rank: Int, grade: Float)] = []
        for (place, grade) in query.grades.enumerated() where grade > 0 {
            var rank = 0
            for other in scores.indices
            where scores[other] > scores[place] || (scores[other] == scores[place] && other < place) {
                rank += 1
            }
            if rank < 10 { found.append((rank, grade)) }
        }
        found.sort { $0.rank < $1.rank }
        return found.reduce(0.0) { $0 + discounted($1.grade, $1.rank) } / ideal
    }
}
