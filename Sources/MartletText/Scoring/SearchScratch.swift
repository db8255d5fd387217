// What one search can take over from the one before it.

/// Room for scores, and the norms of segments: O(documents) to make, so worth keeping from query to query.
///
/// Not for use from two threads.
package final class SearchScratch {
    /// The norms of a segment's documents, and all that they were computed from.
    struct Norms {
        var parameters: TextParameters
        var constant: Float
        var slope: Float
        var values: [Float]
    }

    package let fieldCount: Int
    /// By the segments' `cacheID`.
    var norms: [UInt32: Norms] = [:]
    // Touched for every block of postings, so not checked for overlapping access.
    /// One a document of the largest segment so far; zeros between searches.
    @exclusivity(unchecked) var scores: [Float] = []
    @exclusivity(unchecked) var weighted = [Float](repeating: 0, count: SegmentFormat.blockCount)
    let buffer: PostingBuffer

    package init(fieldCount: Int) {
        self.fieldCount = fieldCount
        buffer = PostingBuffer(fieldCount: fieldCount)
    }

    /// Forgets the norms of segments that have gone.
    func keepNorms(of segments: [SearchSegment]) {
        if norms.count <= segments.count { return }
        let ids = Set(segments.compactMap(\.cacheID))
        norms = norms.filter { ids.contains($0.key) }
    }
}
