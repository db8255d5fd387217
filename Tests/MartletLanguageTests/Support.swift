// What the tests of the language share: where the grammar and the data are, and how to check a text.

import Foundation
import MartletCore
import MartletLanguage
import Testing

enum Place {
    static let package = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    static let grammar = package.appendingPathComponent("Grammar")

    /// The folder of test data: `MARTLET_DATA`, else `../shared/data` beside the package; nil when there is none.
    static let data: URL? = {
        let named = ProcessInfo.processInfo.environment["MARTLET_DATA"].map { URL(fileURLWithPath: $0) }
        let beside = package.deletingLastPathComponent().appendingPathComponent("shared/data")
        let place = named ?? beside
        return FileManager.default.fileExists(atPath: place.path) ? place : nil
    }()

    static func files(_ folder: String, _ suffix: String) -> [URL] {
        let place = grammar.appendingPathComponent(folder)
        let names = (try? FileManager.default.contentsOfDirectory(atPath: place.path)) ?? []
        return names.filter { $0.hasSuffix(suffix) }.sorted().map { place.appendingPathComponent($0) }
    }

    static func text(_ url: URL) throws -> String { try String(contentsOf: url, encoding: .utf8) }
}

/// The statements of Grammar/accept, as text.
func acceptExamples() throws -> [String] {
    try Place.files("accept", ".sql").flatMap { file in
        let bytes = Array(try Place.text(file).utf8)
        return StatementSplitter.ranges(in: bytes).map {
            String(decoding: bytes[$0.start..<$0.end], as: UTF8.self)
        }
    }
}

/// Checks that a statement parses, and that what the printer writes parses to an equal tree.
func checkRoundTrip(_ text: String, _ note: String = "") {
    do throws(Diagnostic) {
        let tree = try Parser.parseStatement(text)
        let printed = Printer.print(tree)
        do throws(Diagnostic) {
            let again = try Parser.parseStatement(printed)
            if again != tree { Issue.record("another tree from the printed text\n\(note)\n\(text)\n\(printed)") }
            #expect(Printer.print(again) == printed)
        } catch {
            Issue.record("the printed text does not parse: \(error)\n\(note)\n\(text)\n\(printed)")
        }
    } catch {
        let bytes = Array(text.utf8)
        let place = error.range.map { String(decoding: bytes[$0.start..<$0.end], as: UTF8.self) } ?? ""
        Issue.record("\(error) at \(error.range.map { $0.start } ?? -1) '\(place)'\n\(note)\n\(text)")
    }
}

/// Checks what is true of the diagnostics of any bytes.
func checkDiagnostics(of bytes: [UInt8], _ note: @autoclosure () -> String = "") {
    for parsed in ScriptReader(bytes: bytes) {
        #expect((parsed.statement == nil) == !parsed.diagnostics.isEmpty, "\(note())")
        #expect(parsed.range.start >= 0 && parsed.range.end <= bytes.count, "\(note())")
        for diagnostic in parsed.diagnostics {
            guard let range = diagnostic.range else {
                Issue.record("no range: \(diagnostic) \(note())")
                continue
            }
            #expect(range.start >= 0 && range.end <= bytes.count && !diagnostic.message.isEmpty, "\(note())")
        }
    }
}
