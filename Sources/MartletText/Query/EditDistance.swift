// How far two words are from each other.

/// Counts insertions, deletions, replacements and swaps of neighbours (Damerau and Levenshtein, optimal string alignment)
/// between one word and many, in code points.
struct EditDistance {
    private let word: [UInt32]
    private let limit: Int
    /// Of the word's bytes; nil if they are not ASCII.
    private let letters: UInt64?

    init(_ word: some Sequence<UInt8>, limit: Int) {
        self.word = Self.scalars(word)
        self.limit = limit
        letters = Self.letters(Array(word))
    }

    /// Whether the other word is at most `limit` away. O(length · limit).
    func isWithin(_ bytes: UnsafeRawBufferPointer) -> Bool { distance(bytes) != nil }

    /// How far the other word is away; nil if more than `limit`. O(length · limit), mostly O(length).
    func distance(_ bytes: UnsafeRawBufferPointer) -> Int? {
        // A code point has one to four bytes.
        if bytes.count + limit < word.count || bytes.count > 4 * (word.count + limit) { return nil }
        // Each edit takes away at most one kind of letter, and adds at most one.
        if let letters, let others = Self.letters(bytes),
            max((letters & ~others).nonzeroBitCount, (others & ~letters).nonzeroBitCount) > limit
        {
            return nil
        }
        let other = Self.scalars(bytes)
        if abs(other.count - word.count) > limit { return nil }
        let columns = other.count + 1
        let far = limit + 1
        var before = [Int](repeating: far, count: columns)
        var previous = (0..<columns).map { min($0, far) }
        var current = [Int](repeating: far, count: columns)
        for row in 1..<word.count + 1 {
            let low = max(1, row - limit)
            let high = min(other.count, row + limit)
            for column in current.indices { current[column] = far }
            current[0] = min(row, far)
            var least = current[0]
            if low <= high {
                for column in low...high {
                    let isSame = word[row - 1] == other[column - 1]
                    var best = min(
                        previous[column - 1] + (isSame ? 0 : 1), previous[column] + 1, current[column - 1] + 1)
                    if row > 1, column > 1, word[row - 1] == other[column - 2], word[row - 2] == other[column - 1] {
                        best = min(best, before[column - 2] + 1)
                    }
                    current[column] = min(best, far)
                    least = min(least, current[column])
                }
            }
            if least > limit { return nil }
            swap(&before, &previous)
            swap(&previous, &current)
        }
        return previous[other.count] <= limit ? previous[other.count] : nil
    }

    /// Which letters there are, some of them taken together.
    private static func letters(_ bytes: some Sequence<UInt8>) -> UInt64? {
        var letters: UInt64 = 0
        for byte in bytes {
            if byte >= 0x80 { return nil }
            letters |= 1 << UInt64(byte & 63)
        }
        return letters
    }

    private static func scalars(_ bytes: some Sequence<UInt8>) -> [UInt32] {
        String(decoding: Array(bytes), as: UTF8.self).unicodeScalars.map(\.value)
    }
}
