// Words and terms.

import MartletCore
import MartletText
import Testing

@Suite struct AnalyzerTests {
    private func terms(
        _ text: String,
        _ definition: AnalyzerDefinition = AnalyzerDefinition(
            language: "none", stopwords: false, minimumWordLength: 2)
    ) throws -> [String] {
        try Analyzer(definition).terms(of: text).map { String(decoding: $0, as: UTF8.self) }
    }

    @Test func cutsWords() throws {
        #expect(try terms("Hello, WORLD! a b2 x_y 3.14 42") == ["hello", "world", "b2", "x_y", "3.14", "42"])
        #expect(
            try terms("1,234.5 1;2 end.Next a_ __init__ _x_ U.S.A. ab:cd l·l") == [
                "1,234.5", "1;2", "end", "next", "init", "ab", "cd", "l·l",
            ])
        #expect(try terms("don't 'quoted' rock'n'roll dogs'") == ["don't", "quoted", "rock'n'roll", "dogs"])
        #expect(try terms("don\u{2019}t — em\u{2014}dash naïve") == ["don't", "em", "dash", "naive"])
        #expect(try terms("") == [])
        #expect(try terms(" \n\t.,;") == [])
    }

    @Test func foldsAccents() throws {
        #expect(try terms("É école Straße Øre ŁÓDŹ Việt") == ["ecole", "strasse", "ore", "lodz", "viet"])
        #expect(try terms("cafe\u{301} café") == ["cafe", "cafe"])
        #expect(try terms("ΑΘΉΝΑΣ Ёлка ﬁsh ＡＢＣ１２") == ["αθηνασ", "елка", "fish", "abc12"])
        let plain = AnalyzerDefinition(language: "none", stopwords: false, folding: false)
        #expect(try terms("cafe\u{301} café", plain) == ["café", "café"].map { $0 })
        #expect(try terms("हिन्दी", plain) == ["हिन्दी"])
    }

    @Test func pairsIdeographs() throws {
        #expect(try terms("東京都 x 日 ソース한국어") == ["東京", "京都", "日", "ソー", "ース", "ス한", "한국", "국어"])
        #expect(try terms("swift言語ok") == ["swift", "言語", "ok"])
    }

    @Test func pairsLettersOfScriptsWithoutSpaces() throws {
        #expect(try terms("ภาษา ๑๒") == ["ภา", "าษ", "ษา", "๑๒"])
    }

    @Test func firstEditionIsAsItWas() throws {
        let first = AnalyzerDefinition(language: "german", stemming: false, minimumWordLength: 2, edition: 1)
        #expect(try terms("und x_y 3.14 1,25 rock'n'roll 2'b", first) == ["und", "14", "25", "rock'n'roll", "2'b"])
        #expect(try AnalyzerDefinition(decoding: first.encoded()) == first)
        let second = AnalyzerDefinition(language: "german", stemming: false)
        #expect(try terms("und der Fluß", second) == ["fluss"])
    }

    @Test func leavesOutGivenStopWords() throws {
        let own = AnalyzerDefinition(
            language: "english", stemming: false, stopwordList: ["Cafe\u{301}", "don\u{2019}t"])
        #expect(try terms("the café don't close", own) == ["the", "close"])
    }

    @Test func identifiersAreFoundByTheirParts() throws {
        let definition = AnalyzerDefinition(
            language: "none", stopwords: false, minimumWordLength: 2, units: .identifiers)
        #expect(try terms("parseHTTPResponse", definition) == ["parsehttpresponse", "parse", "http", "response"])
        #expect(try terms("snake_case sha256", definition) == ["snake_case", "snake", "case", "sha256", "sha", "256"])
        #expect(
            try terms("see src/main/fooBar.swift.", definition) == [
                "see", "src/main/foobar.swift", "src", "main", "foobar.swift", "foobar", "foo", "bar", "swift",
            ])
        #expect(try terms("std::vector a-b don't x", definition) == ["std::vector", "std", "vector", "a-b", "don't"])
        #expect(try terms("", definition) == [])
        #expect(try terms("/// ... __", definition) == [])
        let tokens = try Analyzer(definition).tokens(of: "my fooBar x")
        #expect(tokens.map(\.position) == [0, 1, 1, 2])
        #expect(tokens.map(\.start) == [0, 3, 3, 6])
    }

    @Test func gramsAreRunsOfCharacters() throws {
        let definition = AnalyzerDefinition(language: "none", stopwords: false, units: .grams(2...3))
        #expect(try terms("Ab.c é", definition) == ["ab", "ab.", "b.", "b.c", ".c"])
        let analyzer = try Analyzer(definition)
        func query(_ text: String) -> [String] {
            analyzer.queryTokens(of: text).map { String(decoding: analyzer.bytes(ofTerm: Int($0.term)), as: UTF8.self) }
        }
        #expect(query("b.c") == ["b.c"])
        #expect(query("abcd x yz") == ["abc", "bcd", "yz"])
    }

    @Test func positionsCountWordsLeftOut() throws {
        let tokens = try Analyzer(AnalyzerDefinition()).tokens(of: "dogs and the a cats")
        #expect(tokens.map(\.position) == [0, 4])
    }

    /// Of definitions as they are stored in files: the first two editions go on as they were.
    @Test func editionsKeepTheirWays() throws {
        let text = "disk A, vitamin C: résumé Straße"
        let stored = try AnalyzerDefinition(decoding: [2, 7, 2, 0, 0, 7] + Array("english".utf8))
        #expect(stored.edition == 2 && stored.minimumWordLength == 2)
        #expect(try terms(text, stored) == ["disk", "vitamin", "resume", "strasse"])
        #expect(try terms("resume strasse", stored) == ["resum", "strass"])
        #expect(AnalyzerDefinition().forRetriever == stored)
        #expect(try terms(text, AnalyzerDefinition()) == ["disk", "vitamin", "c", "resum", "strass"])
        #expect(AnalyzerDefinition().encoded() == [3, 7, 1, 0, 0, 7] + Array("english".utf8))
    }

    @Test func accentsAreDroppedBeforeEnglishEndings() throws {
        let english = AnalyzerDefinition()
        #expect(try terms("résumés naïvely façades", english) == terms("resumes naively facades", english))
        // Elsewhere the stemmer reads them.
        let spanish = AnalyzerDefinition(language: "spanish")
        #expect(try terms("información informaciones", spanish) == ["inform", "inform"])
    }

    @Test func wordsOfOneCharacterAreWords() throws {
        let definition = AnalyzerDefinition(stopwords: false)
        #expect(try terms("Disk A, 7 α_ x", definition) == ["disk", "a", "7", "α", "x"])
        let tokens = try Analyzer(definition).tokens(of: "vitamin a b")
        #expect(tokens.map(\.position) == [0, 1, 2])
        let analyzer = try Analyzer(definition)
        func weights(_ text: String) -> [Float] { TextQuery(text, analyzer: analyzer).terms.map(\.weight) }
        #expect(weights("vitamin c") == [1, 0.2])
        #expect(weights("c d") == [1, 1])
        #expect(weights("東 c") == [1, 0.2])
    }

    @Test func stemsByLanguage() throws {
        #expect(
            try terms("The runner's running was connected to connections", AnalyzerDefinition())
                == ["runner", "run", "connect", "connect"])
        #expect(try terms("l'homme", AnalyzerDefinition(language: "french")) == ["homm"])
        #expect(try terms("Häuser", AnalyzerDefinition(language: "german")) == ["haus"])
        #expect(AnalyzerDefinition.knownLanguages.contains("swedish"))
        #expect(throws: Diagnostic.self) { try Analyzer(AnalyzerDefinition(language: "klingon")) }
    }

    @Test func tokensCarryTheirPlace() throws {
        let analyzer = try Analyzer(AnalyzerDefinition())
        let text = "Ünïcode cats, dogs’ 東京都"
        let bytes = Array(text.utf8)
        let words = analyzer.tokens(of: text).map {
            String(decoding: bytes[Int($0.start)..<Int($0.end)], as: UTF8.self)
        }
        #expect(words == ["Ünïcode", "cats", "dogs", "東京", "京都"])
    }

    @Test func longWordsAreCutAlike() throws {
        let long = String(repeating: "ab", count: 5_000)
        let found = try terms(long)
        #expect(found.count == 1)
        #expect(found.first?.utf8.count == Analyzer.wordLimitBytes)
        let wide = try terms(String(repeating: "ж", count: 5_000))
        #expect(wide.count == 1)
    }

    @Test(arguments: [UInt64(1), 2, 3, 4]) func anyBytesAreAnalysedInBounds(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let analyzer = try Analyzer(AnalyzerDefinition())
        let pieces: [[UInt8]] = [
            Array("word".utf8), Array("é".utf8), Array("東".utf8), [0xFF], [0xE3, 0x81], [0xC0, 0x80], [0x27],
            Array("\u{2019}".utf8), Array("\u{301}".utf8), [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0x20], [0],
        ]
        for _ in 0..<2_000 {
            var bytes: [UInt8] = []
            for _ in 0..<Int.random(in: 0...12, using: &random) {
                bytes += pieces.randomElement(using: &random) ?? []
            }
            var tokens: [Token] = []
            bytes.withUnsafeBufferPointer { analyzer.analyze($0, into: &tokens) }
            var previousEnd: UInt32 = 0
            for token in tokens {
                #expect(token.start < token.end && Int(token.end) <= bytes.count, "seed \(seed): \(bytes)")
                #expect(token.end > previousEnd, "seed \(seed): \(bytes)")
                previousEnd = token.end
            }
        }
    }

    @Test func definitionsAreStored() throws {
        let definition = AnalyzerDefinition(
            language: "dutch", stemming: false, stopwords: true, minimumWordLength: 3, folding: false)
        #expect(try AnalyzerDefinition(decoding: definition.encoded()) == definition)
        let listed = AnalyzerDefinition(language: "none", stopwordList: ["und", "oder", ""], units: .identifiers)
        #expect(try AnalyzerDefinition(decoding: listed.encoded()) == listed)
        let grams = AnalyzerDefinition(language: "none", stemming: false, stopwords: false, units: .grams(3...4))
        #expect(try AnalyzerDefinition(decoding: grams.encoded()) == grams)
        for count in 0..<listed.encoded().count {
            // Cut anywhere, it is damaged or means something else.
            let cut = try? AnalyzerDefinition(decoding: Array(listed.encoded().prefix(count)))
            #expect(cut != listed)
        }
        #expect(throws: Diagnostic.self) { try AnalyzerDefinition(decoding: [1, 2]) }
        #expect(throws: Diagnostic.self) { try AnalyzerDefinition(decoding: [1, 2, 2, 120]) }
    }
}
