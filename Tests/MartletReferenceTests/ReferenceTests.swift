// The reference is complete, clean and true to the parser.

import MartletCore
import MartletLanguage
import MartletReference
import Testing

@Suite struct ReferenceTests {
    private let pages = Reference.pages

    @Test func idsAreUniqueAndTellTheKind() {
        #expect(pages.count >= 230)
        var seen: Set<String> = []
        for page in pages {
            #expect(seen.insert(page.id).inserted, "\(page.id) occurs twice")
            #expect(page.id.hasPrefix(page.kind.rawValue + "/"))
            #expect(Reference.page(id: page.id) == page)
        }
        #expect(Reference.page(id: "statement/none") == nil)
        for kind in ReferencePage.Kind.allCases { #expect(!Reference.pages(of: kind).isEmpty) }
    }

    @Test func everyErrorCodeHasItsPage() throws {
        for code in ErrorCode.allCases {
            let page = try #require(Reference.page(id: "error/\(code.rawValue)"), "no page for \(code.rawValue)")
            #expect(page.title.hasPrefix(code.rawValue + " "))
        }
        #expect(Reference.pages(of: .error).count == ErrorCode.allCases.count)
    }

    @Test func everyVerbHasAPage() {
        let titles = Reference.pages(of: .statement).map { $0.title.uppercased() }
        for verb in Keyword.verbs {
            let word = verb.spelling
            #expect(
                titles.contains { $0 == word || $0.hasPrefix(word + " ") || $0.hasPrefix(word + ",") },
                "no page for \(word)")
        }
    }

    @Test func everyExampleParses() {
        for page in pages {
            for example in page.examples {
                let script = Parser.parse(example)
                #expect(!script.statements.isEmpty)
                for diagnostic in script.diagnostics { Issue.record("\(page.id): \(diagnostic)\n\(example)") }
            }
        }
    }

    @Test func pagesAreWholeAndClean() {
        for page in pages {
            let words = page.body.split { $0.isWhitespace }.count
            #expect((35...260).contains(words), "\(page.id) has \(words) words")
            #expect(!page.title.isEmpty && page.title.count <= 90)
            #expect(page.body.components(of: "```").count % 2 == 1, "\(page.id) has a fence that is not closed")
            #expect(page.isAvailable || page.body.hasSuffix("Not available in this version."))
            for line in page.body.split(separator: "\n", omittingEmptySubsequences: false) {
                #expect(line.last != " " && line.count <= 120, "\(page.id): \(line)")
            }
            for scalar in page.body.unicodeScalars {
                let isPlain = scalar.isASCII ? scalar.value >= 0x20 || scalar == "\n" : scalar.properties.isGraphemeBase
                #expect(isPlain && scalar != "\u{FFFD}", "\(page.id) holds U+\(String(scalar.value, radix: 16))")
            }
        }
    }

    @Test func titlesAreUnique() {
        var seen: Set<String> = []
        for page in pages { #expect(seen.insert(page.title).inserted, "two pages are called \(page.title)") }
    }
}

extension String {
    fileprivate func components(of separator: String) -> [Substring] {
        var pieces: [Substring] = []
        var rest = self[...]
        while let range = rest.firstRange(of: separator) {
            pieces.append(rest[..<range.lowerBound])
            rest = rest[range.upperBound...]
        }
        return pieces + [rest]
    }
}
