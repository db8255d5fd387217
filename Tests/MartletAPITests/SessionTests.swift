// Transactions, savepoints, cursors and prepared statements.

import Foundation
import Martlet
import Testing

@Suite struct SessionTests {
    struct Refused: Error {}

    private func database() async throws -> Database {
        let database = try Database.temporary()
        try await database.execute("CREATE TABLE t (x INTEGER PRIMARY KEY)")
        return database
    }

    private func contents(_ database: Database) async throws -> [Int] {
        try await database.query("SELECT x FROM t ORDER BY x", as: Int.self)
    }

    @Test func writeCommitsOrUndoes() async throws {
        let database = try await database()
        let result = try await database.write { session in
            for x in 1...3 { try session.execute("INSERT INTO t VALUES (\(x))") }
            return try session.query("SELECT count(*) FROM t", as: Int.self)[0]
        }
        #expect(result == 3)
        await #expect(throws: Refused.self) {
            try await database.write { session in
                try session.execute("INSERT INTO t VALUES (4)")
                throw Refused()
            }
        }
        let duplicate = await #expect(throws: MartletError.self) {
            try await database.write { session in
                try session.execute("INSERT INTO t VALUES (5)")
                try session.execute("INSERT INTO t VALUES (1)")
            }
        }
        #expect(duplicate?.code == "E0402")
        #expect(try await contents(database) == [1, 2, 3])
    }

    @Test func aFailedStatementLeavesTheTransactionUsable() async throws {
        let database = try await database()
        try await database.write { session in
            try session.execute("INSERT INTO t VALUES (1)")
            _ = try? session.execute("INSERT INTO t VALUES (2), (1)")
            try session.execute("INSERT INTO t VALUES (3)")
        }
        #expect(try await contents(database) == [1, 3])
    }

    @Test func readSeesOneSnapshotAndChangesNothing() async throws {
        let database = try await database()
        let (before, after) = try await database.read { session in
            let before = try session.query("SELECT count(*) FROM t", as: Int.self)[0]
            try database.makeSession().execute("INSERT INTO t VALUES (1)")
            return (before, try session.query("SELECT count(*) FROM t", as: Int.self)[0])
        }
        #expect(before == 0 && after == 0)
        let error = await #expect(throws: MartletError.self) {
            try await database.read { session in try session.execute("INSERT INTO t VALUES (2)") }
        }
        #expect(error?.code == "E0503")
        #expect(try await contents(database) == [1])
    }

    @Test func savepointsNest() async throws {
        let database = try await database()
        try await database.write { session in
            try session.execute("INSERT INTO t VALUES (1)")
            try session.savepoint {
                try session.execute("INSERT INTO t VALUES (2)")
                #expect(throws: Refused.self) {
                    try session.savepoint {
                        try session.execute("INSERT INTO t VALUES (3)")
                        try session.savepoint { try session.execute("INSERT INTO t VALUES (4)") }
                        throw Refused()
                    }
                }
                try session.execute("INSERT INTO t VALUES (5)")
            }
            #expect(throws: Refused.self) {
                try session.savepoint {
                    try session.execute("DELETE FROM t")
                    throw Refused()
                }
            }
        }
        #expect(try await contents(database) == [1, 2, 5])
    }

    @Test func transactionsOfASession() async throws {
        let database = try await database()
        let session = database.makeSession()
        #expect(!session.isInTransaction)
        try session.transaction {
            #expect(session.isInTransaction)
            try session.execute("INSERT INTO t VALUES (1)")
            let nested = #expect(throws: MartletError.self) { try session.transaction {} }
            #expect(nested?.code == "E0502")
        }
        #expect(throws: Refused.self) {
            try session.savepoint {
                try session.execute("INSERT INTO t VALUES (2)")
                throw Refused()
            }
        }
        #expect(!session.isInTransaction)
        #expect(try await contents(database) == [1])
    }

    @Test func aDroppedSessionUndoesItsTransaction() async throws {
        let database = try await database()
        do {
            let session = database.makeSession()
            try session.execute("BEGIN")
            try session.execute("INSERT INTO t VALUES (1)")
        }
        try await database.execute("INSERT INTO t VALUES (2)")
        #expect(try await contents(database) == [2])
        // BEGIN of a session that nobody keeps leaves nothing behind.
        try await database.execute("BEGIN")
        try await database.execute("INSERT INTO t VALUES (3)")
        #expect(try await contents(database) == [2, 3])
    }

    @Test func cursorsStopEarly() async throws {
        let database = try await database()
        try await database.write { session in
            for x in 0..<5_000 { try session.execute("INSERT INTO t VALUES (\(x))") }
        }
        let session = database.makeSession()
        let cursor = try session.cursor("SELECT x FROM t ORDER BY x")
        #expect(cursor.columns.names == ["x"])
        var sum = 0
        while let row = try cursor.next(), sum < 10 { sum += try row.get(0, as: Int.self) }
        // Other statements may run meanwhile; the cursor keeps its snapshot.
        try session.execute("DELETE FROM t WHERE x >= 10")
        var rest = 0
        try cursor.forEach { _ in rest += 1 }
        #expect(rest == 5_000 - 6)
        #expect(try cursor.next() == nil)
        let closed = try session.cursor("SELECT x FROM t")
        closed.close()
        #expect(try closed.next() == nil)
        #expect(try await contents(database).count == 10)
    }

    @Test func preparedStatements() async throws {
        let database = try await database()
        let session = database.makeSession()
        let insert = try session.prepare("INSERT INTO t VALUES (?)")
        for x in 1...5 { #expect(try insert.execute(x) == 1) }
        let range = try session.prepare("SELECT x FROM t WHERE x BETWEEN :low AND :high ORDER BY x")
        #expect(try range.query(["low": 2, "high": 3], as: Int.self) == [2, 3])
        #expect(try range.query(["low": 4, "high": 9]).map { $0[0] } == [4, 5])
        let one = try session.prepare("SELECT x, x * 2 FROM t WHERE x = ?")
        #expect(try one.query(4, as: (Int, Int).self).map(\.1) == [8])
        #expect(try one.query(4, as: Int.self) == [4])
        #expect(try one.cursor(1).next()?.count == 2)
        let unknown = #expect(throws: MartletError.self) { try range.query(["low": 1]) }
        #expect(unknown?.code.hasPrefix("E0") == true)
        let syntax = #expect(throws: MartletError.self) { try session.prepare("SELEC 1") }
        #expect(syntax?.code == "E0001")
        // A definition changes between two runs.
        let all = try session.prepare("SELECT * FROM t WHERE x = ?")
        #expect(try all.query(1)[0].count == 1)
        try session.execute("DROP TABLE t")
        try session.execute("CREATE TABLE t (x INTEGER PRIMARY KEY, y TEXT)")
        try session.execute("INSERT INTO t VALUES (1, 'y')")
        #expect(try all.query(1)[0].count == 2)
    }

    @Test func errorsAreValuesWithPlaces() async throws {
        let database = try await database()
        let error = await #expect(throws: MartletError.self) { try await database.query("SELECT xx FROM t") }
        #expect(error?.code == "E0102")
        #expect(error?.range == 7..<9)
        #expect(error?.hint?.contains("'x'") == true)
        #expect(error?.description.contains("E0102") == true)
        database.close()
        let closed = await #expect(throws: MartletError.self) { try await database.query("SELECT 1") }
        #expect(closed?.code == "E0710")
    }

    @Test func filesThatCannotBeOpened() throws {
        let missing = #expect(throws: MartletError.self) {
            try Database(path: "/nonexistent/folder/library.martlet")
        }
        #expect(missing?.code == "E0701")
        let path = FileManager.default.temporaryDirectory.appending(path: "not-ours-\(UUID()).martlet").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data("something else, long enough to be looked at".utf8).write(to: URL(filePath: path))
        #expect(throws: MartletError.self) { try Database(path: path) }
    }

    @Test func readOnlyFiles() async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "read-only-\(UUID()).martlet").path
        defer { for suffix in ["", "-lock"] { try? FileManager.default.removeItem(atPath: path + suffix) } }
        do {
            let database = try Database(path: path)
            try await database.execute("CREATE TABLE t (x INTEGER)")
            try await database.execute("INSERT INTO t VALUES (1)")
        }
        let database = try Database(path: path, configuration: .init(isReadOnly: true))
        #expect(try await contents(database) == [1])
        let error = await #expect(throws: MartletError.self) { try await database.execute("DELETE FROM t") }
        #expect(error?.code == "E0706")
    }
}
