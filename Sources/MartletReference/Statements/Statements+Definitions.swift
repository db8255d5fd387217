// Pages: tables, indexes, views, transactions and settings.

extension ReferencePage {
    static let definitionStatements: [ReferencePage] = [
        ReferencePage(
            .statement, "create-table", "CREATE TABLE",
            keywords: "define schema new table columns",
            """
            CREATE TABLE makes an empty table. Each column has a name, a type and any number of constraints: NOT
            NULL, PRIMARY KEY, UNIQUE, DEFAULT, CHECK and REFERENCES.

            ```sql
            CREATE TABLE docs (
                id TEXT PRIMARY KEY, title TEXT, body TEXT NOT NULL, lang TEXT DEFAULT 'en',
                year INTEGER CHECK (year > 0), added TIMESTAMP, extra JSON, UNIQUE (title, lang));
            CREATE TABLE IF NOT EXISTS judgements (query TEXT, document TEXT, grade INTEGER);
            ```

            A primary key over several columns is written as a constraint of its own: `PRIMARY KEY (a, b)`. Types
            are strict: an INTEGER column refuses text. A table has at most 1,000 columns. Generated columns and
            temporary tables are not available in this version.
            CREATE TABLE ... AS SELECT makes a table from a query, with its rows. Related: DROP TABLE,
            CREATE INDEX, foreign keys, the pages of kind type.
            """),
        ReferencePage(
            .statement, "drop-table", "DROP TABLE",
            keywords: "delete table remove",
            """
            DROP TABLE removes a table with its rows and indexes. If a model was trained on the table, or another
            table has a foreign key to it, the statement refuses with E0407; with CASCADE it removes those models, their
            deployments and those foreign keys too.

            ```sql
            DROP TABLE docs;
            DROP TABLE IF EXISTS docs CASCADE;
            ```

            IF EXISTS makes an unknown table a success. Inside a transaction the removal can be undone with
            ROLLBACK. To remove only the rows, use DELETE. Related: CREATE TABLE, DROP MODEL.
            """),
        ReferencePage(
            .statement, "create-index", "CREATE INDEX (ordered)",
            keywords: "speed up lookup unique btree key",
            """
            CREATE INDEX makes an ordered index over one or more columns. Lookups by equality or range on the
            leading columns, ordering and joins then read the index in place of the whole table. UNIQUE also refuses
            two rows with equal values; NULLs never count as equal.

            ```sql
            CREATE INDEX docs_year ON docs (year DESC, lang);
            CREATE INDEX docs_lower ON docs (lower(title)) WHERE lang = 'en';
            CREATE UNIQUE INDEX IF NOT EXISTS docs_title ON docs (title);
            ```

            The index is filled from the present rows and then kept up to date by every write. A primary key and
            every UNIQUE constraint have one already. Long values are limited: see E0406.

            A part may be an expression of the table's columns; conditions and orders that are written in the same
            words then use the index. With WHERE the index is partial: only rows that meet the condition are in it,
            UNIQUE is asked of them alone, and a query uses it if its own WHERE makes sure of the condition. Neither
            may give another value another time, as random() and now() do.

            Where the columns of an index, with an INTEGER primary key, are all that a query asks of the table, the
            index is read alone, without the rows: EXPLAIN says so.

            EXPLAIN shows whether an index is used: for equality and ranges, also of several values or with OR, for
            ORDER BY, for min() and max(), and to look up the rows of a join. Related: CREATE INDEX USING text,
            DROP INDEX, ANALYZE, EXPLAIN.
            """),
        ReferencePage(
            .statement, "create-text-index", "CREATE INDEX USING text",
            keywords: "full text search fts inverted index words",
            """
            A text index makes the words of TEXT columns searchable. WEIGHT says how much more a match in that
            column counts.

            ```sql
            CREATE INDEX docs_text ON docs USING text (title WEIGHT 3, body)
                WITH (language = 'english', stemming = true, stopwords = true, k1 = 1.2, b = 0.75);
            SEARCH docs FOR 'resetting passwords' LIMIT 5;
            ```

            Words are compared without case and accents, and reduced to their stem, so `passwords` finds `password`.
            Ranking is BM25F. Inserts, updates and deletes are searchable in the very next statement. A table needs
            no text index of its own to be searched through a trained retriever.

            Words are those of Unicode's UAX #29, but that full stops and colons separate letters: `3.14` and
            `snake_case` are one word each, `example.com` is two. Chinese, Japanese, Korean, Thai, Lao, Khmer and
            Burmese are indexed by pairs of letters, in every language: `東京都` is the words `東京` and `京都`. A text
            that is searched for is cut likewise; a single letter finds the pairs that begin or end with it. Words of
            one character are indexed too, but not counted in a text's length, and not by retrievers. The options are
            part of the index and shown in sys.indexes. An index of an earlier version keeps its ways until REINDEX.
            Related: SEARCH, TRAIN, the options language, stemming, stopwords, identifiers, positions, ngram,
            synonyms, chunk, k1 and b.
            """),
        ReferencePage(
            .statement, "create-vector-index", "CREATE INDEX USING hnsw",
            keywords: "vector ann nearest neighbour embedding similarity flat graph quantize ivf lists",
            """
            A vector index finds the rows whose VECTOR column lies nearest to a given vector. With hnsw it is a graph
            of neighbours, which finds nearly all of the nearest rows and looks at few; with ivf rows are in lists around
            centres, which is built many times faster and searched by looking into the nearest lists; with flat every
            row is looked at, and the answer is exact. All keep each vector as one byte a dimension, and settle what
            that leaves open with the vectors themselves.

            ```sql
            CREATE INDEX docs_emb ON docs USING hnsw (emb) WITH (metric = 'cosine', m = 16, ef_construction = 200);
            CREATE INDEX docs_emb ON docs USING ivf (emb) WITH (metric = 'cosine', lists = 1000);
            CREATE INDEX image_pixels ON images USING flat (pixels) WITH (metric = 'l2');
            ```

            Options: metric, quantize, for hnsw m and ef_construction, for ivf lists. Rows with NULL are not in the index.
            Changes of rows are found by the very next statement. SEARCH … NEAR uses the index.

            Outside of a transaction, hnsw and ivf over thousands of rows are built beside other statements, which may
            change rows meanwhile; in sys.indexes the state is building, and nothing uses the index until it is complete.
            A statement that fails or is cancelled leaves nothing. If the process dies, what was done is kept, and the
            database goes on when it is next opened. Within a transaction the index is built at
            once. Related: NEAR, the type VECTOR, the options metric, m, ef_construction, lists, probes.
            """),
        ReferencePage(
            .statement, "drop-index", "DROP INDEX",
            keywords: "remove index",
            """
            DROP INDEX removes an index by its name. The rows stay, and queries that used the index read the table
            in another way. After the last text index of a table is gone, a SEARCH directly on that table fails with
            E0108; searches through a deployment go on, because a retriever has an index of its own.

            ```sql
            DROP INDEX docs_year;
            DROP INDEX IF EXISTS docs_text;
            ```

            The index behind a primary key or a UNIQUE constraint cannot be dropped by name. Related: CREATE INDEX,
            sys.indexes.
            """),
        ReferencePage(
            .statement, "create-view", "CREATE VIEW",
            keywords: "saved query virtual table",
            """
            A view is a query with a name. Selecting from the view runs the query; nothing is stored but its text. A
            column list after the name renames the results.

            ```sql
            CREATE VIEW recent AS SELECT id, title FROM docs WHERE year >= 2024;
            ```

            A view cannot be written to, and it is removed with DROP VIEW. For one statement only, WITH does the
            same without storing anything. A table that a view reads is dropped only with CASCADE, and the view with
            it. Related: sys.views, WITH, DROP VIEW.
            """),
        ReferencePage(
            .statement, "drop-view", "DROP VIEW",
            keywords: "remove view",
            """
            DROP VIEW removes the name of a stored query. The tables that the query reads are untouched, and so are
            their rows. If other views read it, the statement is refused with E0407; with CASCADE those go too.
            IF EXISTS makes an unknown name a success.

            ```sql
            DROP VIEW IF EXISTS recent;
            ```

            Related: CREATE VIEW, DROP TABLE.
            """),
        ReferencePage(
            .statement, "alter-table", "ALTER TABLE",
            keywords: "add column rename drop column change schema",
            """
            ALTER TABLE changes the shape of a table that has rows already: it adds, removes or renames a column, or
            renames the table. A new column is filled with its default, or NULL; a NOT NULL column therefore needs a
            default.

            ```sql
            ALTER TABLE docs ADD COLUMN source TEXT DEFAULT 'web';
            ALTER TABLE docs RENAME COLUMN source TO origin;
            ALTER TABLE docs DROP COLUMN origin;
            ```

            Adding a column takes no time however many rows there are; a column with a CHECK is checked in each row,
            and dropping a column writes each row anew. A column of a primary key, an index or a CHECK is not dropped
            (E0407), one that holds the synonyms of an index is neither dropped nor renamed, and while a view reads
            the table nothing of it is dropped or renamed. Related: CREATE TABLE, CREATE VIEW.
            """),
        ReferencePage(
            .statement, "begin", "BEGIN",
            keywords: "start transaction atomic unit",
            """
            BEGIN opens a transaction: the statements up to COMMIT take effect together, or, with ROLLBACK, not at
            all. Outside a transaction each statement is one of its own.

            ```sql
            BEGIN;
            UPDATE docs SET lang = 'de' WHERE id = 'a';
            DELETE FROM docs WHERE id = 'b';
            COMMIT;
            BEGIN READ ONLY;
            COMMIT;
            ```

            READ ONLY keeps one unchanging view of the data for several queries and refuses writes. There is one
            writer at a time; readers never wait for it, and it never waits for them. A second BEGIN before the end
            is E0502. Keep transactions short. Related: COMMIT, ROLLBACK, SAVEPOINT.
            """),
        ReferencePage(
            .statement, "commit", "COMMIT",
            keywords: "save finish transaction end",
            """
            COMMIT makes everything since BEGIN permanent and visible to others, at one instant. With durability
            full, which is the default, the data is on disk when the statement returns, even if the power fails a
            moment later.

            ```sql
            BEGIN;
            INSERT INTO docs (id, body) VALUES ('c', 'three');
            COMMIT;
            ```

            COMMIT without an open transaction is E0501. If COMMIT itself fails, for instance because the disk is
            full, nothing of the transaction remains. END is another way to write it. Related: BEGIN, ROLLBACK,
            PRAGMA durability.
            """),
        ReferencePage(
            .statement, "rollback", "ROLLBACK",
            keywords: "undo cancel transaction abort",
            """
            ROLLBACK ends the open transaction and undoes all it did: rows, tables, indexes and models are as they
            were at BEGIN. Closing the database or the shell with a transaction open does the same.

            ```sql
            BEGIN;
            DELETE FROM docs;
            ROLLBACK;
            ```

            To undo only the latest part, set a SAVEPOINT and use ROLLBACK TO. To put an earlier model version back
            into service use ROLLBACK DEPLOYMENT, which is another matter. ROLLBACK without an open transaction is
            E0501. Related: BEGIN, SAVEPOINT.
            """),
        ReferencePage(
            .statement, "savepoint", "SAVEPOINT, ROLLBACK TO and RELEASE",
            keywords: "nested transaction partial undo",
            """
            A savepoint is a named mark inside a transaction. ROLLBACK TO undoes what came after the mark and keeps
            the transaction open; RELEASE forgets the mark and keeps the changes.

            ```sql
            BEGIN;
            INSERT INTO docs (id, body) VALUES ('d', 'four');
            SAVEPOINT before_cleanup;
            DELETE FROM docs WHERE year < 2000;
            ROLLBACK TO before_cleanup;
            RELEASE before_cleanup;
            COMMIT;
            ```

            Marks may be nested. A name that is not set is an error. Outside a transaction SAVEPOINT opens one, and
            the RELEASE of that first mark commits it. Related: BEGIN, ROLLBACK.
            """),
        ReferencePage(
            .statement, "release", "RELEASE",
            keywords: "forget savepoint",
            """
            RELEASE removes a savepoint's mark, together with the marks set after it, and keeps every change made
            since. It does not commit: the changes become permanent only with the COMMIT of the transaction around
            it; a transaction that SAVEPOINT itself has opened ends with the RELEASE of that mark. Use it when a step
            has succeeded and you will not want to go back to before it.

            ```sql
            BEGIN;
            SAVEPOINT step;
            UPDATE docs SET lang = 'en' WHERE lang IS NULL;
            RELEASE SAVEPOINT step;
            COMMIT;
            ```

            Related: SAVEPOINT, COMMIT.
            """),
        ReferencePage(
            .statement, "pragma", "PRAGMA",
            keywords: "setting configuration integrity check durability",
            """
            PRAGMA reads or changes a setting of the database file, or starts a check.

            ```sql
            PRAGMA integrity_check;
            PRAGMA format_version;
            PRAGMA durability;
            PRAGMA durability = normal;
            PRAGMA division_by_zero = null;
            PRAGMA ungrouped_columns = first;
            ```

            - `integrity_check` walks all rows, indexes and models and returns `ok`, or one row for each thing that
              is wrong.
            - `format_version` is the number of the file's format.
            - `durability` is `full` (every commit is on disk before it returns) or `normal` (a power failure may
              take the last commit away, but never damages the file; hardly faster).
            - `division_by_zero` is `error`, or `null` to get NULL for x / 0 and x % 0 as some other engines give it;
              it holds for the session that sets it.
            - `ungrouped_columns` is `error`, or `first` to take a column that is neither grouped nor aggregated from
              the first row of each group, or from the row of the only min() or max(), as some other engines do; it
              holds for the session that sets it.

            Another name is E0113 with a suggestion. Related: sys.settings, COMMIT.
            """),
        ReferencePage(
            .statement, "reindex", "REINDEX",
            keywords: "rebuild index from scratch repair",
            """
            REINDEX throws the entries of an index away and makes them again from the rows of its table: of one
            index, of all indexes of a table, or without a name of every index of the database.

            ```sql
            REINDEX docs_title;
            REINDEX docs;
            REINDEX;
            ```

            Indexes are kept right by every change, so this is for an index that PRAGMA integrity_check finds
            damaged, and for a text index that should be made compact. All of it is one transaction. Related: CREATE
            INDEX, PRAGMA.
            """),
        ReferencePage(
            .statement, "analyze", "ANALYZE",
            keywords: "statistics optimizer",
            """
            ANALYZE finds out how the values of each column are distributed: how many are different or NULL, which are
            frequent, and a histogram. It helps the planner to choose between reading an index and reading the whole
            table, between ways to join, and to order joins. Without a name it looks at every table.

            ```sql
            ANALYZE docs;
            ANALYZE;
            ```

            It changes no rows and no results, only the way to them. Run it after loading a lot of data; the number of
            rows is known without it. Do not mix it up with EXPLAIN ANALYZE, which runs a statement and measures it.
            Related: sys.statistics, EXPLAIN, CREATE INDEX.
            """),
    ]
}
