-- The main job from beginning to end, on the documents that every copy of Martlet carries: its own reference.
-- Run it from the top of the repository: martlet demo.martlet --echo -f Tests/Demo/demo.sql

-- 1. Load. The pages are rows of sys.reference; the judgements are a file: what people might ask, and which pages answer.
CREATE TABLE docs (
    id TEXT PRIMARY KEY, kind TEXT NOT NULL, title TEXT NOT NULL, keywords TEXT NOT NULL DEFAULT '', body TEXT NOT NULL);
INSERT INTO docs SELECT id, kind, title, keywords, body FROM sys.reference;

CREATE TABLE judgements (
    query TEXT NOT NULL, document TEXT NOT NULL, grade INTEGER NOT NULL, PRIMARY KEY (query, document));
COPY judgements FROM 'Tests/Demo/questions.jsonl';

SELECT kind, count(*) AS pages FROM docs GROUP BY kind ORDER BY pages DESC, kind;
SELECT count(DISTINCT query) AS questions, count(*) AS judgements FROM judgements;

-- 2. A text index makes the table itself searchable.
CREATE INDEX docs_text ON docs USING text (title WEIGHT 3, keywords, body) WITH (language = 'english');

-- 3. Train a retriever in two shards, side by side, and put it into service as `help`.
TRAIN finder USING retriever ON docs (title, keywords, body) SHARDS 2;
DEPLOY finder AS help REPLICAS 1 TO 2;
SHOW MODELS;
SHOW DEPLOYMENTS;

-- 4. Search: the deployment, the deployment with a filter, and the table with its own index.
SEARCH help FOR 'how do I undo a deployment' RETURN id, title, score, snippet(body) LIMIT 3;
SEARCH help FOR 'duplicate key' WHERE kind = 'error' RETURN id, title, score, snippet(body) LIMIT 3;
SEARCH docs FOR title, body MATCH 'load a csv file with semicolons' RETURN id, title, score, snippet(body) LIMIT 3;

-- 5. Evaluate against the judgements, with the figures that trec_eval would give.
EVALUATE help FROM (SELECT query, document, grade FROM judgements) WITH (metrics = 'ndcg@10, p@1, recall@100');

-- 6. Documents that come or change after training are found through the deployment in the very next statement.
INSERT INTO docs (id, kind, title, body) VALUES
    ('note/heron', 'note', 'The heron on the roof', 'Our office heron likes fish and quiet mornings.');
SEARCH help FOR 'heron' RETURN id, title, score, snippet(body);
UPDATE docs SET body = 'Our office heron has moved to the lighthouse.' WHERE id = 'note/heron';
SEARCH help FOR 'lighthouse' RETURN id, title, score, snippet(body);
