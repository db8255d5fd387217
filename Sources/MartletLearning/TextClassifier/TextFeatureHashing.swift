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
    var entries: [UInt32] = []
    /// Where each document's entries begin, and the end.
    var offsets: [Int] = [0]

    var count: Int { offsets.count - 1 }
}

/// N-grams are hashed into 2^22 buckets (Weinberger et al. 2009), words in the lower half, characters in the upper.
///
/// A word is a run of letters, digits and `_` (any byte outside ASCII counts as a letter); every other visible character
/// is a word of its own. Letters are folded to lower case.
struct TextFeatureHasher {
    static let bucketBits = 22
    static let bucketCount = 1 << bucketBits
    static let bucketMask = UInt32(bucketCount - 1)
    static let characterBit: UInt32 = 1 << 21
    static let largestCount: UInt32 = 1_023

    let options: TextFeatureOptions
    /// The hashes of the words before, newest last.
    private var window: [UInt64]
    private var word: [UInt8] = []
    /// Where characters of `word` begin, and the end.
    private var starts: [Int] = []
    /// Buckets of this document in an open-addressed table of indices into `entries`, plus one.
    private var table: [UInt32]
    private var touched: [Int] = []

    init(_ options: TextFeatureOptions) {
        self.options = options
        window = []
        table = [UInt32](repeating: 0, count: 1_024)
    }

    /// Adds one document's features to `documents`. O(bytes · lengths of n-grams).
    mutating func add(_ text: UnsafeBufferPointer<UInt8>, to documents: inout HashedDocuments) {
        window.removeAll(keepingCapacity: true)
        let first = documents.entries.count
        var at = 0
        while at < text.count {
            let byte = text[at]
            if Self.isWordByte(byte) {
                word.removeAll(keepingCapacity: true)
                while at < text.count, Self.isWordByte(text[at]) {
                    let here = text[at]
                    word.append(here >= 65 && here <= 90 ? here | 32 : here)
                    at += 1
                }
                Self.foldLatin(&word)
                addWord(first, &documents)
            } else {
                if byte > 32, byte != 127 {
                    word.removeAll(keepingCapacity: true)
                    word.append(byte)
                    addWord(first, &documents, hasCharacters: false)
                }
                at += 1
            }
        }
        documents.offsets.append(documents.entries.count)
        for slot in touched { table[slot] = 0 }
        touched.removeAll(keepingCapacity: true)
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

    private mutating func addWord(_ first: Int, _ documents: inout HashedDocuments, hasCharacters: Bool = true) {
        if options.wordGrams > 0 {
            var hash: UInt64 = 0xCBF2_9CE4_8422_2325
            for byte in word { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
            if window.count == options.wordGrams { window.removeFirst() }
            window.append(SeededRandom.mix(hash))
            // Grams end with this word: one word, two words, …
            var gram: UInt64 = 0
            for index in window.indices.reversed() {
                gram = (gram ^ window[index]) &* 0x9E37_79B9_7F4A_7C15
                gram ^= gram >> 29
                count(UInt32(truncatingIfNeeded: gram >> 40) & (Self.characterBit - 1), first, &documents)
            }
        }
        guard hasCharacters, options.longestCharacterGram > 0 else { return }
        // A mark at either end, and where characters begin: bytes that do not continue one.
        word.insert(2, at: 0)
        word.append(3)
        starts.removeAll(keepingCapacity: true)
        for (index, byte) in word.enumerated() where byte & 0xC0 != 0x80 { starts.append(index) }
        starts.append(word.count)
        let characters = starts.count - 1
        let shortest = options.shortestCharacterGram
        guard characters >= shortest else { return }
        for start in 0...characters - shortest {
            var hash: UInt64 = 0x9AE1_6A3B_2F90_404F
            var at = starts[start]
            for length in 1...min(options.longestCharacterGram, characters - start) {
                let end = starts[start + length]
                while at < end {
                    hash = (hash ^ UInt64(word[at])) &* 0x9FB2_1C65_1E98_DF25
                    hash ^= hash >> 32
                    at += 1
                }
                guard length >= shortest else { continue }
                let mixed = hash &* 0x9E37_79B9_7F4A_7C15
                count(
                    UInt32(truncatingIfNeeded: mixed >> 40) & (Self.characterBit - 1) | Self.characterBit, first,
                    &documents)
            }
        }
    }

    @inline(__always)
    private mutating func count(_ bucket: UInt32, _ first: Int, _ documents: inout HashedDocuments) {
        let mask = table.count - 1
        var slot = Int(bucket &* 0x9E37_79B1 >> 7) & mask
        while true {
            let index = table[slot]
            if index == 0 { break }
            let entry = documents.entries[first + Int(index) - 1]
            if entry & Self.bucketMask == bucket {
                if entry >> UInt32(Self.bucketBits) < Self.largestCount {
                    documents.entries[first + Int(index) - 1] = entry + UInt32(1 << Self.bucketBits)
                }
                return
            }
            slot = (slot + 1) & mask
        }
        documents.entries.append(bucket | UInt32(1 << Self.bucketBits))
        table[slot] = UInt32(documents.entries.count - first)
        touched.append(slot)
        if touched.count * 2 > table.count { grow(first, documents) }
    }

    private mutating func grow(_ first: Int, _ documents: HashedDocuments) {
        table = [UInt32](repeating: 0, count: table.count * 4)
        touched.removeAll(keepingCapacity: true)
        let mask = table.count - 1
        for index in first..<documents.entries.count {
            let bucket = documents.entries[index] & Self.bucketMask
            var slot = Int(bucket &* 0x9E37_79B1 >> 7) & mask
            while table[slot] != 0 { slot = (slot + 1) & mask }
            table[slot] = UInt32(index - first + 1)
            touched.append(slot)
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
        let pieces = (documents.count + chunk - 1) / chunk
        var result = [HashedDocuments](repeating: HashedDocuments(), count: pieces)
        result.withUnsafeMutableBufferPointer { result in
            nonisolated(unsafe) let result = result
            documents.bytes.withUnsafeBufferPointer { bytes in
                team.run(pieces) { piece in
                    var hasher = TextFeatureHasher(options)
                    var hashed = HashedDocuments()
                    for index in piece * chunk..<min(documents.count, (piece + 1) * chunk) {
                        let range = documents.offsets[index]..<documents.offsets[index + 1]
                        hasher.add(UnsafeBufferPointer(rebasing: bytes[range]), to: &hashed)
                    }
                    result[piece] = hashed
                }
            }
        }
        return result
    }
}
