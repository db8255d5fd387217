// A set of a segment's documents.

/// One bit a document.
package struct DocumentBitmap: Hashable, Sendable {
    package let documentCount: Int
    package private(set) var words: [UInt64]

    package init(documentCount: Int) {
        self.documentCount = documentCount
        words = [UInt64](repeating: 0, count: (documentCount + 63) / 64)
    }

    @inline(__always)
    package func contains(_ document: Int) -> Bool {
        let word = document >> 6
        guard document >= 0, word < words.count else { return false }
        return words[word] & (1 << UInt64(document & 63)) != 0
    }

    /// Adds a document; false if it was there or does not exist.
    @discardableResult
    package mutating func insert(_ document: Int) -> Bool {
        guard document >= 0, document < documentCount, !contains(document) else { return false }
        words[document >> 6] |= 1 << UInt64(document & 63)
        return true
    }

    package var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }
}
