// What the ranker sees of a candidate.

import MartletCore
import MartletKernels

/// The features' order is the order of a row.
enum CandidateFeature: Int, CaseIterable {
    case lexical, lexicalScore, base, baseRank, pairs, neighbours, latent
    case coverage, queryLength
    case leadCoverage, restCoverage, earlyCoverage, leadMatched, leadUnmatched, leadUnmatchedMass, leadInQuery
    case near, leadScore, restScore, matched
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
    ///   - baseCount: how many of the words' candidates are ranked.
    ///   - prior: how often a document answered a past query.
    func input(
        _ query: RetrievalQuery, _ result: BaseResult, _ stages: LearnedStages, baseCount: Int,
        live: (any LiveDocuments)?, prior: (Int) -> Float, accepts: (Int) -> Bool = { _ in true }
    ) throws(Diagnostic) -> RankedInput {
        var input = RankedInput()
        let vocabulary = base.corpus.vocabulary
        input.neighbours = stages.past.neighbours(
            TermWeights.query(query.terms, vocabulary), scores: &pastScores, where: accepts)
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
            candidate.base = result.doubt * Self.latentWeight * candidate.latent
            input.candidates.append(candidate)
        }
        var queryVector: [Float] = []
        var towerScores: [Float] = []
        var towerRanks: [Int: Int] = [:]
        if let towers = stages.towers {
            queryVector = Towers.vector(Towers.query(query, vocabulary, towers.features), table: towers.queryTable)
            towerScores = towers.vectors.products(queryVector)
            for (rank, document) in Self.nearest(towerScores).enumerated() {
                towerRanks[document] = rank
                try add(document)
            }
        }
        let voted = input.votes.sorted { $0.value.sum != $1.value.sum ? $0.value.sum > $1.value.sum : $0.key < $1.key }
        for (document, _) in voted.prefix(Self.voteLimit) { try add(document) }
        let crossAnswers = stages.cross.map { $0.answers(CrossTerms.query(query, vocabulary)) } ?? []
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
            set(.near, candidate.near)
            set(.leadScore, found.leadScore)
            set(.restScore, found.restScore)
            set(.matched, found.coverage)
            if let towers = stages.towers {
                var rank = Self.towerCount
                if let document = candidate.document {
                    set(.tower, towerScores[document])
                    rank = towerRanks[document] ?? rank
                } else if let terms = candidate.terms {
                    set(.tower, Self.tower(terms, towers, queryVector, base))
                }
                set(.towerRank, Mathematics.logarithm(1 + Float(rank)))
            }
            if let document = candidate.document {
                set(.crossTerms, CrossTerms.score(crossAnswers, stages.crossDocuments.rows, document))
            } else if let terms = candidate.terms, !crossAnswers.isEmpty {
                var own = SparseMatrix(columnCount: stages.crossDocuments.features.count)
                own.append(stages.crossDocuments.row(terms, vocabulary))
                set(.crossTerms, CrossTerms.score(crossAnswers, own, 0))
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

    private static func tower(
        _ terms: DocumentTerms, _ towers: Towers, _ query: [Float], _ base: RetrievalBase
    ) -> Float {
        let own = Towers.vector(
            Towers.document(terms, base.corpus.vocabulary, towers.features, leadWeight: base.leadWeight),
            table: towers.documentTable)
        var sum: Float = 0
        for index in 0..<Towers.dimension { sum += own[index] * query[index] }
        return sum
    }

    /// The documents whose vectors are nearest to the question's, the nearest first; to one without known words, none is.
    private static func nearest(_ scores: [Float]) -> [Int] {
        var top = TopK(towerCount)
        var threshold: Float = 0
        for document in scores.indices where scores[document] > threshold {
            top.offer(score: scores[document], ordinal: UInt32(document))
            threshold = max(0, top.threshold)
        }
        return top.sorted().map { Int($0.ordinal) }
    }
}
