// Every sentence that Grammar/martlet.ebnf generates parses and prints.

import Foundation
import MartletCore
import MartletLanguage
import Testing

private let grammar = try? EBNF(Place.text(Place.grammar.appendingPathComponent("martlet.ebnf")))

@Test func theGrammarIsWhole() throws {
    let grammar = try #require(grammar)
    #expect(grammar.rules.count > 80)
    #expect(grammar.faults == [])
}

@Test(arguments: 0..<8 as Range<UInt64>) func generatedStatementsParse(part: UInt64) throws {
    let grammar = try #require(grammar)
    for seed in (part * 1_000)..<(part * 1_000 + 1_000) {
        checkRoundTrip(grammar.sentence(of: "statement", seed: seed), "seed \(seed)")
    }
}

/// Every rule that a statement can be is taken for itself too, so that rare ones are seen.
@Test func generatedSentencesOfEveryStatement() throws {
    let grammar = try #require(grammar)
    let names = [
        "query", "search", "explain", "insert", "update", "delete", "copy", "create_table", "create_index",
        "create_view",
        "alter_table", "drop", "transaction", "train", "evaluate", "predict", "deploy", "engine", "service", "record",
        "create_schedule", "create_monitor", "grant",
    ]
    for name in names {
        for seed in 0..<200 as Range<UInt64> {
            checkRoundTrip(grammar.sentence(of: name, seed: seed), "\(name), seed \(seed)")
        }
    }
    for seed in 0..<3_000 as Range<UInt64> {
        checkRoundTrip("SELECT " + grammar.sentence(of: "expression", seed: seed), "expression, seed \(seed)")
    }
}

@Test func generatedScriptsParse() throws {
    let grammar = try #require(grammar)
    for seed in 0..<300 as Range<UInt64> {
        let text = grammar.sentence(of: "script", seed: seed)
        let script = Parser.parse(text)
        #expect(script.diagnostics == [], "seed \(seed): \(text)")
        #expect(script.statements.map(\.range) == StatementSplitter.ranges(in: Array(text.utf8)), "seed \(seed)")
    }
}
