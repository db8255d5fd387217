// Pages: whole tasks from beginning to end.

extension ReferencePage {
    static let guides: [ReferencePage] = [
        ReferencePage(
            .guide, "load-vectors", "How do I load vectors and arrays?",
            keywords: "numpy npy fvecs ivecs bvecs embeddings import array json",
            """
            Make a table with a VECTOR column of the array's width, and copy the file into it. Of an array with two
            or more dimensions each entry of the first becomes a row; a one-dimensional array is one column.

            ```sql
            CREATE TABLE items (id INTEGER PRIMARY KEY, embedding VECTOR(384));
            COPY items (embedding) FROM 'vectors.npy';
            COPY (SELECT embedding FROM items ORDER BY id) TO 'vectors.fvecs';
            ```

            Numbers of any size are converted to the column's elements, and refused if they do not fit. Without a
            VECTOR, an array of n columns fills n INTEGER, REAL or BOOLEAN columns; a JSON column takes a record as
            a list. In csv and jsonl a vector is written as a JSON array. Related: COPY FROM, the type VECTOR,
            E0608.
            """),
        ReferencePage(
            .guide, "load-csv", "How do I load a CSV file?",
            keywords: "import spreadsheet excel data",
            """
            Make a table whose columns have the names in the first line of the file, then copy.

            ```sql
            CREATE TABLE docs (id TEXT PRIMARY KEY, title TEXT, body TEXT, lang TEXT, year INTEGER);
            COPY docs FROM 'docs.csv' WITH (header = true);
            SELECT count(*) FROM docs;
            ```

            If the fields are separated by semicolons add `delimiter = ';'`; if missing values are written as a word
            add `null = 'NA'`. A wrong line is reported with its number and nothing is loaded, so you can correct
            the file and repeat. When values need work first, load them into a table of TEXT columns and use INSERT
            ... SELECT with CAST. Related: COPY FROM, E0602.
            """),
        ReferencePage(
            .guide, "load-json", "How do I load JSON documents?",
            keywords: "jsonl ndjson import nested",
            """
            Write one JSON object a line. Members are matched to columns by name; nested objects and lists go into a
            JSON column.

            ```sql
            CREATE TABLE docs (id TEXT PRIMARY KEY, title TEXT, body TEXT, extra JSON);
            COPY docs FROM 'docs.jsonl';
            SELECT id, extra ->> '$.author.name' AS author FROM docs;
            ```

            Members that the object lacks take the column's default. A member without a column is an error (E0607),
            which guards against typing mistakes. One large array in a file must be split into lines first. Related:
            COPY FROM, the type JSON, E0603.
            """),
        ReferencePage(
            .guide, "search-documents", "How do I search my documents?",
            keywords: "full text quick start find",
            """
            Give the table a text index, then ask in your own words.

            ```sql
            CREATE INDEX docs_text ON docs USING text (title WEIGHT 3, body);
            SEARCH docs FOR 'how to reset a password' RETURN id, title, score, snippet(body) LIMIT 5;
            SEARCH docs FOR 'password' WHERE lang = 'en' AND year >= 2023;
            ```

            Results are sorted by how well they fit. New and changed rows are found at once. When the application
            should not depend on the table's indexes, or you want to measure and swap versions, train a retriever
            instead. Related: SEARCH, CREATE INDEX USING text, the guide on training.
            """),
        ReferencePage(
            .guide, "train-deploy", "How do I train and deploy a retriever?",
            keywords: "first model quick start service",
            """
            Train on the columns that hold the text, put the result into service under a name, and search by that
            name.

            ```sql
            TRAIN finder USING retriever ON docs (title, body) SHARDS 2;
            DEPLOY finder AS help REPLICAS 1 TO 2;
            SEARCH help FOR 'disk is full' RETURN id, title, score LIMIT 5;
            SHOW DEPLOYMENTS;
            ```

            After a further TRAIN the name still serves the old version until you say DEPLOY again, so you can
            measure the new one first. Rows that are written later are found through the deployment without training
            again. Related: TRAIN, DEPLOY, EVALUATE.
            """),
        ReferencePage(
            .guide, "undo-deployment", "How do I undo a deployment?",
            keywords: "roll back bad release previous version",
            """
            One statement puts the version from before back into service, at once and without an interruption:

            ```sql
            ROLLBACK DEPLOYMENT help;
            SELECT deployment, model, version, previous FROM sys.deployments;
            ```

            Repeat it to go back further. To go to a particular version, deploy it: `DEPLOY finder@1 AS help`. To
            end the service altogether use UNDEPLOY. Every step is recorded in sys.deployment_events. Related:
            ROLLBACK DEPLOYMENT, DEPLOY, UNDEPLOY.
            """),
        ReferencePage(
            .guide, "evaluate", "How do I measure search quality?",
            keywords: "judge relevance benchmark compare versions",
            """
            Collect judgements: for some real questions, which documents are good answers (grade 2), useful (1) or
            wrong (0). Forty questions show large differences, some hundreds small ones.

            ```sql
            CREATE TABLE judgements (query TEXT, document TEXT, grade INTEGER);
            COPY judgements FROM 'questions.jsonl';
            EVALUATE finder@1 FROM judgements WITH (metrics = 'ndcg@10, p@1, recall@100');
            EVALUATE finder@2 FROM judgements WITH (metrics = 'ndcg@10, p@1, recall@100');
            ```

            The documents are named by the primary key of the searched table. Judge without looking at the engine's
            ranking, or you measure how well it agrees with itself. Related: EVALUATE, the option metrics.
            """),
        ReferencePage(
            .guide, "feedback", "How do I let people improve the search?",
            keywords: "votes thumbs clicks learn from users feedback loop",
            """
            Record what people say of the answers of a deployment, and what they open. It counts from the next search
            on; training again puts it into the model.

            ```sql
            UPVOTE help FOR 'disk is full' DOCUMENT 'kb-17';
            LOG CLICK help FOR 'disk is full' DOCUMENT 'kb-12' RANK 3;
            ASSOCIATE help 'vpn' WITH 'remote access';
            TRAIN finder USING retriever ON docs (title, body) WITH (feedback = true);
            EVALUATE help FROM judgements WITH (baseline = 'bm25');
            ```

            why() shows the votes behind a hit, and DELETE FROM sys.feedback takes them back. Related: UPVOTE, DOWNVOTE,
            LOG CLICK, ASSOCIATE, sys.feedback, the option feedback of TRAIN.
            """),
        ReferencePage(
            .guide, "swift", "How do I use Martlet in a Swift program?",
            keywords: "embedding package api library import",
            """
            Add the package to your Package.swift, import Martlet, open a database, and run statements. Values are
            bound, never pasted into the text.

            ```text
            import Martlet

            let database = try Database(path: "kb.martlet")
            try database.execute("CREATE TABLE IF NOT EXISTS docs (id TEXT PRIMARY KEY, body TEXT)")
            let words = "disk quota"
            for row in try database.query("SEARCH docs FOR \\(words) LIMIT 5") { print(row) }
            ```

            `read { }` gives several queries one view of the data, `write { }` makes several changes one
            transaction, and `Database.temporary()` is for tests. Everything can be used from any task; cancelling a
            task cancels its statement. Related: parameters, BEGIN.
            """),
        ReferencePage(
            .guide, "batch", "How do I run a script unattended?",
            keywords: "batch cron non-interactive automation exit code",
            """
            Put the statements into a file and pass it with -f, or give them with -c, or send them to standard
            input.

            ```text
            martlet kb.martlet -f nightly.sql
            martlet kb.martlet -c 'TRAIN finder USING retriever ON docs (title, body)' -c 'DEPLOY finder AS help'
            martlet kb.martlet -c 'SELECT * FROM docs' --mode jsonl > docs.jsonl
            ```

            Results go to standard output, errors and progress to standard error. The batch stops at the first error
            with exit code 3, so that cron or make notices. Write scripts that can be repeated: IF NOT EXISTS, ON
            CONFLICT, BEGIN and COMMIT around steps that belong together. Related: the command martlet, `.read`.
            """),
        ReferencePage(
            .guide, "upsert", "How do I insert or update in one step?",
            keywords: "upsert merge replace existing row",
            """
            Use INSERT with ON CONFLICT. The stored row is changed if the key exists, else a new row is added.

            ```sql
            INSERT INTO docs (id, title, body) VALUES (:id, :title, :body)
            ON CONFLICT (id) DO UPDATE SET title = excluded.title, body = excluded.body;
            ```

            For a whole file, COPY it into a second table first and then use INSERT ... SELECT with the same clause.
            What is searchable changes in the same transaction. Related: ON CONFLICT, INSERT, COPY FROM.
            """),
        ReferencePage(
            .guide, "fresh-documents", "Must I train again when documents change?",
            keywords: "incremental update index freshness retrain",
            """
            No. INSERT, UPDATE, DELETE and COPY bring every text index and every retriever of the table up to date
            in their own transaction, so that the next SEARCH, also through a deployment, sees the new state and no
            deleted document.

            ```sql
            INSERT INTO docs (id, title, body) VALUES ('n1', 'Printer jams', 'Open the rear tray and pull gently.');
            SEARCH help FOR 'paper stuck in printer' LIMIT 3;
            ```

            Train again when you change the columns or the options, such as the language, or when you want a
            recorded version for comparison. Related: TRAIN, SEARCH, INSERT.
            """),
        ReferencePage(
            .guide, "filter-search", "How do I restrict a search to some documents?",
            keywords: "metadata filter facets category tenant",
            """
            Add WHERE with any condition on the table's columns. The filter is exact: if enough documents match, you
            get as many as LIMIT says.

            ```sql
            SEARCH help FOR 'billing' WHERE lang = 'en' AND year >= 2024 LIMIT 10;
            SELECT lang, count(*) FROM (SEARCH help FOR 'billing' LIMIT 1000) AS s GROUP BY lang;
            ```

            The second statement counts the hits by category. To let each customer see only their own rows, bind the
            customer's id as a parameter in the condition. Related: SEARCH, WHERE, parameters.
            """),
        ReferencePage(
            .guide, "explain-result", "Why was this document found?",
            keywords: "relevance explanation debug ranking why",
            """
            Ask for why() in RETURN: it tells which words of the query occur in the document, in which columns, and
            how much each adds to the score. highlight() and snippet() show the words in their place.

            ```sql
            SEARCH help FOR 'reset password' RETURN id, score, why(), snippet(body) LIMIT 3;
            ```

            A document that you expected is missing? Search for its most particular words, check the language option
            (stems differ), and look at whether a WHERE condition drops it. Related: why, snippet, score, SEARCH.
            """),
        ReferencePage(
            .guide, "improve-search", "How do I make results better?",
            keywords: "tune relevance quality ranking bm25",
            """
            First measure: make judgements and run EVALUATE. Then change one thing at a time and keep what raises
            the figures.

            ```sql
            TRAIN finder USING retriever ON docs (title, body) WITH (language = 'german', weights = (5, 1), b = 0.5);
            EVALUATE finder@latest FROM judgements;
            ```

            What helps most often: the right language, a title column first, long documents cut into passages,
            columns without prose left out. k1 and b are fine tuning. Related: EVALUATE, TRAIN, the options k1, b
            and weights.
            """),
        ReferencePage(
            .guide, "faster-queries", "How do I make a query faster?",
            keywords: "slow performance optimise index tuning",
            """
            Look at its plan. A scan of a large table with a filter above it wants an index on the filtered column;
            a sort before a small LIMIT may want one too.

            ```sql
            EXPLAIN ANALYZE SELECT id FROM docs WHERE year = 2024 ORDER BY id LIMIT 10;
            CREATE INDEX docs_year ON docs (year, id);
            ANALYZE docs;
            ```

            Put the column that is compared for equality first. Name the columns you need in place of `*`. For many
            writes, use one transaction. Related: EXPLAIN, CREATE INDEX, ANALYZE.
            """),
        ReferencePage(
            .guide, "fast-writes", "How do I write many rows quickly?",
            keywords: "bulk insert slow commit transaction durability",
            """
            Each statement outside a transaction is a commit of its own, which waits for the disk. Put many into one
            transaction, or load a file.

            ```sql
            BEGIN;
            INSERT INTO docs (id, body) VALUES ('1', 'a'), ('2', 'b'), ('3', 'c');
            COMMIT;
            COPY docs FROM 'docs.jsonl';
            ```

            In a program, prepare the INSERT once and bind values; commits of several threads at once share one
            flush to disk. Make indexes after loading, not before. Related: COPY FROM, BEGIN, PRAGMA.
            """),
        ReferencePage(
            .guide, "backup", "How do I back up my database?",
            keywords: "copy save export restore safety",
            """
            The database is one file. While no program has it open, copy it like any file. Tables can be written as
            text at any time, which also serves for moving to another system or version.

            ```sql
            PRAGMA integrity_check;
            COPY docs TO 'docs.jsonl';
            COPY judgements TO 'judgements.jsonl';
            ```

            Models are made anew from their tables by the TRAIN statement that sys.runs has kept, with the same
            result. The file beside the database whose name ends in lock need not be copied. Related: COPY TO,
            BACKUP, PRAGMA.
            """),
        ReferencePage(
            .guide, "concurrency", "Can several programs use one file at once?",
            keywords: "processes threads multi user locking readers writers",
            """
            Yes, on one machine. Any number of readers work at the same time as one writer, and each reader sees the
            state at which its transaction began. Writers take turns; a waiting statement is not an error.

            ```sql
            BEGIN READ ONLY;
            SELECT count(*) FROM docs;
            SELECT max(year) FROM docs;
            COMMIT;
            ```

            Within one program, share one Database between all threads and tasks. Do not keep the file on a network
            drive, and end reading transactions promptly, since a long one keeps old pages from being used again.
            Related: BEGIN, E0709.
            """),
        ReferencePage(
            .guide, "reproduce", "How do I get the same model again?",
            keywords: "deterministic reproducibility seed rerun audit",
            """
            Run the same statement on the same rows. The result is the same, byte for byte, for any number of
            threads, because all randomness comes from the seed.

            ```sql
            SELECT statement, seed, dataset_hash FROM sys.runs WHERE run = 1;
            SELECT model, version, digest FROM sys.models ORDER BY version;
            ```

            sys.runs keeps the statement, the seed and a hash of the data of every training. If two versions have
            the same digest, nothing that matters has changed between them. Related: seed, sys.runs, sys.models.
            """),
        ReferencePage(
            .guide, "from-sqlite", "What is different from SQLite?",
            keywords: "migrate port switch sqlite postgres differences",
            """
            Most statements are written alike. The differences that you will notice: types are strict, so text is
            never taken for a number; overflow and division by zero are errors and not NULL; double quotes are only
            for names; LIKE minds upper and lower case, and ILIKE does not; a negative LIMIT is an error, so leave
            LIMIT out to get all rows; there are TIMESTAMP and BOOLEAN.

            ```sql
            CREATE TABLE docs (id TEXT PRIMARY KEY, body TEXT NOT NULL, added TIMESTAMP);
            INSERT INTO docs VALUES ('a', 'one', TIMESTAMP '2026-01-01') ON CONFLICT DO NOTHING;
            ```

            Export tables there as CSV with a header and load them with COPY. Full-text search is SEARCH in place of
            MATCH in WHERE. Related: COPY FROM, SEARCH, the page on conversion.
            """),
        ReferencePage(
            .guide, "inspect", "How do I see what is in a database?",
            keywords: "explore unknown file overview describe",
            """
            Begin with the shell's `.tables` and `.schema`, or ask the system tables.

            ```sql
            SELECT name, columns, rows FROM sys.tables;
            SELECT name, type FROM sys.columns WHERE "table" = 'docs';
            SHOW MODELS;
            SHOW DEPLOYMENTS;
            SELECT * FROM docs LIMIT 5;
            ```

            Every fact about the engine is a row of some table in sys. Related: SHOW, the pages of kind table,
            `.schema`.
            """),
        ReferencePage(
            .guide, "clean-up", "How do I remove old models and free space?",
            keywords: "delete versions disk size shrink",
            """
            See what takes space, end deployments that nobody uses, and drop versions.

            ```sql
            SELECT model, version, bytes, deployed_as FROM sys.models ORDER BY bytes DESC;
            UNDEPLOY help;
            DROP MODEL finder@1;
            ```

            Free space is used again for new data; the file itself does not become smaller. To get a small file,
            copy the tables into a new database. Related: DROP MODEL, UNDEPLOY, E0704.
            """),
        ReferencePage(
            .guide, "getting-started", "First steps",
            keywords: "tutorial begin introduction hello world",
            """
            Start the shell with a file name; the file is made if it does not exist. Then make a table, put
            something in, and search.

            ```sql
            CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT);
            INSERT INTO notes VALUES (1, 'Swifts sleep while flying.'), (2, 'A martlet never lands.');
            CREATE INDEX notes_text ON notes USING text (body);
            SEARCH notes FOR 'flying birds that sleep';
            ```

            End each statement with a semicolon. `.help` with a question finds the right page of this reference,
            `.quit` leaves. Related: the guides on loading, searching and training.
            """),
    ]
}
