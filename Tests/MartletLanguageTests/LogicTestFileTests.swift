// The SQL of SQLite's logic tests parses and prints.

import Foundation
import MartletCore
import MartletLanguage
import Testing

private let isPresent = Place.data != nil

@Suite(.enabled(if: isPresent)) struct LogicTestFileTests {
    /// The statements and queries of a script in SQLite's format.
    static func statements(_ text: String) -> [String] {
        var result: [String] = []
        for record in text.replacing("\r\n", with: "\n").split(separator: "\n\n") {
            var lines = record.split(separator: "\n", omittingEmptySubsequences: true)
            while let first = lines.first,
                first.hasPrefix("#") || first.hasPrefix("skipif") || first.hasPrefix("onlyif")
            {
                lines.removeFirst()
            }
            guard let head = lines.first, head.hasPrefix("statement ok") || head.hasPrefix("query") else { continue }
            result.append(lines.dropFirst().prefix { $0 != "----" }.joined(separator: "\n"))
        }
        return result
    }

    @Test func everyStatementParsesAndPrints() throws {
        guard let data = Place.data else { return }
        let folder = data.appendingPathComponent("sqllogictest")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".test") }
        var count = 0
        for name in names.sorted() {
            for text in Self.statements(try Place.text(folder.appendingPathComponent(name))) {
                checkRoundTrip(text, name)
                count += 1
            }
        }
        #expect(count > 1000)
    }
}
