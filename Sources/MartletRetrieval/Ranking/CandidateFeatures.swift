// What the ranker sees of a candidate.

import MartletCore
import MartletKernels

/// The features' order is the order of a row.
enum CandidateFeature: Int, CaseIterable {
    case lexical, lexicalScore, base, baseRank, pairs, neighbours, latent
    case coverage, queryLength
    case leadCoverage, restCoverage, earlyCoverage, leadMatched, leadUnmatched, leadUnmatchedMass, leadInQuery
    case pairShare, length, leadLength, numeralsMatched, numeralsUnmatched
    case tower, towerRank, towerGap, crossTerms, crossTermsGap
    case voteSum, voteMaximum, voteCount, prior

    /// 1 where more of it can only help.
    var monotone: Int8 {
        switch self {
        case .voteSum, .voteMaximum, .voteCount, .prior: 1
        default: 0
        }
    }

    /// The group that the run's figures and `why()` name.
    var group: String {
        switch self {
        case .tower, .towerRank, .towerGap: "embedding"
        case .crossTerms, .crossTermsGap: "cross_terms"
        case .voteSum, .voteMaximum, .voteCount, .prior: "past_queries"
        case .neighbours, .latent: "likeness"
        default: "lexical"
        }
    }
}

/// Candidates of a query and a row of features for each.
struct RankedInput {
    var candidates: [RetrievalCandidate] = []
    /// `CandidateFeature.allCases.count` numbers a candidate.
    var rows: [Float] = []
    var neighbours: [PastQueries.Neighbour] = []
    var votes: [Int: PastQueries.Vote] = [:]
}

extension BaseRanking {
    /// Candidates beside those of the words.
    private static let towerCount = 30
    private static let voteLimit = 40

    /// - Parameters:
    ///   - accepts: which past queries may vote.
    ///   - crossRows: the corpus's features for the cross-term weights.
    ///   - baseCount: how many of the words' candidates are ranked.
    ///   - prior: how often a document answered a past query.
    func input(
        _ query: RetrievalQuery, _ result: BaseResult, _ stages: LearnedStages, crossRows: SparseMatrix, baseCount: Int,
        live: (any LiveDocuments)?, prior: (Int) -> Float, accepts: (Int) -> Bool = { _ in true }
    ) throws(Diagnostic) -> RankedInput {
        var input = RankedInput()
        let vocabulary = base.corpus.vocabulary
        input.neighbours = stages.past.neighbours(TermWeights.query(query.terms, vocabulary), where: accepts)
        input.votes = stages.past.votes(input.neighbours)
        input.candidates = Array(result.candidates.prefix(baseCount))
        var ranks: [Int64: Int] = [:]
        for (rank, candidate) in result.candidates.enumerated() { ranks[candidate.rowID] = rank }
        var chosen = Set(input.candidates.map(\.rowID))
        func add(_ document: Int) throws(Diagnostic) {
            let row = base.corpus.rowIDs[document]
            guard chosen.insert(row).inserted else { return }
            if let rank = ranks[row] {
                input.candidates.append(result.candidates[rank])
                return
            }
            if let live, try !live.isServed(row) { return }
            var candidate = RetrievalCandidate(rowID: row, document: document)
            if let live { try refresh(&candidate, live) }
            similar(&candidate, result.latentQuery)
            candidate.base = (1 - result.coverage) * 0.3 * candidate.latent
            input.candidates.append(candidate)
        }
        var queryVector: [Float] = []
        var towerRanks: [Int: Int] = [:]
        if let towers = stages.towers {
            queryVector = Towers.vector(Towers.query(query, vocabulary, towers.features), table: towers.queryTable)
            for (rank, item) in nearest(queryVector, stages.vectors).enumerated() {
                towerRanks[Int(item.ordinal)] = rank
                try add(Int(item.ordinal))
            }
        }
        let voted = input.votes.sorted { $0.value.sum != $1.value.sum ? $0.value.sum > $1.value.sum : $0.key < $1.key }
        for (document, _) in voted.prefix(Self.voteLimit) { try add(document) }
        let crossQuery = stages.cross.map { $0.known(CrossTerms.query(query, vocabulary)) } ?? []
        let width = CandidateFeature.allCases.count
        input.rows = [Float](repeating: 0, count: input.candidates.count * width)
        for place in input.candidates.indices {
            look(&input.candidates[place], result.best)
            let candidate = input.candidates[place]
            let found = candidate.found
            let at = place * width
            func set(_ feature: CandidateFeature, _ value: Float) { input.rows[at + feature.rawValue] = value }
            set(.lexical, candidate.lexical)
            set(.lexicalScore, candidate.raw)
            set(.base, candidate.base)
            set(.baseRank, Mathematics.logarithm(1 + Float(ranks[candidate.rowID] ?? Self.hitCount)))
            set(.pairs, candidate.pairs)
            set(.neighbours, candidate.neighbours)
            set(.latent, candidate.latent)
            set(.coverage, result.coverage)
            set(.queryLength, Float(scan.terms.count))
            set(.leadCoverage, found.leadCoverage)
            set(.restCoverage, found.restCoverage)
            set(.earlyCoverage, found.earlyCoverage)
            set(.leadMatched, found.leadMatched)
            set(.leadUnmatched, found.leadUnmatchedCount)
            set(.leadUnmatchedMass, found.leadUnmatchedMass)
            set(.leadInQuery, found.isLeadInQuery)
            set(.pairShare, found.pairShare)
            set(.length, Mathematics.logarithm(1 + found.length))
            set(.leadLength, found.leadLength)
            set(.numeralsMatched, found.numeralsMatched)
            set(.numeralsUnmatched, found.numeralsUnmatched)
            if let towers = stages.towers {
                set(.tower, tower(candidate, towers, stages.vectors, queryVector))
                set(
                    .towerRank,
                    Mathematics.logarithm(1 + Float(candidate.document.flatMap { towerRanks[$0] } ?? Self.towerCount)))
            }
            if let cross = stages.cross {
                if let document = candidate.document {
                    set(.crossTerms, cross.score(crossQuery, crossRows, document))
                } else if let terms = candidate.terms {
                    var own = SparseMatrix(columnCount: 0)
                    own.append(CrossTerms.document(terms, vocabulary))
                    set(.crossTerms, cross.score(crossQuery, own, 0))
                }
            }
            if let document = base.document(ofRow: candidate.rowID) {
                set(.prior, Mathematics.logarithm(1 + prior(document)))
                if let vote = input.votes[document] {
                    set(.voteSum, vote.sum)
                    set(.voteMaximum, vote.maximum)
                    set(.voteCount, vote.count)
                }
            }
        }
        // How far behind the best of the query's candidates.
        for (feature, gap) in [(CandidateFeature.tower, CandidateFeature.towerGap), (.crossTerms, .crossTermsGap)] {
            var best = -Float.infinity
            for place in input.candidates.indices { best = max(best, input.rows[place * width + feature.rawValue]) }
            for place in input.candidates.indices {
                input.rows[place * width + gap.rawValue] = input.rows[place * width + feature.rawValue] - best
            }
        }
        return input
    }

    private func tower(
        _ candidate: RetrievalCandidate, _ towers: Towers, _ vectors: [Float], _ query: [Float]
    ) -> Float {
        let dimension = Towers.dimension
        var sum: Float = 0
        if let document = candidate.document {
            for index in 0..<dimension { sum += vectors[document * dimension + index] * query[index] }
        } else if let terms = candidate.terms {
            let own = Towers.vector(
                Towers.document(terms, base.corpus.vocabulary, towers.features, leadWeight: base.leadWeight),
                table: towers.documentTable)
            for index in 0..<dimension { sum += own[index] * query[index] }
        }
        return sum
    }

    /// The documents whose vectors are nearest to the question's. O(documents · dimension).
    private func nearest(_ query: [Float], _ vectors: [Float]) -> [TopK.Item] {
        var top = TopK(Self.towerCount)
        let bytes = Towers.dimension * MemoryLayout<Float>.size
        guard query.contains(where: { $0 != 0 }) else { return [] }
        query.withUnsafeBytes { query in
            vectors.withUnsafeBytes { vectors in
                for document in 0..<vectors.count / bytes {
                    let row = UnsafeRawBufferPointer(rebasing: vectors[document * bytes..<(document + 1) * bytes])
                    let score = FloatDistances.dot(query, row)
                    if score > top.threshold { top.offer(score: score, ordinal: UInt32(document)) }
                }
            }
        }
        return top.sorted()
    }
}
