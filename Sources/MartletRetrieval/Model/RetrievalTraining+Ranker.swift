// The ranker, its judgement by folds, and the choice of what is published.

import MartletCore
import MartletKernels
import MartletLearning

extension RetrievalTraining {
    /// Thresholds of similarity that are tried.
    private static let similarities: [Float] = [0, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8]

    func rank(
        _ base: RetrievalBase, _ plain: RetrievalModel, _ stages: [LearnedStages], _ crossRows: SparseMatrix,
        _ sample: [SampledQuery], _ started: RetrievalReport, folds: Int, threads: Int, seed: UInt64,
        context: TrainingContext
    ) throws(Diagnostic) -> (model: RetrievalModel, report: RetrievalReport) {
        var report = started
        let rankers = try Parallel.map(count: folds + 1, threads: threads) {
            (fold) throws(Diagnostic) -> BoostedTreesModel? in
            try Self.ranker(sample.filter { $0.fold != fold }, seed: seed, context: context)
        }
        let single = WorkerTeam(threads: 1)
        var scores: [[Float]] = []
        for query in sample {
            if let ranker = rankers[query.fold], !query.grades.isEmpty {
                scores.append(try ranker.scores(try Self.matrix(query.rows), team: single))
            } else {
                scores.append(query.base)
            }
        }
        report.lexical = Self.figures(sample, sample.map(\.lexical))
        report.base = Self.figures(sample, sample.map(\.base))
        report.ranked = Self.figures(sample, scores)
        var best = (threshold: Float(0), figures: report.ranked ?? RetrievalFigures())
        func mixed(_ threshold: Float) -> [[Float]] {
            sample.indices.map { sample[$0].similarity >= threshold ? scores[$0] : sample[$0].base }
        }
        for threshold in Self.similarities.dropFirst() {
            let figures = Self.figures(sample, mixed(threshold))
            if figures.nDCG > best.figures.nDCG { best = (threshold, figures) }
        }
        report.mixed = best.figures
        report.leastSimilarity = best.threshold
        let unseen = sample.indices.filter { sample[$0].isUnseen }
        report.unseenCount = unseen.count
        if !unseen.isEmpty {
            let all = mixed(best.threshold)
            report.unseenBase = Self.figures(unseen.map { sample[$0] }, unseen.map { sample[$0].base })
            report.unseenMixed = Self.figures(unseen.map { sample[$0] }, unseen.map { all[$0] })
        }
        var model = plain
        let baseFigure = report.base?.nDCG ?? 0
        let lexicalFigure = report.lexical?.nDCG ?? 0
        if let ranker = rankers[folds], best.figures.nDCG > max(baseFigure, lexicalFigure) {
            model = RetrievalModel(
                method: .ranked, base: base, stages: stages[folds], crossRows: crossRows, ranker: ranker,
                leastSimilarity: best.threshold)
            var shares: [String: Double] = [:]
            for (feature, share) in zip(CandidateFeature.allCases, ranker.importance) {
                shares[feature.group, default: 0] += share
            }
            report.importance = shares.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        } else if lexicalFigure > baseFigure {
            model.method = .lexical
        }
        report.method = model.method
        return (model, report)
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
            let order = scores.indices.sorted { scores[$0] != scores[$1] ? scores[$0] > scores[$1] : $0 < $1 }
            func discounted(_ gains: [Float]) -> Double {
                gains.prefix(10).enumerated().reduce(0.0) {
                    $0 + Double($1.element) / Double(Mathematics.logarithm(Float($1.offset + 2)))
                }
            }
            let ideal = discounted(query.ideal)
            if ideal > 0 { figures.nDCG += discounted(order.map { query.grades[$0] }) / ideal }
            if let first = order.first, query.grades[first] > 0 { figures.precision += 1 }
        }
        figures.nDCG /= Double(sample.count)
        figures.precision /= Double(sample.count)
        return figures
    }
}
