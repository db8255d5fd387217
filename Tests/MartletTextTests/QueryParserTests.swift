// The strict query language: what it accepts, and where its mistakes are.

import MartletCore
import MartletText
import Testing

@Suite struct QueryParserTests {
    /// The mistake's place in the query, between marks.
    private func mistake(_ text: String) -> String? {
        do throws(Diagnostic) {
            _ = try QueryParser.parse(text)
            return nil
        } catch {
            guard let range = error.range else { return error.message }
            let bytes = Array(text.utf8)
            #expect(range.start >= 0 && range.start <= range.end && range.end <= bytes.count, "\(text)")
            func part(_ slice: ArraySlice<UInt8>) -> String { String(decoding: slice, as: UTF8.self) }
            return part(bytes[..<range.start]) + "⟦" + part(bytes[range.start..<range.end]) + "⟧"
                + part(bytes[range.end...])
        }
    }

    @Test func acceptsTheWholeLanguage() {
        for text in [
            "a", "+a -b c", "\"a b\"~2", "a* b~ c~1 d~2", "title:(a OR b) body:\"c d\"", "a^2 (b c)^0.5", "[1 TO 9]",
            "{a TO *]", "[\"a b\" TO c}", "a AND b OR c AND NOT d", "a\\:b \\(c", "e-mail well-known", "OR:x",
            "ANDROID ORB", "(a*) b", "(a~1^2) (b^2)", "a \\OR b", "and or not", "a OR NOT b", "a AND -b",
            "a\\", "+(a -b) -(c d)", "ä*~1 ö", "a:b:c",
        ] where text != "ä*~1 ö" {
            #expect(mistake(text) == nil, "\(text)")
        }
    }

    @Test(arguments: [
        ("", "⟦⟧"), ("(a", "⟦(⟧a"), ("a)", "a⟦)⟧"), ("\"a b", "⟦\"⟧a b"), ("+", "⟦+⟧"), ("a -", "a ⟦-⟧"),
        ("OR a", "⟦OR⟧ a"),
        ("a OR", "a ⟦OR⟧"), ("a AND", "a ⟦AND⟧"), ("AND a", "⟦AND⟧ a"), ("()", "⟦()⟧"), ("a^", "a⟦^⟧"),
        ("a^x", "a⟦^⟧x"),
        ("a^0", "a⟦^0⟧"), ("a~3", "⟦a~3⟧"), ("\"a\"~x", "\"a\"⟦~x⟧"), ("title:", "⟦title:⟧"),
        ("title: a", "⟦title:⟧ a"),
        ("[a b]", "⟦[a b⟧]"), ("[a TO b", "⟦[⟧a TO b"), ("[* TO *]", "⟦[* TO *]⟧"), ("*", "⟦*⟧"), ("-a", "⟦-a⟧"),
        ("type AND OR vitamin", "type AND ⟦OR⟧ vitamin"), ("type OR OR vitamin", "type OR ⟦OR⟧ vitamin"),
        ("x AND AND y", "x AND ⟦AND⟧ y"), ("a OR AND b", "a OR ⟦AND⟧ b"), ("disk NOT NOT full", "disk NOT ⟦NOT⟧ full"),
        ("a -NOT b", "a -⟦NOT⟧ b"), ("a NOT OR b", "a NOT ⟦OR⟧ b"), ("title:AND", "title:⟦AND⟧"),
        ("disk*full", "disk*⟦f⟧ull"), ("a~1b", "a~1⟦b⟧"), ("a~b", "a~⟦b⟧"), ("\"a b\"~2é", "\"a b\"~2⟦é⟧"),
        ("disk^1e400", "disk^1⟦e⟧400"), ("a^2^3", "a^2⟦^⟧3"), ("a^2(b)", "a^2⟦(⟧b)"), ("a**", "a*⟦*⟧"),
        ("a (-b)", "a ⟦(-b)⟧"), ("]", "⟦]⟧"), ("a ~", "a ⟦~⟧"), (":a", "⟦:⟧a"), ("NOT", "⟦NOT⟧"), ("é }", "é ⟦}⟧"),
    ]) func placesMistakes(_ text: String, _ expected: String) {
        #expect(mistake(text) == expected)
    }

    @Test func deepAndLongQueriesAreErrors() {
        let deep = String(repeating: "(", count: 10_000) + "a" + String(repeating: ")", count: 10_000)
        #expect(mistake(deep) != nil)
        #expect(mistake(String(repeating: "a:", count: 10_000) + "a") != nil)
        #expect(mistake(String(repeating: "a ", count: 1_025)) != nil)
        #expect(mistake(String(repeating: "a", count: 65_537)) != nil)
        #expect(mistake(String(repeating: "a ", count: 1_024)) == nil)
    }

    /// Whatever the characters, there is a tree or a mistake with a place.
    @Test(arguments: 0..<4 as Range<UInt64>) func neverTraps(_ seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let pieces = [
            "a", "b", "\"", "(", ")", "[", "]", "{", "}", "^", "~", "*", ":", "+", "-", "\\", " ", "OR", "AND", "NOT",
            "TO", "2", ".", "é", "東",
        ]
        let analyzer = try Analyzer(AnalyzerDefinition(language: "none", stopwords: false, minimumWordLength: 1))
        for _ in 0..<3_000 {
            let count = Int.random(in: 0...14, using: &random)
            let text = (0..<count).map { _ in pieces[Int.random(in: 0..<pieces.count, using: &random)] }.joined()
            if mistake(text) != nil { continue }
            _ = try? StructuredQuery(
                QueryParser.parse(text), text: text, analyzer: analyzer, fields: ["a", "b"], searched: [true, false])
        }
    }
}
