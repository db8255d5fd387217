// Ranking without examples: words, pairs of words, neighbours and latent space.

import MartletCore
import MartletKernels

struct RetrievalCandidate {
    var rowID: Int64
    /// Its number in the corpus, unless it is new or was changed.
    var document: Int?
    /// Of one that is not in the corpus: what it says now.
    var terms: DocumentTerms?
    /// BM25F over the query's best.
    var lexical: Float = 0
    var raw: Float = 0
    var pairs: Float = 0
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
    var latentQuery: [Float] = []
}

/// base = s + .17 · P + (1 − c) · (.5 · K + .3 · Z), where s is BM25F over the query's best, P is BM25 of adjacent pairs over
/// the same, K the mean s of the document's neighbours, Z the cosine in the latent space, and c how much of what the
/// query's words could score the best document scores: what the words do not tell, the documents' likeness may.
///
/// Not for use from two threads.
final class BaseRanking {
    /// How many hits of the words are looked at, and how many of those word by word.
    static let hitCount = 1_500
    static let scannedCount = 120
    private static let pairWeight: Float = 0.17
    private static let neighbourWeight: Float = 0.5
    private static let latentWeight: Float = 0.3

    let base: RetrievalBase
    let scan: QueryScan
    let reader: TermReader
    private var scores: [Float]

    init(_ base: RetrievalBase) throws(Diagnostic) {
        self.base = base
        scan = QueryScan(base)
        reader = try TermReader(base.analyzer)
        scores = [Float](repeating: 0, count: base.corpus.count)
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
        var numbers = [Int32](repeating: -1, count: hits.count)
        var fresh: [Int: DocumentTerms] = [:]
        for (place, hit) in hits.enumerated() {
            var candidate = RetrievalCandidate(rowID: hit.rowID, document: base.document(ofRow: hit.rowID))
            if let live, place < Self.scannedCount {
                try refresh(&candidate, live)
                fresh[place] = candidate.terms
            }
            guard let document = candidate.document else { continue }
            numbers[place] = Int32(document)
            scores[document] = hit.score / best
        }
        let doubt = 1 - result.coverage
        var top = TopK(max(count, Self.scannedCount))
        var likeness = [(neighbours: Float, latent: Float)](repeating: (0, 0), count: hits.count)
        for (place, hit) in hits.enumerated() {
            if numbers[place] >= 0 {
                likeness[place] = likenessOf(Int(numbers[place]), result.latentQuery)
            } else if let terms = fresh[place] {
                likeness[place].latent = latent(of: terms, result.latentQuery)
            }
            let (neighbours, latent) = likeness[place]
            top.offer(
                score: hit.score / best + doubt * (Self.neighbourWeight * neighbours + Self.latentWeight * latent),
                ordinal: UInt32(place))
        }
        for number in numbers where number >= 0 { scores[Int(number)] = 0 }
        result.candidates = top.sorted().map { item in
            let place = Int(item.ordinal)
            var candidate = RetrievalCandidate(
                rowID: hits[place].rowID, document: numbers[place] >= 0 ? Int(numbers[place]) : nil,
                terms: fresh[place])
            candidate.raw = hits[place].score
            candidate.lexical = hits[place].score / best
            (candidate.neighbours, candidate.latent) = likeness[place]
            candidate.base = item.score
            return candidate
        }
        for place in 0..<min(Self.scannedCount, result.candidates.count) {
            look(&result.candidates[place], best)
            result.candidates[place].base += Self.pairWeight * result.candidates[place].pairs
        }
        Self.sort(&result.candidates)
        return result
    }

    static func sort(_ candidates: inout [RetrievalCandidate]) {
        let order = candidates.indices.sorted {
            let (a, b) = (candidates[$0].base, candidates[$1].base)
            return a != b ? a > b : candidates[$0].rowID < candidates[$1].rowID
        }
        candidates = order.map { candidates[$0] }
    }

    /// Reads what a new or changed document says now.
    func refresh(_ candidate: inout RetrievalCandidate, _ live: any LiveDocuments) throws(Diagnostic) {
        let checksum = candidate.document.map { base.corpus.checksums[$0] }
        guard let document = try live.document(candidate.rowID, unless: checksum) else { return }
        candidate.document = nil
        candidate.terms = base.corpus.terms(of: document, reader)
    }

    func terms(of candidate: RetrievalCandidate) -> DocumentTerms? {
        candidate.document.map { base.corpus[$0] } ?? candidate.terms
    }

    func look(_ candidate: inout RetrievalCandidate, _ best: Float) {
        guard let terms = terms(of: candidate), !candidate.isScanned else { return }
        candidate.found = scan.scan(terms)
        candidate.pairs = best > 0 ? candidate.found.pairs / best : 0
        candidate.isScanned = true
    }

    func similar(_ candidate: inout RetrievalCandidate, _ query: [Float]) {
        if let document = candidate.document {
            (candidate.neighbours, candidate.latent) = likenessOf(document, query)
        } else if let terms = candidate.terms {
            candidate.latent = latent(of: terms, query)
        }
    }

    /// The mean score of a document's neighbours, of those whose scores are set, and its cosine to the query.
    private func likenessOf(_ document: Int, _ query: [Float]) -> (neighbours: Float, latent: Float) {
        let degree = DocumentGraph.degree
        let dimension = base.latent.dimension
        let sum = base.graph.neighbours.withUnsafeBufferPointer { neighbours in
            base.graph.weights.withUnsafeBufferPointer { weights in
                scores.withUnsafeBufferPointer { scores in
                    var sum: Float = 0
                    for place in document * degree..<(document + 1) * degree {
                        sum += weights[place] * scores[Int(neighbours[place])]
                    }
                    return sum
                }
            }
        }
        let bytes = dimension * MemoryLayout<Float>.size
        let cosine = query.withUnsafeBytes { query in
            base.latent.documents.withUnsafeBytes { documents in
                FloatDistances.dot(
                    query, UnsafeRawBufferPointer(rebasing: documents[document * bytes..<(document + 1) * bytes]))
            }
        }
        return (sum, max(0, cosine))
    }

    private func latent(of terms: DocumentTerms, _ query: [Float]) -> Float {
        let vector = base.latent.vector(
            TermWeights.document(terms, base.corpus.vocabulary, leadWeight: base.leadWeight))
        var cosine: Float = 0
        for index in query.indices { cosine += vector[index] * query[index] }
        return max(0, cosine)
    }
}
