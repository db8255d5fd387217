// From a text to hashed n-grams of words and characters.

package import MartletCore
package import MartletKernels

/// Which n-grams of a text are features.
package struct TextFeatureOptions: Hashable, Sendable {
    /// The longest run of words that is a feature; 0: none.
    package var wordGrams = 3
    /// Runs of characters inside a word, with its ends; 0: none.
    package var shortestCharacterGram = 3
    package var longestCharacterGram = 5

    package init() {}

    package func validate() throws(Diagnostic) {
        guard (0...8).contains(wordGrams) else {
            throw Diagnostic(.invalidOption, "word_ngrams must be from 0 to 8")
        }
        guard (0...16).contains(longestCharacterGram), shortestCharacterGram >= 0,
            longestCharacterGram == 0 || (1...longestCharacterGram).contains(shortestCharacterGram)
        else { throw Diagnostic(.invalidOption, "char_ngrams must be lengths from 1 to 16") }
        guard wordGrams > 0 || longestCharacterGram > 0 else {
            throw Diagnostic(.invalidOption, "a text classifier needs words or characters as features")
        }
    }
}

/// The n-grams of some documents: for each its distinct buckets and how often they occur.
package struct HashedDocuments: Sendable {
    /// A bucket in the lower 22 bits, a count, at most 1023, in the upper 10; in the order of first occurrence.
    package var entries: [UInt32] = []
    /// Where each document's entries begin, and the end.
    var offsets: [Int] = [0]

    var count: Int { offsets.count - 1 }
}

/// N-grams are hashed into 2^22 buckets (Weinberger et al. 2009), words in the lower half, characters in the upper.
///
/// A word is a run of letters, digits and `_` (any byte outside ASCII counts as a letter); every other visible character
/// is a word of its own. Letters are folded to lower case.
package struct TextFeatureHasher {
    static let bucketBits = 22
    static let bucketCount = 1 << bucketBits
    package static let bucketMask = UInt32(bucketCount - 1)
    /// Threads divide the buckets by as many.
    package static let bucketStep = 1 << 16
    static let characterBit: UInt32 = 1 << 21
    static let largestCount: UInt32 = 1_023

    let options: TextFeatureOptions
    private let counter = FeatureCounter()
    /// The hashes of the words before, newest last.
    private var window: [UInt64] = []
    /// A word between a mark at either end.
    private var word: [UInt8] = [Self.wordBegin]
    /// Where characters of `word` begin, and the end.
    private var starts: [Int] = []

    private static let wordBegin: UInt8 = 2
    private static let wordEnd: UInt8 = 3

    init(_ options: TextFeatureOptions) { self.options = options }

    /// Adds one document's features to `documents`. O(bytes · lengths of n-grams).
    mutating func add(_ text: UnsafeBufferPointer<UInt8>, to documents: inout HashedDocuments) {
        withFeatures(of: text) { documents.entries.append(contentsOf: $0) }
        documents.offsets.append(documents.entries.count)
    }

    /// Calls `body` with a document's features, as in `HashedDocuments.entries`.
    mutating func withFeatures(of text: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt32>) -> Void) {
        count(text)
        withExtendedLifetime(counter) { body(UnsafeBufferPointer(start: $0.entries, count: $0.count)) }
    }

    private mutating func count(_ text: UnsafeBufferPointer<UInt8>) {
        counter.begin()
        window.removeAll(keepingCapacity: true)
        var at = 0
        while at < text.count {
            let byte = text[at]
            if Self.isWordByte(byte) {
                let start = at
                var all: UInt8 = 0
                repeat {
                    all |= text[at]
                    at += 1
                } while at < text.count && Self.isWordByte(text[at])
                addWord(UnsafeBufferPointer(rebasing: text[start..<at]), isASCII: all < 128)
            } else {
                if byte > 32, byte != 127 { addWordGrams(Self.hash(CollectionOfOne(byte))) }
                at += 1
            }
        }
    }

    @inline(__always)
    private static func isWordByte(_ byte: UInt8) -> Bool {
        byte >= 128 || (byte | 32 >= 97 && byte | 32 <= 122) || (byte >= 48 && byte <= 57) || byte == 95
    }

    /// Lower case of the letters of two bytes whose upper case differs by a bit or by one: Latin-1, Greek, Cyrillic.
    private static func foldLatin(_ word: inout [UInt8]) {
        var index = 0
        while index + 1 < word.count {
            let lead = word[index]
            let trail = word[index + 1]
            switch lead {
            case 0xC3 where trail >= 0x80 && trail <= 0x9E && trail != 0x97: word[index + 1] = trail + 0x20
            case 0xCE where trail >= 0x91 && trail <= 0x9F: word[index + 1] = trail + 0x20
            case 0xCE where trail >= 0xA0 && trail <= 0xA9:
                word[index] = 0xCF
                word[index + 1] = trail - 0x20
            case 0xD0 where trail >= 0x90 && trail <= 0x9F: word[index + 1] = trail + 0x20
            case 0xD0 where trail >= 0xA0 && trail <= 0xAF:
                word[index] = 0xD1
                word[index + 1] = trail - 0x20
            default: break
            }
            index += lead >= 0xC0 ? 2 : 1
        }
    }

    /// Grams of words and characters.
    private mutating func addWord(_ text: UnsafeBufferPointer<UInt8>, isASCII: Bool) {
        word.removeLast(word.count - 1)
        for byte in text { word.append(byte >= 65 && byte <= 90 ? byte | 32 : byte) }
        if !isASCII { Self.foldLatin(&word) }
        if options.wordGrams > 0 { addWordGrams(Self.hash(word.dropFirst())) }
        guard options.longestCharacterGram > 0 else { return }
        word.append(Self.wordEnd)
        word.withUnsafeBufferPointer { word in
            guard let bytes = word.baseAddress else { return }
            if isASCII { return addCharacterGrams(bytes, word.count) { $0 } }
            starts.removeAll(keepingCapacity: true)
            for (index, byte) in word.enumerated() where byte & 0xC0 != 0x80 { starts.append(index) }
            starts.append(word.count)
            starts.withUnsafeBufferPointer { starts in
                addCharacterGrams(bytes, starts.count - 1) { starts[$0] }
            }
        }
    }

    @inline(__always)
    private static func hash(_ word: some Sequence<UInt8>) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in word { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return SeededRandom.mix(hash)
    }

    /// Grams that end with a word: one word, two words, …
    private mutating func addWordGrams(_ hash: UInt64) {
        if options.wordGrams == 0 { return }
        if window.count == options.wordGrams { window.removeFirst() }
        window.append(hash)
        var gram: UInt64 = 0
        for index in window.indices.reversed() {
            gram = (gram ^ window[index]) &* 0x9E37_79B9_7F4A_7C15
            gram ^= gram >> 29
            counter.add(UInt32(truncatingIfNeeded: gram >> 40) & (Self.characterBit - 1))
        }
    }

    /// - Parameter start: where a character of the word begins; of `characters`, the word's end.
    @inline(__always)
    private func addCharacterGrams(
        _ word: UnsafePointer<UInt8>, _ characters: Int, start: (Int) -> Int
    ) {
        let counter = counter
        let shortest = options.shortestCharacterGram
        let longest = options.longestCharacterGram
        guard characters >= shortest else { return }
        for first in 0...characters - shortest {
            var hash: UInt64 = 0x9AE1_6A3B_2F90_404F
            var at = start(first)
            for length in 1...min(longest, characters - first) {
                let end = start(first + length)
                while at < end {
                    hash = (hash ^ UInt64(word[at])) &* 0x9FB2_1C65_1E98_DF25
                    hash ^= hash >> 32
                    at += 1
                }
                guard length >= shortest else { continue }
                let mixed = hash &* 0x9E37_79B9_7F4A_7C15
                counter.add(UInt32(truncatingIfNeeded: mixed >> 40) & (Self.characterBit - 1) | Self.characterBit)
            }
        }
    }
}

extension HashedDocuments {
    /// Documents a piece of parallel work.
    static let chunk = 128

    /// Hashes all documents, in pieces: piece p holds documents 128p and so on.
    package static func hash(
        _ documents: TextDocuments, options: TextFeatureOptions, team: WorkerTeam
    ) -> [HashedDocuments] {
        hash([documents], options: options, team: team)[0]
    }

    /// The same of several sets, all at once.
    static func hash(
        _ sets: [TextDocuments], options: TextFeatureOptions, team: WorkerTeam
    ) -> [[HashedDocuments]] {
        var pieces: [(set: Int, range: Range<Int>)] = []
        for (set, documents) in sets.enumerated() {
            for start in stride(from: 0, to: documents.count, by: chunk) {
                pieces.append((set, start..<min(documents.count, start + chunk)))
            }
        }
        var hashed = [HashedDocuments](repeating: HashedDocuments(), count: pieces.count)
        hashed.withUnsafeMutableBufferPointer { hashed in
            nonisolated(unsafe) let hashed = hashed
            team.run(pieces.count) { piece in
                let (set, range) = pieces[piece]
                hashed[piece] = hash(sets[set], range, options)
            }
        }
        var result = sets.map { _ in [HashedDocuments]() }
        for (piece, hashed) in zip(pieces, hashed) { result[piece.set].append(hashed) }
        return result
    }

    private static func hash(
        _ documents: TextDocuments, _ range: Range<Int>, _ options: TextFeatureOptions
    ) -> HashedDocuments {
        var hasher = TextFeatureHasher(options)
        var hashed = HashedDocuments()
        documents.bytes.withUnsafeBufferPointer { bytes in
            for index in range {
                let bounds = documents.offsets[index]..<documents.offsets[index + 1]
                hasher.add(UnsafeBufferPointer(rebasing: bytes[bounds]), to: &hashed)
            }
        }
        return hashed
    }
}
