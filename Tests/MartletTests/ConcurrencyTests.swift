// Many sessions at once.

import Foundation
import MartletCore
import MartletRuntime
import Synchronization
import Testing

extension EngineTests {
    @Suite struct ConcurrencyTests {
        @Test func manyWriters() throws {
            let database = try TestDatabase()
            try database.run("CREATE TABLE t (id INTEGER PRIMARY KEY, writer INTEGER, n INTEGER, body TEXT)")
            try database.run("CREATE UNIQUE INDEX t_key ON t (writer, n)")
            try database.run("CREATE INDEX t_text ON t USING text (body)")
            try database.run("CREATE TABLE total (id INTEGER PRIMARY KEY, n INTEGER)")
            try database.run("INSERT INTO total VALUES (1, 0)")
            let errors = onThreads(6) { writer in
                let session = database.session()
                for n in 0..<25 {
                    if n % 5 == 0 {
                        // A whole transaction, of which the half is undone.
                        try session.texts("BEGIN")
                        try session.texts(
                            "INSERT INTO t (writer, n, body) VALUES (\(writer), \(n), 'grouped word\(writer)')")
                        try session.texts("UPDATE total SET n = n + 1")
                        try session.texts(n % 2 == 0 ? "COMMIT" : "ROLLBACK")
                    } else {
                        try session.texts(
                            "INSERT INTO t (writer, n, body) VALUES (\(writer), \(n), 'single word\(writer)')")
                        try session.texts("UPDATE total SET n = n + 1")
                    }
                }
            }
            #expect(errors.isEmpty, "\(errors)")
            // Of n = 0, 5, 10, 15, 20 the odd ones are rolled back.
            #expect(try database.run("SELECT count(*), count(DISTINCT id) FROM t") == ["138|138"])
            #expect(try database.run("SELECT n FROM total") == ["138"])
            #expect(try database.run("SELECT count(*) FROM (SEARCH t FOR 'word3' LIMIT 1000)") == ["23"])
            #expect(try database.problems() == [])
        }

        @Test func readersSeeWholeTransactions() throws {
            let database = try TestDatabase()
            try database.run("CREATE TABLE account (id INTEGER PRIMARY KEY, amount INTEGER)")
            try database.run("INSERT INTO account VALUES (1, 500), (2, 500)")
            let isDone = Atomic<Bool>(false)
            let errors = onThreads(4) { number in
                let session = database.session()
                if number == 0 {
                    for amount in 1...150 {
                        try session.texts("BEGIN")
                        try session.texts("UPDATE account SET amount = amount - \(amount % 7) WHERE id = 1")
                        try session.texts("UPDATE account SET amount = amount + \(amount % 7) WHERE id = 2")
                        try session.texts("COMMIT")
                    }
                    isDone.store(true, ordering: .releasing)
                } else {
                    while !isDone.load(ordering: .acquiring) {
                        let sum = try session.texts("SELECT sum(amount) FROM account")
                        if sum != ["1000"] { throw ScriptRunner.Failure(description: "the sum is \(sum)") }
                    }
                }
            }
            #expect(errors.isEmpty, "\(errors)")
        }

        @Test func definitionsChangeUnderRunningSessions() throws {
            let database = try TestDatabase()
            try database.run("CREATE TABLE t (a INTEGER, b TEXT)")
            try database.run("INSERT INTO t VALUES (1, 'one')")
            let session = database.session()
            #expect(try session.texts("SELECT * FROM t") == ["1|one"])
            try database.run("DROP TABLE t")
            try database.run("CREATE TABLE t (b TEXT, c REAL, a INTEGER)")
            try database.run("INSERT INTO t VALUES ('two', 0.5, 2)")
            #expect(try session.texts("SELECT * FROM t") == ["two|0.5|2"])
            // The plan of an open transaction's snapshot is the old one.
            try session.texts("BEGIN READ ONLY")
            try database.run("CREATE INDEX t_a ON t (a)")
            #expect(try session.texts("SELECT b FROM t WHERE a = 2") == ["two"])
            try session.texts("COMMIT")
            #expect(try session.texts("SELECT b FROM t WHERE a = 2") == ["two"])

            let errors = onThreads(3) { number in
                let session = database.session()
                for round in 0..<30 {
                    if number == 0 {
                        try session.texts("CREATE TABLE u\(round) (x INTEGER)")
                        try session.texts("CREATE INDEX v\(round) ON t (c)")
                        try session.texts("DROP INDEX v\(round)")
                        try session.texts("DROP TABLE u\(round)")
                    } else {
                        try session.texts("INSERT INTO t VALUES ('x', 1, \(number))")
                        try session.texts("SELECT count(*) FROM t WHERE c = 1")
                    }
                }
            }
            #expect(errors.isEmpty, "\(errors)")
            #expect(try database.run("SELECT count(*) FROM t") == ["61"])
            #expect(try database.problems() == [])
        }

        @Test func resultsAreReadWhileOthersWrite() throws {
            let database = try TestDatabase()
            try database.run("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)")
            try database.run(
                "INSERT INTO t (v) SELECT 'x' FROM (VALUES (1), (2), (3), (4), (5), (6), (7), (8), (9), (10)) AS a "
                    + "CROSS JOIN (VALUES (1), (2), (3), (4), (5), (6), (7), (8), (9), (10)) AS b "
                    + "CROSS JOIN (VALUES (1), (2), (3), (4), (5), (6), (7), (8), (9), (10)) AS c")
            let stream = try database.session().run("SELECT id FROM t")
            let first = try stream.next()
            try database.run("DELETE FROM t")
            var count = first?.count ?? 0
            while let batch = try stream.next() { count += batch.count }
            #expect(count == 1_000)
            #expect(try database.run("SELECT count(*) FROM t") == ["0"])
        }

        @Test func closedDatabase() throws {
            let database = try TestDatabase()
            let session = database.session()
            try session.texts("CREATE TABLE t (a INTEGER)")
            database.engine.close()
            #expect(code { () throws(Diagnostic) in _ = try session.run("SELECT * FROM t") } == .closed)
        }
    }
}
