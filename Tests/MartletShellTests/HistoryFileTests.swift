// The history's file.

import MartletShell
import Testing

@Suite struct HistoryFileTests {
    @Test func entriesComeBack() throws {
        let directory = try TemporaryDirectory()
        let history = HistoryFile(path: directory.path + "/history")
        #expect(history.load() == [])
        let entries = ["SELECT 1;", "SELECT 'a\nb\\n';", "SELECT 'ü';"]
        for entry in entries { history.append(entry) }
        #expect(history.load() == entries)
        #expect(directory.permissions(of: "history") == 0o600)
    }

    @Test func onlyTheNewestAreKept() throws {
        let directory = try TemporaryDirectory()
        var text = ""
        for number in 0..<(2 * HistoryFile.entryLimit + 1) { text += "SELECT \(number);\n" }
        directory.write(text, to: "history")
        let history = HistoryFile(path: directory.path + "/history")
        #expect(history.load().count == HistoryFile.entryLimit)
        #expect(history.load().last == "SELECT \(2 * HistoryFile.entryLimit);")
        #expect(directory.text(of: "history").split(separator: "\n").count == HistoryFile.entryLimit)
    }

    @Test(arguments: ["", "\\", "a\\nb", "a\nb", "\r\n", "\\\\n"])
    func escapingIsUndone(entry: String) {
        let escaped = HistoryFile.escaped(entry)
        #expect(!escaped.contains("\n"))
        #expect(HistoryFile.unescaped(escaped) == entry)
    }
}
