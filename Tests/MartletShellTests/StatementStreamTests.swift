// Scripts are cut into statements and dot-commands, however they arrive.

import MartletCore
import MartletFormats
import MartletShell
import Testing

@Suite struct StatementStreamTests {
    private func pieces(_ text: String) throws -> [ScriptPiece] {
        let stream = StatementStream(ByteSource(bytes: Array(text.utf8)), name: "s.sql")
        var pieces: [ScriptPiece] = []
        while let piece = try stream.next() { pieces.append(piece) }
        return pieces
    }

    private func at(_ line: Int, _ column: Int) -> StatementSource {
        StatementSource(name: "s.sql", line: line, column: column)
    }

    @Test func statementsWithTheirPlaces() throws {
        #expect(
            try pieces("SELECT 'ü;' ; -- one;\n  SELECT /* ; */ 2;;\nSELECT 3") == [
                .statement("SELECT 'ü;'", at(1, 1)), .statement("SELECT /* ; */ 2", at(2, 3)),
                .statement("SELECT 3", at(3, 1)),
            ])
        #expect(try pieces("") == [])
        #expect(try pieces(" -- nothing\n;;") == [])
    }

    @Test func dotCommandsEndWithTheirLine() throws {
        #expect(
            try pieces(".help what's that\nSELECT 1;\n.mode csv\n\n  SELECT\n2;.quit") == [
                .dotCommand(".help what's that", at(1, 1)), .statement("SELECT 1", at(2, 1)),
                .dotCommand(".mode csv", at(3, 1)), .statement("SELECT\n2", at(5, 3)),
                .dotCommand(".quit", at(6, 3)),
            ])
    }

    @Test func longScriptsAndLongStatements() throws {
        let long = "SELECT '" + String(repeating: "a;", count: 300_000) + "'"
        var script = ""
        for number in 0..<20_000 { script += "SELECT \(number);\n" }
        script += long + ";\n.tables\nSELECT 7;"
        let found = try pieces(script)
        #expect(found.count == 20_003)
        #expect(found[19_999] == .statement("SELECT 19999", at(20_000, 1)))
        #expect(found[20_000] == .statement(long, at(20_001, 1)))
        #expect(found[20_002] == .statement("SELECT 7", at(20_003, 1)))
    }

    @Test func textThatIsNotUTF8IsAnErrorWithItsLine() throws {
        let stream = StatementStream(
            ByteSource(bytes: Array("SELECT 1;\nSELECT '".utf8) + [0xFF, 0x27]), name: "s.sql")
        _ = try stream.next()
        #expect { _ = try stream.next() } throws: { error in
            let diagnostic = error as? Diagnostic
            return diagnostic?.code == .notUTF8 && diagnostic?.place == "s.sql:2"
        }
    }
}
