// The main job, statement by statement: nothing of it fails.

import MartletCore
import MartletRuntime
import Testing

@Suite struct SmokeTests {
    @Test func mainJob() throws {
        let engine = try Engine.temporary()
        let session = EngineSession(engine)
        func run(_ text: String) throws {
            print(">", text)
            let result = try session.run(text)
            print(result.columns.map(\.name))
            for row in try result.rows() { print(row) }
        }
        try run(
            "CREATE TABLE docs (id TEXT PRIMARY KEY, title TEXT, body TEXT NOT NULL, lang TEXT DEFAULT 'en', year INTEGER)"
        )
        try run(
            "INSERT INTO docs (id, title, body, year) VALUES ('a', 'LMDB map full', 'When the map is full, writes fail.', 2020), ('b', 'Swift birds', 'A martlet never lands', 2021), ('c', 'VPN', 'my vpn drops all the time', 2022)"
        )
        try run("SELECT * FROM docs WHERE year >= 2021 ORDER BY year DESC")
        try run("SELECT count(*), sum(year), avg(year) FROM docs")
        try run("SELECT lang, count(*) AS n FROM docs GROUP BY lang HAVING count(*) > 1")
        try run("CREATE INDEX docs_text ON docs USING text (title WEIGHT 3, body)")
        try run("SEARCH docs FOR 'map full' RETURN id, score, snippet(body), why()")
        try run("TRAIN finder USING retriever ON docs (title, body) SHARDS 2")
        try run("DEPLOY finder AS help REPLICAS 1 TO 2")
        try run("SEARCH help FOR 'vpn martlet' WHERE year = 2022 RETURN id, score LIMIT 5")
        try run("UPDATE docs SET body = 'the vpn is up' WHERE id = 'a'")
        try run("SEARCH help FOR 'vpn' RETURN id, score LIMIT 5")
        try run("DELETE FROM docs WHERE id = 'c'")
        try run("SELECT s.id, s.score, d.year FROM (SEARCH help FOR 'vpn') AS s JOIN docs d ON d.id = s.id")
        try run(
            "EXPLAIN ANALYZE SELECT s.id, s.score, d.year FROM (SEARCH help FOR 'vpn' WHERE year > 2000) AS s JOIN docs d ON d.id = s.id"
        )
        try run("EXPLAIN TRAIN finder USING retriever ON docs (title, body) SHARDS 2")
        try run("SHOW models")
        try run("SHOW runs")
        try run("SHOW deployments")
        try run("EVALUATE finder FROM (SELECT 'vpn' AS query, 'a' AS document, 1 AS grade)")
        try run("PRAGMA integrity_check")
        try run("BEGIN")
        try run("INSERT INTO docs (id, body) VALUES ('x', 'xylophone')")
        try run("SEARCH docs FOR 'xylophone'")
        try run("ROLLBACK")
        try run("SEARCH docs FOR 'xylophone'")
        do { try run("SEARCH docs FOR boddy MATCH 'x'") } catch { print(error) }
    }
}
