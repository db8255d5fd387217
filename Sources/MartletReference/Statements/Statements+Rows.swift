// Pages: queries and changes of rows.

extension ReferencePage {
    static let rowStatements: [ReferencePage] = [
        ReferencePage(
            .statement, "select", "SELECT",
            keywords: "query read fetch rows report",
            """
            SELECT reads rows. Its clauses are applied in this order: FROM and joins, WHERE, GROUP BY, HAVING, the
            list of results, DISTINCT, ORDER BY, LIMIT and OFFSET.

            ```sql
            SELECT lang, count(*) AS documents, max(year) AS newest
            FROM docs WHERE year >= 2020
            GROUP BY lang HAVING count(*) > 1
            ORDER BY documents DESC, lang LIMIT 10 OFFSET 5;
            ```

            A table, a joined table, a subquery in parentheses, or a SEARCH in parentheses may stand in FROM.
            Without FROM the list is computed once: `SELECT 1 + 1`. Names are not case-sensitive; a name that is
            also a keyword is written in double quotes. Without ORDER BY the order of the rows is not promised.
            Related: the clause pages, VALUES, SEARCH.
            """),
        ReferencePage(
            .statement, "search", "SEARCH",
            keywords: "find full text retrieve rank documents relevance lookup",
            """
            SEARCH finds the documents that fit a text best. Its target is a deployment, a model, or a table with a text
            index.

            ```sql
            SEARCH help FOR 'how do I reset my password' WHERE lang = 'en'
                RETURN id, title, score, snippet(body) LIMIT 5;
            SEARCH docs FOR title, body MATCH 'map full' RETURN id, title ORDER BY year DESC LIMIT 20;
            SEARCH docs FOR 'disk quota' WEIGHT 2, emb NEAR :vector FUSE BY rrf RETURN id, score LIMIT 20;
            ```

            FOR takes a text or a parameter; `columns MATCH text` restricts it to columns of the index. No character in
            the words has a special meaning. `column NEAR vector` ranks by vectors instead of words; several legs become
            one ranking by FUSE BY. WHERE is exact: as long as enough documents match, LIMIT rows come back. RETURN is a
            list as in SELECT, with score, snippet(), highlight(), offsets(), why() and cursor(); without it, all
            columns and the score. The default LIMIT is 10. Rows come by score, highest first, and ties by primary key.
            With ORDER BY, columns of the table decide instead, over all rows that one leg finds: those that hold a word,
            or are near WITHIN a distance. An index lets the search end early; cursor() and AFTER page through that
            order too.

            A SEARCH in parentheses is a table in FROM; it reads no columns of the query around it. Beside a column
            score of the table's own, the relevance is search_score. Related: MATCH, QUERY, NEAR, FUSE BY, RERANK BY,
            AFTER, min_score, CREATE INDEX USING text.
            """),
        ReferencePage(
            .statement, "insert", "INSERT",
            keywords: "add rows write new record upsert",
            """
            INSERT adds rows to a table. Columns that are not named take their default, or NULL. All rows are added,
            or none.

            ```sql
            INSERT INTO docs (id, title, body) VALUES ('a', 'First', 'one'), ('b', 'Second', 'two');
            INSERT INTO docs (id, title, body) VALUES (:id, :title, :body)
                ON CONFLICT (id) DO UPDATE SET body = excluded.body RETURNING id;
            INSERT INTO archive SELECT * FROM docs WHERE year < 2000;
            ```

            With ON CONFLICT a row whose key exists already is skipped (DO NOTHING) or changes the stored row (DO
            UPDATE), where `excluded` is the row that could not be added. Text indexes and deployed retrievers see
            the new rows at once. Without RETURNING the result is the number of rows. Related: COPY FROM, UPDATE,
            REPLACE, the clause ON CONFLICT.
            """),
        ReferencePage(
            .statement, "replace", "REPLACE",
            keywords: "insert or replace overwrite existing row upsert",
            """
            REPLACE adds rows like INSERT, and removes first every stored row that has the same primary key or the
            same values under a UNIQUE constraint. `INSERT OR REPLACE` is the same statement.

            ```sql
            REPLACE INTO docs (id, title, body) VALUES ('a', 'First', 'the whole row anew');
            INSERT OR REPLACE INTO archive SELECT * FROM docs;
            ```

            Columns that are not named get their default, not what the old row had: to change only some columns use
            ON CONFLICT DO UPDATE. One new row may take the place of several old ones. The result is the number of
            rows that were added, or what RETURNING lists. Related: INSERT, the clause ON CONFLICT, UPDATE.
            """),
        ReferencePage(
            .statement, "update", "UPDATE",
            keywords: "change modify edit rows set",
            """
            UPDATE changes the rows that WHERE selects; without WHERE it changes every row. Expressions on the right
            see the row as it was before the statement.

            ```sql
            UPDATE docs SET year = year + 1, title = upper(title) WHERE lang = 'en' RETURNING id, year;
            ```

            Constraints are checked for every row, and if one fails the whole statement changes nothing. Every
            index, and every retriever that was trained on the table, is brought up to date in the same transaction,
            so the next SEARCH finds the new words. The result is the number of rows, or the rows of RETURNING.

            UPDATE OR REPLACE removes the rows whose unique values a changed row takes over, and UPDATE OR IGNORE leaves
            a row as it is when another one has its new values.

            SET column = DEFAULT puts the column's default back. Where one column is set several times, the
            rightmost counts.

            FROM joins other rows, whose columns the right sides and WHERE may use. A row that several of them match is
            changed once, with the first:

            ```sql
            UPDATE docs SET year = c.year FROM corrections AS c WHERE c.id = docs.id;
            ```

            Related: INSERT, DELETE.
            """),
        ReferencePage(
            .statement, "delete", "DELETE",
            keywords: "remove erase rows",
            """
            DELETE removes the rows that WHERE selects; without WHERE it empties the table. The table itself stays:
            DROP TABLE removes that.

            ```sql
            DELETE FROM docs WHERE year < 2000 RETURNING id;
            ```

            The rows leave every index in the same transaction and are no longer found by SEARCH. A reader that
            began before the commit still sees them until it ends. The result is the number of rows, or what
            RETURNING lists. A mistake can be undone with ROLLBACK as long as the transaction is open. Related:
            UPDATE, DROP TABLE, BEGIN.
            """),
        ReferencePage(
            .statement, "values", "VALUES",
            keywords: "literal rows constants inline table",
            """
            VALUES is a small table written in place. Its rows must have the same number of values, and each column
            must have one type. It may stand alone, in INSERT, and wherever a SELECT may stand in parentheses.

            ```sql
            VALUES (1, 'one'), (2, 'two');
            SELECT * FROM (VALUES (1, 'one'), (2, 'two')) AS t;
            ```

            The columns are called column1, column2 and so on. NULL takes the type of the other rows. INTEGER and
            REAL together become REAL. Related: INSERT, SELECT.
            """),
        ReferencePage(
            .statement, "copy-from", "COPY FROM",
            keywords: "import load csv jsonl tsv npy fvecs file bulk folder images",
            """
            COPY FROM reads a file into a table: comma-separated values (csv), tab-separated values (tsv), or one
            JSON object a line (jsonl), arrays of numbers (npy, fvecs, ivecs, bvecs), or a folder of texts or
            images. The format follows the file's ending, or the option format.

            ```sql
            COPY docs FROM 'docs.jsonl';
            COPY docs (id, title, body) FROM 'export.csv' WITH (header = true, delimiter = ';', null = 'NULL');
            COPY pictures FROM 'pictures/' WITH (format = 'images', width = 28, height = 28);
            ```

            Fields of a CSV with a header and the members of a JSON object are matched to columns by name. Without a
            header the fields go to the listed columns in order. Values are read strictly: `abc` is not an INTEGER.
            A relative path starts at the current directory of the process. If anything in the file is wrong, the
            error names the file, line and column, and no row is added, unless on_error = 'skip' leaves bad records
            out. The result is the number of rows. A file of any size is read in constant memory. Related: COPY TO,
            INSERT, the options header, delimiter, null, format, on_error, fields and width.
            """),
        ReferencePage(
            .statement, "copy-to", "COPY TO",
            keywords: "export write file dump csv jsonl save",
            """
            COPY TO writes a table, some of its columns, or the result of a query to a file. The format is csv, tsv,
            jsonl, npy, fvecs, ivecs or bvecs, chosen by the file's ending or the option format.

            ```sql
            COPY docs TO 'docs.jsonl';
            COPY docs (id, title) TO 'titles.csv' WITH (header = true);
            COPY (SELECT lang, count(*) AS n FROM docs GROUP BY lang) TO 'languages.tsv';
            ```

            An existing file is replaced. What COPY TO writes, COPY FROM reads back as the same values. The result
            is the number of rows. In the shell, `.output FILE` writes results in any display mode. Related: COPY
            FROM, SELECT.
            """),
        ReferencePage(
            .statement, "explain", "EXPLAIN",
            keywords: "plan why slow performance analyze query plan",
            """
            EXPLAIN shows how a statement would be run, as a tree of operators, without running it. It works for
            every kind of statement, TRAIN, SEARCH and DEPLOY included.

            ```sql
            EXPLAIN SELECT title FROM docs WHERE id = 'a';
            EXPLAIN ANALYZE SEARCH docs FOR 'disk quota' LIMIT 3;
            EXPLAIN (FORMAT json) SELECT count(*) FROM docs;
            ```

            With ANALYZE the statement is run, its rows are thrown away, and each operator shows how many rows it
            gave and how long it took; a statement that writes does write. Read the tree from the inside out: the
            most indented line runs first. A scan of a whole table where you expected a few rows is the usual sign
            that an index is missing. With (RECALL) a SEARCH by vectors is measured against the exact one. Related:
            RECALL, CREATE INDEX, ANALYZE.
            """),
        ReferencePage(
            .statement, "with", "WITH (common table expressions)",
            keywords: "cte named subquery temporary result",
            """
            WITH gives a name to a query for the duration of one statement. The name is used like a table, any
            number of times.

            ```sql
            WITH recent AS (SELECT id, lang FROM docs WHERE year >= 2024)
            SELECT lang, count(*) FROM recent GROUP BY lang;
            ```

            Several names are separated by commas, and a later one may use an earlier one. A column list after the
            name renames the columns. Do not mix it up with the options clause `WITH (name = value)`, which stands
            at the end of statements such as TRAIN.

            WITH RECURSIVE lets a query read its own rows: a start, UNION ALL or UNION, and a step that is run on the
            rows which the step before it gave, until there are none. UNION drops rows that were there before.

            ```sql
            WITH RECURSIVE up (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM up WHERE n < 10) SELECT n FROM up;
            ```

            The step may run 1,000,000 times; a LIMIT ends it earlier. Its types are those of the start, and it reads
            the table in FROM, not in a subquery of an expression. Related: SELECT, subqueries in FROM.
            """),
    ]
}
