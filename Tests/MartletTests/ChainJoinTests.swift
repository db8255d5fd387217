// As many tables in one FROM as there may be: the joins follow the equalities, wherever they stand.

import MartletCore
import MartletRuntime
import Testing

extension EngineTests {
    @Suite struct ChainJoinTests {
        private static let rowCount = 10

        /// Row `a` of a table is linked to row `link(a, table)` of another one; each row is linked to once.
        private static func link(_ a: Int, _ table: Int) -> Int { a * (table % rowCount + 1) % (rowCount + 1) }

        private static func database() throws -> TestDatabase {
            let database = try TestDatabase()
            let session = database.session()
            for table in 1...Limits.tablesPerJoin {
                try session.texts("CREATE TABLE t\(table) (a\(table) INTEGER PRIMARY KEY, b\(table) INTEGER)")
                let rows = (1...rowCount).map { "(\($0), \(link($0, table)))" }.joined(separator: ", ")
                try session.texts("INSERT INTO t\(table) VALUES \(rows)")
            }
            return database
        }

        @Test func joinsFollowTheEqualities() throws {
            let database = try Self.database()
            var random = SeededRandom(seed: 5)
            for count in [3, 11, 30, Limits.tablesPerJoin] {
                let tables = Array((1...Limits.tablesPerJoin).shuffled(using: &random).prefix(count))
                var row = Int.random(in: 1...Self.rowCount, using: &random)
                var terms = ["a\(tables[0]) = \(row)"]
                var rows = [row]
                for (table, next) in zip(tables, tables.dropFirst()) {
                    row = Self.link(row, table)
                    rows.append(row)
                    terms.append("b\(table) = a\(next)")
                }
                let from = tables.shuffled(using: &random).map { "t\($0)" }.joined(separator: ", ")
                let list = tables.map { "a\($0)" }.joined(separator: ", ")
                let filter = terms.shuffled(using: &random).joined(separator: " AND ")
                let given = try database.run("SELECT \(list) FROM \(from) WHERE \(filter)")
                #expect(given == [rows.map(String.init).joined(separator: "|")], "\(count) tables")
            }
        }

        @Test func reportsTooManyTables() throws {
            let database = try Self.database()
            let from = (1...Limits.tablesPerJoin).map { "t\($0)" }.joined(separator: ", ")
            #expect(
                code { () throws(Diagnostic) in try database.run("SELECT 1 FROM \(from), t1 AS more") }
                    == .limitExceeded)
        }
    }
}
