// Golden texts of errors.

import MartletCore
import MartletShell
import Testing

@Suite struct DiagnosticRendererTests {
    private func text(
        _ diagnostic: Diagnostic, _ statement: String = "", name: String? = "query.sql", line: Int = 1, column: Int = 1,
        width: Int = 120
    ) -> String {
        DiagnosticRenderer(widthLimit: width)
            .text(
                of: diagnostic, statement: statement, source: StatementSource(name: name, line: line, column: column))
    }

    private func unknown(_ name: String, in statement: String, hint: String? = nil) -> Diagnostic {
        let bytes = Array(statement.utf8)
        let wanted = Array(name.utf8)
        let start = bytes.indices.first { bytes[$0...].starts(with: wanted) } ?? 0
        return Diagnostic(
            .unknownColumn, "unknown column '\(name)'", at: SourceRange(start, start + wanted.count), hint: hint)
    }

    @Test func theDesignsExample() {
        let statement = "SEARCH docs FOR boddy MATCH 'x'"
        let diagnostic = Diagnostic(
            .unknownColumn, "unknown column 'boddy' in table docs", at: SourceRange(16, 21),
            hint: "did you mean 'body'?")
        #expect(
            text(diagnostic, statement, line: 3, column: 25) == """
                error[E0102]: unknown column 'boddy' in table docs
                  query.sql:3:41 | SEARCH docs FOR boddy MATCH 'x'
                                                   ^^^^^ did you mean 'body'?

                """)
    }

    @Test func aLaterLineCountsFromItsOwnStart() {
        let statement = "SELECT a,\n  boddy\nFROM docs"
        #expect(
            text(unknown("boddy", in: statement), statement, name: nil, line: 4, column: 9) == """
                error[E0102]: unknown column 'boddy'
                  5:3 |   boddy
                          ^^^^^

                """)
    }

    @Test func tabsAndWideCharactersKeepTheMarkInPlace() {
        let tab = "SELECT\tboddy"
        #expect(
            text(unknown("boddy", in: tab), tab) == """
                error[E0102]: unknown column 'boddy'
                  query.sql:1:8 | SELECT  boddy
                                          ^^^^^

                """)
        let wide = "SELECT '日本' || é || 日本"
        let diagnostic = Diagnostic(.unknownColumn, "no", at: SourceRange(wide.utf8.count - 6, wide.utf8.count))
        #expect(
            text(diagnostic, wide) == """
                error[E0102]: no
                  query.sql:1:21 | SELECT '日本' || é || 日本
                                                         ^^^^

                """)
    }

    @Test func aRangeOverSeveralLinesMarksTheFirst() {
        let statement = "SELECT (1 +\n2)"
        #expect(
            text(Diagnostic(.syntax, "no", at: SourceRange(7, 14)), statement) == """
                error[E0001]: no
                  query.sql:1:8 | SELECT (1 +
                                         ^^^^

                """)
    }

    @Test func theEndOfTheTextHasAMark() {
        #expect(
            text(Diagnostic(.syntax, "more", at: SourceRange(6, 6)), "SELECT") == """
                error[E0001]: more
                  query.sql:1:7 | SELECT
                                        ^

                """)
    }

    @Test func aLongLineIsCutAroundTheMark() {
        let statement =
            "SELECT " + String(repeating: "x + ", count: 100) + "boddy" + String(repeating: " + x", count: 100)
        let lines = text(unknown("boddy", in: statement), statement, width: 70).split(separator: "\n")
        #expect(lines.count == 3)
        #expect(lines[1].contains("| …") && lines[1].hasSuffix("…") && lines[1].contains("boddy"))
        #expect(lines[1].count <= 70)
        let mark = lines[2].firstIndex(of: "^").map { lines[2].distance(from: lines[2].startIndex, to: $0) } ?? -1
        #expect(lines[1].dropFirst(mark).hasPrefix("boddy"))
    }

    @Test func placesAndHintsWithoutARange() {
        let diagnostic = Diagnostic(
            .malformedCSV, "a quote is not closed", hint: "use quote = ''", place: "docs.csv:12:7")
        #expect(
            text(diagnostic, "COPY docs FROM 'docs.csv'") == """
                error[E0602]: a quote is not closed
                  docs.csv:12:7
                  use quote = ''

                """)
        let told = Diagnostic(.cannotOpenFile, "cannot open 'x.csv': no such file", place: "x.csv")
        #expect(text(told) == "error[E0601]: cannot open 'x.csv': no such file\n")
    }

    @Test func noRangeTraps() {
        let statement = "é\r\n日\t\u{0}x"
        for start in -1...12 {
            for end in -1...12 {
                let rendered = text(Diagnostic(.syntax, "no", at: SourceRange(start, end)), statement, width: 3)
                #expect(rendered.hasPrefix("error[E0001]: no\n"))
                #expect(rendered.contains("^"))
            }
        }
    }
}
