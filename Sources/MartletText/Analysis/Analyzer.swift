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
    /// The place of the word among the text's words, those left out counted too. A whole identifier has the place of its
    /// first part; tokens are in the order of their starts.
    package var position: UInt32
}

/// How far into a text an analysis has come.
struct AnalysisCursor {
    var offset = 0
    var position: UInt32 = 0
}

/// Cuts UTF-8 into words and makes terms of them: small letters, stop words out, accents dropped, stemmed; but stemmed
/// before accents are dropped where endings have them.
///
/// Words are those of UAX #29, without underscores around them. Runs of Han, Hiragana, Katakana, Hangul, Thai, Lao,
/// Khmer and Burmese letters become overlapping pairs; a single one stands for itself. Bytes that are not UTF-8 separate
/// words. An analyzer keeps every word it has met, so that a word is stemmed once; about 100 MB/s. Not for use from two
/// threads: its stemmer has state.
package final class Analyzer {
    package let definition: AnalyzerDefinition
    private let stemmer: OpaquePointer?
    private let stopWords: Set<[UInt8]>
    /// Whether an apostrophe ends a word (l'homme) or belongs into it (o'clock).
    let apostropheSeparates: Bool
    let isFirstEdition: Bool
    private let foldsBeforeStemming: Bool
    private let hasWords: Bool
    private let hasSingleCharacters: Bool
    // Touched for every word, so not checked for overlapping access.
    /// -1 for words that are left out.
    @exclusivity(unchecked) private var words = WordTable()
    @exclusivity(unchecked) private var terms = ByteStringTable()
    private var scalarClasses: [UInt32: ScalarClass] = [:]
    /// Room for one word.
    let scratch: UnsafeMutableBufferPointer<UInt8>
    @exclusivity(unchecked) var batch = WordBatch(wordBytes: Analyzer.wordLimitBytes + 16)
    var scalars: [UInt32] = []
    /// The place of the next word.
    @exclusivity(unchecked) var position: UInt32 = 0

    /// Longer words are cut here, for documents and queries alike.
    package static let wordLimitBytes = 255
    private static let cacheLimitBytes = 64 << 20
    /// Of UTF-8.
    private static let scalarBytes = 4

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
        stopWords = StopWords.set(definition)
        isFirstEdition = definition.edition == 1
        foldsBeforeStemming = definition.foldsBeforeStemming
        hasWords = !definition.hasGrams
        hasSingleCharacters = definition.minimumWordLength == 1
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

    /// Good until another text is analysed, and as long as the analyzer is there.
    package func bytes(ofTerm term: Int) -> UnsafeBufferPointer<UInt8> { terms[term] }

    /// Below, at or above zero as a term sorts before, with or after one of another analyzer.
    func compare(_ term: Int, with otherTerm: Int, of other: Analyzer) -> Int {
        MartletText.compare(UnsafeRawBufferPointer(terms[term]), UnsafeRawBufferPointer(other.terms[otherTerm]))
    }

    /// The number of a term, which it keeps until the analyzer forgets.
    func number(ofTerm bytes: [UInt8]) -> Int32 { bytes.withUnsafeBufferPointer { Int32(terms.findOrAdd($0)) } }

    /// Forgets all words and terms: the numbers of earlier tokens mean nothing any more.
    package func reset() {
        words = WordTable()
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

    /// The tokens that a search for a text looks for: of grams only the longest that each piece has.
    package func queryTokens(of text: String) -> [Token] {
        guard case .grams(let sizes) = definition.units else { return tokens(of: text) }
        var tokens: [Token] = []
        var text = text
        text.withUTF8 { text in
            var cursor = AnalysisCursor()
            while cursor.offset < text.count {
                analyzeGrams(text, sizes, from: &cursor, longestOnly: true, into: &tokens)
            }
        }
        return tokens
    }

    /// Appends the text's tokens. Linear in the text; texts over 4 GiB are cut there.
    package func analyze(_ text: UnsafeBufferPointer<UInt8>, into tokens: inout [Token]) {
        var cursor = AnalysisCursor()
        while analyze(text, from: &cursor, limit: .max, into: &tokens) {}
    }

    /// Appends some of the text's tokens, about `limit` of them; false when it has come to the end.
    func analyze(
        _ text: UnsafeBufferPointer<UInt8>, from cursor: inout AnalysisCursor, limit: Int, into tokens: inout [Token]
    ) -> Bool {
        let text = text.count > Int(UInt32.max) ? UnsafeBufferPointer(rebasing: text[..<Int(UInt32.max)]) : text
        switch definition.units {
        case .words: analyzeWords(text, from: &cursor, limit: limit, into: &tokens)
        case .identifiers: analyzeIdentifiers(text, from: &cursor, limit: limit, into: &tokens)
        case .grams(let sizes): analyzeGrams(text, sizes, from: &cursor, longestOnly: false, into: &tokens)
        }
        return cursor.offset < text.count
    }

    // MARK: Terms

    /// Appends the word in `scratch`, unless it is left out; it counts as a word either way.
    @inline(__always)
    func emit(length: Int, start: Int, end: Int, into tokens: inout [Token]) {
        emit(
            UnsafeBufferPointer(rebasing: scratch[0..<length]), start: UInt32(start), end: UInt32(end), into: &tokens)
    }

    /// Appends a word, unless it is left out; it counts as a word either way.
    @inline(__always)
    func emit(_ word: UnsafeBufferPointer<UInt8>, start: UInt32, end: UInt32, into tokens: inout [Token]) {
        let term = term(of: word)
        if term >= 0 { tokens.append(Token(term: term, start: start, end: end, position: position)) }
        position &+= 1
    }

    /// Appends a term as it is.
    func emit(term bytes: UnsafeBufferPointer<UInt8>, start: Int, end: Int, into tokens: inout [Token]) {
        guard !terms.isFull else { return }
        let term = terms.findOrAdd(bytes)
        tokens.append(Token(term: Int32(term), start: UInt32(start), end: UInt32(end), position: position))
    }

    /// Notes the terms of the words that wait, as far as one look each finds them.
    @inline(__always)
    func lookUpBatch() {
        for place in 0..<batch.count { batch.terms[place] = words.look(batch[place].word) }
    }

    /// The term of a word, or -1.
    @inline(__always)
    func term(of word: UnsafeBufferPointer<UInt8>) -> Int32 { words.find(word) ?? learn(word) }

    /// The term of a word met for the first time, or -1.
    private func learn(_ word: UnsafeBufferPointer<UInt8>) -> Int32 {
        let term = makeTerm(word)
        if words.byteCount > Self.cacheLimitBytes { words = WordTable() }
        words.add(word, term: term)
        return term
    }

    private func makeTerm(_ whole: UnsafeBufferPointer<UInt8>) -> Int32 {
        if terms.isFull { return -1 }
        var word = whole
        while let last = word.last, last == UInt8(ascii: "_") { word = UnsafeBufferPointer(rebasing: word.dropLast()) }
        while let first = word.first, first == UInt8(ascii: "_") {
            word = UnsafeBufferPointer(rebasing: word.dropFirst())
        }
        var scalarCount = 0
        var isASCII = true
        for byte in word {
            if byte & 0xC0 != 0x80 { scalarCount += 1 }
            if byte >= 0x80 { isASCII = false }
        }
        if scalarCount < definition.minimumWordLength { return -1 }
        if !stopWords.isEmpty, stopWords.contains(Array(word)) { return -1 }
        if definition.folding, !isASCII {
            let folded = Folding.folded(foldsBeforeStemming ? word : stem(of: word))
            if !folded.isEmpty {
                return folded.withUnsafeBufferPointer { folded in
                    Int32(terms.findOrAdd(foldsBeforeStemming ? stem(of: folded) : folded))
                }
            }
        }
        return Int32(terms.findOrAdd(stem(of: word)))
    }

    /// Good until the next is asked for.
    private func stem(of word: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
        guard let stemmer, let start = word.baseAddress, let stem = sb_stemmer_stem(stemmer, start, Int32(word.count))
        else { return word }
        let length = Int(sb_stemmer_length(stemmer))
        return length > 0 ? UnsafeBufferPointer(start: stem, count: length) : word
    }

    // MARK: Scalars

    /// Whether a term is a word of one character, which says little by itself; none where they are left out.
    func isSingleCharacter(_ term: UnsafeBufferPointer<UInt8>) -> Bool {
        hasSingleCharacters && kindOfSingle(term).map { $0 != .ideograph } ?? false
    }

    func isSingleCharacter(_ term: [UInt8]) -> Bool {
        term.count <= Self.scalarBytes && term.withUnsafeBufferPointer { isSingleCharacter($0) }
    }

    /// Whether a term is a letter by itself of a script that is indexed by pairs.
    func isSingleIdeograph(_ term: [UInt8]) -> Bool {
        term.count <= Self.scalarBytes && term.withUnsafeBufferPointer { kindOfSingle($0) } == .ideograph
    }

    /// What a term of one scalar consists of; nil for longer ones, and for grams.
    private func kindOfSingle(_ term: UnsafeBufferPointer<UInt8>) -> ScalarClass.Kind? {
        guard hasWords, term.count <= Self.scalarBytes,
            let (scalar, length) = UTF8Scalars.decode(term, at: 0, count: term.count), length == term.count
        else { return nil }
        return classify(scalar).kind
    }

    func classify(_ scalar: UInt32) -> ScalarClass {
        if let known = scalarClasses[scalar] { return known }
        // Only scalars that were decoded come here; the replacement character separates.
        let made = ScalarClass(of: Unicode.Scalar(scalar) ?? "\u{FFFD}", edition: definition.edition)
        scalarClasses[scalar] = made
        return made
    }

    /// Puts some of `scalars` into `scratch` as UTF-8, as many as there is room for; the number of bytes.
    func encodeScalars(_ range: Range<Int>) -> Int {
        var length = 0
        for scalar in scalars[range] {
            let width = UTF8Scalars.width(scalar)
            guard length + width <= Self.wordLimitBytes else { break }
            UTF8Scalars.encode(scalar, width: width, into: scratch, at: length)
            length += width
        }
        return length
    }
}
