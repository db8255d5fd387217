// Prepared statements that write: plans that are used again, and many rows of parameters at once.

import Martlet
import Testing

extension EngineTests {
    @Suite struct PreparedWritesTests {
        private func session() throws -> Session { try Database.temporary().makeSession() }

        @Test func manyRowsOfParameters() throws {
            let session = try session()
            try session.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, v REAL NOT NULL, s TEXT DEFAULT 'none')")
            let insert = try session.prepare("INSERT INTO t VALUES (?, ? * 2, upper(?))")
            // More than a batch; NULLs, and integers among reals, which end a batch.
            var rows: [[any DatabaseValueConvertible]] = []
            for number in 0..<3_000 {
                let real: any DatabaseValueConvertible = number % 7 == 0 ? Double(number) : number
                let text: String? = number % 5 == 0 ? nil : "row \(number)"
                rows.append([number, real, text])
            }
            #expect(try insert.executeMany(rows) == 3_000)
            let read = try session.query("SELECT id, v, s FROM t ORDER BY id", as: (Int, Double, String?).self)
            #expect(read.count == 3_000)
            for (number, row) in read.enumerated() {
                #expect(row.0 == number && row.1 == Double(number * 2))
                #expect(row.2 == (number % 5 == 0 ? nil : "ROW \(number)"))
            }
        }

        @Test func manyRowsAreAllOrNothing() throws {
            let session = try session()
            try session.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, v INTEGER NOT NULL)")
            let insert = try session.prepare("INSERT INTO t VALUES (?, ?)")
            let rows: [[Int?]] = [[1, 1], [2, 2], [1, 3]]
            #expect(throws: MartletError.self) {
                try insert.executeMany(rows.map { $0 as [any DatabaseValueConvertible] })
            }
            #expect(throws: MartletError.self) { try insert.executeMany([[1, 1], [2, nil as Int?]]) }
            #expect(throws: MartletError.self) { try insert.executeMany([[1, 1], [2]]) }
            #expect(try session.query("SELECT * FROM t").isEmpty)
            try session.execute("BEGIN")
            #expect(throws: MartletError.self) { try insert.executeMany([[1, 1], [1, 2]]) }
            #expect(try insert.executeMany([[1, 1], [2, 2]]) == 2)
            #expect(
                try session.prepare("UPDATE t SET v = ? WHERE id = ?").executeMany([[10, 1], [20, 2], [0, 9]]) == 2)
            try session.execute("COMMIT")
            #expect(try session.query("SELECT v FROM t ORDER BY id").map { $0[0] } == [.integer(10), .integer(20)])
            #expect(throws: MartletError.self) { try session.prepare("SELECT ?").executeMany([[1]]) }
        }

        /// Plans are kept inside a transaction: they must not outlive a definition that was undone.
        @Test func plansInsideTransactions() throws {
            let session = try session()
            try session.execute("BEGIN")
            try session.execute("SAVEPOINT a")
            try session.execute("CREATE TABLE t (a INTEGER)")
            let insert = try session.prepare("INSERT INTO t VALUES (?)")
            for number in 0..<3 { #expect(try insert.execute(number) == 1) }
            #expect(try session.query("SELECT count(*) FROM t")[0][0] == .integer(3))
            try session.execute("ROLLBACK TO a")
            #expect(throws: MartletError.self) { try insert.execute(1) }
            // The same number of changes, so the same version of the catalog, but another table.
            try session.execute("CREATE TABLE t (a TEXT)")
            #expect(throws: MartletError.self) { try insert.execute(1) }
            #expect(try insert.execute("text") == 1)
            try session.execute("COMMIT")
            #expect(try insert.execute("more") == 1)
            #expect(try session.query("SELECT a FROM t").map { $0[0] } == [.text("text"), .text("more")])
        }

        @Test func plansAreMadeAgain() throws {
            let session = try session()
            try session.execute("CREATE TABLE t (a INTEGER)")
            let insert = try session.prepare("INSERT INTO t VALUES (?)")
            #expect(try insert.execute(1) == 1)
            try session.execute("DROP TABLE t")
            #expect(throws: MartletError.self) { try insert.execute(1) }
            try session.execute("CREATE TABLE t (a INTEGER CHECK (a > 5))")
            #expect(throws: MartletError.self) { try insert.execute(1) }
            #expect(try insert.execute(7) == 1)
        }
    }
}
