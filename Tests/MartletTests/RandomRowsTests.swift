// Random changes of a table with a primary key, a unique index and a text index, against a dictionary.

import Foundation
import MartletCore
import MartletRuntime
import Testing

extension EngineTests {
    @Suite struct RandomRowsTests {
        private struct Row: Equatable {
            var code: String?
            var body: String
            var n: Int
        }

        /// What the table must hold, with the constraints that the table has.
        private struct Model: Equatable {
            var rows: [Int: Row] = [:]

            func isTaken(_ code: String?, except id: Int? = nil) -> Bool {
                guard let code else { return false }
                return rows.contains { $0.key != id && $0.value.code == code }
            }

            var texts: [String] {
                rows.sorted { $0.key < $1.key }.map {
                    "\($0.key)|\($0.value.code ?? "NULL")|\($0.value.body)|\($0.value.n)"
                }
            }
        }

        private static let words = ["kite", "swift", "barn", "wing", "river"]

        @Test(arguments: 1...12 as ClosedRange<UInt64>)
        func againstADictionary(seed: UInt64) throws {
            var random = SeededRandom(seed: seed)
            let database = try TestDatabase()
            let session = database.session()
            try session.texts(
                "CREATE TABLE t (id INTEGER PRIMARY KEY, code TEXT UNIQUE, body TEXT NOT NULL, n INTEGER)")
            try session.texts("CREATE INDEX t_text ON t USING text (body) WITH (stopwords = false)")
            try session.texts("CREATE INDEX t_n ON t (n DESC, code)")
            var model = Model()
            var saved: Model?
            var log: [String] = []

            for step in 0..<180 {
                let id = Int.random(in: -3...12, using: &random)
                let code = Bool.random(using: &random) ? nil : "c\(Int.random(in: 0...8, using: &random))"
                let shownCode = code.map { "'\($0)'" } ?? "NULL"
                let body = (0..<Int.random(in: 1...4, using: &random))
                    .map { _ in Self.words.randomElement(using: &random) ?? "" }.joined(separator: " ")
                let n = Int.random(in: 0...5, using: &random)
                let before = model
                var sql: String
                var mayFail = false
                switch Int.random(in: 0..<12, using: &random) {
                case 0...3:
                    sql = "INSERT INTO t VALUES (\(id), \(shownCode), '\(body)', \(n))"
                    mayFail = model.rows[id] != nil || model.isTaken(code)
                    if !mayFail { model.rows[id] = Row(code: code, body: body, n: n) }
                case 4:
                    sql = "INSERT INTO t VALUES (\(id), \(shownCode), '\(body)', \(n)) ON CONFLICT DO NOTHING"
                    if model.rows[id] == nil, !model.isTaken(code) {
                        model.rows[id] = Row(code: code, body: body, n: n)
                    }
                case 5:
                    sql =
                        "INSERT INTO t VALUES (\(id), \(shownCode), '\(body)', \(n)) ON CONFLICT (id) DO UPDATE SET body = excluded.body, n = t.n + 1"
                    if let known = model.rows[id] {
                        model.rows[id] = Row(code: known.code, body: body, n: known.n + 1)
                    } else if model.isTaken(code) {
                        mayFail = true
                    } else {
                        model.rows[id] = Row(code: code, body: body, n: n)
                    }
                case 6:
                    sql = "UPDATE t SET body = '\(body)', n = n + 1 WHERE n = \(n)"
                    for (key, row) in model.rows where row.n == n {
                        model.rows[key] = Row(code: row.code, body: body, n: row.n + 1)
                    }
                case 7:
                    sql = "UPDATE t SET code = \(shownCode) WHERE id = \(id)"
                    if model.rows[id] != nil {
                        mayFail = model.isTaken(code, except: id)
                        if !mayFail { model.rows[id]?.code = code }
                    }
                case 8:
                    let offset = Int.random(in: -2...2, using: &random)
                    sql = "UPDATE t SET id = id + \(offset) WHERE n >= \(n)"
                    let moved = model.rows.filter { $0.value.n >= n }
                    let rest = model.rows.filter { $0.value.n < n }
                    mayFail = moved.contains { rest[$0.key + offset] != nil }
                    if !mayFail {
                        model.rows = rest
                        for (key, row) in moved { model.rows[key + offset] = row }
                    }
                case 9:
                    sql = "DELETE FROM t WHERE id = \(id) OR (n = \(n) AND body LIKE '%kite%')"
                    model.rows = model.rows.filter { key, row in
                        key != id && !(row.n == n && row.body.contains("kite"))
                    }
                default:
                    switch (saved, Int.random(in: 0..<3, using: &random)) {
                    case (nil, _):
                        sql = "BEGIN"
                        saved = model
                    case (let old?, 0):
                        sql = "ROLLBACK"
                        model = old
                        saved = nil
                    case (.some, _):
                        sql = "COMMIT"
                        saved = nil
                    }
                }
                log.append(sql)
                let failure = TrySession.failure(session, sql)
                let note = "seed \(seed), step \(step):\n\(log.suffix(12).joined(separator: "\n"))"
                if mayFail {
                    #expect(failure?.code == .unique, "\(failure as Any) \(note)")
                    model = before
                } else {
                    try #require(failure == nil, "\(failure as Any) \(note)")
                }
                try #require(try session.texts("SELECT * FROM t ORDER BY id") == model.texts, "\(note)")
                for word in Self.words {
                    let expected = model.rows.filter { $0.value.body.contains(word) }.keys.sorted().map(String.init)
                    let found = try session.texts("SELECT id FROM (SEARCH t FOR '\(word)' LIMIT 100) ORDER BY id")
                    try #require(found == expected, "\(word) \(note)")
                }
                let byIndex = try session.texts("SELECT id FROM t WHERE n = \(n) ORDER BY id")
                try #require(
                    byIndex == model.rows.filter { $0.value.n == n }.keys.sorted().map(String.init), "\(note)")
                if let code {
                    let byCode = try session.texts("SELECT id FROM t WHERE code = '\(code)'")
                    try #require(byCode == model.rows.filter { $0.value.code == code }.keys.map(String.init), "\(note)")
                }
                if step % 30 == 29, saved == nil { #expect(try database.problems() == [], "\(note)") }
            }
            if saved != nil { try session.texts("COMMIT") }
            #expect(try database.problems() == [], "seed \(seed)")
            #expect(try database.run("SELECT rows FROM sys.tables") == ["\(model.rows.count)"])
        }
    }
}

enum TrySession {
    static func failure(_ session: EngineSession, _ sql: String) -> Diagnostic? {
        do throws(Diagnostic) {
            try session.texts(sql)
            return nil
        } catch {
            return error
        }
    }
}
