// Changes to an input that know its tokens: most of what comes out still binds and runs.

import FuzzSupport
import MartletCore
import MartletLanguage

@_silgen_name("LLVMFuzzerMutate")
private func mutateBytes(_ data: UnsafeMutablePointer<UInt8>, _ size: Int, _ maximum: Int) -> Int

@_cdecl("LLVMFuzzerCustomMutator")
public func mutate(_ data: UnsafeMutablePointer<UInt8>, _ size: Int, _ maximum: Int, _ seed: UInt32) -> Int {
    var random = SeededRandom(seed: UInt64(seed))
    // A quarter is left to libFuzzer's own mutations: bytes that no lexer likes are inputs too.
    if random.below(4) == 0 { return mutateBytes(data, size, maximum) }
    let bytes = Array(UnsafeBufferPointer(start: data, count: size))
    let changed = changeTokens(of: bytes, &random)
    if changed.isEmpty || changed.count > maximum { return mutateBytes(data, size, maximum) }
    data.update(from: changed, count: changed.count)
    return changed.count
}

private func changeTokens(of bytes: [UInt8], _ random: inout SeededRandom) -> [UInt8] {
    var lexer = Lexer(bytes)
    var tokens: [ArraySlice<UInt8>] = []
    while tokens.count < 500 {
        let token = lexer.next()
        if token.kind == .endOfText { break }
        tokens.append(bytes[token.start..<token.end])
    }
    var generator = StatementGenerator(random: random)
    for _ in 0...random.below(3) {
        let place = random.below(tokens.count + 1)
        let end = min(tokens.count, place + 1 + (random.below(3) == 0 ? random.below(6) : 0))
        switch random.below(9) {
        case 0: tokens.removeSubrange(place..<end)
        case 1: tokens.insert(contentsOf: tokens[place..<end], at: random.below(tokens.count + 1))
        case 2 where !tokens.isEmpty: tokens.swapAt(random.below(tokens.count), random.below(tokens.count))
        case 3, 4: tokens.replaceSubrange(place..<end, with: [Array(generator.leaf().utf8)[...]])
        case 5, 6: tokens.replaceSubrange(place..<end, with: [Array(generator.expression(2).utf8)[...]])
        case 7: tokens.append(Array((";" + generator.statement()).utf8)[...])
        default: tokens = [Array(generator.statement().utf8)[...]]
        }
    }
    return Array(tokens.joined(separator: [0x20]))
}

/// Random statements over the template's schema.
struct StatementGenerator {
    var random: SeededRandom

    private static let columns = [
        "id", "title", "body", "lang", "year", "added", "extra", "emb", "price", "flag", "data", "a", "b", "c", "x",
        "y",
        "z", "*",
    ]
    private static let literals = [
        "0", "1", "-1", "2", "9223372036854775807", "-9223372036854775808", "0.5", "-0.0", "1e308", "5e-324", "NULL",
        "TRUE", "FALSE", "''", "'a'", "'swift'", "'%a_'", "'2024-02-29'", "'9999-12-31 23:59:59'", "'é漢字'", "'1'",
        "x'00ff'", "[1, 2, 3]", "[0, 0, 0]", "'{\"a\": [1]}'", "'$.a[0]'", "INTERVAL '1 month'", "?", "?2", ":q",
        "TIMESTAMP '0001-01-01'", "CURRENT_TIMESTAMP", "'%Y-%m-%d'", "'month'", "64", "1000000", "'[a-z]+(b|c)*'",
    ]
    private static let operators = [
        "+", "-", "*", "/", "%", "||", "=", "<>", "<", "<=", ">", ">=", "AND", "OR", "IS", "IS NOT", "LIKE", "GLOB",
        "REGEXP", "&", "|", "<<", ">>", "->", "->>", "IS DISTINCT FROM", "NOT LIKE", "ILIKE",
    ]
    private static let types = [
        "INTEGER", "REAL", "TEXT", "BLOB", "BOOLEAN", "TIMESTAMP", "JSON", "VECTOR(3)", "VECTOR(3, i8)",
        "VECTOR(3, bit)",
    ]

    private mutating func pick(_ list: [String]) -> String { list.isEmpty ? "" : list[random.below(list.count)] }

    mutating func leaf() -> String { random.below(2) == 0 ? pick(Self.columns) : pick(Self.literals) }

    mutating func expression(_ depth: Int) -> String {
        if depth <= 0 { return leaf() }
        switch random.below(14) {
        case 0, 1: return leaf()
        case 2, 3: return "(\(expression(depth - 1)) \(pick(Self.operators)) \(expression(depth - 1)))"
        case 4: return pick(["-", "NOT ", "~", "+"]) + expression(depth - 1)
        case 5: return "CAST(\(expression(depth - 1)) AS \(pick(Self.types)))"
        case 6: return "CASE WHEN \(expression(depth - 1)) THEN \(expression(depth - 1)) ELSE \(leaf()) END"
        case 7: return "\(expression(depth - 1)) BETWEEN \(leaf()) AND \(leaf())"
        case 8: return "\(expression(depth - 1)) IN (\(leaf()), \(expression(depth - 1)))"
        case 9: return "(SELECT \(expression(depth - 1)) FROM \(table()) LIMIT 1)"
        case 10: return "\(expression(depth - 1)) IN (SELECT \(leaf()) FROM \(table()))"
        default:
            let arguments = (0..<random.below(4)).map { _ in expression(depth - 1) }
            return "\(pick(FunctionNames.all))(\(arguments.joined(separator: ", ")))"
        }
    }

    private mutating func table() -> String {
        pick([
            "docs", "t", "u", "docs", "(SEARCH help FOR 'vpn swift') AS s",
            "(SELECT a AS x, c AS z, b AS y FROM t) AS u",
        ])
    }

    mutating func select() -> String {
        var text = "SELECT \(random.below(5) == 0 ? "DISTINCT " : "")"
        text += (0...random.below(3)).map { _ in expression(3) }.joined(separator: ", ")
        text += " FROM \(table())"
        if random.below(4) == 0 { text += pick([" JOIN t AS k ON ", " LEFT JOIN u AS k ON "]) + expression(2) }
        if random.below(2) == 0 { text += " WHERE \(expression(3))" }
        if random.below(4) == 0 { text += " GROUP BY \(expression(1))" }
        if random.below(6) == 0 { text += " HAVING \(expression(2))" }
        if random.below(3) == 0 { text += " ORDER BY \(expression(1))\(pick(["", " DESC", " NULLS LAST"]))" }
        if random.below(3) == 0 { text += " LIMIT \(pick(["0", "1", "3", "9223372036854775807"]))" }
        if random.below(6) == 0 { text += " OFFSET \(leaf())" }
        return text
    }

    mutating func statement() -> String {
        switch random.below(12) {
        case 0:
            return "INSERT INTO t VALUES (\(expression(2)), \(expression(2)), \(expression(2))) ON CONFLICT DO NOTHING"
        case 1: return "INSERT INTO u \(select())"
        case 2:
            return
                "UPDATE \(pick(["docs", "t", "u"])) SET \(pick(Self.columns)) = \(expression(3)) WHERE \(expression(2))"
        case 3: return "DELETE FROM \(pick(["docs", "t", "u"])) WHERE \(expression(3)) RETURNING \(expression(2))"
        case 4:
            return "SEARCH \(pick(["docs", "help"])) FOR \(expression(1)) WHERE \(expression(2)) RETURN "
                + "\(expression(2)), score, snippet(\(leaf())), why() LIMIT \(leaf())"
        case 5: return "\(select()) \(pick(["UNION", "UNION ALL", "EXCEPT", "INTERSECT"])) \(select())"
        case 6: return "EXPLAIN \(pick(["", "ANALYZE "]))\(select())"
        case 7: return "CREATE \(pick(["", "UNIQUE "]))INDEX i ON \(pick(["docs", "t", "u"])) (\(pick(Self.columns)))"
        default: return select()
        }
    }
}

extension SeededRandom {
    mutating func below(_ limit: Int) -> Int { Int(next() >> 33) % max(1, limit) }
}
