// Pages: system tables.

extension ReferencePage {
    static let systemTables: [ReferencePage] = [
        ReferencePage(
            .table, "tables", "sys.tables",
            keywords: "list tables row counts",
            """
            sys.tables has a row for each table that you have made: name, id, the number of columns and the number
            of rows. The shell's `.tables` shows the names.

            ```sql
            SELECT name, columns, rows FROM sys.tables ORDER BY rows DESC;
            ```

            Tables of the engine are not listed. The id is what EXPLAIN and messages use internally and never
            changes. Related: sys.columns, sys.indexes, `.schema`.
            """),
        ReferencePage(
            .table, "columns", "sys.columns",
            keywords: "list columns types schema describe table",
            """
            sys.columns has a row for each column of each table: the table, the position from 1, the name, the type,
            whether it is not_null, its default, and its place in the primary key (NULL if it has none).

            ```sql
            SELECT position, name, type, not_null FROM sys.columns WHERE "table" = 'docs' ORDER BY position;
            ```

            The column `table` has the name of a keyword and is written in double quotes. Related: sys.tables,
            CREATE TABLE, `.schema`.
            """),
        ReferencePage(
            .table, "indexes", "sys.indexes",
            keywords: "list indexes",
            """
            sys.indexes has a row for each index: name, table, method (btree or text), columns, whether it is
            unique, its state, whether the engine made it itself (internal), its options as JSON, and the filter of a
            partial index. An expression stands among the columns in parentheses.

            ```sql
            SELECT name, method, columns, options ->> 'language' AS language FROM sys.indexes WHERE NOT internal;
            ```

            The state is ready, or building while a TRAIN or a CREATE INDEX prepares it. Internal indexes belong to
            constraints and to models. Related: CREATE INDEX, DROP INDEX.
            """),
        ReferencePage(
            .table, "checks", "sys.checks",
            keywords: "list check constraints conditions of tables",
            """
            sys.checks has a row for each CHECK constraint: the table that has it, and the condition as it was
            written.

            ```sql
            SELECT expression FROM sys.checks WHERE "table" = 'docs';
            ```

            A row that makes a condition FALSE is refused with E0403; NULL passes. The command .schema of the shell
            shows the conditions in their tables. Related: constraints, sys.foreign_keys, sys.columns.
            """),
        ReferencePage(
            .table, "foreign_keys", "sys.foreign_keys",
            keywords: "list references constraints relations parent child",
            """
            sys.foreign_keys has a row for each foreign key: the table that has it, its columns, the table that it
            references, the target_columns there, and what happens on_delete and on_update.

            ```sql
            SELECT "table", columns, "references", on_delete FROM sys.foreign_keys;
            ```

            Columns of a key with several are separated by commas. Related: CREATE TABLE, constraints, E0404.
            """),
        ReferencePage(
            .table, "statistics", "sys.statistics",
            keywords: "analyze planner optimizer distinct histogram cardinality",
            """
            sys.statistics has a row for each column of the tables that ANALYZE has looked at: how many rows there
            were, the share of nulls, the number of distinct values, the smallest and the greatest value as text, how
            many common values are known with their share, and the buckets of the histogram.

            ```sql
            ANALYZE docs;
            SELECT "column", rows, nulls, "distinct", minimum, maximum FROM sys.statistics WHERE "table" = 'docs';
            ```

            Of a large table about 30,000 rows are looked at, evenly over the table, so that the figures of the same
            rows are always the same; distinct is then an estimate. VECTOR columns have no row. Related: ANALYZE,
            EXPLAIN.
            """),
        ReferencePage(
            .table, "views", "sys.views",
            keywords: "list views stored queries",
            """
            sys.views has a row for each view: its name, the names that it gives to its columns (NULL if the query
            names them), and the query as text.

            ```sql
            SELECT name, sql FROM sys.views;
            ```

            Related: CREATE VIEW, DROP VIEW, sys.tables.
            """),
        ReferencePage(
            .table, "models", "sys.models",
            keywords: "list models versions trained",
            """
            sys.models has a row for each version of each model: model, version, kind, the table it was trained on,
            the run that made it, rows, shards, bytes, a digest of its content, when it was created, and the
            deployments that serve it (deployed_as).

            ```sql
            SELECT model, version, rows, created, deployed_as FROM sys.models ORDER BY model, version;
            ```

            Two versions with the same digest are the same, byte for byte. Related: SHOW, TRAIN, DROP MODEL,
            sys.runs.
            """),
        ReferencePage(
            .table, "runs", "sys.runs",
            keywords: "training history experiments metrics log",
            """
            sys.runs has a row for each TRAIN that was ever started: run, model, version, kind, state, statement,
            seed, shards, rows, hyperparameters and metrics as JSON, dataset_hash, started, seconds, engine, error
            and process.

            ```sql
            SELECT run, model, version, state, seconds, error FROM sys.runs ORDER BY run DESC LIMIT 10;
            SELECT run, metrics FROM sys.runs WHERE error IS NULL;
            ```

            The row appears when the training begins and is completed when it ends, so that a failed or cancelled
            one leaves its reason. Runs are kept when the model is dropped. Related: TRAIN, sys.shards.
            """),
        ReferencePage(
            .table, "shards", "sys.shards",
            keywords: "per shard figures training parts",
            """
            sys.shards has a row for each part of each training run: run, shard, rows, tokens, terms, bytes, digest,
            seconds, candidate (of a grid) and attempts. It shows whether the parts are of similar size and which
            took long. An attempt that fails for a reason that may pass is repeated, twice at most, and leaves no
            trace in the model.

            ```sql
            SELECT shard, rows, tokens, seconds FROM sys.shards WHERE run = 1 ORDER BY shard;
            ```

            Two runs over the same rows with the same seed have equal digests, shard by shard. bytes and digest are
            those of the part's model; of a text classifier's part, which makes no model of its own, those of the
            weights that it ended with. Related: SHARDS, sys.runs.
            """),
        ReferencePage(
            .table, "observations", "sys.observations",
            keywords: "loss curve epoch metrics training history live progress",
            """
            sys.observations has the figures of training runs as they come: run, candidate, shard, round, epoch,
            metric (loss, validation_loss, validation_accuracy), value and the time. Epochs of boosted trees are their
            rounds, of linear models the steps of the solver.

            ```sql
            SELECT epoch, value FROM sys.observations WHERE run = 3 AND metric = 'loss' ORDER BY epoch;
            ```

            While a TRAIN goes on, rows appear about once a second; a run that fails keeps those it had. Related:
            sys.runs, sys.shards.
            """),
        ReferencePage(
            .table, "confusion", "sys.confusion",
            keywords: "confusion matrix classes mistaken errors",
            """
            sys.confusion tells which class was taken for which: model, version, actual, predicted and rows, from the
            last EVALUATE of each version of a classifier. Pairs without rows are left out; actual is NULL for classes
            that the model does not know.

            ```sql
            SELECT actual, predicted, rows FROM sys.confusion WHERE model = 'income' ORDER BY rows DESC;
            ```

            An EVALUATE inside a read-only transaction leaves it as it is. Related: EVALUATE with a label.
            """),
        ReferencePage(
            .table, "feedback", "sys.feedback",
            keywords: "votes upvotes downvotes clicks associations undo",
            """
            sys.feedback has a row for each vote, click and association: id, deployment, model (which the deployment
            served then), kind (upvote, downvote, click or association), query, document (its key; of several columns
            a JSON array), phrase (of an association), rank (of a click), at, user (NULL without accounts), and key,
            by which the engine finds the document.

            ```sql
            SELECT query, document, count(*) AS votes FROM sys.feedback WHERE kind = 'upvote' GROUP BY query, document;
            DELETE FROM sys.feedback WHERE id = 7;
            ```

            DELETE takes feedback back: searches then find again what they found without it, to the byte. Rows are
            stored with the commit of their statement and stay until they are deleted, also those of documents,
            models and deployments that are gone. Related: UPVOTE, DOWNVOTE, LOG CLICK, ASSOCIATE.
            """),
        ReferencePage(
            .table, "deployments", "sys.deployments",
            keywords: "list services in production serving",
            """
            sys.deployments has a row for each name in service: deployment, model, version, state, min_replicas,
            max_replicas, queue, timeout_ms, created, and previous, the version that ROLLBACK DEPLOYMENT would
            return to.

            ```sql
            SELECT deployment, model, version, previous FROM sys.deployments;
            ```

            Deployments are stored in the database and come back when it is opened. Related: DEPLOY, ROLLBACK
            DEPLOYMENT, sys.deployment_events.
            """),
        ReferencePage(
            .table, "deployment-stats", "sys.deployment_stats",
            keywords: "feedback counts clicks by rank click through",
            """
            sys.deployment_stats counts the feedback of each deployment: deployment, metric (upvotes, downvotes,
            clicks or associations), rank and value. Rows whose rank is NULL count all; further rows count the clicks
            at each rank.

            ```sql
            SELECT rank, value FROM sys.deployment_stats WHERE deployment = 'helpdesk' AND metric = 'clicks'
                AND rank IS NOT NULL ORDER BY rank;
            ```

            Clicks that come mostly from far down say that the ranking is not good yet. Names that are no deployment
            any more have rows as long as their feedback is stored. Related: LOG CLICK, sys.feedback.
            """),
        ReferencePage(
            .table, "deployment-events", "sys.deployment_events",
            keywords: "history audit who deployed when",
            """
            sys.deployment_events records what happened to deployments: a number, the deployment, the kind of event
            (deploy, swap, rollback or undeploy), the model and version concerned, and the time.

            ```sql
            SELECT event, kind, model, version, at FROM sys.deployment_events WHERE deployment = 'help' ORDER BY event;
            ```

            Rows are only ever added, so the table answers what was in service on a given day, even for deployments
            that have ended. Related: sys.deployments, DEPLOY.
            """),
        ReferencePage(
            .table, "settings", "sys.settings",
            keywords: "configuration limits maximum sizes",
            """
            sys.settings has a row for each limit of the engine, such as the longest statement, the largest row, the
            number of columns of a table and of elements of a vector. Both columns, name and value, are TEXT.

            ```sql
            SELECT name, value FROM sys.settings ORDER BY name;
            ```

            Limits belong to the engine and cannot be changed by a statement; going over one is E0801 or an error of
            its own. What can be changed is changed by PRAGMA. Details of a single index, model or deployment are
            options, found in sys.indexes, sys.models and sys.deployments. Related: PRAGMA, E0801, sys.status.
            """),
        ReferencePage(
            .table, "kernels", "sys.kernels",
            keywords: "simd avx instruction set processor",
            """
            sys.kernels tells which instruction set each family of inner loops uses: the family, its loops and the
            set. The set is chosen when the program starts, and is the best that the processor has unless `martlet
            --kernels` asked for another.

            ```sql
            SELECT family, instruction_set FROM sys.kernels;
            ```

            All sets give the same results. Related: sys.status, the command martlet.
            """),
        ReferencePage(
            .table, "status", "sys.status",
            keywords: "health engine version file size",
            """
            sys.status tells how the engine is at this moment, as rows of name and value: its version, the format of
            the file, the number of the last transaction, and how many keys, tables, models and deployments there
            are. SYSTEM STATUS shows the same.

            ```sql
            SELECT name, value FROM sys.status;
            ```

            It is made when it is read and costs next to nothing. Whether the stored data is sound is a question for
            PRAGMA integrity_check. Related: SYSTEM STATUS, sys.settings.
            """),
        ReferencePage(
            .table, "functions", "sys.functions",
            keywords: "list built-in functions signatures",
            """
            sys.functions has a row for each function that a statement can call: name, kind (scalar or aggregate),
            signature and a summary in a sentence.

            ```sql
            SELECT name, signature, summary FROM sys.functions WHERE name LIKE 'json%' ORDER BY name;
            ```

            Functions that a Swift program has registered are listed too. Longer explanations with examples are in
            sys.reference under the kind function. Related: sys.reference, E0103.
            """),
        ReferencePage(
            .table, "reference", "sys.reference",
            keywords: "help manual documentation pages",
            """
            sys.reference is this manual as a table: id, kind, title, keywords and body, a row for each page. It can be
            queried, copied into a table of your own, indexed and searched like any other text, and it answers
            `.help` in the shell.

            ```sql
            SELECT id, title FROM sys.reference WHERE kind = 'statement' ORDER BY title;
            CREATE TABLE manual (id TEXT PRIMARY KEY, kind TEXT, title TEXT, body TEXT);
            INSERT INTO manual SELECT id, kind, title, body FROM sys.reference;
            ```

            The kinds are statement, clause, function, option, type, error, table, shell and guide. Related:
            `.help`, SHOW.
            """),
    ]
}
