// Text in, terms out.

import CStemmer
package import MartletCore

/// A word of a text as the index knows it.
package struct Token: Hashable, Sendable {
    /// The term's number in the analyzer that made it.
    package var term: Int32
    /// Byte offsets of the word in the text's UTF-8.
    package var start: UInt32
    package var end: UInt32
}

/// Cuts UTF-8 into words and makes terms of them: small letters, stop words out, stemmed, accents dropped.
///
/// Words are runs of letters, digits and marks, with apostrophes inside (after UAX #29, but full stops and underscores
/// separate). Runs of Han, Hiragana, Katakana and Hangul become overlapping pairs; a single one stands for itself. Bytes
/// that are not UTF-8 separate words. An analyzer keeps every word it has met, so that a word is stemmed once; about
/// 100 MB/s. Not for use from two threads: its stemmer has state.
package final class Analyzer {
    package let definition: AnalyzerDefinition
    private let stemmer: OpaquePointer?
    private let stopWords: Set<[UInt8]>
    /// Whether an apostrophe ends a word (l'homme) or belongs into it (o'clock).
    private let apostropheSeparates: Bool
    // Touched for every word, so not checked for overlapping access.
    @exclusivity(unchecked) private var words = ByteStringTable()
    /// The term of each word in `words`; -1 for those left out.
    @exclusivity(unchecked) private var wordTerms: [Int32] = []
    @exclusivity(unchecked) private var terms = ByteStringTable()
    private var scalarClasses: [UInt32: ScalarClass] = [:]
    private let scratch: UnsafeMutableBufferPointer<UInt8>
    private var scalars: [UInt32] = []

    /// Longer words are cut here, for documents and queries alike.
    package static let wordLimitBytes = 255
    private static let cacheLimitBytes = 64 << 20

    /// Small letter for each ASCII letter and digit, 0 for what separates, 1 for bytes above ASCII.
    private static let byteClasses: [UInt8] = (0..<256).map { byte in
        switch UInt8(byte) {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"): UInt8(byte)
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt8(byte) | 0x20
        case 0x80...0xFF: 1
        default: 0
        }
    }

    /// Throws `invalidOption` for an unknown language, `outOfMemory` if the stemmer cannot be made.
    package init(_ definition: AnalyzerDefinition) throws(Diagnostic) {
        try definition.validate()
        self.definition = definition
        if definition.stemming, definition.language != "none" {
            guard let made = sb_stemmer_new(definition.language, "UTF_8") else {
                throw Diagnostic(.outOfMemory, "no stemmer for '\(definition.language)' could be made")
            }
            stemmer = made
        } else {
            stemmer = nil
        }
        stopWords = Set(definition.stopwords ? StopWords.words(of: definition.language).map { Array($0.utf8) } : [])
        apostropheSeparates = ["french", "italian", "catalan"].contains(definition.language)
        scratch = .allocate(capacity: Self.wordLimitBytes + 16)
        scratch.initialize(repeating: 0)
    }

    deinit {
        sb_stemmer_delete(stemmer)
        scratch.deallocate()
    }

    /// The terms met so far; a token's `term` is below it.
    package var termCount: Int { terms.count }

    package func bytes(ofTerm term: Int) -> ArraySlice<UInt8> { terms[term] }

    /// Forgets all words and terms: the numbers of earlier tokens mean nothing any more.
    package func reset() {
        words = ByteStringTable()
        wordTerms = []
        terms = ByteStringTable()
    }

    /// The text's terms in order, repeated ones too.
    package func terms(of text: String) -> [[UInt8]] {
        tokens(of: text).map { Array(terms[Int($0.term)]) }
    }

    package func tokens(of text: String) -> [Token] {
        var tokens: [Token] = []
        var text = text
        text.withUTF8 { analyze($0, into: &tokens) }
        return tokens
    }

    /// Appends the text's tokens. Linear in the text; texts over 4 GiB are cut there.
    package func analyze(_ text: UnsafeBufferPointer<UInt8>, into tokens: inout [Token]) {
        let count = min(text.count, Int(UInt32.max))
        Self.byteClasses.withUnsafeBufferPointer { classes in
            var position = 0
            while position < count {
                let first = classes[Int(text[position])]
                if first == 0 {
                    position += 1
                    continue
                }
                let start = position
                var length = 0
                var isASCII = true
                while position < count {
                    let byte = text[position]
                    let mapped = classes[Int(byte)]
                    if mapped > 1 {
                        if length < Self.wordLimitBytes {
                            scratch[length] = mapped
                            length += 1
                        }
                    } else if mapped == 1 {
                        isASCII = false
                        break
                    } else if byte == UInt8(ascii: "'"), !apostropheSeparates, position + 1 < count,
                        classes[Int(text[position + 1])] != 0
                    {
                        if length < Self.wordLimitBytes {
                            scratch[length] = byte
                            length += 1
                        }
                    } else {
                        break
                    }
                    position += 1
                }
                if isASCII {
                    emit(length: length, start: start, end: position, into: &tokens)
                } else {
                    position = analyzeUnicode(text, from: start, count: count, into: &tokens)
                }
            }
        }
    }

    @inline(__always)
    private func emit(length: Int, start: Int, end: Int, into tokens: inout [Token]) {
        let word = UnsafeBufferPointer(rebasing: scratch[0..<length])
        let hash = ByteStringTable.hash(word)
        let term: Int32
        if let known = words.find(word, hash: hash) {
            term = wordTerms[known]
        } else {
            term = learn(word, hash: hash)
        }
        if term >= 0 { tokens.append(Token(term: term, start: UInt32(start), end: UInt32(end))) }
    }

    /// The term of a word met for the first time, or -1.
    private func learn(_ word: UnsafeBufferPointer<UInt8>, hash: UInt32) -> Int32 {
        let term = makeTerm(word)
        if words.arena.count > Self.cacheLimitBytes {
            words = ByteStringTable()
            wordTerms = []
        }
        _ = words.add(word, hash: hash)
        wordTerms.append(term)
        return term
    }

    private func makeTerm(_ word: UnsafeBufferPointer<UInt8>) -> Int32 {
        if terms.isFull { return -1 }
        var scalarCount = 0
        var isASCII = true
        for byte in word {
            if byte & 0xC0 != 0x80 { scalarCount += 1 }
            if byte >= 0x80 { isASCII = false }
        }
        if scalarCount < definition.minimumWordLength { return -1 }
        if !stopWords.isEmpty, stopWords.contains(Array(word)) { return -1 }
        var stemmed = word
        if let stemmer, let start = word.baseAddress, let stem = sb_stemmer_stem(stemmer, start, Int32(word.count)) {
            let length = Int(sb_stemmer_length(stemmer))
            if length > 0 { stemmed = UnsafeBufferPointer(start: stem, count: length) }
        }
        if definition.folding, !isASCII {
            var folded: [UInt32] = []
            for scalar in String(decoding: stemmed, as: UTF8.self).unicodeScalars {
                Folding.fold(scalar.value, to: &folded)
            }
            let bytes = Self.utf8(folded)
            if !bytes.isEmpty { return bytes.withUnsafeBufferPointer { Int32(terms.findOrAdd($0)) } }
        }
        return Int32(terms.findOrAdd(stemmed))
    }

    /// Analyses one word that holds bytes above ASCII, or one run of ideographs; returns where it ends, always further on.
    private func analyzeUnicode(
        _ text: UnsafeBufferPointer<UInt8>, from start: Int, count: Int, into tokens: inout [Token]
    ) -> Int {
        scalars.removeAll(keepingCapacity: true)
        var position = start
        while position < count {
            guard let (scalar, length) = Self.decode(text, at: position, count: count) else { break }
            let scalarClass = classify(scalar)
            switch scalarClass.kind {
            case .letter:
                if scalars.count < Self.wordLimitBytes { scalars.append(contentsOf: scalarClass.lower) }
            case .mark:
                if let last = scalars.last, let composed = Folding.compose(last, scalar) {
                    scalars[scalars.count - 1] = composed
                } else if !scalars.isEmpty, scalars.count < Self.wordLimitBytes {
                    scalars.append(scalar)
                }
            case .ignorable:
                break
            case .apostrophe:
                guard !scalars.isEmpty, !apostropheSeparates,
                    let (next, _) = Self.decode(text, at: position + length, count: count),
                    classify(next).kind == .letter
                else { return finishWord(start: start, end: position, next: position + length, into: &tokens) }
                if scalars.count < Self.wordLimitBytes { scalars.append(0x27) }
            case .ideograph:
                if scalars.isEmpty { return analyzeIdeographs(text, from: position, count: count, into: &tokens) }
                return finishWord(start: start, end: position, next: position, into: &tokens)
            case .separator:
                return finishWord(start: start, end: position, next: position + length, into: &tokens)
            }
            position += length
        }
        return finishWord(start: start, end: position, next: position < count ? position + 1 : position, into: &tokens)
    }

    private func finishWord(start: Int, end: Int, next: Int, into tokens: inout [Token]) -> Int {
        if !scalars.isEmpty {
            var length = 0
            for scalar in scalars {
                let width = Self.utf8Width(scalar)
                guard length + width <= Self.wordLimitBytes else { break }
                Self.encode(scalar, width: width, into: scratch, at: length)
                length += width
            }
            if length > 0 { emit(length: length, start: start, end: end, into: &tokens) }
        }
        return next
    }

    /// Pairs of neighbouring ideographs; the one of a run of one.
    private func analyzeIdeographs(
        _ text: UnsafeBufferPointer<UInt8>, from start: Int, count: Int, into tokens: inout [Token]
    ) -> Int {
        var position = start
        var previousStart: Int?
        var pairs = 0
        while position < count, let (scalar, length) = Self.decode(text, at: position, count: count),
            classify(scalar).kind == .ideograph
        {
            if let previousStart {
                emitIdeographs(text, previousStart, position + length, into: &tokens)
                pairs += 1
            }
            previousStart = position
            position += length
        }
        if pairs == 0, let previousStart { emitIdeographs(text, previousStart, position, into: &tokens) }
        return position
    }

    private func emitIdeographs(
        _ text: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int, into tokens: inout [Token]
    ) {
        guard !terms.isFull else { return }
        let term = terms.findOrAdd(UnsafeBufferPointer(rebasing: text[start..<end]))
        tokens.append(Token(term: Int32(term), start: UInt32(start), end: UInt32(end)))
    }

    private func classify(_ scalar: UInt32) -> ScalarClass {
        if let known = scalarClasses[scalar] { return known }
        // Only scalars that `decode` accepted come here; the replacement character separates.
        let made = ScalarClass(of: Unicode.Scalar(scalar) ?? "\u{FFFD}")
        scalarClasses[scalar] = made
        return made
    }

    /// The scalar at a position and its length; nil at the end and where the bytes are not UTF-8.
    private static func decode(_ text: UnsafeBufferPointer<UInt8>, at position: Int, count: Int) -> (UInt32, Int)? {
        guard position < count else { return nil }
        let first = text[position]
        if first < 0x80 { return (UInt32(first), 1) }
        let length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
        guard first >= 0xC2, first <= 0xF4, position + length <= count else { return nil }
        var value = UInt32(first) & (0x7F >> UInt32(length))
        for offset in 1..<length {
            let byte = text[position + offset]
            guard byte & 0xC0 == 0x80 else { return nil }
            value = value << 6 | UInt32(byte & 0x3F)
        }
        guard utf8Width(value) == length, Unicode.Scalar(value) != nil else { return nil }
        return (value, length)
    }

    private static func utf8Width(_ scalar: UInt32) -> Int {
        scalar < 0x80 ? 1 : scalar < 0x800 ? 2 : scalar < 0x1_0000 ? 3 : 4
    }

    private static func encode(
        _ scalar: UInt32, width: Int, into bytes: UnsafeMutableBufferPointer<UInt8>, at offset: Int
    ) {
        var rest = scalar
        for index in stride(from: width - 1, to: 0, by: -1) {
            bytes[offset + index] = 0x80 | UInt8(rest & 0x3F)
            rest >>= 6
        }
        let lead: [UInt32] = [0, 0, 0xC0, 0xE0, 0xF0]
        bytes[offset] = UInt8(truncatingIfNeeded: lead[width] | rest)
    }

    private static func utf8(_ scalars: [UInt32]) -> [UInt8] {
        var text = String.UnicodeScalarView()
        for scalar in scalars {
            if let scalar = Unicode.Scalar(scalar) { text.append(scalar) }
        }
        return Array(String(text).utf8)
    }
}
