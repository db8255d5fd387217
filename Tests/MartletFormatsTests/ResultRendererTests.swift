// What each mode prints, and how wide it thinks text is.

import MartletCore
import MartletFormats
import Testing

struct ResultRendererTests {
    private func render(_ mode: RenderMode, width: Int? = nil, rows: [[Value]]? = nil) throws -> String {
        let sink = ByteSink()
        let renderer = mode.renderer(to: sink, options: RenderOptions(terminalWidth: width))
        try renderer.begin([.init(name: "id", type: .integer), .init(name: "name", type: .text)])
        for row in rows ?? [[.integer(1), .text("漢字\n|")], [.integer(20), .null]] { try renderer.row(row) }
        try renderer.finish()
        return String(decoding: sink.bytes, as: UTF8.self)
    }

    @Test func printsEachMode() throws {
        #expect(
            try render(.box) == """
                ┌────┬─────────┐
                │ id │ name    │
                ├────┼─────────┤
                │  1 │ 漢字\\n| │
                │ 20 │ NULL    │
                └────┴─────────┘

                """)
        #expect(try render(.table, rows: []) == "+----+------+\n| id | name |\n+----+------+\n+----+------+\n")
        #expect(
            try render(.markdown, rows: [[.integer(1), .text("a|b")]]) == """
                |  id | name |
                |----:|------|
                |   1 | a\\|b |

                """)
        #expect(try render(.csv) == "id,name\n1,\"漢字\n|\"\n20,\n")
        #expect(try render(.json) == "[{\"id\":1,\"name\":\"漢字\\n|\"},\n {\"id\":20,\"name\":null}]\n")
        #expect(try render(.json, rows: []) == "[]\n")
        #expect(try render(.jsonl) == "{\"id\":1,\"name\":\"漢字\\n|\"}\n{\"id\":20,\"name\":null}\n")
        #expect(try render(.line) == "  id = 1\nname = 漢字\\n|\n\n  id = 20\nname = NULL\n")
    }

    @Test func boxFitsTheTerminal() throws {
        let text = try render(.box, width: 30, rows: [[.integer(1), .text(String(repeating: "漢", count: 50))]])
        for line in text.split(separator: "\n") { #expect(DisplayWidth.of(String(line)) == 30) }
        #expect(text.contains("…"))
    }

    @Test(arguments: [
        ("abc", 3), ("漢字", 4), ("e\u{301}", 1), ("👍🏽", 2), ("👨‍👩‍👧", 2), ("🇩🇪", 2), ("한", 2), ("\u{1112}\u{1161}\u{11AB}", 2),
        ("ﾊ", 1),
        ("❤️", 2), ("…", 1),
    ])
    func measures(text: String, width: Int) { #expect(DisplayWidth.of(text) == width) }

    @Test func escapesControlCharacters() {
        #expect(DisplayWidth.escaped("a\tb\u{1B}[31m\u{202E}é\r\n") == "a\\tb\\x1b[31m\\u202eé\\r\\n")
    }
}
