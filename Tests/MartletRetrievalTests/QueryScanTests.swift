// What a scan of a document finds of a query.

import MartletKernels
import MartletRetrieval
import Testing

@Suite struct QueryScanTests {
    @Test func findsWordsPairsAndNearWords() throws {
        let world = World()
        let corpus = try RetrievalCorpus(world.documents, analyzer: WordIndex.analyzer, threads: 1, check: {})
        let base = try RetrievalBase(
            corpus: corpus, analyzer: WordIndex.analyzer, leadWeight: 3, team: WorkerTeam(threads: 1), check: {})
        let reader = try TermReader(WordIndex.analyzer)
        let scan = QueryScan(base)
        // The document says: entity0 | alpha dose of entity0 …
        let exact = RetrievalQuery("entity0 alpha dose absent", corpus.vocabulary, reader)
        #expect(exact.unknownCount == 1)
        scan.begin(exact)
        let found = scan.scan(0)
        // One that is not in the corpus is looked through in the same way.
        #expect(scan.scan(corpus[0]) == found)
        #expect(found.leadWritten == 1)
        #expect(found.coverage == 1)
        #expect(found.isLeadInQuery == 1)
        #expect(found.leadMatched == 1)
        #expect(found.pairs > 0)
        #expect(found.pairShare == 0.5)
        #expect(found.near > 0)
        #expect(found.leadScore > 0 && found.restScore > 0)
        #expect(found.leadLength == 1)
        // The counts of one document do not reach the next, nor those of one query.
        let other = scan.scan(corpus[3])
        #expect(other.isLeadInQuery == 0)
        #expect(other.coverage < 1)
        #expect(scan.scan(corpus[0]).pairs == found.pairs)
        scan.begin(RetrievalQuery("Entity0", corpus.vocabulary, reader))
        #expect(scan.scan(0).isLeadInQuery == 1)
        #expect(scan.scan(0).leadWritten == 0)
        scan.begin(RetrievalQuery("", corpus.vocabulary, reader))
        let nothing = scan.scan(corpus[0])
        #expect(nothing.coverage == 0 && nothing.pairs == 0 && nothing.near == 0)
    }

    /// Words of one character are read, though they do not count.
    @Test func numeralsAndLettersOfLeads() throws {
        let titles = ["triple X syndrome", "triple A syndrome", "syndrome type 2"]
        let documents = titles.enumerated().map { row, title in
            RetrievalDocument(rowID: Int64(row), texts: [title, "about the \(title)"])
        }
        let corpus = try RetrievalCorpus(documents, analyzer: WordIndex.analyzer, threads: 1, check: {})
        let base = try RetrievalBase(
            corpus: corpus, analyzer: WordIndex.analyzer, leadWeight: 3, team: WorkerTeam(threads: 1), check: {})
        let scan = QueryScan(base)
        scan.begin(RetrievalQuery("what is triple X syndrome", corpus.vocabulary, try TermReader(WordIndex.analyzer)))
        let found = (0..<3).map { scan.scan($0) }
        #expect(found.map(\.numeralsMatched) == [1, 0, 0])
        #expect(found.map(\.numeralsUnmatched) == [0, 1, 1])
        #expect(found.map(\.isLeadInQuery) == [1, 1, 0])
        #expect(found.map(\.leadWritten) == [1, 2.0 / 3, 1.0 / 3])
    }
}
