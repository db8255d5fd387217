// How far two words are from each other.

/// Counts insertions, deletions, replacements and swaps of neighbours (Damerau and Levenshtein, optimal string alignment)
/// between one word and many, in code points.
struct EditDistance {
    private let word: [UInt32]
    private let limit: Int

    init(_ word: some Sequence<UInt8>, limit: Int) {
        self.word = Self.scalars(word)
        self.limit = limit
    }

    /// Whether the other word is at most `limit` away. O(length · limit).
    func isWithin(_ bytes: UnsafeRawBufferPointer) -> Bool {
        // A code point has one to four bytes.
        if bytes.count + limit < word.count || bytes.count > 4 * (word.count + limit) { return false }
        let other = Self.scalars(bytes)
        if abs(other.count - word.count) > limit { return false }
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
            if least > limit { return false }
            swap(&before, &previous)
            swap(&previous, &current)
        }
        return previous[other.count] <= limit
    }

    private static func scalars(_ bytes: some Sequence<UInt8>) -> [UInt32] {
        String(decoding: Array(bytes), as: UTF8.self).unicodeScalars.map(\.value)
    }
}
