// Training a retriever, from documents to the model that won.

package import MartletCore
import MartletKernels
package import MartletLearning
package import MartletText

package struct RetrievalTrainingOptions: Sendable {
    package var seed: UInt64 = 0
    package var threads = 1
    package var leadWeight: Float = 1
    /// Rankers whose mean is the ranker: the one over all examples, then those that were judged, each of which has not
    /// seen a fold (Krogh and Vedelsby 1995), then more over all, each with its own bags and choices of features.
    package var modelCount = 1

    package init() {}
}

/// 1. The corpus and what it tells by itself (`RetrievalBase`).
/// 2. In folds, and once over all examples: towers, cross-term weights, past queries (`LearnedStages`).
/// 3. Features of a sample of the examples' queries, each by the stages that did not learn from its fold.
/// 4. Rankers in the same folds, judged on the fold left out, and one over all.
/// 5. The method that wins on the queries held out is published.
///
/// An earlier model may be gone on from. Its examples are learned from together with the new ones, so that nothing is
/// forgotten; what comes of it replaces what the earlier model learned unless that is better on questions new to it by
/// more than chance, or there are few of them. Then it stays, fitted to the documents, and the new examples vote.
package struct RetrievalTraining {
    /// Searches the words of many queries: for each the best rows.
    package typealias Search = ([String], Int) throws(Diagnostic) -> [[LexicalHit]]

    /// Of few queries each fold leaves out less, so that its stages are nearer to those over all.
    private static let foldCounts = (few: 8, many: 4)
    private static let fewQueries = 2_000
    /// Queries whose candidates the ranker learns from, at most.
    private static let rankedQueryLimit = 4_000
    private static let rankedCandidates = 50
    private static let hardCount = 60
    /// Fewer queries teach nothing that can be trusted.
    private static let leastQueryCount = 20

    private let options: RetrievalTrainingOptions
    private let team: WorkerTeam
    private let context: TrainingContext
    private let check: @Sendable () throws(Diagnostic) -> Void
    let checkpoint: TrainingCheckpoint?
    let stepped: @Sendable (_ step: Int, _ count: Int) -> Void

    /// - Parameters:
    ///   - checkpoint: keeps the stages and rankers of folds that are done with.
    ///   - stepped: told after each of the steps that take long, from any thread; none is told of what was kept.
    package init(
        _ options: RetrievalTrainingOptions, checkpoint: TrainingCheckpoint? = nil,
        stepped: @escaping @Sendable (_ step: Int, _ count: Int) -> Void = { _, _ in },
        check: @escaping @Sendable () throws(Diagnostic) -> Void
    ) {
        self.options = options
        self.checkpoint = checkpoint
        self.stepped = stepped
        team = WorkerTeam(threads: options.threads)
        context = TrainingContext(threads: 1, check: check)
        self.check = check
    }

    /// The examples in the terms of the corpus.
    private struct Prepared {
        var texts: [String] = []
        var queries: [RetrievalQuery] = []
        var answers: [[(document: Int32, weight: Float)]] = []
        var relevant: [Set<Int32>] = []
        var folds: [Int] = []
        var foldCount = 0
        var pairs: [(query: Int, document: Int)] = []
        /// Of each query, whether it comes from an earlier model, its figure there (below 0: none), and whether it is new
        /// to that.
        var isCarried: [Bool] = []
        var figures: [Float] = []
        var isNew: [Bool] = []
    }

    /// - Parameters:
    ///   - earlier: a model to go on from, of the same analyzer; one that had no examples changes nothing.
    ///   - search: over exactly these documents.
    package func train(
        _ documents: [RetrievalDocument], analyzer: AnalyzerDefinition, examples: RetrievalExamples,
        from earlier: RetrievalModel? = nil, search: Search
    ) throws(Diagnostic) -> (model: RetrievalModel, report: RetrievalReport) {
        var corpus = try RetrievalCorpus(documents, analyzer: analyzer, threads: options.threads, check: check)
        let reader = try TermReader(analyzer)
        let start = earlier.flatMap { RetrievalStart($0, examples, &corpus, reader) }
        let prepared = prepare(start?.examples ?? examples, start, &corpus, reader)
        try check()
        let base = try RetrievalBase(
            corpus: corpus, analyzer: analyzer, leadWeight: options.leadWeight, team: team, check: check)
        try check()
        var report = RetrievalReport()
        report.carriedCount = prepared.isCarried.count { $0 }
        report.queryCount = prepared.queries.count - report.carriedCount
        report.pairCount = prepared.pairs.count { !prepared.isCarried[$0.query] }
        var past = SparseMatrix(columnCount: corpus.vocabulary.count)
        for query in prepared.queries { past.append(TermWeights.query(query.terms, corpus.vocabulary)) }
        let pastQueries = PastQueries(rows: past, answers: prepared.answers, texts: prepared.texts)
        // Examples are kept where they teach nothing yet: with others they may.
        let plain = RetrievalModel(
            method: .base, base: base,
            stages: prepared.queries.isEmpty
                ? nil
                : LearnedStages(
                    past: pastQueries,
                    crossDocuments: CrossDocuments(features: [], rows: SparseMatrix(columnCount: 0))),
            ranker: nil, gate: RankerGate())
        guard prepared.queries.count >= Self.leastQueryCount || start?.ranker != nil else { return (plain, report) }
        return try learn(base, plain, prepared, pastQueries, start, report, search)
    }

    private func prepare(
        _ examples: RetrievalExamples, _ start: RetrievalStart?, _ corpus: inout RetrievalCorpus, _ reader: TermReader
    ) -> Prepared {
        var prepared = Prepared()
        var hashes: [UInt64] = []
        var numbers: [Int64: Int32] = [:]
        for (number, row) in corpus.rowIDs.enumerated() { numbers[row] = Int32(number) }
        for (place, query) in examples.queries.enumerated() {
            let answers = query.answers.compactMap { answer in
                answer.grade > 0 ? numbers[answer.rowID].map { (document: $0, grade: answer.grade) } : nil
            }
            // Grades below 1 are weak whatever the others are.
            guard let best = answers.map({ max(1, $0.grade) }).max() else { continue }
            var read: [UInt32] = []
            reader.read(query.text, limit: RetrievalQuery.termLimit, into: &read)
            guard !read.isEmpty else { continue }
            // Words that no document has still tell queries from each other.
            let terms = read.map { corpus.vocabulary.add(reader.bytes(ofTerm: Int($0 >> 1))) << 1 | $0 & 1 }
            let number = prepared.queries.count
            prepared.texts.append(query.text)
            prepared.isCarried.append(place < start?.carriedCount ?? 0)
            prepared.figures.append(start?.figures[query.text] ?? -1)
            prepared.isNew.append(!(start?.knows(query.text, reader) ?? false))
            prepared.queries.append(RetrievalQuery(query.text, terms: terms))
            prepared.answers.append(
                answers.map { (document: $0.document, weight: $0.grade / best) }.sorted { $0.document < $1.document })
            prepared.relevant.append(Set(answers.map(\.document)))
            for answer in prepared.answers[number] { prepared.pairs.append((number, Int(answer.document))) }
            // Queries of the same words are in the same fold.
            var hash: UInt64 = options.seed
            for term in terms.map({ $0 >> 1 }).sorted() { hash = SeededRandom.mix(hash ^ UInt64(term)) }
            hashes.append(hash)
        }
        prepared.foldCount = hashes.count < Self.fewQueries ? Self.foldCounts.few : Self.foldCounts.many
        prepared.folds = hashes.map { Int($0 % UInt64(prepared.foldCount)) }
        return prepared
    }

    // MARK: Examples

    private func learn(
        _ base: RetrievalBase, _ plain: RetrievalModel, _ prepared: Prepared, _ pastQueries: PastQueries,
        _ start: RetrievalStart?, _ started: RetrievalReport, _ search: Search
    ) throws(Diagnostic) -> (model: RetrievalModel, report: RetrievalReport) {
        var report = started
        let corpus = base.corpus
        var judged = pastQueries
        judged.figures = prepared.figures
        let carriedQueries = judged
        let earlier = start.flatMap { start in
            start.ranker.map {
                CarriedRanker(stages: start.stages(base, carriedQueries, team), ranker: $0, gate: start.gate)
            }
        }
        try check()
        if let earlier, prepared.isNew.count(where: { $0 }) < Self.leastQueryCount {
            report.isCarried = true
            report.method = .ranked
            return (earlier.model(base), report)
        }
        let hits = try search(prepared.texts, Self.hardCount)
        let hard = hits.map { hits in
            hits.compactMap { hit in
                base.document(ofRow: hit.rowID).map { (document: Int32($0), score: hit.score) }
            }
        }
        let features = Towers.features(corpus.vocabulary, queries: prepared.queries)
        let width = Int(features.filter { $0 != Towers.none }.count)
        var towerDocuments = SparseMatrix(columnCount: width)
        for row in Towers.documents(base, features, team) { towerDocuments.append(row) }
        var towerQueries = SparseMatrix(columnCount: width)
        for query in prepared.queries { towerQueries.append(Towers.query(query, corpus.vocabulary, features)) }
        try check()
        let crossDocuments = CrossDocuments(corpus, team: team)
        let crossQueries = prepared.queries.map { CrossTerms.query($0, corpus.vocabulary) }
        try check()

        // One set of stages a fold, and the last over all.
        let options = options
        let context = context
        let (rows, queries) = (towerDocuments, towerQueries)
        let (checkpoint, stepped) = (checkpoint, stepped)
        let stepCount = 2 * (prepared.foldCount + 1)
        let stages = try Parallel.map(count: prepared.foldCount + 1, threads: options.threads) {
            (fold) throws(Diagnostic) -> LearnedStages in
            let kept = checkpoint?.fit("stages \(fold)")
            if let saved = kept?.saved {
                return try LearnedStages(
                    bytes: saved, past: pastQueries, crossDocuments: crossDocuments, corpus: base.corpus)
            }
            let single = WorkerTeam(threads: 1)
            let pairs = prepared.pairs.filter { prepared.folds[$0.query] != fold }
            var stages = LearnedStages(past: pastQueries, crossDocuments: crossDocuments)
            stages.towers = try Towers(
                queries: queries, documents: rows, features: features, pairs: pairs,
                hard: hard.map { $0.map(\.document) }, relevant: prepared.relevant, seed: options.seed, team: single,
                context: context)
            stages.cross = try CrossTerms(
                queries: crossQueries, documents: crossDocuments, pairs: pairs, hard: hard, relevant: prepared.relevant,
                seed: options.seed, context: context)
            kept?.save { stages.serialized() }
            stepped(fold + 1, stepCount)
            return stages
        }
        let sample = try self.sample(base, prepared, search) { stages[$0] }
        var again: [SampledQuery] = []
        if let earlier { again = try self.sample(base, prepared, search, isNew: true) { _ in earlier.stages } }
        return try rank(
            base, plain, stages, sample, earlier.map { ($0, again) }, report, folds: prepared.foldCount,
            threads: options.threads, seed: options.seed, modelCount: options.modelCount, context: context)
    }

    /// A query that was held out of the stages that made its features.
    struct SampledQuery: Sendable {
        var fold = 0
        var rows: [Float] = []
        var grades: [Float] = []
        /// Of all its answers, found or not, descending.
        var ideal: [Float] = []
        /// Scores by words alone and by the base.
        var lexical: [Float] = []
        var base: [Float] = []
        var tower: [Float] = []
        var similarity: Float = 0
        var isUnseen = false
        /// Its place among all queries.
        var number = 0
        /// Whether an earlier model, if there is one, has not learned from it; and if it has, its figure there.
        var isNew = true
        var figure: Float = -1
    }

    /// - Parameters:
    ///   - isNew: whether only queries are wanted that are new to an earlier model.
    ///   - stages: those that did not learn from a fold.
    private func sample(
        _ base: RetrievalBase, _ prepared: Prepared, _ search: Search, isNew: Bool = false,
        _ stages: @Sendable (_ fold: Int) -> LearnedStages
    ) throws(Diagnostic) -> [SampledQuery] {
        var chosen = Array(prepared.queries.indices)
        if chosen.count > Self.rankedQueryLimit {
            var random = SeededRandom(seed: SeededRandom.mix(options.seed &+ 0x7361_6D70))
            chosen.shuffle(using: &random)
            chosen = chosen.prefix(Self.rankedQueryLimit).sorted()
        }
        if isNew { chosen.removeAll { !prepared.isNew[$0] } }
        let hits = try search(chosen.map { prepared.texts[$0] }, BaseRanking.hitCount)
        // How often each document answers a query of each fold.
        var counts = [[Int32: Float]](repeating: [:], count: prepared.foldCount)
        for (query, answers) in prepared.answers.enumerated() {
            for answer in answers { counts[prepared.folds[query]][answer.document, default: 0] += 1 }
        }
        let priors = counts
        let check = check
        let step = 64
        let numbers = chosen
        let pieces = try Parallel.map(count: (chosen.count + step - 1) / step, threads: options.threads) {
            (piece) throws(Diagnostic) -> [SampledQuery] in
            try check()
            let ranking = try BaseRanking(base)
            var sampled: [SampledQuery] = []
            for place in piece * step..<min(numbers.count, (piece + 1) * step) {
                let number = numbers[place]
                let fold = prepared.folds[number]
                let query = prepared.queries[number]
                func prior(_ document: Int) -> Float {
                    var sum: Float = 0
                    for other in 0..<prepared.foldCount where other != fold {
                        sum += priors[other][Int32(document)] ?? 0
                    }
                    return sum
                }
                let result = try ranking.rank(query, hits[place], count: 0, nil)
                let input = try ranking.input(
                    query, result, stages(fold), baseCount: Self.rankedCandidates, live: nil,
                    prior: prior, accepts: { prepared.folds[$0] != fold })
                var held = SampledQuery()
                held.fold = fold
                held.number = number
                held.isNew = prepared.isNew[number]
                held.figure = prepared.figures[number]
                held.rows = input.rows
                held.similarity = input.neighbours.first?.similarity ?? 0
                let weights = Dictionary(
                    uniqueKeysWithValues: prepared.answers[number].map { (Int($0.document), $0.weight) })
                for (place, candidate) in input.candidates.enumerated() {
                    held.tower.append(input.tower(place))
                    held.grades.append(candidate.document.flatMap { weights[$0] } ?? 0)
                    held.lexical.append(candidate.lexical)
                    held.base.append(candidate.base)
                }
                held.ideal = weights.values.sorted(by: >)
                held.isUnseen = prepared.answers[number].allSatisfy { prior(Int($0.document)) == 0 }
                sampled.append(held)
            }
            return sampled
        }
        return pieces.flatMap { $0 }
    }
}
