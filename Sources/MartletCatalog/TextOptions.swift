// How a text index analyses and scores. Part of the stored definition.

package struct TextOptions: Hashable, Sendable, Codable {
    /// Passages that documents are cut into, each scored for itself.
    package struct Chunking: Hashable, Sendable, Codable {
        /// Words of a passage, and those that it shares with the next.
        package var words: Int
        package var overlap: Int

        package init(words: Int, overlap: Int) {
            self.words = words
            self.overlap = overlap
        }
    }

    package static let gramLimit = 16
    package static let stopwordLimit = 1_000
    package static let stopwordLimitBytes = 48
    package static let chunkWordLimit = 1_000_000
    /// Of a table of synonyms.
    package static let synonymColumns = ["word", "synonym"]

    package var language: String
    package var stemming: Bool
    package var stopwords: Bool
    /// The stop words, instead of the language's.
    package var stopwordList: [String]?
    /// Whether the parts of identifiers and paths are words too.
    package var identifiers: Bool
    /// Whether the places of words are kept.
    package var hasPositions: Bool
    /// The smallest and the largest number of characters, if character n-grams are indexed instead of words.
    package var gramSizes: ClosedRange<Int>?
    /// The table of synonyms that searches look into.
    package var synonymTableID: UInt32?
    package var chunking: Chunking?
    /// BM25's term-frequency saturation.
    package var k1: Double
    /// BM25's length normalisation.
    package var b: Double

    package init(
        language: String = "english", stemming: Bool = true, stopwords: Bool = true, stopwordList: [String]? = nil,
        identifiers: Bool = false, hasPositions: Bool = false, gramSizes: ClosedRange<Int>? = nil,
        synonymTableID: UInt32? = nil,
        chunking: Chunking? = nil, k1: Double = 1.2, b: Double = 0.75
    ) {
        self.language = language
        self.stemming = stemming
        self.stopwords = stopwords
        self.stopwordList = stopwordList
        self.identifiers = identifiers
        self.hasPositions = hasPositions
        self.gramSizes = gramSizes
        self.synonymTableID = synonymTableID
        self.chunking = chunking
        self.k1 = k1
        self.b = b
    }

    /// Definitions of earlier files lack some members.
    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        language = try values.decode(String.self, forKey: .language)
        stemming = try values.decode(Bool.self, forKey: .stemming)
        stopwords = try values.decode(Bool.self, forKey: .stopwords)
        stopwordList = try values.decodeIfPresent([String].self, forKey: .stopwordList)
        identifiers = try values.decodeIfPresent(Bool.self, forKey: .identifiers) ?? false
        hasPositions = try values.decodeIfPresent(Bool.self, forKey: .hasPositions) ?? false
        gramSizes = try values.decodeIfPresent(ClosedRange<Int>.self, forKey: .gramSizes)
        synonymTableID = try values.decodeIfPresent(UInt32.self, forKey: .synonymTableID)
        chunking = try values.decodeIfPresent(Chunking.self, forKey: .chunking)
        k1 = try values.decode(Double.self, forKey: .k1)
        b = try values.decode(Double.self, forKey: .b)
    }
}
