// What the ranker sees of a candidate.

import MartletCore
import MartletKernels

/// The features' order is the order of a row.
enum CandidateFeature: Int, CaseIterable {
    case lexical, lexicalScore, base, baseRank, pairs, neighbours, latent
    case coverage, queryLength
    case leadCoverage, restCoverage, earlyCoverage, leadMatched, leadUnmatched, leadUnmatchedMass, leadInQuery
    case near, leadScore, restScore, matched
    case pairShare, length, leadLength, numeralsMatched, numeralsUnmatched, leadWritten
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

    /// The towers' cosine of the candidate at a place.
    func tower(_ place: Int) -> Float {
        rows[place * CandidateFeature.allCases.count + CandidateFeature.tower.rawValue]
    }
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
        let votes = stages.past.votes(input.neighbours)
        input.candidates = Array(result.candidates.prefix(baseCount))
        var marked: [Int] = []
        defer { for document in marked { candidatePlaces[document] = 0 } }
        for (rank, candidate) in result.candidates.enumerated() {
            guard let document = base.document(ofRow: candidate.rowID) else { continue }
            // Those that are not ranked yet have negative places.
            candidatePlaces[document] = rank < baseCount ? Int32(rank) + 1 : -Int32(rank) - 1
            marked.append(document)
        }
        func add(_ document: Int) throws(Diagnostic) {
            let known = Int(candidatePlaces[document])
            guard known <= 0 else { return }
            var candidate = RetrievalCandidate(rowID: base.corpus.rowIDs[document], document: document)
            if known < 0 {
                candidate = result.candidates[-known - 1]
            } else {
                marked.append(document)
                if let live {
                    if try !live.isServed(candidate.rowID) { return }
                    try refresh(&candidate, live)
                }
                similar(&candidate, result.latentQuery)
                candidate.base = result.doubt * Self.latentWeight * candidate.latent
            }
            input.candidates.append(candidate)
            candidatePlaces[document] = Int32(input.candidates.count)
        }
        var queryVector: [Float] = []
        var towerScores: [Float] = []
        var nearest: [Int] = []
        if let towers = stages.towers {
            queryVector = Towers.vector(Towers.query(query, vocabulary, towers.features), table: towers.queryTable)
            towerScores = towers.vectors.products(queryVector)
            nearest = Self.nearest(towerScores)
            for document in nearest { try add(document) }
        }
        for vote in votes.prefix(Self.voteLimit) { try add(vote.document) }
        let crossAnswers = stages.cross.map { $0.answers(CrossTerms.query(query, vocabulary)) } ?? []
        let width = CandidateFeature.allCases.count
        for place in input.candidates.indices { look(&input.candidates[place], result.best) }
        input.rows = Self.described(input.candidates, result, queryLength: scan.terms.count)
        for place in input.candidates.indices {
            let candidate = input.candidates[place]
            let at = place * width
            func set(_ feature: CandidateFeature, _ value: Float) { input.rows[at + feature.rawValue] = value }
            if let towers = stages.towers {
                if let document = candidate.document {
                    set(.tower, towerScores[document])
                } else if let terms = terms(of: candidate) {
                    set(.tower, Self.tower(terms, towers, queryVector, base))
                }
                set(.towerRank, Mathematics.logarithm(1 + Float(Self.towerCount)))
            }
            if let document = candidate.document {
                set(.crossTerms, CrossTerms.score(crossAnswers, stages.crossDocuments.rows, document))
            } else if let terms = terms(of: candidate), !crossAnswers.isEmpty {
                var own = SparseMatrix(columnCount: stages.crossDocuments.features.count)
                own.append(stages.crossDocuments.row(terms, vocabulary))
                set(.crossTerms, CrossTerms.score(crossAnswers, own, 0))
            }
            if let document = base.document(ofRow: candidate.rowID) {
                set(.prior, Mathematics.logarithm(1 + prior(document)))
            }
        }
        /// Where the row of a document's features begins, if it is a candidate.
        func row(_ document: Int) -> Int? {
            let place = Int(candidatePlaces[document])
            return place > 0 ? (place - 1) * width : nil
        }
        for (rank, document) in nearest.enumerated() {
            guard let row = row(document), input.candidates[row / width].document != nil else { continue }
            input.rows[row + CandidateFeature.towerRank.rawValue] = Mathematics.logarithm(1 + Float(rank))
        }
        for vote in votes {
            guard let row = row(vote.document) else { continue }
            input.rows[row + CandidateFeature.voteSum.rawValue] = vote.sum
            input.rows[row + CandidateFeature.voteMaximum.rawValue] = vote.maximum
            input.rows[row + CandidateFeature.voteCount.rawValue] = vote.count
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

    /// Rows of what the candidates' words say, the other features 0.
    private static func described(
        _ candidates: [RetrievalCandidate], _ result: BaseResult, queryLength: Int
    ) -> [Float] {
        let width = CandidateFeature.allCases.count
        var rows = [Float](repeating: 0, count: candidates.count * width)
        rows.withUnsafeMutableBufferPointer { rows in
            for (place, candidate) in candidates.enumerated() {
                let row = UnsafeMutableBufferPointer(rebasing: rows[place * width..<(place + 1) * width])
                describe(candidate, result, row, queryLength: queryLength)
            }
        }
        return rows
    }

    private static func describe(
        _ candidate: RetrievalCandidate, _ result: BaseResult, _ row: UnsafeMutableBufferPointer<Float>,
        queryLength: Int
    ) {
        let found = candidate.found
        func set(_ feature: CandidateFeature, _ value: Float) { row[feature.rawValue] = value }
        set(.lexical, candidate.lexical)
        set(.lexicalScore, candidate.raw)
        set(.base, candidate.base)
        set(.baseRank, Mathematics.logarithm(1 + Float(candidate.rank ?? hitCount)))
        set(.pairs, candidate.pairs)
        set(.neighbours, candidate.neighbours)
        set(.latent, candidate.latent)
        set(.coverage, result.coverage)
        set(.queryLength, Float(queryLength))
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
        set(.leadWritten, found.leadWritten)
        set(.near, candidate.near)
        set(.leadScore, found.leadScore)
        set(.restScore, found.restScore)
        set(.matched, found.coverage)
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
