// Random queries give the same rows with the optimizer and without it.

import Foundation
import MartletCore
import MartletRuntime
import Testing

/// Writes queries over tables a, b and c that cannot fail, of integers, texts and conditions.
private struct QueryWriter {
    var random: SeededRandom
    private var aliases = 0

    init(seed: UInt64) { random = SeededRandom(seed: seed) }

    private mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

    private mutating func one(_ texts: [String]) -> String { texts.randomElement(using: &random) ?? "" }

    /// An integer over the tables in `scope`.
    private mutating func number(_ scope: [String], _ depth: Int) -> String {
        switch Int.random(in: 0..<(depth > 0 ? 9 : 3), using: &random) {
        case 0: return "\(Int.random(in: -2...6, using: &random))"
        case 1, 2: return scope.isEmpty ? "1" : "\(one(scope)).\(one(["id", "n", "m"]))"
        case 3: return "(\(number(scope, depth - 1)) \(one(["+", "-"])) \(number(scope, depth - 1)))"
        case 4:
            let test = condition(scope, depth - 1)
            return "CASE WHEN \(test) THEN \(number(scope, depth - 1)) ELSE \(number(scope, depth - 1)) END"
        case 5: return "coalesce(\(number(scope, depth - 1)), \(number(scope, depth - 1)))"
        case 6: return scope.isEmpty ? "2" : "length(\(one(scope)).t)"
        case 7:
            let (from, inner) = source(depth - 1)
            let aggregate = one(["max", "min", "count", "sum"])
            let filter = condition(inner + scope, depth - 1)
            return "(SELECT \(aggregate)(\(number(inner, 0))) FROM \(from) WHERE \(filter))"
        default: return "NULL"
        }
    }

    private mutating func condition(_ scope: [String], _ depth: Int) -> String {
        let compare = ["=", "<>", "<", "<=", ">", ">="]
        switch Int.random(in: 0..<(depth > 0 ? 12 : 4), using: &random) {
        case 0, 1: return "\(number(scope, 0)) \(one(compare)) \(number(scope, max(0, depth - 1)))"
        case 2: return scope.isEmpty ? "TRUE" : "\(one(scope)).t \(one(compare)) '\(one(["x", "y", "zz"]))'"
        case 3: return scope.isEmpty ? "FALSE" : "\(one(scope)).\(one(["n", "m", "t"])) IS \(one(["", "NOT "]))NULL"
        case 4: return "(\(condition(scope, depth - 1)) AND \(condition(scope, depth - 1)))"
        case 5: return "(\(condition(scope, depth - 1)) OR \(condition(scope, depth - 1)))"
        case 6: return "NOT (\(condition(scope, depth - 1)))"
        case 7: return "\(number(scope, 0)) \(one(["", "NOT "]))IN (\(number(scope, 0)), 2, \(one(["NULL", "4"])))"
        case 8: return "\(number(scope, 0)) BETWEEN \(number(scope, 0)) AND \(number(scope, 0))"
        case 9:
            let (from, inner) = source(depth - 1)
            return "\(one(["", "NOT "]))EXISTS (SELECT 1 FROM \(from) WHERE \(condition(inner + scope, depth - 1)))"
        case 10:
            let (from, inner) = source(depth - 1)
            let filter = condition(inner + scope, depth - 1)
            let values = "SELECT \(number(inner, 0)) FROM \(from) WHERE \(filter)"
            return "\(number(scope, 0)) \(one(["", "NOT "]))IN (\(values))"
        default: return scope.isEmpty ? "TRUE" : "\(one(scope)).t LIKE '\(one(["x%", "%z", "_"]))'"
        }
    }

    /// What stands in FROM, and the names by which it is known.
    private mutating func source(_ depth: Int) -> (text: String, names: [String]) {
        var (text, names) = table(depth)
        while chance(depth > 0 ? 35 : 10), names.count < 3 {
            let (right, rightNames) = table(depth)
            switch Int.random(in: 0..<4, using: &random) {
            case 0: text += " CROSS JOIN \(right)"
            case 1:
                text += " LEFT JOIN \(right) ON \(one(names)).\(one(["id", "n"]))"
                text += " = \(rightNames[0]).\(one(["id", "n", "m"]))"
                if chance(40) { text += " AND \(condition(names + rightNames, 0))" }
            case 2: text += " LEFT JOIN \(right) ON \(condition(names + rightNames, 1))"
            default: text += " JOIN \(right) ON \(one(names)).n = \(rightNames[0]).\(one(["id", "n", "m"]))"
            }
            names += rightNames
        }
        return (text, names)
    }

    private mutating func table(_ depth: Int) -> (text: String, names: [String]) {
        aliases += 1
        let alias = "q\(aliases)"
        guard depth > 0, chance(30) else { return ("\(one(["a", "b", "c"])) AS \(alias)", [alias]) }
        switch Int.random(in: 0..<4, using: &random) {
        case 0:
            let (from, names) = source(depth - 1)
            return (
                "(SELECT \(number(names, 1)) AS id, \(number(names, 0)) AS n, 3 AS m, \(names[0]).t AS t FROM \(from) WHERE \(condition(names, depth - 1))) AS \(alias)",
                [alias]
            )
        case 1:
            let (from, names) = source(depth - 1)
            return (
                "(SELECT \(names[0]).n AS id, count(*) AS n, max(\(names[0]).m) AS m, \(names[0]).t AS t FROM \(from) GROUP BY \(names[0]).n, \(names[0]).t HAVING \(one(["count(*) > 1", "TRUE", "min(\(names[0]).id) < 4"]))) AS \(alias)",
                [alias]
            )
        case 2:
            let (left, leftNames) = source(0)
            return (
                "(SELECT \(leftNames[0]).id, \(leftNames[0]).n, \(leftNames[0]).m, \(leftNames[0]).t FROM \(left) \(one(["UNION", "UNION ALL", "EXCEPT", "INTERSECT"])) SELECT id, m, n, t FROM \(one(["a", "b", "c"]))) AS \(alias)",
                [alias]
            )
        default:
            return (
                "(SELECT DISTINCT n AS id, n, m, t FROM \(one(["a", "b"])) ORDER BY n, m, t LIMIT \(Int.random(in: 0...5, using: &random))) AS \(alias)",
                [alias]
            )
        }
    }

    mutating func query() -> String {
        aliases = 0
        let (from, names) = source(2)
        let filter = chance(80) ? " WHERE \(condition(names, 2))" : ""
        if chance(25) {
            let key = "\(one(names)).\(one(["n", "t"]))"
            let having = chance(30) ? " HAVING count(*) > 1" : ""
            let columns = "\(key), count(*), sum(\(number(names, 1))), min(\(one(names)).t)"
            return "SELECT \(columns) FROM \(from)\(filter) GROUP BY \(key)\(having)"
        }
        let columns = (0..<Int.random(in: 1...3, using: &random)).map { _ in number(names, 2) }.joined(separator: ", ")
        return "SELECT \(chance(20) ? "DISTINCT " : "")\(columns) FROM \(from)\(filter)"
    }
}

extension EngineTests {
    @Suite struct RandomQueryTests {
        private static func engine(usesOptimizer: Bool) throws -> EngineSession {
            var options = EngineOptions()
            options.usesOptimizer = usesOptimizer
            let session = EngineSession(try Engine.temporary(options: options))
            for statement in [
                "CREATE TABLE a (id INTEGER PRIMARY KEY, n INTEGER, m INTEGER, t TEXT)",
                "CREATE TABLE b (id INTEGER, n INTEGER, m INTEGER, t TEXT UNIQUE)",
                "CREATE TABLE c (id INTEGER, n INTEGER, m INTEGER, t TEXT, PRIMARY KEY (t, id))",
                "CREATE INDEX a_n ON a (n, m)", "CREATE INDEX b_n ON b (n DESC)", "CREATE INDEX a_t ON a (t)",
                "INSERT INTO a VALUES (1, 1, 2, 'x'), (2, NULL, 1, 'y'), (3, 2, NULL, NULL), (4, 2, 4, 'zz'), (6, 5, 0, 'x')",
                "INSERT INTO b VALUES (1, 2, 3, 'x'), (2, 2, NULL, 'xy'), (NULL, NULL, 1, NULL), (4, 0, 4, 'z')",
                "INSERT INTO c VALUES (1, 1, 1, 'x'), (2, 4, NULL, 'x'), (3, NULL, 2, 'y')",
            ] { try session.texts(statement) }
            return session
        }

        private enum Outcome: Equatable {
            case rows([String])
            case failure(String)
        }

        private static func outcome(_ session: EngineSession, _ sql: String) -> Outcome {
            do throws(Diagnostic) {
                return .rows(try session.texts(sql).sorted())
            } catch {
                return .failure(error.code.rawValue)
            }
        }

        @Test(arguments: 1...10 as ClosedRange<UInt64>)
        func sameRows(seed: UInt64) throws {
            let optimized = try Self.engine(usesOptimizer: true)
            let plain = try Self.engine(usesOptimizer: false)
            var writer = QueryWriter(seed: seed)
            var succeeded = 0
            for number in 0..<150 {
                let sql = writer.query()
                let expected = Self.outcome(plain, sql)
                let given = Self.outcome(optimized, sql)
                if case .rows = expected { succeeded += 1 }
                #expect(given == expected, "seed \(seed), query \(number): \(sql)")
            }
            #expect(succeeded > 100, "seed \(seed): only \(succeeded) ran")
        }
    }
}
