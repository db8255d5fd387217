// Writes random statements that SQLite and Martlet must agree on.

import MartletCore

/// Statements over three tables, of values that stay small. What the two engines mean differently is left out: types that
/// do not fit, division by zero, LIKE on capital letters, keys that pass through each other while they move.
struct StatementWriter {
    enum Statement {
        /// A query; its rows are compared in order only if they have one.
        case query(String, isOrdered: Bool)
        /// Anything else; the tables are compared after it.
        case change(String)
    }

    struct Name {
        var alias: String
        var table: Table
    }

    enum Table: String, CaseIterable {
        case p, c, k

        var integers: [String] {
            switch self {
            case .p: ["id", "n"]
            case .c: ["id", "p", "n"]
            case .k: ["a", "n"]
            }
        }

        var text: String { self == .k ? "b" : "t" }
    }

    static let schema = [
        "CREATE TABLE p (id INTEGER PRIMARY KEY, n INTEGER CHECK (n < 90), t TEXT NOT NULL DEFAULT 'd', r REAL)",
        "CREATE TABLE c (id INTEGER PRIMARY KEY, p INTEGER REFERENCES p (id) ON DELETE CASCADE, n INTEGER UNIQUE, t TEXT)",
        "CREATE TABLE k (a INTEGER NOT NULL, b TEXT NOT NULL, n INTEGER DEFAULT 7, PRIMARY KEY (a, b))",
        "CREATE INDEX p_n ON p (n, t)", "CREATE INDEX c_p ON c (p)", "CREATE INDEX k_n ON k (n DESC)",
    ]

    static let dumps = [
        "SELECT id, n, t, r FROM p ORDER BY id", "SELECT id, p, n, t FROM c ORDER BY id",
        "SELECT a, b, n FROM k ORDER BY a, b",
    ]

    var random: SeededRandom
    private var aliases = 0
    private var isInTransaction = false
    private var savepoints = 0
    private var beginsWithSavepoint = false
    /// Not in what an UPDATE or DELETE asks of its rows: there SQLite's subqueries see rows that are changed already.
    private var writesSubqueries = true

    init(seed: UInt64) { random = SeededRandom(seed: seed) }

    private mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

    private mutating func one(_ texts: [String]) -> String { texts.randomElement(using: &random) ?? "" }

    private mutating func small(_ range: ClosedRange<Int> = -3...12) -> Int { Int.random(in: range, using: &random) }

    private mutating func word() -> String { "'\(one(["x", "y", "zz", "xyz", "", "d", "ab c"]))'" }

    mutating func next() -> Statement {
        aliases = 0
        if chance(45) { return query() }
        return .change(change())
    }

    // MARK: Expressions

    private mutating func column(_ scope: [Name]) -> String? {
        guard let name = scope.randomElement(using: &random) else { return nil }
        return "\(name.alias).\(one(name.table.integers))"
    }

    private mutating func textColumn(_ scope: [Name]) -> String? {
        scope.randomElement(using: &random).map { "\($0.alias).\($0.table.text)" }
    }

    mutating func integer(_ scope: [Name], _ depth: Int) -> String {
        switch small(0...(depth > 0 ? 14 : 3)) {
        case 0: return "\(small())"
        case 1...3: return column(scope) ?? "\(small())"
        case 4: return "(\(integer(scope, depth - 1)) \(one(["+", "-", "*"])) \(integer(scope, depth - 1)))"
        case 5: return "(\(integer(scope, depth - 1)) \(one(["/", "%"])) \(one(["3", "-2", "7"])))"
        case 6:
            let test = condition(scope, depth - 1)
            return "CASE WHEN \(test) THEN \(integer(scope, depth - 1)) ELSE \(integer(scope, depth - 1)) END"
        case 7: return "CASE \(integer(scope, 0)) WHEN 1 THEN \(integer(scope, depth - 1)) WHEN 2 THEN NULL END"
        case 8: return "coalesce(\(integer(scope, depth - 1)), \(integer(scope, depth - 1)))"
        case 9: return "\(one(["length", "abs(-3) + length"]))(\(text(scope, depth - 1)))"
        case 10: return "nullif(\(integer(scope, depth - 1)), \(integer(scope, 0)))"
        case 11: return "\(one(["abs", "- ", "+ ", "sign"]))(\(integer(scope, depth - 1)))"
        case 12: return "instr(\(text(scope, 0)), \(word()))"
        case 13:
            guard writesSubqueries else { return "\(small())" }
            let (from, inner) = source(depth - 1)
            let aggregate = one(["max", "min", "count", "sum"])
            let filter = condition(inner + scope, depth - 1)
            return "(SELECT \(aggregate)(\(integer(inner, 0))) FROM \(from) WHERE \(filter))"
        default: return "CAST(\(one(["2.9", "-2.9", "'17'", "0.5"])) AS INTEGER)"
        }
    }

    mutating func text(_ scope: [Name], _ depth: Int) -> String {
        switch small(0...(depth > 0 ? 9 : 2)) {
        case 0: return word()
        case 1, 2: return textColumn(scope) ?? word()
        case 3: return "(\(text(scope, depth - 1)) || \(text(scope, depth - 1)))"
        case 4: return "\(one(["lower", "trim", "rtrim", "ltrim"]))(\(text(scope, depth - 1)))"
        case 5: return "substr(\(text(scope, depth - 1)), \(small(-4...4)), \(small(0...4)))"
        case 6: return "substr(\(text(scope, depth - 1)), \(small(-4...4)))"
        case 7: return "replace(\(text(scope, depth - 1)), \(word()), \(word()))"
        case 8: return "coalesce(\(text(scope, depth - 1)), CAST(\(integer(scope, 0)) AS TEXT))"
        default: return "iif(\(condition(scope, depth - 1)), \(text(scope, 0)), \(text(scope, 0)))"
        }
    }

    mutating func condition(_ scope: [Name], _ depth: Int) -> String {
        let compare = ["=", "<>", "<", "<=", ">", ">=", "IS", "IS NOT"]
        let kind = small(0...(depth > 0 ? 15 : 4))
        switch !writesSubqueries && (11...13).contains(kind) ? 0 : kind {
        case 0, 1: return "\(integer(scope, 0)) \(one(compare)) \(integer(scope, max(0, depth - 1)))"
        case 2, 3:
            let rule = chance(20) ? one([" COLLATE NOCASE", " COLLATE RTRIM"]) : ""
            return "\(text(scope, 0))\(rule) \(one(compare)) \(text(scope, max(0, depth - 1)))"
        case 4: return "\(integer(scope, 0)) IS \(one(["", "NOT "]))NULL"
        case 5, 6: return "(\(condition(scope, depth - 1)) AND \(condition(scope, depth - 1)))"
        case 7: return "(\(condition(scope, depth - 1)) OR \(condition(scope, depth - 1)))"
        case 8: return "NOT (\(condition(scope, depth - 1)))"
        case 9: return "\(integer(scope, 0)) \(one(["", "NOT "]))IN (\(integer(scope, 0)), 2, \(one(["NULL", "4"])))"
        case 10:
            let bounds = "\(integer(scope, 0)) AND \(integer(scope, 0))"
            return "\(integer(scope, 0)) \(one(["", "NOT "]))BETWEEN \(bounds)"
        case 11:
            let (from, inner) = source(depth - 1)
            return "\(one(["", "NOT "]))EXISTS (SELECT 1 FROM \(from) WHERE \(condition(inner + scope, depth - 1)))"
        case 12:
            let (from, inner) = source(depth - 1)
            let values = "SELECT \(integer(inner, 0)) FROM \(from) WHERE \(condition(inner + scope, depth - 1))"
            return "\(integer(scope, 0)) \(one(["", "NOT "]))IN (\(values))"
        case 13:
            let (from, inner) = source(0)
            let values = "SELECT \(integer(inner, 0)), \(text(inner, 0)) FROM \(from)"
            return "(\(integer(scope, 0)), \(text(scope, 0))) \(one(["", "NOT "]))IN (\(values))"
        case 14: return "(\(integer(scope, 0)), \(text(scope, 0))) \(one(["=", "<", ">="])) (2, \(text(scope, 0)))"
        default:
            return
                "\(text(scope, 0)) \(one(["", "NOT "]))\(one(["LIKE 'x%'", "LIKE '%z'", "LIKE '_'", "GLOB '[x-z]*'"]))"
        }
    }

    // MARK: FROM

    private mutating func table() -> (text: String, name: Name) {
        aliases += 1
        let name = Name(alias: "q\(aliases)", table: Table.allCases.randomElement(using: &random) ?? .p)
        return ("\(name.table.rawValue) AS \(name.alias)", name)
    }

    private mutating func source(_ depth: Int) -> (text: String, names: [Name]) {
        var (text, first) = table()
        var names = [first]
        // A comma joins less tightly in Martlet than in SQLite: never beside a JOIN. And with a constant in some ON, SQLite
        // 3.40 loses rows that a RIGHT JOIN keeps: then there are equalities only.
        let hasCommas = chance(15)
        let keepsRight = chance(40)
        while names.count < 3, chance(depth > 0 ? 40 : 10) {
            let (right, name) = table()
            let left = names.randomElement(using: &random) ?? first
            let equality =
                "\(left.alias).\(one(left.table.integers)) = \(name.alias).\(one(name.table.integers))"
            let extra = keepsRight ? "" : " AND \(condition(names + [name], 0))"
            switch hasCommas ? 0 : small(1...(keepsRight ? 6 : 4)) {
            case 0: text += ", \(right)"
            case 1: text += " CROSS JOIN \(right)"
            case 2: text += " LEFT JOIN \(right) ON \(equality)\(extra)"
            case 3, 4: text += " JOIN \(right) ON \(equality)\(extra)"
            case 5: text += " RIGHT JOIN \(right) ON \(equality)"
            default: text += " FULL JOIN \(right) ON \(equality)"
            }
            names.append(name)
        }
        first = names[0]
        return (text, names)
    }

    // MARK: Queries

    private mutating func query() -> Statement {
        switch small(0...9) {
        case 0, 1: return grouped()
        case 2: return compound()
        case 3: return windowed()
        case 4: return common()
        default: break
        }
        let (from, names) = source(2)
        let filter = chance(80) ? " WHERE \(condition(names, 2))" : ""
        let columns = "\(integer(names, 2)), \(text(names, 1)), \(integer(names, 1))"
        let sql = "SELECT \(chance(25) ? "DISTINCT " : "")\(columns) FROM \(from)\(filter)"
        return ordered(sql, columns: 3)
    }

    /// Perhaps with an ORDER BY over every column, and a LIMIT behind it.
    private mutating func ordered(_ sql: String, columns: Int) -> Statement {
        guard chance(50) else { return .query(sql, isOrdered: false) }
        let terms = (1...columns).shuffled(using: &random).map {
            "\($0)\(one(["", " DESC", " NULLS LAST", " DESC NULLS FIRST"]))"
        }
        let limit = chance(50) ? " LIMIT \(small(0...6))\(chance(50) ? " OFFSET \(small(0...4))" : "")" : ""
        return .query("\(sql) ORDER BY \(terms.joined(separator: ", "))\(limit)", isOrdered: true)
    }

    private mutating func grouped() -> Statement {
        let (from, names) = source(1)
        let filter = chance(50) ? " WHERE \(condition(names, 1))" : ""
        let key = one(["abs(\(integer(names, 1)))", column(names) ?? "n", text(names, 1)])
        let argument = integer(names, 1)
        let aggregates = [
            "count(*)", "count(\(argument))", "sum(\(argument))", "min(\(text(names, 0)))", "max(\(argument))",
            "count(DISTINCT \(argument))", "sum(DISTINCT \(argument))", "round(avg(\(argument)), 3)",
            "total(\(argument))", "sum(\(argument)) FILTER (WHERE \(condition(names, 0)))",
        ]
        let (first, second) = (one(aggregates), one(aggregates))
        let having =
            chance(40) ? " HAVING \(one(["count(*) > 1", "min(\(argument)) < 4", "sum(\(argument)) IS NOT NULL"]))" : ""
        if chance(20) { return .query("SELECT \(first), \(second) FROM \(from)\(filter)", isOrdered: false) }
        return ordered(
            "SELECT \(key) AS g, \(first), \(second) FROM \(from)\(filter) GROUP BY \(key)\(having)", columns: 3)
    }

    private mutating func compound() -> Statement {
        func operand(_ writer: inout StatementWriter) -> String {
            let (from, names) = writer.source(1)
            return
                "SELECT \(writer.integer(names, 1)), \(writer.text(names, 1)) FROM \(from) WHERE \(writer.condition(names, 1))"
        }
        var sql = operand(&self)
        for _ in 0..<small(1...3) {
            sql += " \(one(["UNION", "UNION ALL", "EXCEPT", "INTERSECT"])) \(operand(&self))"
        }
        return ordered(sql, columns: 2)
    }

    private mutating func windowed() -> Statement {
        let (from, names) = source(0)
        let keys: [String] = names.flatMap { name in
            name.table == .k ? ["\(name.alias).a", "\(name.alias).b"] : ["\(name.alias).id"]
        }
        let unique = keys.joined(separator: ", ")
        let argument = integer(names, 1)
        let partition = chance(60) ? "PARTITION BY \(integer(names, 1)) " : ""
        let frame = one([
            "", "", "ROWS BETWEEN 2 PRECEDING AND 1 FOLLOWING", "ROWS UNBOUNDED PRECEDING",
            "ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING", "GROUPS BETWEEN 1 PRECEDING AND CURRENT ROW",
            "ROWS BETWEEN 3 PRECEDING AND 1 PRECEDING EXCLUDE CURRENT ROW",
            "ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING EXCLUDE TIES",
        ])
        let call = one([
            "row_number()", "rank()", "dense_rank()", "sum(\(argument))", "count(*)", "min(\(argument))",
            "max(\(argument))", "lag(\(argument))", "lead(\(argument), 2, -1)", "first_value(\(argument))",
            "last_value(\(argument))", "nth_value(\(argument), 2)", "ntile(3)", "percent_rank()",
            "cume_dist()", "sum(\(argument)) FILTER (WHERE \(condition(names, 0)))",
        ])
        let direction = one(["", " DESC"])
        if chance(30) {
            // Equal rows are peers.
            let order = "\(partition)ORDER BY \(column(names) ?? "1")\(direction)"
            let peers = one(["rank()", "dense_rank()", "sum(\(argument))", "count(\(argument))", "max(\(argument))"])
            let range = one(["", "RANGE BETWEEN 2 PRECEDING AND 1 FOLLOWING", "RANGE CURRENT ROW EXCLUDE GROUP"])
            return .query("SELECT \(unique), \(peers) OVER (\(order) \(range)) FROM \(from)", isOrdered: false)
        }
        let window = "\(partition)ORDER BY \(argument)\(direction), \(unique)"
        if chance(30) {
            return .query(
                "SELECT \(unique), \(call) OVER (w \(frame)), count(*) OVER w FROM \(from) WINDOW w AS (\(window))",
                isOrdered: false)
        }
        return .query("SELECT \(unique), \(call) OVER (\(window) \(frame)) FROM \(from)", isOrdered: false)
    }

    private mutating func common() -> Statement {
        let (from, names) = source(1)
        let inner = "SELECT \(integer(names, 1)) AS id, \(integer(names, 0)) AS n, \(text(names, 1)) AS t FROM \(from)"
        let first = Name(alias: "w1", table: .p)
        let second = Name(alias: "w2", table: .p)
        if chance(30) {
            let step = "SELECT id + \(small(1...3)), n, t || 'r' FROM w WHERE id < \(small(3...9))"
            return ordered(
                "WITH RECURSIVE w (id, n, t) AS (\(inner) UNION ALL \(step)) SELECT id, n, t FROM w", columns: 3)
        }
        let scope = [first, second]
        return ordered(
            "WITH w AS (\(inner)) SELECT w1.id, w2.t, \(integer(scope, 1)) FROM w AS w1 \(one(["JOIN", "LEFT JOIN"])) w AS w2 ON w1.n = w2.id WHERE \(condition(scope, 1))",
            columns: 3)
    }

    // MARK: Changes

    private mutating func value() -> String { chance(15) ? "NULL" : "\(small())" }

    private mutating func values(_ table: Table) -> String {
        switch table {
        case .p:
            "(\(chance(15) ? "NULL" : "\(small(1...14))"), \(value()), \(word()), \(one(["1.5", "-2.25", "0.0", "NULL"])))"
        case .c: "(\(small(1...14)), \(value()), \(value()), \(chance(20) ? "NULL" : word()))"
        case .k: "(\(small(0...4)), \(word()), \(value()))"
        }
    }

    private mutating func change() -> String {
        if chance(22) { return transaction() }
        let table = Table.allCases.randomElement(using: &random) ?? .p
        let name = table.rawValue
        let scope = [Name(alias: name, table: table)]
        let key = table == .k ? "a, b" : "id"
        defer { writesSubqueries = true }
        switch small(0...13) {
        case 0...2:
            let rows = (0..<small(1...3)).map { _ in values(table) }.joined(separator: ", ")
            return "INSERT INTO \(name) VALUES \(rows)"
        case 3:
            // One row, since rows of one statement may stand in each other's way and name rows that are not there.
            return "\(one(["REPLACE", "INSERT OR REPLACE"])) INTO \(name) VALUES \(values(table))"
        case 4:
            return "INSERT INTO \(name) VALUES \(values(table)) ON CONFLICT \(one(["", "(\(key)) "]))DO NOTHING"
        case 5:
            let filter = chance(40) ? " WHERE \(name).n < 5" : ""
            return
                "INSERT INTO \(name) VALUES \(values(table)) ON CONFLICT (\(key)) DO UPDATE SET n = (excluded.n + \(name).n) % 20\(filter)"
        case 6:
            let (from, names) = source(1)
            return
                "INSERT INTO k (a, b) SELECT DISTINCT abs(\(integer(names, 0))) % 9, coalesce(\(text(names, 0)), 'n') FROM \(from) WHERE \(condition(names, 1)) AND \(names[0].alias).n IS NOT NULL"
        case 7 where table == .c && chance(50):
            let rule = one(["IGNORE", "REPLACE", "ABORT"])
            return "UPDATE OR \(rule) c SET n = \(small()), id = \(small(1...14)) WHERE id = \(small(1...14))"
        case 7, 8:
            // Unique values must not pass through each other.
            let only = table == .c ? " AND id = \(small(1...14))" : ""
            writesSubqueries = false
            return "UPDATE \(name) SET n = (\(integer(scope, 2))) % 20 WHERE \(condition(scope, 2))\(only)"
        case 9:
            let column = table.text
            writesSubqueries = false
            return "UPDATE \(name) SET \(column) = substr(\(text(scope, 1)), 1, 6) WHERE \(condition(scope, 1))"
        case 10:
            writesSubqueries = false
            return
                "UPDATE c SET t = p.t || p.id FROM p WHERE p.id = c.p AND \(condition([Name(alias: "c", table: .c), Name(alias: "p", table: .p)], 1))"
        case 11:
            writesSubqueries = false
            return "DELETE FROM \(name) WHERE \(condition(scope, 2)) AND \(condition(scope, 1))"
        case 12:
            let (from, names) = source(0)
            return
                "WITH w AS (SELECT \(integer(names, 1)) AS v FROM \(from)) DELETE FROM \(name) WHERE \(table == .k ? "a" : "id") IN (SELECT v FROM w) AND \(condition(scope, 0))"
        default:
            return
                "UPDATE \(name) SET \(table == .k ? "a" : "id") = \(small(1...14)) WHERE \(table == .k ? "a" : "id") = \(small(1...14))"
        }
    }

    private mutating func transaction() -> String {
        guard isInTransaction else {
            isInTransaction = true
            savepoints = chance(25) ? 1 : 0
            beginsWithSavepoint = savepoints > 0
            return beginsWithSavepoint ? "SAVEPOINT s1" : "BEGIN"
        }
        switch small(0...6) {
        case 0, 1:
            isInTransaction = false
            return "COMMIT"
        case 2:
            isInTransaction = false
            return "ROLLBACK"
        case 3, 4:
            savepoints += 1
            return "SAVEPOINT s\(savepoints)"
        case 5 where savepoints > 0: return "ROLLBACK TO s\(small(1...savepoints))"
        default:
            guard savepoints > 0 else { return "SAVEPOINT s0" }
            let number = small(1...savepoints)
            savepoints = number - 1
            if savepoints == 0, beginsWithSavepoint { isInTransaction = false }
            return "RELEASE s\(number)"
        }
    }
}
