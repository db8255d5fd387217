// The passage of a text that shows best why it was found.

package enum TextSnippet {
    /// The window of at most `maximumWords` words with the most different query terms, then the most matches, then the
    /// earliest; matches between `marks`, and an ellipsis where text is left out. The beginning if nothing matches.
    ///
    /// Linear in the text.
    package static func make(
        _ found: TextMatches, maximumWords: Int = 24, marks: (open: String, close: String) = ("<b>", "</b>"),
        ellipsis: String = "…"
    ) -> String {
        let bytes = found.bytes
        let matches = found.matches
        let words = bytes.withUnsafeBytes { TextWords.ranges(of: $0) }
        guard !words.isEmpty else { return "" }
        let length = min(max(1, maximumWords), words.count)
        let first = bestStart(words: words, matches: matches, length: length)
        let start = words[first].lowerBound
        let end = words[first + length - 1].upperBound

        var result: [UInt8] = first > 0 ? Array(ellipsis.utf8) : []
        var position = start
        for range in merged(matches) where range.lowerBound >= start && range.upperBound <= end {
            appendCollapsed(bytes[position..<range.lowerBound], to: &result)
            result += marks.open.utf8
            result += bytes[range]
            result += marks.close.utf8
            position = range.upperBound
        }
        appendCollapsed(bytes[position..<end], to: &result)
        if first + length < words.count { result += ellipsis.utf8 }
        return String(decoding: result, as: UTF8.self)
    }

    /// Line ends and runs of white space as one space each: a snippet is one line.
    private static func appendCollapsed(_ bytes: ArraySlice<UInt8>, to result: inout [UInt8]) {
        for byte in bytes {
            let isSpace = byte == 0x20 || (0x09...0x0D).contains(byte)
            if !isSpace {
                result.append(byte)
            } else if result.last != 0x20 {
                result.append(0x20)
            }
        }
    }

    /// The whole text with every match marked.
    package static func highlight(
        _ found: TextMatches, marks: (open: String, close: String) = ("<b>", "</b>")
    ) -> String {
        let bytes = found.bytes
        var result: [UInt8] = []
        var position = 0
        for range in merged(found.matches) {
            result += bytes[position..<range.lowerBound]
            result += marks.open.utf8
            result += bytes[range]
            result += marks.close.utf8
            position = range.upperBound
        }
        result += bytes[position...]
        return String(decoding: result, as: UTF8.self)
    }

    /// The matches' ranges, with overlapping ones (pairs of ideographs) made one.
    private static func merged(_ matches: [TextMatches.Match]) -> [Range<Int>] {
        var result: [Range<Int>] = []
        for match in matches {
            if let last = result.last, match.range.lowerBound < last.upperBound {
                result[result.count - 1] = last.lowerBound..<max(last.upperBound, match.range.upperBound)
            } else {
                result.append(match.range)
            }
        }
        return result
    }

    /// The first word of the best window.
    private static func bestStart(words: [Range<Int>], matches: [TextMatches.Match], length: Int) -> Int {
        // The word that each match begins in, ascending.
        var places: [(word: Int, term: Int)] = []
        var word = 0
        for match in matches {
            while word + 1 < words.count, words[word + 1].lowerBound <= match.range.lowerBound { word += 1 }
            places.append((word, match.term))
        }
        var best = (terms: 0, matches: 0, first: 0, last: 0)
        var counts: [Int: Int] = [:]
        var left = 0
        for right in places.indices {
            counts[places[right].term, default: 0] += 1
            while places[right].word - places[left].word >= length {
                let term = places[left].term
                counts[term] = counts[term].flatMap { $0 > 1 ? $0 - 1 : nil }
                left += 1
            }
            let found = (counts.count, right - left + 1)
            if found > (best.terms, best.matches) {
                best = (found.0, found.1, places[left].word, places[right].word)
            }
        }
        guard best.terms > 0 else { return 0 }
        // The matches in the middle of the window.
        let spare = length - (best.last - best.first + 1)
        return min(max(0, best.first - spare / 2), words.count - length)
    }
}
