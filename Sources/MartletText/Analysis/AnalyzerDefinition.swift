// How an index makes terms of text: the part of its definition that is stored.

import CStemmer
package import MartletCore

/// The settings of an ``Analyzer``. Two equal definitions make the same terms of the same text, in every build.
package struct AnalyzerDefinition: Hashable, Sendable {
    /// What a text is cut into.
    package enum Units: Hashable, Sendable {
        /// Words after UAX #29.
        case words
        /// Words, and the parts of those that programs and paths are written in: camelCase, snake_case, a/path.swift.
        case identifiers
        /// Every run of so many characters without white space: parts of words can be found.
        case grams(ClosedRange<Int>)
    }

    /// A Snowball language's name, or `none`.
    package var language: String
    package var stemming: Bool
    /// Whether stop words are left out.
    package var stopwords: Bool
    /// The stop words, instead of the language's.
    package var stopwordList: [String]?
    /// Words of fewer scalars are left out (not so ideographs and grams).
    package var minimumWordLength: Int
    /// Whether accents are dropped.
    package var folding: Bool
    package var units: Units
    /// 1: words end at full stops and underscores, stop words are known for English alone; 2: accents are dropped behind
    /// the stemmer in every language; 3: what is described here.
    package var edition: Int

    package static let currentEdition = 3
    package static let gramLimit = 16
    package static let stopwordLimit = 1_000
    package static let stopwordLimitBytes = 48

    package init(
        language: String = "english", stemming: Bool = true, stopwords: Bool = true, stopwordList: [String]? = nil,
        minimumWordLength: Int = 1, folding: Bool = true, units: Units = .words, edition: Int = currentEdition
    ) {
        self.language = language
        self.stemming = stemming
        self.stopwords = stopwords
        self.stopwordList = stopwordList
        self.minimumWordLength = minimumWordLength
        self.folding = folding
        self.units = units
        self.edition = edition
    }

    /// The same for a retriever: what is learned is learned of edition 2's words of two characters or more.
    package var forRetriever: AnalyzerDefinition {
        var definition = self
        definition.minimumWordLength = 2
        definition.edition = 2
        return definition
    }

    var hasGrams: Bool {
        if case .grams = units { true } else { false }
    }

    /// Whether words lose their accents before their endings: English ones have none that a stemmer knows. Elsewhere
    /// accents tell endings apart, and are dropped last.
    var foldsBeforeStemming: Bool { folding && edition >= 3 && ["english", "porter"].contains(language) }

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

    /// Throws `invalidOption` for a language without a stemmer or a number out of range.
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
        if case .grams(let sizes) = units, sizes.lowerBound < 1 || sizes.upperBound > Self.gramLimit {
            throw Diagnostic(.invalidOption, "character n-grams have 1 to \(Self.gramLimit) characters")
        }
        if let stopwordList {
            guard stopwordList.count <= Self.stopwordLimit,
                stopwordList.allSatisfy({ $0.utf8.count <= Self.stopwordLimitBytes })
            else {
                throw Diagnostic(
                    .invalidOption,
                    "there are at most \(Self.stopwordLimit) stop words of \(Self.stopwordLimitBytes) bytes")
            }
        }
        guard (1...Self.currentEdition).contains(edition) else {
            throw Diagnostic(.newerFormat, "an analyzer of edition \(edition) is not known")
        }
    }

    // Stored form: edition, flags (1: stemming, 2: stop words, 4: folding, 8: identifiers, 16: a list of stop words),
    // minimum length; in edition 1 the language in UTF-8 follows. Else the smallest and largest gram (0, 0 for words),
    // the language with its length before it, and the stop words, each likewise.

    package func encoded() -> [UInt8] {
        var flags: UInt8 = (stemming ? 1 : 0) | (stopwords ? 2 : 0) | (folding ? 4 : 0)
        if edition == 1 { return [1, flags, UInt8(clamping: minimumWordLength)] + Array(language.utf8) }
        if units == .identifiers { flags |= 8 }
        if stopwordList != nil { flags |= 16 }
        var sizes: [UInt8] = [0, 0]
        if case .grams(let range) = units {
            sizes = [UInt8(clamping: range.lowerBound), UInt8(clamping: range.upperBound)]
        }
        var bytes = [UInt8(clamping: edition), flags, UInt8(clamping: minimumWordLength)] + sizes
        for text in [language] + (stopwordList ?? []) {
            bytes.append(UInt8(clamping: text.utf8.count))
            bytes += text.utf8
        }
        return bytes
    }

    package init(decoding bytes: [UInt8]) throws(Diagnostic) {
        let damaged = Diagnostic(.corrupt, "an analyzer definition is damaged")
        guard bytes.count >= 3, bytes[0] >= 1 else { throw damaged }
        guard bytes[0] <= Self.currentEdition else {
            throw Diagnostic(.newerFormat, "an analyzer of edition \(bytes[0]) is not known")
        }
        let flags = bytes[1]
        self.init(
            language: "", stemming: flags & 1 != 0, stopwords: flags & 2 != 0, minimumWordLength: Int(bytes[2]),
            folding: flags & 4 != 0, units: flags & 8 != 0 ? .identifiers : .words, edition: Int(bytes[0]))
        if edition == 1 {
            language = String(decoding: bytes[3...], as: UTF8.self)
        } else {
            guard bytes.count >= 6, bytes[3] <= bytes[4] else { throw damaged }
            if bytes[4] > 0 { units = .grams(Int(bytes[3])...Int(bytes[4])) }
            var texts: [String] = []
            var position = 5
            while position < bytes.count {
                let end = position + 1 + Int(bytes[position])
                guard end <= bytes.count else { throw damaged }
                texts.append(String(decoding: bytes[(position + 1)..<end], as: UTF8.self))
                position = end
            }
            language = texts.removeFirst()
            if flags & 16 != 0 { stopwordList = texts } else if !texts.isEmpty { throw damaged }
        }
        do throws(Diagnostic) {
            try validate()
        } catch {
            throw Diagnostic(.corrupt, "an analyzer definition is damaged: \(error.message)")
        }
    }
}
