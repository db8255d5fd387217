// Snippets, highlights and explanations.

import MartletCore
import MartletText
import Testing

@Suite struct SnippetTests {
    private func query(_ text: String, _ analyzer: Analyzer) -> TextQuery { TextQuery(text, analyzer: analyzer) }

    @Test func marksMatchesInTheBestWindow() throws {
        let analyzer = try Analyzer(AnalyzerDefinition())
        let text = "one two three connection four five six seven the connected database grows eight nine ten"
        #expect(
            TextSnippet.make(text, query: query("databases connecting", analyzer), analyzer: analyzer, maximumWords: 4)
                == "…the <b>connected</b> <b>database</b> grows…")
        #expect(
            TextSnippet.make(text, query: query("absent", analyzer), analyzer: analyzer, maximumWords: 2)
                == "one two…")
        #expect(TextSnippet.make("", query: query("x1", analyzer), analyzer: analyzer) == "")
        #expect(TextSnippet.make(" \n ", query: query("x1", analyzer), analyzer: analyzer) == "")
        #expect(
            TextSnippet.make("Cafés!", query: query("cafe", analyzer), analyzer: analyzer, marks: ("[", "]"))
                == "[Cafés]!")
        #expect(
            TextSnippet.highlight("私は東京都に", query: query("東京都", analyzer), analyzer: analyzer)
                == "私は<b>東京都</b>に")
    }

    @Test func windowsAreBoundedInCharacters() throws {
        let analyzer = try Analyzer(AnalyzerDefinition())
        func plain(_ text: String, _ words: String) -> String {
            TextSnippet.make(text, query: query(words, analyzer), analyzer: analyzer, marks: ("", ""), ellipsis: "")
        }
        let japanese = String(repeating: "東京都の天気は晴れ", count: 200)
        let unbroken = String(repeating: "a1b2c3d4", count: 300) + " needle " + String(repeating: "x9y8", count: 300)
        for (text, words) in [(japanese, "天気"), (japanese, "absent"), (unbroken, "needle"), (unbroken, "absent")] {
            let snippet = plain(text, words)
            #expect(text.contains(snippet))
            #expect((100...TextSnippet.characterLimit).contains(snippet.unicodeScalars.count))
        }
        #expect(plain(japanese, "天気").contains("天気"))
        #expect(plain(unbroken, "needle").contains("needle"))
        let first = "needle " + String(repeating: "x9y8", count: 300)
        #expect(plain(first, "needle").hasPrefix("needle x9y8"))
    }

    @Test(arguments: [UInt64(1), 2, 3]) func windowsHoldTheirSize(seed: UInt64) throws {
        var texts = RandomTexts(seed: seed)
        let analyzer = try Analyzer(AnalyzerDefinition(language: "none", stopwords: false))
        for _ in 0..<300 {
            let text = texts.text(upTo: 40)
            let bag = query(texts.text(upTo: 4), analyzer)
            let words = Int.random(in: 1...12, using: &texts.random)
            let snippet = TextSnippet.make(
                text, query: bag, analyzer: analyzer, maximumWords: words, marks: ("", ""), ellipsis: "")
            #expect(snippet.split(separator: " ").count == min(words, text.split(separator: " ").count))
            #expect(text.contains(snippet))
        }
    }

    @Test func explanationsAddUpToTheScore() throws {
        var texts = RandomTexts(seed: 5)
        let definition = AnalyzerDefinition(language: "none", stopwords: false)
        let builder = try SegmentBuilder(definition: definition, fieldCount: 2, hasKeys: false)
        for rowid in 0..<400 {
            try builder.add(rowid: Int64(rowid), texts: [texts.text(upTo: 3), texts.text(upTo: 10)])
        }
        let bag = query("w0x w1x w5x w30x w0x", try Analyzer(definition))
        try builder.finish().withUnsafeBytes { bytes in
            let searcher = try TextSearcher(
                segments: [SearchSegment(try SegmentReader(bytes))], fieldCount: 2,
                parameters: TextParameters(weights: [3, 1]))
            for hit in try searcher.search(bag, k: 1_000) {
                let explanation = try searcher.explain(bag, hit)
                #expect(explanation.score == hit.score)
                #expect(!explanation.terms.isEmpty)
            }
            let first = try #require(try searcher.search(bag, k: 1).first)
            let json = try searcher.explain(bag, first).json(fields: ["title", "bo\"dy"])
            #expect(json.contains(#""tf":{"title":"#) && json.contains(#""bo\"dy":"#))
        }
    }
}

extension TextSnippet {
    fileprivate static func make(
        _ text: String, query: TextQuery, analyzer: Analyzer, maximumWords: Int = 24,
        marks: (open: String, close: String) = ("<b>", "</b>"), ellipsis: String = "…"
    ) -> String {
        make(
            TextMatches(text, query: query, analyzer: analyzer), maximumWords: maximumWords, marks: marks,
            ellipsis: ellipsis)
    }

    fileprivate static func highlight(_ text: String, query: TextQuery, analyzer: Analyzer) -> String {
        highlight(TextMatches(text, query: query, analyzer: analyzer))
    }
}
