-- Tables, indexes, views
CREATE TABLE docs (id TEXT PRIMARY KEY, title TEXT, body TEXT NOT NULL, lang TEXT DEFAULT 'en', year INTEGER,
                   added TIMESTAMP, extra JSON, emb VECTOR(384));
CREATE TABLE IF NOT EXISTS t (a INT, b BIGINT, c SMALLINT, d BOOL, e BOOLEAN, f DOUBLE PRECISION, g FLOAT, h VARCHAR(30),
                              i CHAR(2), j STRING, k BYTEA, l BLOB, m DATETIME, n REAL, o INTEGER(10), p DOUBLE(8, 2));
CREATE TABLE v (a VECTOR(3), b VECTOR(3, f32), c VECTOR(8, f16), d VECTOR(8, i8), e VECTOR(64, bit));
CREATE TEMPORARY TABLE scratch (a INTEGER);
CREATE TEMP TABLE scratch (a INTEGER NULL UNIQUE);
CREATE TABLE orders (id INTEGER PRIMARY KEY, customer INTEGER REFERENCES customers (id) ON DELETE CASCADE ON UPDATE SET NULL,
                     total REAL CHECK (total >= 0), CONSTRAINT positive CHECK (total < 1e9), UNIQUE (customer, total));
CREATE TABLE pairs (a INTEGER, b INTEGER, PRIMARY KEY (a, b), FOREIGN KEY (a, b) REFERENCES others (x, y) ON DELETE NO ACTION ON UPDATE SET DEFAULT);
CREATE TABLE named (a INTEGER CONSTRAINT small CHECK (a < 10) DEFAULT -1);
CREATE TABLE copy_of_docs AS SELECT * FROM docs WHERE year > 2000;
CREATE TABLE "select" ("from" TEXT, `group` TEXT, "odd ""name""" TEXT, "UPPER" TEXT);
CREATE TABLE label (label TEXT, model TEXT, search TEXT, score REAL, train INTEGER, key TEXT, text TEXT, date TEXT,
                    year INTEGER, query TEXT, document TEXT, replicas INTEGER, deploy TEXT, index INTEGER, table TEXT,
                    check TEXT, primary TEXT, constraint TEXT, by TEXT, to TEXT, timestamp TIMESTAMP, column TEXT);
CREATE TABLE topics (body TEXT, topic TEXT GENERATED ALWAYS AS (predict(topics, body)) STORED);
CREATE INDEX plain ON docs (year DESC, title, lower(lang) ASC);
CREATE UNIQUE INDEX docs_title ON docs (title);
CREATE INDEX IF NOT EXISTS docs_text ON docs USING text (title WEIGHT 3, body) WITH (language = 'english');
CREATE INDEX docs_emb ON docs USING hnsw (emb) WITH (metric = 'cosine', m = 16, ef_construction = 200, quantize = 'i8');
CREATE INDEX docs_lists ON docs USING ivf (emb) WITH (metric = 'l2', lists = 1000);
CREATE INDEX recent ON docs (title) WHERE year >= 2020;
CREATE VIEW english AS SELECT id, body FROM docs WHERE lang = 'en';
CREATE VIEW IF NOT EXISTS counts (lang, n) AS SELECT lang, count(*) FROM docs GROUP BY lang;
ALTER TABLE docs ADD COLUMN topic TEXT GENERATED ALWAYS AS (predict(topics, body)) STORED;
ALTER TABLE docs ADD pages INTEGER NOT NULL DEFAULT 0;
ALTER TABLE docs DROP COLUMN pages;
ALTER TABLE docs DROP pages;
ALTER TABLE docs RENAME COLUMN pages TO page_count;
ALTER TABLE docs RENAME pages TO page_count;
ALTER TABLE docs RENAME TO documents;
DROP TABLE docs;
DROP TABLE IF EXISTS docs CASCADE;
DROP INDEX docs_text RESTRICT;
DROP VIEW IF EXISTS english;
CREATE TABLE main.t (a INTEGER);
CREATE INDEX main.t_a ON t (a);
CREATE VIEW main.v AS SELECT a FROM main.t;
DROP TABLE main.t;
UPDATE OR REPLACE t SET a = 1;
UPDATE OR IGNORE t AS x SET a = 1 WHERE a = 2;
UPDATE OR ABORT main.t SET a = 1;

-- Rows in
INSERT INTO docs (id, body) VALUES (?, ?), (:id, :body) ON CONFLICT (id) DO UPDATE SET body = excluded.body RETURNING id;
INSERT INTO docs VALUES (1, 'a', NULL), (2, 'it''s', x'00ff');
INSERT INTO docs DEFAULT VALUES;
INSERT INTO docs SELECT * FROM old_docs WHERE year < 2000 ON CONFLICT DO NOTHING;
INSERT INTO docs (SELECT * FROM old_docs);
INSERT INTO docs WITH old AS (SELECT 1 AS a) SELECT a FROM old;
INSERT INTO docs (id, year) SELECT id, year FROM a JOIN b USING (id) ON CONFLICT (id) DO UPDATE SET year = excluded.year WHERE docs.year < excluded.year RETURNING *;
UPDATE docs SET year = year + 1;
UPDATE docs AS d SET year = n.year, lang = 'de' FROM newer n WHERE n.id = d.id RETURNING d.id, d.year AS new_year;
DELETE FROM docs;
REPLACE INTO docs (id, body) VALUES (1, DEFAULT) RETURNING id;
INSERT OR REPLACE INTO docs SELECT * FROM old_docs;
INSERT OR IGNORE INTO docs DEFAULT VALUES;
INSERT OR ABORT INTO docs VALUES (DEFAULT, 2);
UPDATE docs SET year = DEFAULT, year = 3;
WITH old AS (SELECT id FROM docs WHERE year < 1990) DELETE FROM docs WHERE id IN old;
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5) INSERT INTO docs (year) SELECT i FROM n;
WITH newer AS (SELECT 1 AS id) UPDATE docs SET year = 1 FROM newer WHERE newer.id = docs.id;
REINDEX;
REINDEX docs_title;
REINDEX main.docs;
DELETE FROM docs d WHERE d.year < 1990 RETURNING id;
COPY docs FROM 'docs.jsonl';
COPY docs (id, body) FROM 'x.csv' WITH (header = true);
COPY docs FROM ? WITH (format = csv, delimiter = ';', null = '');
COPY (SELECT id, body FROM docs) TO 'out.csv';
COPY docs FROM 'x.csv' WITH (on_error = 'skip', rejects = 'rejects.csv', max_rejects = 100);
COPY docs (id, body) FROM 'articles/' WITH (format = text, fields = (path, text), pattern = '*.md', recursive = false);
COPY pictures FROM 'pictures/' WITH (format = images, width = 28, height = 28, channels = 1, on_error = skip);
COPY docs (emb) FROM 'vectors.npy';
COPY docs TO 'out.jsonl';
COPY docs (id) TO :path WITH (format = 'tsv');
COPY model FROM 'models.csv';

-- Transactions
BEGIN;
BEGIN TRANSACTION;
BEGIN READ ONLY;
BEGIN READ WRITE;
COMMIT;
COMMIT TRANSACTION;
ROLLBACK;
ROLLBACK TRANSACTION;
SAVEPOINT a;
ROLLBACK TO a;
ROLLBACK TO SAVEPOINT a;
RELEASE a;
RELEASE SAVEPOINT a;
BEGIN IMMEDIATE TRANSACTION; END TRANSACTION;
BEGIN DEFERRED; END;
UPDATE docs NOT INDEXED SET title = 'x'; UPDATE docs AS d INDEXED BY docs_title SET title = 'x' WHERE d.title = 'y';
DELETE FROM docs INDEXED BY docs_title WHERE title = 'x';

-- The engine
PRAGMA integrity_check;
PRAGMA durability = normal;
PRAGMA cache_bytes(1048576);
ANALYZE;
ANALYZE docs;
SHOW TABLES;
SHOW DEPLOYMENTS;
LIST SERVERS;
SYSTEM STATUS;
UPDATE docs SET (title, body) = ('x', 'y'), lang = 'en', (year) = (SELECT max(year) FROM docs);
UPDATE docs SET (title, body) = (SELECT a, b FROM marks WHERE doc = docs.id ORDER BY a LIMIT 1);
CREATE INDEX code_text ON files USING text (path WEIGHT 2, source) WITH (language = none, identifiers = true, stopwords = (the, 'of'));
CREATE INDEX parts_number ON parts USING text (number) WITH (ngram = (3, 4));
CREATE INDEX docs_passages ON docs USING text (title, body) WITH (synonyms = 'same', chunk = 200, overlap = 40);
