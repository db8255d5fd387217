// Which words of a text a snippet shows.

/// Windows of so many words and characters at most, but always of a word.
struct SnippetWindow {
    private let words: [Range<Int>]
    private let length: Int
    private let characterLimit: Int
    /// For each word, the characters (code points) before it and up to its end.
    private var characters: [Range<Int>] = []

    /// - Precondition: there are words, and they are in the order of the text.
    init(_ bytes: [UInt8], words: [Range<Int>], wordLimit: Int, characterLimit: Int) {
        self.words = words
        self.characterLimit = characterLimit
        length = min(max(1, wordLimit), words.count)
        var position = 0
        var count = 0
        func advance(to end: Int) -> Int {
            count += bytes[position..<end].count { $0 & 0xC0 != 0x80 }
            position = end
            return count
        }
        characters = words.map { word in
            let start = advance(to: word.lowerBound)
            return start..<advance(to: word.upperBound)
        }
    }

    private func fits(_ first: Int, _ last: Int) -> Bool {
        last - first < length
            && (first == last || characters[last].upperBound - characters[first].lowerBound <= characterLimit)
    }

    /// The words around the best matches. Linear.
    ///
    /// - Parameter matches: in the order of the text.
    func best(_ matches: [TextMatches.Match]) -> Range<Int> {
        let best = densest(matches)
        // The matches in the middle of the window.
        let spare = length - best.count
        let start = matches.isEmpty ? 0 : min(max(0, best.lowerBound - spare / 2), words.count - length)
        var window = start..<start + length
        while !fits(window.lowerBound, window.upperBound - 1) {
            let isBehind = window.upperBound - best.upperBound >= best.lowerBound - window.lowerBound
            window = isBehind ? window.dropLast() : window.dropFirst()
        }
        return window
    }

    /// From the first to the last word of the matches that belong together; the first word without any.
    private func densest(_ matches: [TextMatches.Match]) -> Range<Int> {
        // The word that each match begins in, ascending.
        var places: [(word: Int, term: Int)] = []
        var word = 0
        for match in matches {
            while word + 1 < words.count, words[word + 1].lowerBound <= match.range.lowerBound { word += 1 }
            places.append((word, match.term))
        }
        var best = (terms: 0, matches: 0, words: 0..<1)
        var counts: [Int: Int] = [:]
        var left = 0
        for right in places.indices {
            counts[places[right].term, default: 0] += 1
            while !fits(places[left].word, places[right].word) {
                let term = places[left].term
                counts[term] = counts[term].flatMap { $0 > 1 ? $0 - 1 : nil }
                left += 1
            }
            let found = (counts.count, right - left + 1)
            if found > (best.terms, best.matches) {
                best = (found.0, found.1, places[left].word..<places[right].word + 1)
            }
        }
        return best.words
    }
}
