// Words and terms.

import MartletCore
import MartletText
import Testing

@Suite struct AnalyzerTests {
    private func terms(
        _ text: String, _ definition: AnalyzerDefinition = AnalyzerDefinition(language: "none", stopwords: false)
    ) throws -> [String] {
        try Analyzer(definition).terms(of: text).map { String(decoding: $0, as: UTF8.self) }
    }

    @Test func cutsWords() throws {
        #expect(try terms("Hello, WORLD! a b2 x_y 3.14 42") == ["hello", "world", "b2", "14", "42"])
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
        #expect(throws: Diagnostic.self) { try AnalyzerDefinition(decoding: [1, 2]) }
        #expect(throws: Diagnostic.self) { try AnalyzerDefinition(decoding: [1, 2, 2, 120]) }
    }
}
