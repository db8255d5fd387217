// Ranking without examples: words, pairs of words, neighbours and latent space.

import MartletCore
import MartletKernels

struct RetrievalCandidate {
    var rowID: Int64
    /// Its number in the corpus, unless it is new or was changed.
    var document: Int?
    /// Of one that is not in the corpus: where `BaseRanking.fresh` has what it says now.
    var fresh: Int?
    /// Its place in the order of the base score; nil for one that the words did not find.
    var rank: Int?
    /// BM25F over the query's best.
    var lexical: Float = 0
    var raw: Float = 0
    var pairs: Float = 0
    var near: Float = 0
    var neighbours: Float = 0
    var latent: Float = 0
    var base: Float = 0
    var found = QueryScan.Found()
    var isScanned = false
}

/// What a query's words found, in the order of the base score.
struct BaseResult {
    var candidates: [RetrievalCandidate] = []
    /// The greatest BM25F score, and its share of what the words could have reached.
    var best: Float = 0
    var coverage: Float = 0
    /// How much the documents' likeness may say.
    var doubt: Float = 0
    var latentQuery: [Float] = []
}

/// base = s + .15 · P + .05 · N + .3 · M + (1 − c^1.5) · (.7 · K + .45 · Z), where s is BM25F over the query's best, P is BM25 of
/// adjacent pairs and N of words near each other over the same, M the share of the query's idf mass that the document has, K
/// the mean s of the document's neighbours, Z the cosine in the latent space, and c how much of what the query's words
/// could score the best document scores: what the words do not tell, the documents' likeness may.
///
/// Not for use from two threads.
final class BaseRanking {
    /// How many hits of the words count for their neighbours, how many may be put first for their likeness, and how many of
    /// those are looked at word by word.
    static let hitCount = 1_000
    private static let likedCount = 300
    static let scannedCount = 120
    private static let pairWeight: Float = 0.15
    private static let nearWeight: Float = 0.05
    private static let coverageWeight: Float = 0.3
    private static let neighbourWeight: Float = 0.7
    static let latentWeight: Float = 0.45

    let base: RetrievalBase
    let scan: QueryScan
    let reader: TermReader
    private var scores: [Float]
    /// What documents say now that are not in the corpus, of the last query.
    private var fresh: [DocumentTerms] = []
    /// For `PastQueries.neighbours`.
    var pastScores: [Float] = []
    /// For `input`: of each document its place among the candidates plus one, and 0 between two queries.
    var candidatePlaces: [Int32]

    init(_ base: RetrievalBase) throws(Diagnostic) {
        self.base = base
        scan = QueryScan(base)
        reader = try TermReader(base.analyzer)
        scores = [Float](repeating: 0, count: base.corpus.count)
        candidatePlaces = [Int32](repeating: 0, count: base.corpus.count)
    }

    /// - Parameter count: how many candidates are wanted at least.
    func rank(
        _ query: RetrievalQuery, _ hits: [LexicalHit], count: Int, _ live: (any LiveDocuments)?
    ) throws(Diagnostic) -> BaseResult {
        scan.begin(query)
        var result = BaseResult()
        let weights = TermWeights.query(query.terms, base.corpus.vocabulary)
        result.latentQuery = base.latent.vector(weights)
        guard let best = hits.first?.score, best > 0 else { return result }
        result.best = best
        var possible: Float = 0
        for term in query.content { possible += base.inverse[Int(term)] }
        possible += Float(query.unknownCount) * Mathematics.logarithm(2 * Float(base.corpus.count) + 2)
        result.coverage = possible > 0 ? min(1, best / (2.2 * possible)) : 1
        result.doubt = 1 - result.coverage * result.coverage.squareRoot()
        var numbers = [Int32](repeating: -1, count: hits.count)
        fresh.removeAll(keepingCapacity: true)
        var freshOf: [Int: Int] = [:]
        for (place, hit) in hits.enumerated() {
            var document = base.document(ofRow: hit.rowID)
            if let live, place < Self.scannedCount {
                var candidate = RetrievalCandidate(rowID: hit.rowID, document: document)
                try refresh(&candidate, live)
                freshOf[place] = candidate.fresh
                document = candidate.document
            }
            if let document { numbers[place] = Int32(document) }
        }
        for (place, number) in numbers.enumerated() where number >= 0 { scores[Int(number)] = hits[place].score / best }
        let looked = min(hits.count, max(count, Self.likedCount))
        let neighbours = likeness(numbers.prefix(looked))
        var latents = base.latent.documents.products(
            result.latentQuery, of: numbers.prefix(looked).map { UInt32(bitPattern: $0) })
        for place in latents.indices {
            latents[place] = max(0, latents[place])
        }
        for (place, number) in freshOf where place < looked {
            latents[place] = latent(of: fresh[number], result.latentQuery)
        }
        for number in numbers where number >= 0 { scores[Int(number)] = 0 }
        var top = TopK(max(count, Self.scannedCount))
        for place in 0..<looked {
            let likeness = Self.neighbourWeight * neighbours[place] + Self.latentWeight * latents[place]
            top.offer(score: hits[place].score / best + result.doubt * likeness, ordinal: UInt32(place))
        }
        let order = top.sorted()
        result.candidates.reserveCapacity(order.count)
        for item in order {
            let place = Int(item.ordinal)
            var candidate = RetrievalCandidate(
                rowID: hits[place].rowID, document: numbers[place] >= 0 ? Int(numbers[place]) : nil,
                fresh: freshOf[place])
            candidate.raw = hits[place].score
            candidate.lexical = hits[place].score / best
            candidate.neighbours = neighbours[place]
            candidate.latent = latents[place]
            candidate.base = item.score
            if result.candidates.count < Self.scannedCount {
                look(&candidate, best)
                candidate.base += Self.said(candidate)
            }
            result.candidates.append(candidate)
        }
        Self.sort(&result.candidates)
        for rank in result.candidates.indices { result.candidates[rank].rank = rank }
        return result
    }

    /// What a look at the words themselves adds.
    private static func said(_ candidate: RetrievalCandidate) -> Float {
        pairWeight * candidate.pairs + nearWeight * candidate.near + coverageWeight * candidate.found.coverage
    }

    private static func sort(_ candidates: inout [RetrievalCandidate]) {
        let keys = candidates.map { (base: $0.base, rowID: $0.rowID) }
        let order = keys.indices.sorted {
            keys[$0].base != keys[$1].base ? keys[$0].base > keys[$1].base : keys[$0].rowID < keys[$1].rowID
        }
        candidates = order.map { candidates[$0] }
    }

    /// Reads what a new or changed document says now.
    func refresh(_ candidate: inout RetrievalCandidate, _ live: any LiveDocuments) throws(Diagnostic) {
        let checksum = candidate.document.map { base.corpus.checksums[$0] }
        guard let document = try live.document(candidate.rowID, unless: checksum) else { return }
        candidate.document = nil
        candidate.fresh = fresh.count
        fresh.append(base.corpus.terms(of: document, reader))
    }

    /// Of one that is not in the corpus.
    func terms(of candidate: RetrievalCandidate) -> DocumentTerms? { candidate.fresh.map { fresh[$0] } }

    func look(_ candidate: inout RetrievalCandidate, _ best: Float) {
        guard !candidate.isScanned else { return }
        if let document = candidate.document {
            candidate.found = scan.scan(document)
        } else if let terms = terms(of: candidate) {
            candidate.found = scan.scan(terms)
        } else {
            return
        }
        candidate.pairs = best > 0 ? candidate.found.pairs / best : 0
        candidate.near = best > 0 ? candidate.found.near / best : 0
        candidate.isScanned = true
    }

    /// For each hit's document the mean score of its neighbours, of those whose scores are set; 0 for −1.
    private func likeness(_ numbers: ArraySlice<Int32>) -> [Float] {
        let degree = DocumentGraph.degree
        return base.graph.neighbours.withUnsafeBufferPointer { neighbours in
            base.graph.weights.withUnsafeBufferPointer { weights in
                scores.withUnsafeBufferPointer { scores in
                    numbers.map { number in
                        guard number >= 0 else { return 0 }
                        var sum: Float = 0
                        for place in Int(number) * degree..<(Int(number) + 1) * degree {
                            sum += weights[place] * scores[Int(neighbours[place])]
                        }
                        return sum
                    }
                }
            }
        }
    }

    /// The cosine of a document that the words did not find.
    func similar(_ candidate: inout RetrievalCandidate, _ query: [Float]) {
        if let document = candidate.document {
            candidate.latent = max(0, base.latent.documents.products(query, of: [UInt32(document)])[0])
        } else if let terms = terms(of: candidate) {
            candidate.latent = latent(of: terms, query)
        }
    }

    private func latent(of terms: DocumentTerms, _ query: [Float]) -> Float {
        let vector = base.latent.vector(
            TermWeights.document(terms, base.corpus.vocabulary, leadWeight: base.leadWeight))
        var cosine: Float = 0
        for index in query.indices { cosine += vector[index] * query[index] }
        return max(0, cosine)
    }
}
