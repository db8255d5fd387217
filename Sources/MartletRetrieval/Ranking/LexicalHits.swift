// What the ranking asks of the text index and the table.

package import MartletCore

package struct LexicalHit: Sendable {
    package var rowID: Int64
    package var score: Float

    package init(rowID: Int64, score: Float) {
        self.rowID = rowID
        self.score = score
    }
}

/// Documents as they are now.
package protocol LiveDocuments {
    /// The best rows by BM25F, best first.
    func hits(_ query: String, count: Int) throws(Diagnostic) -> [LexicalHit]
    /// Whether a row may be returned at all: that it exists, has the words' index, and passes the filter.
    func isServed(_ row: Int64) throws(Diagnostic) -> Bool
    /// The row's texts, if their checksum is another; nil if it is the same.
    func document(_ row: Int64, unless checksum: UInt32?) throws(Diagnostic) -> RetrievalDocument?
}
