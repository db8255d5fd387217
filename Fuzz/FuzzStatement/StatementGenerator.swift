// Random statements over the template's schema, mostly of the right types: what does not bind tests the binder only.

import FuzzSupport
import MartletCore

enum ValueKind: String, CaseIterable {
    case integer = "INTEGER"
    case real = "REAL"
    case text = "TEXT"
    case boolean = "BOOLEAN"
    case timestamp = "TIMESTAMP"
    case json = "JSON"
    case blob = "BLOB"
    case vector = "VECTOR"

    var literals: [String] {
        switch self {
        case .integer:
            [
                "0", "1", "-1", "2", "3", "7", "63", "64", "-64", "1000000", "9223372036854775807",
                "-9223372036854775808", "?",
            ]
        case .real: ["0.5", "-0.0", "1e308", "-1e308", "5e-324", "2.5", "1e18", "9.3e18", "?4", "1e-9"]
        case .text:
            [
                "''", "'a'", "'swift'", "'%a_'", "'2024-02-29'", "'é漢字🐦'", "'1'", "'$.a[0]'", "'%Y-%m-%dT%H:%M:%f%j%s'",
                "'month'", "'[a-z]+(b|c)*$'", "'(a*)*b'", "'%5.3f|%-8s|%d%%'", "'1 month'", "'week'", "'a,b,,c'", ":q",
                "'*[!a]?'", "'00ff'", "'\u{301}e'", "'day'", "'%'", "'\\'",
            ]
        case .boolean: ["TRUE", "FALSE", "NULL"]
        case .timestamp:
            [
                "TIMESTAMP '2024-02-29 12:00:00'", "TIMESTAMP '0001-01-01'", "TIMESTAMP '9999-12-31 23:59:59.999999'",
                "CURRENT_TIMESTAMP", "TIMESTAMP '1969-12-31 23:59:59'",
            ]
        case .json: ["CAST('{\"a\": [1, {\"b\": null}]}' AS JSON)", "CAST('[]' AS JSON)", "CAST('\"s\"' AS JSON)"]
        case .blob: ["x''", "x'00ff'", "x'e9'"]
        case .vector: ["[1, 2, 3]", "[0, 0, 0]", "[1e38, -1e38, 0]", "CAST('[1,2,3]' AS VECTOR(3, i8))", "[1]"]
        }
    }
}

struct FunctionSignature {
    var name: String
    var parameters: [(kind: ValueKind?, isOptional: Bool, isRepeated: Bool)]
    var result: ValueKind?

    /// From what `sys.functions` says: `substr(TEXT, INTEGER, [INTEGER]) → TEXT`.
    init?(_ text: String) {
        let sides = text.split(separator: " → ")
        guard sides.count == 2, let open = sides[0].firstIndex(of: "("), sides[0].hasSuffix(")") else { return nil }
        name = String(sides[0][..<open])
        result = Self.kind(sides[1])
        parameters = sides[0][sides[0].index(after: open)...].dropLast().split(separator: ",").map { part in
            let isOptional = part.contains("[")
            let isRepeated = part.contains("…")
            let word = part.filter { !"[]…".contains($0) }
            return (Self.kind(word), isOptional, isRepeated)
        }
    }

    private static func kind(_ text: some StringProtocol) -> ValueKind? {
        let words = text.split(separator: " ")
        guard let first = words.first else { return nil }
        return first == "NUMBER" ? .real : ValueKind(rawValue: String(first))
    }
}

struct StatementGenerator {
    var random: SeededRandom
    /// Columns that can be named here, innermost table last.
    private var scope: [(name: String, kind: ValueKind)] = []

    private static let tables: [(source: String, columns: [(String, ValueKind)])] = [
        (
            "docs",
            [
                ("id", .text), ("title", .text), ("body", .text), ("lang", .text), ("year", .integer),
                ("added", .timestamp), ("extra", .json), ("emb", .vector), ("price", .real), ("flag", .boolean),
                ("data", .blob),
            ]
        ),
        ("t", [("a", .integer), ("b", .integer), ("c", .text)]),
        ("u", [("x", .integer), ("y", .real), ("z", .text)]),
        ("(SEARCH help FOR 'vpn swift' RETURN id, score) AS s", [("s.id", .text), ("s.score", .real)]),
        (
            "(SELECT a AS x, count(*) AS n, max(c) AS m FROM t GROUP BY a) AS g",
            [("x", .integer), ("n", .integer), ("m", .text)]
        ),
        ("sys.tables", [("name", .text), ("rows", .integer)]),
    ]

    static let functions: [FunctionSignature] =
        FunctionNames.signatures.compactMap { FunctionSignature($0) }

    init(random: SeededRandom) { self.random = random }

    private mutating func pick<T>(_ list: [T]) -> T { list[random.below(list.count)] }

    private mutating func kind() -> ValueKind {
        pick([.integer, .integer, .text, .text, .real, .boolean] + ValueKind.allCases)
    }

    mutating func leaf() -> String { leaf(kind()) }

    mutating func expression(_ depth: Int) -> String {
        if scope.isEmpty { enter(pick(Self.tables).columns) }
        return expression(kind(), depth)
    }

    private mutating func enter(_ columns: [(String, ValueKind)]) {
        scope += columns.map { (name: $0.0, kind: $0.1) }
    }

    private mutating func leaf(_ kind: ValueKind) -> String {
        let known = scope.filter { $0.kind == kind }
        if !known.isEmpty, random.below(3) != 0 { return pick(known).name }
        return random.below(12) == 0 ? "NULL" : pick(kind.literals)
    }

    mutating func expression(_ wanted: ValueKind, _ depth: Int) -> String {
        if depth <= 0 { return leaf(wanted) }
        // Now and then of another type: the binder must see that too.
        let kind = random.below(60) == 0 ? kind() : wanted
        let deeper = depth - 1
        switch random.below(10) {
        case 0: return leaf(kind)
        case 1:
            return
                "CASE WHEN \(expression(.boolean, deeper)) THEN \(expression(kind, deeper)) ELSE \(expression(kind, deeper)) END"
        case 2:
            let target = kind == .vector ? "VECTOR(3)" : kind.rawValue
            return "CAST(\(expression(pick([.text, kind, .integer, .real]), deeper)) AS \(target))"
        case 3 where random.below(3) == 0: return "(\(select(one: kind, deeper)))"
        case 3, 4, 5:
            let known = Self.functions.filter { $0.result == kind || $0.result == nil }
            if !known.isEmpty { return call(pick(known), kind, deeper) }
        default: break
        }
        return operation(kind, deeper)
    }

    private mutating func call(_ function: FunctionSignature, _ wanted: ValueKind, _ depth: Int) -> String {
        let free = function.result == nil ? wanted : kind()
        var arguments: [String] = []
        for parameter in function.parameters {
            if parameter.isOptional, random.below(2) == 0 { break }
            let count = parameter.isRepeated ? random.below(3) : 1
            for _ in 0..<count { arguments.append(expression(parameter.kind ?? free, depth)) }
        }
        return "\(function.name)(\(arguments.joined(separator: ", ")))"
    }

    private mutating func operation(_ kind: ValueKind, _ depth: Int) -> String {
        func pair(_ operators: [String], _ kind: ValueKind, _ generator: inout StatementGenerator) -> String {
            "(\(generator.expression(kind, depth)) \(generator.pick(operators)) \(generator.expression(kind, depth)))"
        }
        switch kind {
        case .integer:
            if random.below(5) == 0 { return pick(["-", "~", "- "]) + "(\(expression(.integer, depth)))" }
            return pair(["+", "-", "*", "/", "%", "&", "|", "<<", ">>"], .integer, &self)
        case .real: return pair(["+", "-", "*", "/", "%"], pick([.real, .real, .integer]), &self)
        case .text:
            if random.below(4) == 0 { return "(\(expression(.json, depth)) ->> \(leaf(pick([.text, .integer]))))" }
            return pair(["||"], pick([.text, .text, .integer]), &self)
        case .json: return "(\(expression(.json, depth)) -> \(leaf(pick([.text, .integer]))))"
        case .timestamp:
            return
                "(\(expression(.timestamp, depth)) \(pick(["+", "-"])) INTERVAL \(pick(["'1 month'", "'-7 days'", "'100000 years'", "'1.5 hours'"])))"
        case .blob, .vector: return leaf(kind)
        case .boolean:
            let other = self.kind()
            switch random.below(9) {
            case 0: return pair(["AND", "OR"], .boolean, &self)
            case 1: return "NOT (\(expression(.boolean, depth)))"
            case 2: return "\(expression(other, depth)) IS \(pick(["", "NOT "]))NULL"
            case 3: return "(\(expression(other, depth)) BETWEEN \(expression(other, depth)) AND \(leaf(other)))"
            case 4:
                return
                    "(\(expression(other, depth)) \(pick(["", "NOT "]))IN (\(expression(other, depth)), \(leaf(other)), NULL))"
            case 5:
                return
                    "(\(expression(.text, depth)) \(pick(["LIKE", "ILIKE", "GLOB", "REGEXP", "NOT LIKE"])) \(leaf(.text)))"
            case 6 where random.below(2) == 0: return "(\(expression(other, depth)) IN (\(select(one: other, depth))))"
            case 7 where random.below(2) == 0: return "EXISTS (\(select(one: other, depth)))"
            default: return pair(["=", "<>", "<", "<=", ">", ">=", "IS", "IS NOT", "IS DISTINCT FROM"], other, &self)
            }
        }
    }

    /// A query of one column; it may name columns of the query around it.
    private mutating func select(one kind: ValueKind, _ depth: Int) -> String {
        let outer = scope
        defer { scope = outer }
        let table = pick(Self.tables)
        enter(table.columns)
        var text = "SELECT "
        switch random.below(3) {
        case 0: text += kind == .integer ? "count(*)" : "max(\(leaf(kind)))"
        default: text += expression(kind, depth - 1)
        }
        text += " FROM \(table.source)"
        if random.below(2) == 0 { text += " WHERE \(expression(.boolean, depth - 1))" }
        return text + (random.below(2) == 0 ? " LIMIT 1" : "")
    }

    mutating func select() -> String {
        let outer = scope
        defer { scope = outer }
        let table = pick(Self.tables)
        enter(table.columns)
        var from = table.source
        if random.below(4) == 0 {
            let other = pick(Self.tables.filter { $0.source != table.source })
            enter(other.columns)
            let join = pick(["JOIN", "LEFT JOIN", "CROSS JOIN"])
            from += " \(join) \(other.source)" + (join == "CROSS JOIN" ? "" : " ON \(expression(.boolean, 2))")
        }
        let depth = 1 + random.below(4)
        var items = (0...random.below(3)).map { _ in expression(kind(), depth) }
        var ending = random.below(2) == 0 ? " WHERE \(expression(.boolean, depth))" : ""
        if random.below(3) == 0 {
            let keys = (0...random.below(2)).map { _ in expression(kind(), 1) }
            let aggregates = [
                "count", "sum", "avg", "min", "max", "median", "stddev", "group_concat", "total", "bool_or",
            ]
            let argument: [ValueKind] = [.integer, .real, .text, .timestamp]
            items =
                keys
                + (0...random.below(3)).map { _ in
                    "\(pick(aggregates))(\(random.below(4) == 0 ? "DISTINCT " : "")\(expression(pick(argument), 2)))"
                        + (random.below(5) == 0 ? " FILTER (WHERE \(expression(.boolean, 1)))" : "")
                }
            if random.below(6) != 0 { ending += " GROUP BY \(keys.joined(separator: ", "))" }
            if random.below(3) == 0 { ending += " HAVING count(*) \(pick(["<", ">"])) \(leaf(.integer))" }
        }
        if random.below(2) == 0 {
            ending +=
                " ORDER BY \(1 + random.below(items.count))\(pick(["", " DESC", " NULLS LAST", " DESC NULLS FIRST"]))"
        }
        if random.below(3) == 0 { ending += " LIMIT \(pick(["0", "1", "3", "9223372036854775807", "?"]))" }
        if random.below(6) == 0 { ending += " OFFSET \(pick(["0", "1", "9223372036854775807"]))" }
        return "SELECT \(random.below(5) == 0 ? "DISTINCT " : "")\(items.joined(separator: ", ")) FROM \(from)\(ending)"
    }

    mutating func statement() -> String {
        let outer = scope
        defer { scope = outer }
        scope = []
        let stored = Array(Self.tables.prefix(3))
        switch random.below(16) {
        case 0:
            return
                "INSERT INTO t VALUES (\(expression(.integer, 2)), \(expression(.integer, 2)), \(expression(.text, 2)))"
                + pick([
                    " ON CONFLICT DO NOTHING",
                    " ON CONFLICT (a) DO UPDATE SET b = excluded.b + t.a, c = t.c || excluded.c",
                ])
        case 1: return "INSERT INTO u SELECT \(columns([.integer, .real, .text]))"
        case 2, 3:
            let table = pick(stored)
            enter(table.columns)
            let column = pick(table.columns)
            return
                "UPDATE \(table.source) SET \(column.0) = \(expression(column.1, 3)) WHERE \(expression(.boolean, 2))"
        case 4:
            let table = pick(stored)
            enter(table.columns)
            return "DELETE FROM \(table.source) WHERE \(expression(.boolean, 3)) RETURNING \(expression(kind(), 2))"
        case 5, 6:
            enter(Self.tables[0].columns)
            return "SEARCH \(pick(["docs", "help"])) FOR \(leaf(.text)) WHERE \(expression(.boolean, 2)) RETURN "
                + "\(expression(kind(), 2)), score, snippet(body), why() LIMIT \(pick(["1", "10", "1000000", "0"]))"
        case 7:
            let kinds = [kind(), kind()]
            return
                "SELECT \(columns(kinds)) \(pick(["UNION", "UNION ALL", "EXCEPT", "INTERSECT"])) SELECT \(columns(kinds)) ORDER BY 1"
        case 8: return "EXPLAIN \(pick(["", "ANALYZE "]))\(select())"
        case 9:
            let table = pick(stored)
            let names = (0...random.below(2)).map { _ in pick(table.columns).0 }
            return
                "CREATE \(pick(["", "UNIQUE "]))INDEX \(pick(["i", "j"])) ON \(table.source) (\(names.joined(separator: ", ")))"
        case 10:
            return pick([
                "BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT s", "ROLLBACK TO s",
                "TRAIN finder USING retriever ON docs (body)",
                "TRAIN m USING retriever ON u (z) SHARDS 2", "DEPLOY finder AS help", "ROLLBACK DEPLOYMENT help",
                "DROP INDEX i", "DROP TABLE u", "CREATE INDEX u_text ON u USING text (z)", "SEARCH u FOR 'x y z'",
                "EVALUATE finder FROM (SELECT body AS query, id AS document, year AS grade FROM docs)",
                "DROP INDEX docs_text",
            ])
        default: return select()
        }
    }

    private mutating func columns(_ kinds: [ValueKind]) -> String {
        let table = pick(Self.tables)
        let outer = scope
        defer { scope = outer }
        enter(table.columns)
        return kinds.map { expression($0, 2) }.joined(separator: ", ") + " FROM \(table.source)"
    }
}
