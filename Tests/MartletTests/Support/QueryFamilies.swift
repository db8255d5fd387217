// Queries in the manner of SQLite's own logic tests: whole families of statements that other engines must agree on.

import MartletCore

/// Expressions with chains of signs, NULLs wherever they may stand, aggregates over constants, conditions in all
/// their forms, and joins that follow equalities through many tables.
struct QueryFamilies {
    static let tableCount = 3
    static let chainLength = 24

    private var random: SeededRandom

    init(seed: UInt64) { random = SeededRandom(seed: seed) }

    // MARK: Tables

    mutating func schema() -> [String] {
        var statements: [String] = []
        for table in 0..<Self.tableCount {
            let rows = (0..<4).map { _ in "(\(number()), \(number()), \(number()))" }.joined(separator: ", ")
            statements.append("CREATE TABLE tab\(table) (col0 INTEGER, col1 INTEGER, col2 INTEGER)")
            statements.append("INSERT INTO tab\(table) VALUES \(rows)")
        }
        statements.append("CREATE INDEX tab0_col1 ON tab0 (col1 DESC, col0)")
        for table in 1...Self.chainLength {
            let links = Array(1...8).shuffled(using: &random)
            let rows = links.enumerated().map { "(\($0 + 1), \($1), 't\(table).\($0 + 1)')" }.joined(separator: ", ")
            statements.append(
                "CREATE TABLE t\(table) (a\(table) INTEGER PRIMARY KEY, b\(table) INTEGER, x\(table) VARCHAR(40))")
            statements.append("INSERT INTO t\(table) VALUES \(rows)")
        }
        return statements
    }

    mutating func next() -> String {
        switch Int.random(in: 0..<10, using: &random) {
        case 0, 1:
            let isAggregate = chance(40)
            return "SELECT \(quantity()) \(items { isAggregate ? $0.aggregate([], 2) : $0.expression([], 4) })"
        case 2, 3:
            let (from, columns) = source()
            let filter = chance(70) ? " WHERE \(condition(columns, 3))" : ""
            let list = chance(25) ? "*" : items { $0.expression(columns, 3) }
            return "SELECT \(quantity()) \(list) FROM \(from)\(filter)"
        case 4, 5:
            let (from, columns) = source()
            let filter = chance(40) ? " WHERE \(condition(columns, 2))" : ""
            return "SELECT \(quantity()) \(items { $0.aggregate(columns, 2) }) FROM \(from)\(filter)"
        case 6, 7: return grouped()
        default: return chain()
        }
    }

    // MARK: Queries

    private mutating func items(_ make: (inout QueryFamilies) -> String) -> String {
        (0..<Int.random(in: 1...2, using: &random)).map { _ in
            "\(make(&self))\(one(["", " AS col\(Int.random(in: 0...2, using: &random))"]))"
        }.joined(separator: ", ")
    }

    private mutating func quantity() -> String { one(["", "ALL", "DISTINCT"]) }

    private mutating func source() -> (text: String, columns: [String]) {
        func table(_ writer: inout QueryFamilies) -> String {
            "tab\(Int.random(in: 0..<QueryFamilies.tableCount, using: &writer.random))"
        }
        let first = table(&self)
        let both = ["cor0.col0", "cor1.col1", "cor0.col2", "cor1.col2"]
        switch Int.random(in: 0...5, using: &random) {
        case 0: return (first, ["col0", "\(first).col1", "col2"])
        case 1: return ("\(first) AS cor0", ["col0", "cor0.col1", "cor0 . col2"])
        case 2: return ("\(first) cor0", ["col0", "cor0.col1", "col2"])
        case 3: return ("\(first) AS cor0 CROSS JOIN \(table(&self)) AS cor1", both)
        case 4: return ("\(first) cor0, \(table(&self)) AS cor1", both)
        default:
            let kind = one(["INNER JOIN", "JOIN", "LEFT OUTER JOIN", "LEFT JOIN"])
            return ("\(first) AS cor0 \(kind) \(table(&self)) cor1 ON \(condition(both, 2))", both)
        }
    }

    /// By every column or by one.
    private mutating func grouped() -> String {
        let table = Int.random(in: 0..<Self.tableCount, using: &random)
        let all = ["col0", "col1", "col2"]
        let keys = chance(50) ? all : [one(all)]
        let free = keys.count == 3 ? all : keys
        let having = chance(50) ? " HAVING \(condition(free, 2))" : ""
        let list = items { writer in writer.chance(60) ? writer.expression(free, 2) : writer.aggregate(all, 1) }
        return "SELECT \(quantity()) \(list) FROM tab\(table) AS cor0 GROUP BY \(keys.joined(separator: ", "))\(having)"
    }

    /// Every table is linked to the one before it; tables and links stand in any order.
    private mutating func chain() -> String {
        let count = Int.random(in: 3...Self.chainLength, using: &random)
        let tables = Array((1...Self.chainLength).shuffled(using: &random).prefix(count))
        var links: [String] = []
        for (table, next) in zip(tables, tables.dropFirst()) {
            links.append(one(["a\(table)=b\(next)", "b\(next)=a\(table)", "a\(next)=b\(table)", "b\(table)=a\(next)"]))
        }
        links.append("\(one(["a", "b"]))\(tables[0])=\(Int.random(in: 1...8, using: &random))")
        let from = tables.shuffled(using: &random).map { "t\($0)" }.joined(separator: ", ")
        let list = tables.shuffled(using: &random).map { "x\($0)" }.joined(separator: ",")
        return "SELECT \(list) FROM \(from) WHERE \(links.shuffled(using: &random).joined(separator: " AND "))"
    }

    // MARK: Expressions

    private mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

    private mutating func one(_ texts: [String]) -> String { texts.randomElement(using: &random) ?? "" }

    private mutating func number() -> String { "\(Int.random(in: 0...99, using: &random))" }

    private mutating func sign() -> String {
        (0..<Int.random(in: 0...2, using: &random)).map { _ in one(["- ", "+ ", ""]) }.joined()
    }

    private mutating func null() -> String { one(["NULL", "CAST ( NULL AS INTEGER )"]) }

    mutating func expression(_ columns: [String], _ depth: Int) -> String {
        switch Int.random(in: 0...(depth > 0 ? 11 : 3), using: &random) {
        case 0, 1: return "\(sign())\(chance(8) ? null() : number())"
        case 2, 3: return "\(sign())\(columns.isEmpty ? number() : one(columns))"
        case 4...6:
            return "\(expression(columns, depth - 1)) \(one(["+", "-", "*", "/"])) \(expression(columns, depth - 1))"
        case 7: return "\(sign())( \(expression(columns, depth - 1)) )"
        case 8:
            return "\(sign())COALESCE ( \(expression(columns, depth - 1)), \(expression(columns, depth - 1)) )"
        case 9: return "\(sign())NULLIF ( \(expression(columns, depth - 1)), \(expression(columns, depth - 1)) )"
        case 10: return "\(sign())CAST ( \(expression(columns, depth - 1)) AS \(one(["INTEGER", "REAL"])) )"
        default:
            let result = expression(columns, depth - 1)
            let otherwise = chance(60) ? " ELSE \(expression(columns, depth - 1))" : ""
            if chance(50) {
                return "\(sign())CASE WHEN \(condition(columns, depth - 1)) THEN \(result)\(otherwise) END"
            }
            let value = expression(columns, depth - 1)
            return "\(sign())CASE \(value) WHEN \(expression(columns, depth - 1)) THEN \(result)\(otherwise) END"
        }
    }

    mutating func aggregate(_ columns: [String], _ depth: Int) -> String {
        switch Int.random(in: 0...(depth > 0 ? 7 : 2), using: &random) {
        case 0...2:
            if chance(25) { return "\(sign())COUNT ( * )" }
            let name = one(["COUNT", "SUM", "MIN", "MAX", "AVG"])
            return "\(sign())\(name) ( \(one(["", "ALL ", "DISTINCT "]))\(expression(columns, 1)) )"
        case 3: return "\(sign())\(number())"
        case 4, 5:
            return "\(aggregate(columns, depth - 1)) \(one(["+", "-", "*", "/"])) \(aggregate(columns, depth - 1))"
        case 6: return "\(sign())COALESCE ( \(aggregate(columns, depth - 1)), \(aggregate(columns, depth - 1)) )"
        default: return "\(sign())NULLIF ( \(aggregate(columns, depth - 1)), \(aggregate(columns, depth - 1)) )"
        }
    }

    mutating func condition(_ columns: [String], _ depth: Int) -> String {
        let negation = one(["", "", "NOT "])
        func value(_ writer: inout QueryFamilies) -> String { writer.expression(columns, max(0, depth - 1)) }
        switch Int.random(in: 0...(depth > 0 ? 8 : 4), using: &random) {
        case 0: return "\(negation)\(value(&self)) \(one(["=", "<>", "<", "<=", ">", ">="])) \(value(&self))"
        case 1: return "\(negation)( \(value(&self)) ) IS \(one(["", "NOT "]))NULL"
        case 2: return "\(negation)\(value(&self)) \(one(["", "NOT "]))BETWEEN \(value(&self)) AND \(value(&self))"
        case 3: return "\(negation)\(value(&self)) \(one(["", "NOT "]))IN ( \(value(&self)), \(value(&self)) )"
        case 4: return "\(negation)( NULL ) \(one(["=", "<>", ">"])) \(value(&self))"
        case 5: return "\(negation)NULL IS \(one(["", "NOT "]))NULL"
        case 6, 7:
            return "\(condition(columns, depth - 1)) \(one(["AND", "OR"])) \(condition(columns, depth - 1))"
        default: return "NOT ( \(condition(columns, depth - 1)) )"
        }
    }
}
