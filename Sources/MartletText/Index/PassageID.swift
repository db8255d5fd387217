// The numbers under which an index over passages holds those of one row.

package import MartletCore

/// A row's passages have ids in a row: the row id times 65,536, plus the passage's place.
package enum PassageID {
    package static let passageLimit = 1 << 16
    /// Row ids are from -`rowLimit` up to below it.
    package static let rowLimit: Int64 = 1 << 47

    /// - Throws: `limitExceeded` for a row id out of bounds.
    package static func first(ofRow row: Int64) throws(Diagnostic) -> Int64 {
        guard (-rowLimit..<rowLimit).contains(row) else {
            throw Diagnostic(
                .limitExceeded, "an index over passages takes row ids from \(-rowLimit) to \(rowLimit - 1), not \(row)")
        }
        return row << 16
    }

    package static func row(of id: Int64) -> Int64 { id >> 16 }

    package static func place(of id: Int64) -> Int { Int(id & 0xFFFF) }
}

/// A document's fields cut into passages: the passage at a place holds each field's piece at that place. A field of one
/// piece, such as a title, is in all of them. The last of as many as there can be holds the rest.
package struct DocumentPassages {
    private let texts: [UnsafeRawBufferPointer?]
    private let chunks: [TextChunks]
    /// At least 1, even of a document without words.
    package let count: Int

    /// - Precondition: as that of ``TextChunks``.
    package init(_ texts: [UnsafeRawBufferPointer?], words: Int, overlap: Int) {
        self.texts = texts
        chunks = texts.map { text in
            TextChunks((text ?? UnsafeRawBufferPointer(start: nil, count: 0)), words: words, overlap: overlap)
        }
        count = min(PassageID.passageLimit, chunks.reduce(1) { max($0, $1.count) })
    }

    /// The pieces of the fields at a place; nil where a field has none.
    package func texts(at place: Int) -> [UnsafeRawBufferPointer?] {
        texts.indices.map { field in
            guard let text = texts[field] else { return nil }
            let own = chunks[field].count
            if own <= 1 { return text }
            guard place < own else { return nil }
            let range = chunks[field][place]
            let isRest = place == count - 1 && own > count
            return UnsafeRawBufferPointer(rebasing: text[range.lowerBound..<(isRest ? text.count : range.upperBound)])
        }
    }
}
