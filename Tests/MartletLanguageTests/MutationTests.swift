// Broken texts never trap, and their diagnostics point into the text.

import Foundation
import MartletCore
import MartletLanguage
import Testing

private func tokens(_ text: String) -> (bytes: [UInt8], ranges: [SourceRange]) {
    let bytes = Array(text.utf8)
    var lexer = Lexer(bytes)
    var ranges: [SourceRange] = []
    while true {
        let token = lexer.next()
        if token.kind == .endOfText { return (bytes, ranges) }
        ranges.append(token.range)
    }
}

@Test func deletedInsertedAndDoubledTokens() throws {
    let examples = try acceptExamples()
    let extras = ["(", ")", ",", ";", "SELECT", "FROM", "x", "'t'", "1", "@", ".", "*", "NOT", "WITH", "::", "[", "="]
    var random = SeededRandom(seed: 11)
    for text in examples {
        let (bytes, ranges) = tokens(text)
        for range in ranges {
            let head = Array(bytes[..<range.start])
            let token = Array(bytes[range.start..<range.end])
            let tail = Array(bytes[range.end...])
            let extra = Array(extras[Int.random(in: 0..<extras.count, using: &random)].utf8)
            checkDiagnostics(of: head + tail, text)
            checkDiagnostics(of: head + token + [0x20] + token + tail, text)
            checkDiagnostics(of: head + extra + [0x20] + token + tail, text)
            checkDiagnostics(of: head, text)
        }
    }
}

@Test(arguments: 0..<20 as Range<UInt64>) func randomBytes(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    for _ in 0..<300 {
        let count = Int.random(in: 0..<60, using: &random)
        checkDiagnostics(of: (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }, "seed \(seed)")
    }
}

@Test(arguments: 0..<20 as Range<UInt64>) func randomTokens(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let pieces =
        Keyword.allCases.map(\.spelling) + ["(", ")", ",", ";", "a", "b", "'t'", "1", "2.5", "?", "@", ".", "*", "="]
    for _ in 0..<300 {
        let count = Int.random(in: 1..<20, using: &random)
        let verb = Keyword.verbs[Int.random(in: 0..<Keyword.verbs.count, using: &random)].spelling
        let rest = (0..<count).map { _ in pieces[Int.random(in: 0..<pieces.count, using: &random)] }
        let text = verb + " " + rest.joined(separator: " ")
        checkDiagnostics(of: Array(text.utf8), "seed \(seed): \(text)")
        for parsed in ScriptReader(text) {
            guard let tree = parsed.statement else { continue }
            checkRoundTrip(Printer.print(tree), "seed \(seed): \(text)")
        }
    }
}

@Test func changedBytesOfExamples() throws {
    var random = SeededRandom(seed: 3)
    for text in try acceptExamples() {
        for _ in 0..<20 {
            var bytes = Array(text.utf8)
            bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            checkDiagnostics(of: bytes, text)
        }
    }
}

@Test func textThatIsNotUTF8() {
    for (bytes, at) in [
        (Array("SELECT 'a".utf8) + [0xFF] + Array("b'".utf8), 9), (Array("SELECT a".utf8) + [0xC3], 8),
        ([0x80], 0), (Array("SELECT \"".utf8) + [0xED, 0xA0, 0x80, 0x22], 8),
    ] as [([UInt8], Int)] {
        let diagnostic = Parser.parse(bytes: bytes).diagnostics.first
        #expect(diagnostic?.code == .invalidCharacter)
        #expect(diagnostic?.range == SourceRange(at, at + 1))
    }
}
