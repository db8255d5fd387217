// Deep, long and large statements meet limits, not the stack.

import Foundation
import MartletCore
import MartletLanguage
import Testing

/// Runs `body` on a thread with the smallest stack that a host may give.
private func onSmallStack(_ body: @escaping @Sendable () -> Void) {
    let done = DispatchSemaphore(value: 0)
    let thread = Thread {
        body()
        done.signal()
    }
    // Unoptimised code needs several times the stack.
    #if DEBUG
        thread.stackSize = 8 << 20
    #else
        thread.stackSize = 512 << 10
    #endif
    thread.start()
    done.wait()
}

private func check(_ text: String, _ note: String) {
    for parsed in ScriptReader(text) {
        if let tree = parsed.statement {
            let printed = Printer.print(tree)
            #expect((try? Parser.parseStatement(printed)) == tree, "\(note)")
            #expect(tree.hashValue == tree.hashValue)
        } else {
            let code = parsed.diagnostics.first?.code
            #expect(code == .nestingTooDeep || code == .limitExceeded, "\(note): \(parsed.diagnostics)")
        }
    }
}

private let nests: [(String, open: String, inner: String, close: String)] = [
    ("parentheses", "(", "1", ")"), ("NOT", "NOT ", "a", ""), ("minus", "- ", "1", ""), ("calls", "f(", "1", ")"),
    ("CASE", "CASE WHEN a THEN ", "1", " END"), ("subqueries", "(SELECT ", "1", ")"),
    ("CAST", "CAST(", "1", " AS TEXT)"),
    ("EXISTS", "EXISTS (SELECT ", "1", ")"), ("IN", "a IN (", "1", ")"), ("vectors", "[", "1", "]"),
    ("FROM", "(SELECT * FROM (SELECT ", "1", "))"), ("right-deep", "1 - (", "1", ")"), ("rows", "(a, ", "b", ")"),
    ("AND in parentheses", "a AND (b OR ", "c", ")"),
]

@Test func deepNesting() {
    onSmallStack {
        for (note, open, inner, close) in nests {
            for depth in [20, 60, 98, 150, 199, 250, 100_000] {
                let text =
                    "SELECT " + String(repeating: open, count: depth) + inner + String(repeating: close, count: depth)
                check(text, "\(note) \(depth)")
            }
        }
        for depth in [50, 190, 100_000] {
            check(String(repeating: "EXPLAIN ", count: depth) + "SELECT 1", "EXPLAIN \(depth)")
            check(
                "SELECT * FROM " + String(repeating: "(", count: depth) + "a" + String(repeating: ")", count: depth),
                "FROM")
            check(String(repeating: "(", count: depth) + "SELECT 1" + String(repeating: ")", count: depth), "SELECT")
            let options = String(repeating: "(a = ", count: depth) + "1" + String(repeating: ")", count: depth)
            check("TRAIN m USING k WITH \(options)", "options \(depth)")
            check(
                String(repeating: "CREATE SCHEDULE s EVERY '1' AS (", count: depth) + "SELECT 1"
                    + String(repeating: ")", count: depth), "schedules \(depth)")
        }
    }
}

@Test func longChains() {
    onSmallStack {
        for symbol in ["AND", "OR", "+", "-", "||", "=", "->", "::TEXT", "IS NULL", "UNION SELECT", "INTERSECT SELECT"]
        {
            for count in [3, 100, 490, 10_000] {
                let isPostfix = symbol == "::TEXT" || symbol == "IS NULL"
                let text = "SELECT a" + String(repeating: isPostfix ? " \(symbol)" : " \(symbol) a", count: count)
                check(text, "\(symbol) \(count)")
            }
        }
        check("SELECT * FROM a" + String(repeating: " JOIN a", count: 10_000), "joins")
        check("SELECT * FROM a" + String(repeating: ", a", count: 400), "commas")
        let mixed = "(a" + String(repeating: " + 1", count: 400) + ")"
        check("SELECT " + String(repeating: "(", count: 150) + mixed + String(repeating: " - 1)", count: 150), "mixed")
    }
}

@Test func tenThousandConditionsStayShallow() throws {
    let text = "SELECT 1 WHERE a = 0" + (1..<10_000).map { " OR a = \($0)" }.joined()
    checkRoundTrip(text)
}

@Test func sizes() {
    let long = String(repeating: "x", count: Limits.identifierBytes + 1)
    #expect(Parser.parse("SELECT \(long)").diagnostics.first?.code == .limitExceeded)
    #expect(Parser.parse("SELECT \(long.dropLast())").diagnostics.isEmpty)
    let parameters = String(repeating: "?, ", count: Limits.parametersPerStatement)
    #expect(Parser.parse("SELECT \(parameters)1").diagnostics.isEmpty)
    #expect(Parser.parse("SELECT \(parameters)?").diagnostics.first?.code == .limitExceeded)
}

@Test func aStatementThatIsTooLong() {
    let bytes =
        Array("SELECT 1; SELECT '".utf8) + [UInt8](repeating: 0x61, count: Limits.statementBytes)
        + Array("'; SELECT 2".utf8)
    let script = Parser.parse(bytes: bytes)
    #expect(script.statements.map { $0.statement != nil } == [true, false, true])
    #expect(script.diagnostics.first?.code == .statementTooLong)
}
