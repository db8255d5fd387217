// What is known about documents without any example.

package import MartletCore
package import MartletKernels
package import MartletText

/// What a lead is without any query.
struct LeadFacts: Sendable {
    /// Its terms that count, and the sum of their idf.
    var length: Float = 0
    var mass: Float = 0
    /// Its numerals and single letters.
    var numeralCount: Float = 0
}

/// The corpus, its neighbours and latent space, and what a query needs of them at once.
package struct RetrievalBase: Sendable {
    var corpus: RetrievalCorpus
    var pairs: TermPairs
    var graph: DocumentGraph
    var latent: LatentSpace
    var analyzer: AnalyzerDefinition
    /// How much a word of the lead counts against one of the rest.
    var leadWeight: Float
    /// Of each term.
    private(set) var inverse: [Float] = []
    private(set) var isNumeral: [Bool] = []
    /// Of each document.
    private(set) var leads: [LeadFacts] = []
    /// Words that count of a lead, and of what follows it, on average.
    private(set) var averageLead: Float = 1
    private(set) var averageRest: Float = 1
    /// The number of each row's document: by the row id less the first, -1 for none; or by the row id.
    private var places: [Int32] = []
    private var sparsePlaces: [Int64: Int32] = [:]

    init(
        corpus: RetrievalCorpus, pairs: TermPairs, graph: DocumentGraph, latent: LatentSpace,
        analyzer: AnalyzerDefinition, leadWeight: Float
    ) {
        self.corpus = corpus
        self.pairs = pairs
        self.graph = graph
        self.latent = latent
        self.analyzer = analyzer
        self.leadWeight = leadWeight
        inverse = (0..<corpus.vocabulary.count).map { corpus.vocabulary.inverseFrequency(UInt32($0)) }
        isNumeral = (0..<corpus.vocabulary.count).map { term in
            let bytes = corpus.vocabulary.bytes(ofTerm: term)
            return bytes.count == 1 || (bytes.first.map { (48...57).contains($0) } ?? false)
        }
        averageLead = pairs.averageLead
        averageRest = max(1, pairs.averageLength - pairs.averageLead * leadWeight)
        leads = (0..<corpus.count).map { document in
            let start = corpus.starts[document]
            return lead(corpus.terms[start..<start + corpus.leadCounts[document]])
        }
        guard let first = corpus.rowIDs.first, let last = corpus.rowIDs.last else { return }
        let (span, overflow) = last.subtractingReportingOverflow(first)
        if !overflow, span < Int64(corpus.count) * 4 + 1_024 {
            places = [Int32](repeating: -1, count: Int(span) + 1)
            for (number, row) in corpus.rowIDs.enumerated() { places[Int(row - first)] = Int32(number) }
        } else {
            for (number, row) in corpus.rowIDs.enumerated() { sparsePlaces[row] = Int32(number) }
        }
    }

    /// Learns from documents alone.
    package init(
        corpus: RetrievalCorpus, analyzer: AnalyzerDefinition, leadWeight: Float, team: WorkerTeam,
        check: () throws(Diagnostic) -> Void
    ) throws(Diagnostic) {
        var rows = [[(column: UInt32, value: Float)]](repeating: [], count: corpus.count)
        rows.withUnsafeMutableBufferPointer { rows in
            nonisolated(unsafe) let rows = rows
            team.forEachRange(corpus.count, step: 64) { range in
                for document in range {
                    rows[document] = TermWeights.document(
                        corpus[document], corpus.vocabulary, leadWeight: leadWeight)
                }
            }
        }
        try check()
        var matrix = SparseMatrix(columnCount: corpus.vocabulary.count)
        for row in rows { matrix.append(row) }
        let columns = matrix.transposed
        try check()
        let pairs = TermPairs(corpus, leadWeight: leadWeight, team: team)
        try check()
        self.init(
            corpus: corpus, pairs: pairs, graph: try DocumentGraph(matrix, columns, team: team, check: check),
            latent: try LatentSpace(matrix, columns, team: team, check: check), analyzer: analyzer,
            leadWeight: leadWeight)
    }

    func lead(_ terms: ArraySlice<UInt32>) -> LeadFacts {
        var facts = LeadFacts()
        for encoded in terms {
            if isNumeral[Int(encoded >> 1)] { facts.numeralCount += 1 }
            guard encoded & 1 == 1 else { continue }
            facts.length += 1
            facts.mass += inverse[Int(encoded >> 1)]
        }
        return facts
    }

    @inline(__always)
    func document(ofRow row: Int64) -> Int? {
        if places.isEmpty { return sparsePlaces[row].map { Int($0) } }
        let (at, overflow) = row.subtractingReportingOverflow(corpus.rowIDs[0])
        guard !overflow, at >= 0, at < Int64(places.count), places[Int(at)] >= 0 else { return nil }
        return Int(places[Int(at)])
    }
}
