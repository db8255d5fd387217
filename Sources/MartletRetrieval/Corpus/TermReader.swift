// Words of a text as terms, with the stop words marked.

package import MartletCore
package import MartletText

/// Reads a text twice, with stop words and words of one character and without, so that each word is known by its term and
/// by whether it counts.
///
/// Not for use from two threads.
package final class TermReader {
    private let all: Analyzer
    private let content: Analyzer
    private var tokens: [Token] = []
    private var kept: [Token] = []

    package init(_ definition: AnalyzerDefinition) throws(Diagnostic) {
        var whole = definition
        whole.stopwords = false
        whole.stopwordList = nil
        whole.minimumWordLength = 1
        all = try Analyzer(whole)
        content = try Analyzer(definition)
    }

    var termCount: Int { all.termCount }

    func bytes(ofTerm term: Int) -> [UInt8] { Array(all.bytes(ofTerm: term)) }

    /// Appends the terms of a text, up to `limit`, as twice their number in this reader, and one more if they count.
    func read(_ text: String, limit: Int, into terms: inout [UInt32]) {
        tokens.removeAll(keepingCapacity: true)
        kept.removeAll(keepingCapacity: true)
        var text = text
        text.withUTF8 { bytes in
            all.analyze(bytes, into: &tokens)
            content.analyze(bytes, into: &kept)
        }
        var next = 0
        for token in tokens.prefix(max(0, limit)) {
            while next < kept.count, kept[next].start < token.start { next += 1 }
            let counts = next < kept.count && kept[next].start == token.start
            terms.append(UInt32(token.term) << 1 | (counts ? 1 : 0))
        }
    }
}
