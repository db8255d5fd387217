import MartletCore
import MartletLanguage
import Testing

@Test func smoke() throws {
    let text = """
        CREATE TABLE docs (id TEXT PRIMARY KEY, title TEXT, body TEXT NOT NULL, lang TEXT DEFAULT 'en', year INTEGER,
                           added TIMESTAMP, extra JSON, emb VECTOR(384));
        CREATE UNIQUE INDEX docs_title ON docs (title);
        CREATE INDEX docs_text ON docs USING text (title WEIGHT 3, body) WITH (language = 'english');
        CREATE INDEX docs_emb  ON docs USING hnsw (emb) WITH (metric = 'cosine', m = 16, ef_construction = 200, quantize = 'i8');
        COPY docs FROM 'docs.jsonl';   COPY docs (id, body) FROM 'x.csv' WITH (header = true);   COPY (SELECT 1) TO 'out.csv';
        INSERT INTO docs (id, body) VALUES (?, ?), (:id, :body) ON CONFLICT (id) DO UPDATE SET body = excluded.body RETURNING id;
        UPDATE t SET a = 1 WHERE b; DELETE FROM t WHERE a = 3 RETURNING *; ALTER TABLE docs ADD COLUMN topic TEXT GENERATED ALWAYS AS (predict(topics, body)) STORED;
        BEGIN READ ONLY; SAVEPOINT a; ROLLBACK TO a; COMMIT;
        EXPLAIN ANALYZE (FORMAT json) SELECT 1;
        TRAIN finder USING retriever ON docs (title, body) FROM (SELECT query, doc AS document FROM clicks) SHARDS 4;
        TRAIN intent USING text_classifier FROM messages LABEL label SHARDS 2 WITH (epochs = 10, seed = 7);
        TRAIN income USING boosted_trees FROM adult LABEL label WITH (split = 0.2, grid = (leaves = (15, 31), rate = (0.05, 0.1)));
        TRAIN shirt  USING mlp FROM images LABEL kind SHARDS 8 AGGREGATE mean ROUNDS 5 ASYNC;
        EVALUATE finder FROM (SELECT query, document, grade FROM judgements) WITH (metrics = 'ndcg@10, p@1, recall@100');
        EVALUATE income@3 FROM holdout BY country;
        SELECT id, predict(intent, body) AS intent, probability(intent, 'refund', body) FROM inbox ORDER BY 3 DESC;
        PREDICT income FROM applicants INTO scored;
        DEPLOY finder@latest AS helpdesk REPLICAS 1 TO 4 WHEN new.ndcg >= current.ndcg WITH (queue = 256, timeout = '2s');
        SHOW DEPLOYMENTS;  ROLLBACK DEPLOYMENT helpdesk;  UNDEPLOY helpdesk; SYSTEM STATUS;  SHUTDOWN;
        SEARCH helpdesk FOR 'how do I reset my password' WHERE lang = 'en' LIMIT 5;
        SEARCH docs FOR title, body QUERY '+lmdb "map full"~2 -windows crsh~1' WEIGHT 2, emb NEAR 'disk quota error'
           WHERE year >= 2023 FUSE BY rrf RERANK BY helpdesk TOP 50 RETURN id, score, snippet(body), why() LIMIT 10;
        SELECT d.id, s.score FROM (SEARCH docs FOR 'swift') AS s JOIN docs d ON d.id = s.id;
        SELECT CASE WHEN c>(SELECT avg(c) FROM t1) THEN a*2 ELSE b*10 END FROM t1 WHERE NOT EXISTS (SELECT 1 FROM t1 AS x WHERE x.b<t1.b) ORDER BY 1;
        DROP TABLE IF EXISTS docs CASCADE; PRAGMA integrity_check;
        """
    let script = Parser.parse(text)
    for diagnostic in script.diagnostics {
        let range = diagnostic.range ?? .none
        Issue.record("\(diagnostic) at \(String(decoding: Array(text.utf8)[range.start..<range.end], as: UTF8.self))")
    }
    #expect(script.statements.count > 30)
}
