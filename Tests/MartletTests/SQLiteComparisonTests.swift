// Random statements give what SQLite gives. `MARTLET_RANDOM_SEEDS=1000` tries so many seeds, `MARTLET_RANDOM_FIRST` is
// where they begin.

import Foundation
import MartletCore
import MartletRuntime
import Testing

private let seeds: ClosedRange<UInt64> = {
    let environment = ProcessInfo.processInfo.environment
    let first = environment["MARTLET_RANDOM_FIRST"].flatMap(UInt64.init) ?? 1
    let count = environment["MARTLET_RANDOM_SEEDS"].flatMap(UInt64.init) ?? 8
    return first...first + max(count, 1) - 1
}()

extension EngineTests {
    @Suite(.enabled(if: SQLiteShell.path != nil, "no sqlite3 on this machine")) struct SQLiteComparisonTests {
        @Test func sameRows() throws {
            for seed in seeds { try compare(seed: seed) }
        }

        @Test func sameRowsOfQueryFamilies() throws {
            for seed in seeds {
                var writer = QueryFamilies(seed: seed)
                let schema = writer.schema()
                let queries = (0..<200).map { _ in writer.next() }
                let database = try TestDatabase()
                let session = database.session()
                for statement in ["PRAGMA division_by_zero = null", "PRAGMA ungrouped_columns = first"] + schema {
                    try session.texts(statement)
                }
                let expected = try SQLiteShell.run(schema + queries).dropFirst(schema.count)
                for (query, wanted) in zip(queries, expected) {
                    let given: [String]
                    do throws(Diagnostic) {
                        given = try rows(session, query)
                    } catch {
                        given = ["\(error)"]
                    }
                    if given.map(Self.untyped).sorted() != wanted.map(Self.untyped).sorted() {
                        Issue.record("seed \(seed): \(query)\nexpected \(wanted)\ngot      \(given)")
                    }
                }
            }
        }

        private func compare(seed: UInt64) throws {
            var writer = StatementWriter(seed: seed)
            let statements = (0..<150).map { _ in writer.next() }
            var script = StatementWriter.schema
            for statement in statements {
                switch statement {
                case .query(let sql, _): script.append(sql)
                case .change(let sql): script += [sql] + StatementWriter.dumps
                }
            }
            let database = try TestDatabase()
            let session = database.session()
            try session.texts("PRAGMA division_by_zero = null")
            for statement in StatementWriter.schema { try session.texts(statement) }
            var expected = try SQLiteShell.run(script).dropFirst(StatementWriter.schema.count)
            var log: [String] = []
            for statement in statements {
                switch statement {
                case .query(let sql, let isOrdered):
                    let wanted = expected.removeFirst()
                    let given: [String]
                    do throws(Diagnostic) {
                        given = try rows(session, sql)
                    } catch {
                        given = ["\(error)"]
                    }
                    guard (isOrdered ? given : given.sorted()) == (isOrdered ? wanted : wanted.sorted()) else {
                        Issue.record("seed \(seed): \(sql)\nexpected \(wanted)\ngot      \(given)")
                        continue
                    }
                case .change(let sql):
                    log.append(sql)
                    expected.removeFirst()
                    let failure = TrySession.failure(session, sql)
                    for dump in StatementWriter.dumps {
                        let wanted = expected.removeFirst()
                        let given = try rows(session, dump)
                        if given != wanted {
                            Issue.record(
                                "seed \(seed): \(dump)\nexpected \(wanted)\ngot      \(given)\nafter \(failure as Any)\n\(log.suffix(8).joined(separator: "\n"))"
                            )
                            // All that follows would differ too.
                            return
                        }
                    }
                }
            }
            if log.isEmpty { Issue.record("seed \(seed): no change was tried") }
            _ = TrySession.failure(session, "ROLLBACK")
            #expect(try database.problems() == [], "seed \(seed)")
        }

        private func rows(_ session: EngineSession, _ sql: String) throws(Diagnostic) -> [String] {
            try session.run(sql).rows().map { $0.map(Self.text).joined(separator: "|") }
        }

        /// Without what tells 7 from 7.0: a column of INTEGER and REAL numbers is REAL here.
        private static func untyped(_ row: String) -> String {
            row.split(separator: "|", omittingEmptySubsequences: false)
                .map { $0 == "-0.0" ? "0" : $0.hasSuffix(".0") ? String($0.dropLast(2)) : String($0) }
                .joined(separator: "|")
        }

        /// As the shell of SQLite prints it.
        private static func text(_ value: Value) -> String {
            switch value {
            case .boolean(let flag): return flag ? "1" : "0"
            case .text(let text): return text
            case .real(let number):
                let text = String(format: "%.15g", number)
                return text.contains(where: { ".en".contains($0) }) ? text : text + ".0"
            default: return TextForm.value(value)
            }
        }
    }
}
