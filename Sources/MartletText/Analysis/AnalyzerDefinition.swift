// How an index makes terms of text: the part of its definition that is stored.

import CStemmer
package import MartletCore

/// The settings of an ``Analyzer``. Two equal definitions make the same terms of the same text, in every build.
package struct AnalyzerDefinition: Hashable, Sendable {
    /// A Snowball language's name, or `none`.
    package var language: String
    package var stemming: Bool
    /// Whether the language's stop words are left out; only English has a list.
    package var stopwords: Bool
    /// Words of fewer scalars are left out (not so ideographs).
    package var minimumWordLength: Int
    /// Whether accents are dropped.
    package var folding: Bool

    package init(
        language: String = "english", stemming: Bool = true, stopwords: Bool = true, minimumWordLength: Int = 2,
        folding: Bool = true
    ) {
        self.language = language
        self.stemming = stemming
        self.stopwords = stopwords
        self.minimumWordLength = minimumWordLength
        self.folding = folding
    }

    /// The languages that have a stemmer, in alphabetical order.
    package static let knownLanguages: [String] = {
        var names: [String] = []
        guard var list = sb_stemmer_list() else { return [] }
        while let name = list.pointee {
            names.append(String(cString: name))
            list += 1
        }
        return names.sorted()
    }()

    /// Throws `invalidOption` for a language without a stemmer or a word length out of range.
    package func validate() throws(Diagnostic) {
        if language != "none", !Self.knownLanguages.contains(language) {
            throw Diagnostic(
                .invalidOption, "unknown language '\(language)'",
                hint: Suggestion.hint(for: language, among: Self.knownLanguages)
                    ?? "known are none, \(Self.knownLanguages.joined(separator: ", "))")
        }
        if !(1...64).contains(minimumWordLength) {
            throw Diagnostic(.invalidOption, "the minimum word length must be 1 to 64")
        }
    }

    // Stored form: version (1), flags (1: stemming, 2: stop words, 4: folding), minimum length, language in UTF-8.

    package func encoded() -> [UInt8] {
        let flags: UInt8 = (stemming ? 1 : 0) | (stopwords ? 2 : 0) | (folding ? 4 : 0)
        return [1, flags, UInt8(clamping: minimumWordLength)] + Array(language.utf8)
    }

    package init(decoding bytes: [UInt8]) throws(Diagnostic) {
        guard bytes.count >= 3, bytes[0] == 1 else { throw Diagnostic(.corrupt, "an analyzer definition is damaged") }
        self.init(
            language: String(decoding: bytes[3...], as: UTF8.self), stemming: bytes[1] & 1 != 0,
            stopwords: bytes[1] & 2 != 0, minimumWordLength: Int(bytes[2]), folding: bytes[1] & 4 != 0)
        do throws(Diagnostic) {
            try validate()
        } catch {
            throw Diagnostic(.corrupt, "an analyzer definition is damaged: \(error.message)")
        }
    }
}
