// How the words of an index are written: its terms are stems without accents, which nobody wants to read.

package import MartletCore

/// Finds the words that terms were made of, in the texts of some documents.
package final class WordForms {
    package struct Form: Hashable {
        /// As it stands in a text; but in small letters, unless names are told apart by them.
        package var spelling: String
        /// The word in small letters, without accents if the index drops them, not stemmed.
        package var word: [UInt8]
        /// How often it occurs.
        package var count: Int
    }

    /// Makes words of texts as the index does it, but leaves them as they are.
    let plain: Analyzer
    let analyzer: Analyzer
    private let searcher: TextSearcher
    private let texts: any DocumentTexts

    /// So many documents are read for a term, so many of them at once, and so much of each field.
    private static let documentLimit = 64
    private static let documentsAtOnce = 8
    private static let textLimitBytes = 1 << 16

    package init(_ searcher: TextSearcher, analyzer: Analyzer, texts: any DocumentTexts) throws(Diagnostic) {
        var definition = analyzer.definition
        definition.stemming = false
        definition.stopwords = false
        definition.stopwordList = nil
        definition.minimumWordLength = 1
        plain = try Analyzer(definition)
        self.analyzer = analyzer
        self.searcher = searcher
        self.texts = texts
    }

    /// The forms of a term in the shortest of the documents where it is looked up first, the most frequent first; none if
    /// it stands too far behind in all of them. Looks at some hundred lengths a segment, and reads eight documents; if none
    /// of these has a form that is wanted, up to 64.
    func forms(of term: [UInt8], until isWanted: (Form) -> Bool = { _ in true }) throws(Diagnostic) -> [Form] {
        var counts: [String: Int] = [:]
        var forms: [Form] = []
        let documents = try documents(with: term)
        for first in stride(from: 0, to: documents.count, by: Self.documentsAtOnce) {
            try count(term, in: documents[first...].prefix(Self.documentsAtOnce), &counts)
            forms = self.forms(counts)
            if forms.contains(where: isWanted) { break }
        }
        return forms
    }

    private func count(
        _ term: [UInt8], in documents: ArraySlice<Int64>, _ counts: inout [String: Int]
    ) throws(Diagnostic) {
        let number = analyzer.number(ofTerm: term)
        var tokens: [Token] = []
        for rowid in documents {
            for field in 0..<searcher.fieldCount {
                guard let whole = try texts.text(ofRow: rowid, field: field) else { continue }
                let text = UnsafeRawBufferPointer(rebasing: whole.prefix(Self.textLimitBytes))
                tokens.removeAll(keepingCapacity: true)
                text.withMemoryRebound(to: UInt8.self) { analyzer.analyze($0, into: &tokens) }
                for token in tokens where token.term == number {
                    let written = String(decoding: text[Int(token.start)..<Int(token.end)], as: UTF8.self)
                    counts[analyzer.definition.units == .identifiers ? written : written.lowercased(), default: 0] += 1
                }
            }
        }
    }

    private func forms(_ counts: [String: Int]) -> [Form] {
        var forms: [Form] = []
        for (spelling, count) in counts {
            guard let word = plain.terms(of: spelling).first else { continue }
            forms.append(Form(spelling: spelling, word: word, count: count))
        }
        return forms.sorted { a, b in
            if a.count != b.count { return a.count > b.count }
            if a.word.count != b.word.count { return a.word.count < b.word.count }
            return Array(a.spelling.utf8).lexicographicallyPrecedes(Array(b.spelling.utf8))
        }
    }

    private func documents(with term: [UInt8]) throws(Diagnostic) -> [Int64] {
        var found: [(length: UInt64, rowid: Int64)] = []
        for segment in searcher.segments {
            found += try segment.reading { (reader) throws(Diagnostic) in
                try firstDocuments(with: term, segment, reader)
            }
        }
        found.sort { ($0.length, $0.rowid) < ($1.length, $1.rowid) }
        return found.prefix(Self.documentLimit).map(\.rowid)
    }

    /// Those of the first block that has any, with their lengths.
    private func firstDocuments(
        with term: [UInt8], _ segment: SearchSegment, _ reader: SegmentReader
    ) throws(Diagnostic) -> [(length: UInt64, rowid: Int64)] {
        guard let place = try reader.find(term) else { return [] }
        var found: [(length: UInt64, rowid: Int64)] = []
        let buffer = PostingBuffer(fieldCount: searcher.fieldCount)
        var cursor = try reader.cursor(place)
        while found.isEmpty, try cursor.next(into: buffer) {
            for document in buffer.documents.lazy.map({ Int($0) }) {
                if let deleted = segment.deleted, deleted.contains(document) { continue }
                var length: UInt64 = 0
                for field in 0..<searcher.fieldCount { length += UInt64(try reader.length(document, field: field)) }
                found.append((length, try reader.rowid(document)))
            }
        }
        return found
    }
}
