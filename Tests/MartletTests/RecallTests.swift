// EXPLAIN (RECALL).

import MartletCore
import Testing

extension EngineTests {
    @Suite struct RecallTests {
        private func made() throws -> TestDatabase {
            let database = try TestDatabase()
            try database.run("CREATE TABLE t (id INTEGER PRIMARY KEY, kind INTEGER, body TEXT, v VECTOR(8))")
            let elements = [7919, 104_729, 1_299_709, 611_953, 15_485_863, 32_452_843, 49_979_687, 67_867_967]
                .map { "n * \($0) % 1009 - 504" }
            try database.run(
                """
                INSERT INTO t SELECT n, n % 100, 'a', vector(\(elements.joined(separator: ", ")))
                FROM (SELECT value AS n FROM generate_series(1, 8300))
                """)
            return database
        }

        @Test func aWalkIsMeasuredAgainstTheExactSearch() throws {
            let database = try made()
            try database.run("CREATE INDEX t_v ON t USING hnsw (v) WITH (metric = 'l2', m = 4, ef_construction = 12)")
            let search = "SEARCH t FOR v NEAR '[1, 2, 3, 4, 5, 6, 7, 8]'"
            let rows = try database.run("EXPLAIN (RECALL) \(search) LIMIT 20 WITH (ef = 20)").map {
                $0.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
            }
            #expect(rows.count >= 3)
            #expect(rows[0][0...3] == ["v", "20", "NULL", "walk"] && rows[0][8] == "this search", "\(rows)")
            #expect(rows[1][3...6] == ["scan", "20", "20", "1.0"] && rows[1][8] == "exact search", "\(rows)")
            #expect(rows.last?[8] == "enough for 0.99", "\(rows)")
            // What it says is so.
            let exact = Set(try database.run("\(search) RETURN id LIMIT 20 WITH (exact = true)"))
            let own = Set(try database.run("\(search) RETURN id LIMIT 20 WITH (ef = 20)"))
            #expect(rows[0][5] == "\(exact.intersection(own).count)")
            let enough = try database.run("\(search) RETURN id LIMIT 20 WITH (ef = \(rows.last?[1] ?? ""))")
            #expect(Set(enough) == exact)
            // The first one tried is the number of rows, then twice as many each time.
            #expect(rows.dropFirst(2).map { $0[1] } == rows.dropFirst(2).indices.map { "\(20 << ($0 - 2))" })

            let filtered = try database.run("EXPLAIN (RECALL) \(search) WHERE kind = 3 LIMIT 5")
            #expect(filtered.count == 2 && filtered[0].hasPrefix("v|64|NULL|scan|5|5|1.0|"), "\(filtered)")
            let inside = try database.run("EXPLAIN (RECALL) SELECT id FROM (\(search) LIMIT 3)")
            #expect(inside[0].hasPrefix("v|64|NULL|walk|3|"), "\(inside)")
        }

        @Test func listsAreMeasuredByProbes() throws {
            let database = try made()
            try database.run("CREATE INDEX t_v ON t USING ivf (v) WITH (metric = 'l2', lists = 64)")
            let search = "SEARCH t FOR v NEAR '[1, 2, 3, 4, 5, 6, 7, 8]'"
            let rows = try database.run("EXPLAIN (RECALL) \(search) LIMIT 20 WITH (probes = 1)").map {
                $0.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
            }
            #expect(rows[0][0...3] == ["v", "NULL", "1", "lists"] && rows[0][8] == "this search", "\(rows)")
            #expect(rows[1][3...6] == ["scan", "20", "20", "1.0"] && rows[1][8] == "exact search", "\(rows)")
            // One, then twice as many each time.
            #expect(rows.count > 3 && rows.last?[8] == "enough for 0.99", "\(rows)")
            #expect(rows.dropFirst(2).map { $0[2] } == rows.dropFirst(2).indices.map { "\(1 << ($0 - 2))" })
            let exact = Set(try database.run("\(search) RETURN id LIMIT 20 WITH (exact = true)"))
            let own = Set(try database.run("\(search) RETURN id LIMIT 20 WITH (probes = 1)"))
            #expect(rows[0][5] == "\(exact.intersection(own).count)" && own.count == 20)
        }

        @Test func exactSearchesMissNothing() throws {
            let database = try TestDatabase()
            try database.run("CREATE TABLE t (id INTEGER PRIMARY KEY, body TEXT, v VECTOR(2))")
            try database.run("INSERT INTO t VALUES (1, 'a', '[1, 0]'), (2, 'b', '[0, 1]'), (3, 'c', NULL)")
            let search = "EXPLAIN (RECALL) SEARCH t FOR v NEAR '[1, 1]'"
            let compared = try database.run(search)
            #expect(compared[0].hasPrefix("v|NULL|NULL|rows|2|2|1.0|"), "\(compared)")
            try database.run("CREATE INDEX t_v ON t USING flat (v)")
            try database.run("CREATE INDEX t_body ON t USING text (body)")
            let two = try database.run("EXPLAIN (RECALL) SEARCH t FOR 'a', v NEAR '[1, 1]', v NEAR ROW 1 LIMIT 1")
            #expect(two.count == 4 && two[0].hasPrefix("v|NULL|NULL|scan|2|2|1.0|"), "\(two)")
            #expect(two[2].hasPrefix("v|NULL|NULL|scan|1|1|1.0|"), "\(two)")
            #expect(try database.run("EXPLAIN (RECALL) SEARCH t FOR v NEAR NULL").isEmpty)
            for other in ["SEARCH t FOR 'a'", "SELECT 1", "DELETE FROM t"] {
                #expect(
                    code { () throws(Diagnostic) in try database.run("EXPLAIN (RECALL) \(other)") } == .misplaced)
            }
            #expect(try database.run("SELECT count(*) FROM t") == ["3"])
        }
    }
}
