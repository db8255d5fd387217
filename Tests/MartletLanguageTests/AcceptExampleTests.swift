// Every statement of Grammar/accept parses, and prints to a text of an equal tree.

import Foundation
import MartletCore
import MartletLanguage
import Testing

@Test func everyAcceptExampleParsesAndPrints() throws {
    let examples = try acceptExamples()
    #expect(examples.count >= 150)
    for text in examples { checkRoundTrip(text) }
}

@Test func aWholeFileParsesAsAScript() throws {
    for file in Place.files("accept", ".sql") {
        let text = try Place.text(file)
        let script = Parser.parse(text)
        #expect(script.diagnostics.isEmpty, "\(file.lastPathComponent): \(script.diagnostics)")
        let ranges = StatementSplitter.ranges(in: Array(text.utf8))
        #expect(script.statements.map(\.range) == ranges, "\(file.lastPathComponent)")
    }
}
