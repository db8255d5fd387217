// Pages: which hits of a search are wanted, and what keeps their scores the same from page to page.

package import MartletCore

/// What scores depend on beside the documents themselves. A search with the statistics of an earlier one gives every
/// document that was there the score that it had.
package struct TextStatistics: Hashable, Sendable {
    package var documentCount: Int
    /// For each field.
    package var totalLengths: [UInt64]
    /// For each term of the query, the number of documents that it occurs in.
    package var frequencies: [Int]
    /// The terms themselves, where they were chosen by what the index held.
    package var terms: [[UInt8]]?

    package init(documentCount: Int, totalLengths: [UInt64], frequencies: [Int]) {
        self.documentCount = documentCount
        self.totalLengths = totalLengths
        self.frequencies = frequencies
    }
}

/// A part of a ranking.
package struct TextHitRange: Hashable, Sendable {
    /// A place between two hits.
    package struct Place: Hashable, Sendable {
        package var score: Float
        package var rowid: Int64
        /// The primary key; empty where the rowid is the key.
        package var key: [UInt8]

        package init(score: Float, rowid: Int64, key: [UInt8]) {
            self.score = score
            self.rowid = rowid
            self.key = key
        }
    }

    /// No lower scores.
    package var minimum: Float
    /// Only what ranks behind this place.
    package var after: Place?

    package init(minimum: Float = 0, after: Place? = nil) {
        self.minimum = minimum
        self.after = after
    }

    package static let all = TextHitRange()

    /// Whether a document of this score ranks behind the place.
    @inline(__always)
    func contains(_ score: Float, _ document: Int, _ reader: SegmentReader) throws(Diagnostic) -> Bool {
        guard let after else { return true }
        if score != after.score { return score < after.score }
        if reader.hasKeys {
            let difference = try after.key.withRawBytes { (key) throws(Diagnostic) in
                compare(try reader.key(document), key)
            }
            if difference != 0 { return difference > 0 }
        }
        return try reader.rowid(document) > after.rowid
    }
}

extension TextSearcher {
    /// What the scores of this query depend on now.
    package func statistics(_ query: TextQuery) throws(Diagnostic) -> TextStatistics {
        var frequencies = [Int](repeating: 0, count: query.terms.count)
        for term in try locate(query) { frequencies[term.position] = term.documentFrequency }
        return TextStatistics(documentCount: documentCount, totalLengths: totalLengths, frequencies: frequencies)
    }

    /// The primary key of a hit; empty where the rowid is the key.
    package func key(_ hit: TextHit) throws(Diagnostic) -> [UInt8] {
        Array(try storedKey(hit))
    }

    /// As above, where it lies.
    func storedKey(_ hit: TextHit) throws(Diagnostic) -> UnsafeRawBufferPointer {
        try segments[hit.segment].reading { (reader) throws(Diagnostic) in try reader.key(hit.document) }
    }
}
