// The passage of a text that shows best why it was found.

package enum TextSnippet {
    /// Words of many letters, and pieces of texts without white space, fill it sooner.
    package static let characterLimit = 240

    /// The window of at most `maximumWords` words and ``characterLimit`` characters with the most different query terms, then
    /// the most matches, then the earliest; matches between `marks`, and an ellipsis where text is left out. The beginning
    /// if nothing matches.
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
        let window = SnippetWindow(bytes, words: words, wordLimit: maximumWords, characterLimit: characterLimit)
            .best(matches)
        let start = words[window.lowerBound].lowerBound
        let end = words[window.upperBound - 1].upperBound

        var result: [UInt8] = window.lowerBound > 0 ? Array(ellipsis.utf8) : []
        var position = start
        for range in merged(matches) where range.lowerBound >= start && range.upperBound <= end {
            appendCollapsed(bytes[position..<range.lowerBound], to: &result)
            result += marks.open.utf8
            result += bytes[range]
            result += marks.close.utf8
            position = range.upperBound
        }
        appendCollapsed(bytes[position..<end], to: &result)
        if window.upperBound < words.count { result += ellipsis.utf8 }
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
}
