// What a search is given beside its words: the numbers of BM25F and a filter.

package import MartletCore

/// BM25F in its simple form (Robertson, Zaragoza and Taylor 2004): the fields' frequencies are weighted and summed before
/// saturation, and so are their lengths.
package struct TextParameters: Hashable, Sendable {
    package var k1: Float
    package var b: Float
    /// One weight a field; a field of weight 0 is not searched.
    package var weights: [Float]

    package init(k1: Float = 1.2, b: Float = 0.75, weights: [Float]) {
        self.k1 = k1
        self.b = b
        self.weights = weights
    }

    /// Throws `invalidOption` unless k1 is 0...1000, b is 0...1, and the weights are 0...1,000,000, one at least above 0.
    package func validate(fieldCount: Int) throws(Diagnostic) {
        guard k1 >= 0, k1 <= 1_000 else { throw Diagnostic(.invalidOption, "k1 must be between 0 and 1000") }
        guard b >= 0, b <= 1 else { throw Diagnostic(.invalidOption, "b must be between 0 and 1") }
        guard weights.count == fieldCount else {
            throw Diagnostic(.invalidOption, "there must be a weight for each of \(fieldCount) columns")
        }
        for weight in weights where !(weight == 0 || (weight >= 1e-6 && weight <= 1_000_000)) {
            throw Diagnostic(.invalidOption, "a weight must be 0, or between 0.000001 and 1000000")
        }
        guard weights.contains(where: { $0 > 0 }) else {
            throw Diagnostic(.invalidOption, "one weight at least must be above 0")
        }
    }
}

/// Which rows a search may return.
package enum TextFilter {
    case all
    /// Rows of these ids, ascending.
    case rowids([Int64])
    /// Rows that the closure accepts; asked only for documents that would otherwise be returned.
    case matching((Int64) throws(Diagnostic) -> Bool)
}

/// How a segment's documents are scored: matters to time only.
package struct SearchTuning: Sendable {
    /// Segments of so many documents are scored in one window, adding everything up: faster there than being clever. At
    /// most `SearchScratch.windowCount`.
    package var exhaustiveDocumentCount = 32_768
    /// Documents of a window in which essential terms are frequent.
    package var denseWindowCount = 4_096
    /// Documents of a window in which they are rare; a multiple of 64.
    package var sparseWindowCount = SearchScratch.windowCount

    package init() {}

    package init(exhaustive: Int, dense: Int, sparse: Int) {
        exhaustiveDocumentCount = min(exhaustive, SearchScratch.windowCount)
        denseWindowCount = min(max(1, dense), SearchScratch.windowCount)
        sparseWindowCount = min(max(64, sparse / 64 * 64), SearchScratch.windowCount)
    }
}
