// Passages of a text: so many words each, some of them shared with the next.

/// The byte ranges of the passages. Words are what white space separates; runs without any count as a word for every
/// ``TextWords/limitBytes``. The last passage may be shorter; there is none that its predecessor holds whole.
package struct TextChunks: Sendable {
    /// A passage has at most so many words.
    package static let wordLimit = 1_000_000

    private let words: [Range<Int>]
    private let length: Int
    private let step: Int
    package let count: Int

    /// - Precondition: `words` is above 0, `overlap` from 0 up to below `words`.
    package init(_ bytes: UnsafeRawBufferPointer, words length: Int, overlap: Int) {
        precondition(length > 0 && overlap >= 0 && overlap < length)
        words = TextWords.ranges(of: bytes)
        self.length = length
        step = length - overlap
        count = words.isEmpty ? 0 : words.count <= length ? 1 : (words.count - length + step - 1) / step + 1
    }

    /// From the first byte of a passage's first word to the last of its last.
    package subscript(place: Int) -> Range<Int> {
        let first = place * step
        return words[first].lowerBound..<words[min(first + length, words.count) - 1].upperBound
    }
}

package enum TextWords {
    /// Longer runs without white space are cut, so that scripts without it can be.
    package static let limitBytes = 48

    /// Runs between white space, long ones cut between scalars.
    static func ranges(of bytes: UnsafeRawBufferPointer) -> [Range<Int>] {
        var result: [Range<Int>] = []
        var start: Int?
        for (position, byte) in bytes.enumerated() {
            if byte <= 0x20 {
                if let begun = start { result.append(begun..<position) }
                start = nil
            } else if let begun = start {
                if position - begun >= limitBytes, byte & 0xC0 != 0x80 {
                    result.append(begun..<position)
                    start = position
                }
            } else {
                start = position
            }
        }
        if let start { result.append(start..<bytes.count) }
        return result
    }
}
