// Random filters, orders and changes of a table with many indexes, beside the same table without any.

import Foundation
import MartletCore
import MartletRuntime
import Testing

/// Writes conditions over the columns a, b (INTEGER), r (REAL) and t (TEXT).
private struct FilterWriter {
    var random: SeededRandom

    mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }
    mutating func one(_ texts: [String]) -> String { texts.randomElement(using: &random) ?? "" }
    mutating func number() -> String { "\(Int.random(in: -1...6, using: &random))" }
    mutating func text() -> String { one(["'x'", "'Y'", "'y'", "'zz'", "''"]) }

    mutating func term(_ depth: Int) -> String {
        let compare = one(["=", "=", "=", "<", "<=", ">", ">=", "<>"])
        switch Int.random(in: 0..<(depth > 0 ? 13 : 10), using: &random) {
        case 0, 1: return "\(one(["a", "b", "id"])) \(compare) \(number())"
        case 2: return "r \(compare) \(number()).\(one(["0", "5"]))"
        case 3: return "t \(compare) \(text())"
        case 4: return "lower(t) \(compare) \(one(["'x'", "'y'", "'zz'"]))"
        case 5: return "\(one(["a", "b", "r", "t"])) IS \(one(["", "NOT "]))NULL"
        case 6: return "\(one(["a", "b", "id"])) IN (\(number()), \(number()), \(one(["NULL", "2"])))"
        case 7: return "\(one(["a", "b"])) BETWEEN \(number()) AND \(number())"
        case 8: return "a + b \(compare) \(number())"
        case 9: return "\(number()) \(compare) \(one(["a", "b"]))"
        case 10: return "(\(filter(depth - 1)) OR \(filter(depth - 1)))"
        case 11: return "NOT (\(filter(depth - 1)))"
        default: return "(\(filter(depth - 1)))"
        }
    }

    mutating func filter(_ depth: Int) -> String {
        (0..<Int.random(in: 1...3, using: &random)).map { _ in term(depth) }.joined(separator: " AND ")
    }

    mutating func query(_ table: String) -> (String) -> String {
        let filter = chance(85) ? " WHERE \(filter(2))" : ""
        switch Int.random(in: 0..<6, using: &random) {
        case 0:
            let column = one(["a", "b", "r", "t", "id"])
            let function = one(["min", "max"])
            return { "SELECT \(function)(\(column)) FROM \($0)\(filter)" }
        case 1:
            let on = one(["x.a = y.id", "x.b = y.a", "x.t = y.t AND x.a > y.b", "x.a = y.r", "lower(x.t) = lower(y.t)"])
            let kind = one(["JOIN", "LEFT JOIN"])
            return {
                "SELECT x.id, y.id FROM (SELECT * FROM \($0)\(filter)) AS x \(kind) \($0) AS y ON \(on) ORDER BY x.id, y.id"
            }
        default:
            var keys = (0..<Int.random(in: 1...2, using: &random)).map { _ in
                one(["a", "b", "r", "t", "id", "lower(t)"]) + one(["", " DESC"]) + one(["", "", " NULLS LAST"])
            }
            // Without it, which of equal rows come first is open.
            keys.append("id")
            let order = chance(80) ? " ORDER BY \(keys.joined(separator: ", "))" : ""
            let limit =
                !order.isEmpty && chance(60)
                ? " LIMIT \(Int.random(in: 0...9, using: &random)) OFFSET \(Int.random(in: 0...3, using: &random))" : ""
            return { "SELECT id, a, b, r, t FROM \($0)\(filter)\(order)\(limit)" }
        }
    }
}

extension EngineTests {
    @Suite struct RandomIndexTests {
        private static let indexes = [
            "CREATE INDEX i_a ON i (a)", "CREATE INDEX i_b ON i (b DESC, t)", "CREATE INDEX i_r ON i (r)",
            "CREATE INDEX i_t ON i (lower(t), a DESC)", "CREATE INDEX i_p ON i (a, r) WHERE b > 1",
            "CREATE INDEX i_s ON i (a + b) WHERE t IS NOT NULL", "CREATE UNIQUE INDEX i_u ON i (id, a)",
        ]

        private static func outcome(_ session: EngineSession, _ sql: String) -> [String] {
            do throws(Diagnostic) {
                return try session.texts(sql)
            } catch {
                return [error.code.rawValue]
            }
        }

        @Test(arguments: 1...8 as ClosedRange<UInt64>)
        func sameRows(seed: UInt64) throws {
            let database = try TestDatabase()
            let session = database.session()
            var writer = FilterWriter(random: SeededRandom(seed: seed))
            for table in ["i", "plain"] {
                try session.texts(
                    "CREATE TABLE \(table) (id INTEGER PRIMARY KEY, a INTEGER, b INTEGER, r REAL, t TEXT)")
            }
            var pending = Self.indexes
            for step in 0..<160 {
                if step % 8 == 0, let index = pending.popLast() { try session.texts(index) }
                if step == 90 { try session.texts("ANALYZE") }
                var change: (String) -> String = { "SELECT 1 FROM \($0)" }
                if step < 40 || writer.chance(25) {
                    let values = (0..<(step == 60 ? 300 : 4)).map { row in
                        "(\(writer.one(["NULL", writer.number()])), \(writer.one(["NULL", writer.number()])), \(writer.one(["NULL", "2.5", "-1.0", "4.0", "0.5"])), \(writer.one(["NULL", writer.text()])))"
                    }.joined(separator: ", ")
                    change = { "INSERT INTO \($0) (a, b, r, t) VALUES \(values)" }
                } else if writer.chance(30) {
                    let filter = writer.filter(1)
                    let new = writer.one([
                        "a = b", "b = b - 1, t = lower(t)", "t = NULL, a = 3", "id = id + 1000, r = a",
                    ])
                    change = { "UPDATE \($0) SET \(new) WHERE \(filter)" }
                } else if writer.chance(10) {
                    let filter = writer.filter(1)
                    change = { "DELETE FROM \($0) WHERE id % 3 = 0 AND \(filter)" }
                }
                // A key that is taken is taken in both.
                let given = Self.outcome(session, change("i"))
                #expect(
                    Self.outcome(session, change("plain")) == given, "seed \(seed), step \(step): \(change("i"))")
                let query = writer.query("i")
                var (indexed, plain) = (try session.texts(query("i")), try session.texts(query("plain")))
                if !query("i").contains("ORDER BY") { (indexed, plain) = (indexed.sorted(), plain.sorted()) }
                #expect(indexed == plain, "seed \(seed), step \(step): \(query("i"))")
            }
            #expect(try database.problems() == [])
        }
    }
}
