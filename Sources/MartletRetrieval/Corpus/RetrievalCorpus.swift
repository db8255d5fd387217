// Documents as sequences of terms.

package import MartletCore
import MartletKernels
package import MartletText

/// A document as a corpus is made from it.
package struct RetrievalDocument: Sendable {
    package var rowID: Int64
    package var texts: [String?]

    package init(rowID: Int64, texts: [String?]) {
        self.rowID = rowID
        self.texts = texts
    }

    /// Tells whether a document is still the one that was read.
    package var checksum: UInt32 {
        var checksum: UInt32 = 0
        for text in texts { checksum = Checksum.crc32c(Array((text ?? "").utf8) + [0xFF], seed: checksum) }
        return checksum
    }
}

/// One document: its terms, those of its lead (the first of several columns, usually a title) first.
package struct DocumentTerms: Sendable {
    /// Twice the number of each term, and one more if it counts.
    var terms: ArraySlice<UInt32>
    var leadCount: Int
    /// The lead's words as they are written.
    var leadWords: ArraySlice<UInt32> = []
}

package struct RetrievalCorpus: Sendable {
    /// Terms of a document beyond so many are not looked at.
    static let termLimit = 2_000

    package var vocabulary = RetrievalVocabulary()
    /// Ascending.
    package internal(set) var rowIDs: [Int64] = []
    var checksums: [UInt32] = []
    var starts: [Int] = [0]
    var leadCounts: [Int] = []
    var terms: [UInt32] = []
    /// Of each document, how many of its terms count.
    var contentCounts: [UInt32] = []
    /// The words of the leads as they are written, and where each document's begin.
    var leadWords: [UInt32] = []
    var leadWordStarts: [Int] = [0]

    package var count: Int { rowIDs.count }

    init() {}

    /// Reads documents in the order of their row ids. O(bytes), shared out among threads.
    package init(
        _ documents: [RetrievalDocument], analyzer: AnalyzerDefinition, threads: Int,
        check: @Sendable () throws(Diagnostic) -> Void
    ) throws(Diagnostic) {
        struct Piece: Sendable {
            var words: [[UInt8]] = []
            var terms: [UInt32] = []
            var counts: [(all: Int, lead: Int, checksum: UInt32)] = []
            var leadWords: [UInt32] = []
            var leadWordCounts: [Int] = []
        }
        let documents = documents.sorted { $0.rowID < $1.rowID }
        let step = 512
        let pieces = try Parallel.map(count: (documents.count + step - 1) / step, threads: threads) {
            (number) throws(Diagnostic) -> Piece in
            try check()
            let reader = try TermReader(analyzer)
            var piece = Piece()
            for document in documents[number * step..<min(documents.count, (number + 1) * step)] {
                let (terms, lead) = Self.read(document, reader)
                piece.terms += terms
                let words = Self.leadWords(document)
                piece.leadWords += words
                piece.leadWordCounts.append(words.count)
                piece.counts.append((terms.count, lead, document.checksum))
            }
            piece.words = (0..<reader.termCount).map { reader.bytes(ofTerm: $0) }
            return piece
        }
        vocabulary.documentCount = documents.count
        var last: [Int] = []
        for piece in pieces {
            let numbers = piece.words.map { vocabulary.add($0) }
            if last.count < vocabulary.count {
                last += [Int](repeating: -1, count: vocabulary.count - last.count)
            }
            var at = 0
            for counts in piece.counts {
                let document = starts.count - 1
                var contentCount: UInt32 = 0
                for term in piece.terms[at..<at + counts.all] {
                    let number = numbers[Int(term >> 1)]
                    terms.append(number << 1 | term & 1)
                    contentCount += term & 1
                    if last[Int(number)] != document {
                        last[Int(number)] = document
                        vocabulary.frequencies[Int(number)] += 1
                    }
                }
                at += counts.all
                starts.append(terms.count)
                leadCounts.append(counts.lead)
                checksums.append(counts.checksum)
                contentCounts.append(contentCount)
            }
            leadWords += piece.leadWords
            for count in piece.leadWordCounts {
                leadWordStarts.append(leadWordStarts[leadWordStarts.count - 1] + count)
            }
        }
        rowIDs = documents.map(\.rowID)
    }

    static func read(_ document: RetrievalDocument, _ reader: TermReader) -> (terms: [UInt32], lead: Int) {
        var terms: [UInt32] = []
        var lead = 0
        for (field, text) in document.texts.enumerated() {
            if let text { reader.read(text, limit: termLimit - terms.count, into: &terms) }
            if field == 0, document.texts.count > 1 { lead = terms.count }
        }
        return (terms, lead)
    }

    /// The words of the first of several columns.
    private static func leadWords(_ document: RetrievalDocument) -> [UInt32] {
        guard document.texts.count > 1, let lead = document.texts[0] else { return [] }
        return WrittenWords.hashes(lead)
    }

    package subscript(document: Int) -> DocumentTerms {
        DocumentTerms(
            terms: terms[starts[document]..<starts[document + 1]], leadCount: leadCounts[document],
            leadWords: leadWords[leadWordStarts[document]..<leadWordStarts[document + 1]])
    }

    /// A text as the corpus would know it; a term that it has not is given no number.
    func terms(of document: RetrievalDocument, _ reader: TermReader) -> DocumentTerms {
        let (terms, lead) = Self.read(document, reader)
        var known: [UInt32] = []
        var leadCount = 0
        for (place, term) in terms.enumerated() {
            if place == lead { leadCount = known.count }
            guard let number = vocabulary.number(of: reader.bytes(ofTerm: Int(term >> 1))) else { continue }
            known.append(number << 1 | term & 1)
        }
        if lead == terms.count { leadCount = known.count }
        return DocumentTerms(terms: known[...], leadCount: leadCount, leadWords: Self.leadWords(document)[...])
    }
}
