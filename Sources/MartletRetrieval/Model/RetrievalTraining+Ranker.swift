// The ranker, its judgement by folds, and the choice of what is published.

import MartletCore
import MartletKernels
import MartletLearning

extension RetrievalTraining {
    func rank(
        _ base: RetrievalBase, _ plain: RetrievalModel, _ stages: [LearnedStages],
        _ sample: [SampledQuery], _ start: RetrievalStart?, _ started: RetrievalReport, folds: Int, threads: Int,
        seed: UInt64, modelCount: Int, context: TrainingContext
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
        var ranker = rankers[folds].map { overall in
            let others = (rankers[..<folds] + rankers[(folds + 1)...]).compactMap { $0 }
            return BoostedTreesModel(meanOf: [overall] + others.prefix(modelCount - 1))
        }
        var (gate, mixed) = Self.gate(sample, scores)
        report.mixed = Self.figures(sample, mixed)
        if let start {
            let (carriedGate, carriedMixed) = Self.gate(sample, try Self.scores(sample) { _ in start.ranker })
            let figures = Self.figures(sample, carriedMixed)
            report.carried = figures
            if figures.nDCG > report.mixed?.nDCG ?? 0 || ranker == nil {
                (ranker, gate, mixed) = (start.ranker, carriedGate, carriedMixed)
                report.mixed = figures
                report.isCarried = true
            }
        }
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
            model = RetrievalModel(
                method: .ranked, base: base, stages: stages[folds], ranker: ranker,
                gate: gate)
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

    /// The gate that is best for all queries among those that do not harm the ones whose documents no example has, and the
    /// scores that it gives.
    private static func gate(_ sample: [SampledQuery], _ scores: [[Float]]) -> (RankerGate, [[Float]]) {
        func ranked(_ number: Int, _ gate: RankerGate) -> [Float] {
            zip(scores[number], sample[number].base).map { gate.ranked($0, base: $1) }
        }
        func unranked(_ number: Int, _ gate: RankerGate) -> [Float] {
            zip(sample[number].base, sample[number].tower).map { gate.unranked(base: $0, tower: $1) }
        }
        let based = sample.map { nDCG($0, $0.base) }
        let open = RankerGate.baseShares.map { share in
            sample.indices.map { nDCG(sample[$0], ranked($0, RankerGate(baseShare: share))) }
        }
        let closed = RankerGate.towerShares.map { share in
            sample.indices.map { nDCG(sample[$0], unranked($0, RankerGate(towerShare: share))) }
        }
        let greatest = scores.map { $0.max() ?? -1e30 }
        let unseenCount = Double(sample.count { $0.isUnseen })
        var best = (gate: RankerGate(), value: -Double.infinity)
        for evidence in RankerGate.Evidence.allCases {
            let seen = evidence == .similarity ? sample.map(\.similarity) : greatest
            for least in RankerGate.bounds(seen) {
                for (a, baseShare) in RankerGate.baseShares.enumerated() {
                    for (b, towerShare) in RankerGate.towerShares.enumerated() {
                        var all = 0.0
                        var unseen = 0.0
                        for number in sample.indices {
                            let gain = (seen[number] >= least ? open[a][number] : closed[b][number]) - based[number]
                            all += gain
                            if sample[number].isUnseen { unseen += gain }
                        }
                        // What unseen documents lose weighs more than what all gain.
                        let value =
                            all / Double(max(1, sample.count)) + unseenWeight * min(0, unseen / max(1, unseenCount))
                        guard value > best.value + 1e-9 else { continue }
                        best.value = value
                        best.gate = RankerGate(
                            evidence: evidence, least: least, baseShare: baseShare, towerShare: towerShare)
                    }
                }
            }
        }
        let mixed = sample.indices.map { number in
            best.gate.opens(similarity: sample[number].similarity, score: greatest[number])
                ? ranked(number, best.gate) : unranked(number, best.gate)
        }
        return (best.gate, mixed)
    }

    private static let unseenWeight = 1.0

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

    /// Over the first ten.
    private static func nDCG(_ query: SampledQuery, _ scores: [Float]) -> Double {
        func discounted(_ gains: some Sequence<Float>) -> Double {
            gains.prefix(10).enumerated().reduce(0.0) {
                $0 + Double($1.element) / Double(Mathematics.logarithm(Float($1.offset + 2)))
            }
        }
        let order = scores.indices.sorted { scores[$0] != scores[$1] ? scores[$0] > scores[$1] : $0 < $1 }
        let ideal = discounted(query.ideal)
        return ideal > 0 ? discounted(order.lazy.map { query.grades[$0] }) / ideal : 0
    }
}
