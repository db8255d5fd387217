// Pages: the parts that statements share.

extension ReferencePage {
    static let clauses: [ReferencePage] = [
        ReferencePage(
            .clause, "from", "FROM and joins",
            keywords: "inner left right full outer cross join combine tables",
            """
            FROM names the source of rows: a table, a subquery, a SEARCH in parentheses, or several of them joined.
            INNER JOIN keeps pairs that meet the condition; LEFT JOIN also keeps rows of the left side without a
            partner, with NULLs, RIGHT JOIN those of the right side, FULL JOIN both; CROSS JOIN pairs everything.

            ```sql
            SELECT d.id, d.title, j.grade FROM docs AS d LEFT JOIN judgements AS j ON j.document = d.id;
            SELECT d.id, s.score FROM (SEARCH docs FOR 'swift') AS s JOIN docs d ON d.id = s.id;
            ```

            USING (column) is short for equality of columns that have the same name on both sides, and NATURAL for
            USING with all of those; the columns appear once in the result. An alias is needed when a table occurs
            twice. Related: SELECT, WHERE.
            """),
        ReferencePage(
            .clause, "where", "WHERE",
            keywords: "filter condition predicate restrict",
            """
            WHERE keeps the rows for which a condition is TRUE; rows for which it is FALSE or NULL are dropped. It
            is computed before grouping, so an aggregate in it is an error: use HAVING for that.

            ```sql
            SELECT id FROM docs WHERE lang = 'en' AND year BETWEEN 2020 AND 2024 AND title IS NOT NULL;
            ```

            In SEARCH the condition is exact: hits that do not meet it are passed over, and the search goes on until
            LIMIT hits are found or no document is left. Conditions on indexed columns make a query fast. A name that
            is no column of the tables may be an alias of the SELECT list: `SELECT a + b AS s FROM t WHERE s > 1`.
            Related: HAVING, SEARCH, CREATE INDEX.
            """),
        ReferencePage(
            .clause, "group-by", "GROUP BY",
            keywords: "aggregate per category totals",
            """
            GROUP BY makes one row out of all rows that have equal values in the listed expressions. The result list
            may then hold those expressions and aggregates such as count(*) and avg(x). NULLs form one group.

            ```sql
            SELECT lang, count(*) AS n, avg(year) AS mean_year FROM docs GROUP BY lang;
            SELECT year / 10 * 10 AS decade, count(*) FROM docs GROUP BY 1;
            ```

            A number means a position in the result list, and a name may be that of a result. Any other column
            outside an aggregate is E0204, unless it cannot matter, as in coalesce(0, x). Without GROUP BY an
            aggregate covers all rows and gives one. Related: HAVING, the aggregate functions.
            """),
        ReferencePage(
            .clause, "having", "HAVING",
            keywords: "filter groups after aggregation",
            """
            HAVING keeps the groups for which a condition is TRUE. Unlike WHERE it is computed after grouping and
            may use aggregates.

            ```sql
            SELECT query, count(*) AS judged FROM judgements
            GROUP BY query HAVING count(*) >= 3 AND max(grade) > 0;
            ```

            A condition that uses no aggregate belongs in WHERE, where it saves work because the rows are dropped
            before they are grouped. Related: GROUP BY, WHERE, count.
            """),
        ReferencePage(
            .clause, "order-by", "ORDER BY",
            keywords: "sort ascending descending nulls first last",
            """
            ORDER BY sorts the result. Each term is an expression, the name of a result column, or its position;
            DESC turns the order round.

            ```sql
            SELECT id, year FROM docs ORDER BY year DESC NULLS LAST, id;
            SELECT lang, count(*) FROM docs GROUP BY lang ORDER BY 2 DESC;
            ```

            Text is compared by its bytes, which for plain letters is the order of the alphabet with capitals first.
            NULL counts as smaller than everything else, so it comes first, or last with DESC; NULLS FIRST and NULLS
            LAST say otherwise. Rows that are equal in all terms come in no promised order.

            A name alone is first that of a result column; inside an expression it is first a column of the tables, and
            an alias of the list where they have none: `SELECT sum(n) AS total … ORDER BY -total`. Related: LIMIT,
            SELECT, COLLATE.
            """),
        ReferencePage(
            .clause, "collate", "COLLATE",
            keywords: "ignore case insensitive comparison order nocase rtrim",
            """
            COLLATE behind an expression says how its texts are compared: NOCASE takes the letters A to Z without regard
            to case, RTRIM passes over spaces at the end, BINARY compares bytes, as without the word. It stands at an
            operand of `=`, `<>`, `<`, `<=`, `>`, `>=`, IS, BETWEEN and IN with a list, in ORDER BY, and at a part of
            an index.

            ```sql
            SELECT id, title FROM docs WHERE lang COLLATE NOCASE = 'EN' ORDER BY title COLLATE NOCASE;
            CREATE INDEX docs_title_nocase ON docs (title COLLATE NOCASE);
            ```

            Of two operands the first one's rule counts. Elsewhere COLLATE is an error: group by lower(x) instead. An
            index helps conditions with the same rule. Related: ORDER BY, lower, LIKE.
            """),
        ReferencePage(
            .clause, "limit", "LIMIT and OFFSET",
            keywords: "top n first rows paging",
            """
            LIMIT gives at most so many rows; OFFSET passes over so many first. Both are whole numbers or
            parameters, and are applied last, after ORDER BY. `LIMIT 40, 20` is `LIMIT 20 OFFSET 40`.

            ```sql
            SELECT id, title FROM docs ORDER BY id LIMIT 20 OFFSET 40;
            SEARCH docs FOR 'swift' LIMIT 5;
            ```

            SEARCH has a LIMIT of 10 when none is written; SELECT has none. Without ORDER BY, LIMIT gives some rows,
            and not always the same ones. For long lists a condition on the last key seen is faster than a large
            OFFSET. Related: ORDER BY, SEARCH.
            """),
        ReferencePage(
            .clause, "distinct", "DISTINCT",
            keywords: "unique remove duplicates",
            """
            DISTINCT removes repeated rows from the result, comparing all columns of the list; two NULLs count as
            the same. It is applied after the result list is computed and before ORDER BY.

            ```sql
            SELECT DISTINCT lang FROM docs ORDER BY lang;
            SELECT count(DISTINCT lang) FROM docs;
            ```

            Inside an aggregate it makes the aggregate see each value once. To learn how often each value occurs use
            GROUP BY with count(*). Related: GROUP BY, SELECT.
            """),
        ReferencePage(
            .clause, "subquery", "Subqueries",
            keywords: "nested select in exists scalar",
            """
            A SELECT in parentheses may stand for a table in FROM, for one value in an expression, after IN, and
            after EXISTS. It may use columns of the query around it.

            ```sql
            SELECT lang, n FROM (SELECT lang, count(*) AS n FROM docs GROUP BY lang) AS t WHERE n > 10;
            SELECT id FROM docs WHERE id IN (SELECT document FROM judgements WHERE grade > 0);
            SELECT id FROM docs AS d WHERE NOT EXISTS (SELECT 1 FROM judgements AS j WHERE j.document = d.id);
            SELECT id FROM docs WHERE (lang, year) IN (SELECT lang, max(year) FROM docs GROUP BY lang);
            ```

            A subquery that stands for a value must give one column and at most one row (else E0309); no row means
            NULL. NOT IN is never TRUE when the list holds a NULL. `x IN t` is short for `x IN (SELECT * FROM t)`.
            Related: WITH, FROM.
            """),
        ReferencePage(
            .clause, "set-operations", "UNION, INTERSECT and EXCEPT",
            keywords: "combine results set difference",
            """
            These words combine the results of two queries with the same number of columns. UNION gives the rows of
            either, without repetitions; UNION ALL keeps repetitions and is faster; INTERSECT gives rows that both
            have; EXCEPT gives those of the first that the second lacks.

            ```sql
            SELECT id FROM docs EXCEPT SELECT document FROM judgements ORDER BY 1;
            ```

            Several of them are taken from left to right, none binds more tightly; parentheses change that. Column
            names come from the first query. ORDER BY and LIMIT at the end apply to the whole. Related: SELECT,
            DISTINCT.
            """),
        ReferencePage(
            .clause, "returning", "RETURNING",
            keywords: "get generated changed rows back",
            """
            RETURNING turns INSERT, UPDATE or DELETE into a query that returns the rows it has touched: the new
            content for INSERT and UPDATE, the old one for DELETE.

            ```sql
            INSERT INTO docs (id, body) VALUES ('z', 'last') RETURNING id, lang;
            DELETE FROM docs WHERE lang = 'xx' RETURNING *;
            ```

            The list is like that of SELECT, without aggregates. Rows that ON CONFLICT DO NOTHING passed over are
            not returned. Without RETURNING the statement returns the number of rows. Related: INSERT, UPDATE,
            DELETE.
            """),
        ReferencePage(
            .clause, "on-conflict", "ON CONFLICT",
            keywords: "upsert insert or update duplicate key ignore",
            """
            ON CONFLICT says what INSERT does with a row whose key exists already. DO NOTHING leaves the stored row
            alone; DO UPDATE changes it, where `excluded` stands for the row that was to be added.

            ```sql
            INSERT INTO docs (id, body) VALUES ('a', 'new text')
            ON CONFLICT (id) DO UPDATE SET body = excluded.body WHERE docs.body <> excluded.body;
            INSERT INTO docs (id, body) VALUES ('a', 'x') ON CONFLICT DO NOTHING;
            ```

            The columns name a primary key or UNIQUE constraint. Without ON CONFLICT such a row is E0402 and the
            whole INSERT adds nothing. INSERT OR IGNORE is DO NOTHING; to put the new row in the place of the old
            one, see REPLACE. Related: INSERT, REPLACE, E0402.
            """),
        ReferencePage(
            .clause, "with-options", "WITH (options)",
            keywords: "settings parameters of a statement",
            """
            The options clause sets details of a statement as name = value pairs in parentheses. It has the same
            form everywhere: at the end of CREATE INDEX, COPY, TRAIN, EVALUATE and DEPLOY.

            ```sql
            COPY docs FROM 'docs.csv' WITH (header = true, delimiter = ';');
            ```

            An option that the statement does not know is E0104, which lists the known ones; a value that does not
            fit is E0206. Options that are left out have the defaults given on their pages. Related: the pages of
            kind option.
            """),
        ReferencePage(
            .clause, "data-source", "FROM in learning statements",
            keywords: "training data source",
            """
            EVALUATE, and later TRAIN and PREDICT, take their rows from one clause: FROM with a table and an
            optional WHERE, or FROM with a query in parentheses. Columns are found by name.

            ```sql
            EVALUATE finder FROM judgements WHERE grade IS NOT NULL;
            EVALUATE finder FROM (SELECT question AS query, page AS document, 1 AS grade FROM tests);
            ```

            Use the query to rename columns to the names that the statement expects. Additional columns are allowed
            for EVALUATE. Related: EVALUATE, E0102.
            """),
        ReferencePage(
            .clause, "model-version", "Model versions: name@version",
            keywords: "latest specific model reference",
            """
            A model is named alone or with a version: `finder@3` is the third version, `finder@latest` the newest. A
            bare name means the deployed version where a deployment of that name exists, else the latest.

            ```sql
            SEARCH finder@1 FOR 'disk quota';
            DEPLOY finder@latest AS help;
            DROP MODEL finder@1;
            ```

            An unknown number is E0106, which lists the versions there are. Aliases such as `finder@prod` are not
            available in this version. Related: TRAIN, DEPLOY, sys.models.
            """),
        ReferencePage(
            .clause, "shards", "SHARDS",
            keywords: "parallel training partition threads",
            """
            SHARDS says into how many parts the rows of a TRAIN are divided. Each part is fitted on its own, on as
            many threads as the option threads allows, and the parts are merged with statistics of the whole.

            ```sql
            TRAIN finder USING retriever ON docs (title, body) SHARDS 4;
            TRAIN finder USING retriever ON docs (title, body) SHARDS AUTO;
            ```

            A row's part follows from its row id and the seed, so that a repeated TRAIN divides the rows alike. For
            a retriever the ranking is the same for any number. Of other kinds each shard is fitted by one thread,
            from what all rows share (encoders, vocabulary, starting weights), and has its part of every class; BY a
            column keeps equal values together. AUTO makes as many as there are processors; the default is 1, the
            most 1,024. Related: AGGREGATE, TRAIN, sys.shards.
            """),
        ReferencePage(
            .clause, "aggregate", "AGGREGATE",
            keywords: "mean ensemble rounds federated averaging shards combine",
            """
            AGGREGATE says how the models of shards become one. `mean` takes the mean of their weights, each shard
            counting as much as it has rows; with ROUNDS the shards go on from the mean, so often. `ensemble` keeps
            all models and takes the mean of what they predict.

            ```sql
            TRAIN shirt USING mlp FROM images LABEL kind SHARDS 8 AGGREGATE mean ROUNDS 5;
            TRAIN income USING boosted_trees FROM people LABEL pay SHARDS 2 AGGREGATE ensemble;
            ```

            Trees have no mean and make an ensemble; the other kinds default to mean: networks in as many rounds for
            each epoch as there are shards, with a learning rate that grows by the root of that number, clusters in
            five, classifiers of texts in 5, of 4 and 5 shards in 10, of more in 15, the others in one. One shard
            gives the same bytes as none. Related: SHARDS, TRAIN with LABEL, sys.shards.
            """),
        ReferencePage(
            .clause, "near", "NEAR",
            keywords: "vector similarity nearest within row more like this similar documents",
            """
            NEAR is the leg of SEARCH that compares vectors: it ranks rows by how close a VECTOR column lies to a
            vector, or to the vector of the row with a primary key, which is then left out. WITHIN bounds the distance.

            ```sql
            SEARCH docs FOR emb NEAR :vector RETURN id, score LIMIT 10;
            SEARCH docs FOR emb NEAR ROW 'kb-17' WHERE lang = 'en' LIMIT 5 WITH (ef = 128);
            SEARCH docs FOR emb NEAR '[0.5, -1, 2]' WITHIN 0.2 WITH (exact = true);
            ```

            The vector is a parameter, a text such as '[0.5, -1]', or a BLOB of little-endian 32-bit floats. score is
            the cosine or the inner product, or the negated distance under l2 and hamming. A vector index of the
            column is used; without one all rows are compared, by cosine unless the option metric says otherwise.
            WHERE is exact: as long as enough rows match, LIMIT rows come back. Options: ef, probes, exact,
            metric. Nearness to a text needs an embedding model, which the option model names.

            NEAR ROW over TEXT columns finds rows like one by their words: those that are frequent in it and rare in
            others, at most 25, are looked for as by MATCH, in the columns that are named.

            ```sql
            SEARCH docs FOR title, body NEAR ROW 'kb-17' RETURN id, title, score, why() LIMIT 5;
            ```

            Related: CREATE INDEX USING hnsw, the type VECTOR, MATCH.
            """),
        ReferencePage(
            .clause, "fuse", "FUSE BY",
            keywords: "hybrid search combine legs reciprocal rank fusion weight",
            """
            FUSE BY says how the rankings of several legs become one. `rrf`, which is what happens without the clause,
            adds weight / (60 + rank) for each leg: it needs no scores that can be compared. `linear` adds the
            scores, each leg's brought to 0 to 1 first and times its weight.

            ```sql
            SEARCH docs FOR 'disk quota' WEIGHT 2, emb NEAR :vector;
            SEARCH docs FOR title MATCH 'quota', body MATCH 'disk' FUSE BY rrf WITH (k = 10, candidates = 500);
            SEARCH docs FOR 'disk quota', emb NEAR :vector WEIGHT 0.5 FUSE BY linear WITH (normalize = 'max');
            ```

            WEIGHT, 1 if it is not given, says how much a leg counts. The option candidates is how many of its best
            rows each leg gives, by default the larger of 100 and ten times LIMIT, and never fewer than LIMIT. k is
            the 60 of rrf. normalize of linear is minmax, from the lowest candidate to the best; max, a share of the
            best; or none. score is the fused score, and why() shows each leg's rank and score. Related: SEARCH,
            NEAR, RERANK BY.
            """),
        ReferencePage(
            .clause, "rerank", "RERANK BY",
            keywords: "second stage ranking model",
            """
            RERANK BY orders the best hits of the first stage anew by a retriever: a deployment, or a model with or
            without a version, that was trained on the same table. It reads the words of the first text leg.

            ```sql
            SEARCH docs FOR 'disk quota' RERANK BY helpdesk TOP 50 LIMIT 10;
            ```

            TOP says how many of the best hits take part: 100 if it is not given, and never fewer than LIMIT. score is
            then the model's. Hits in which the model finds none of the words come last, with a score of 0, in the
            order that they had. Related: SEARCH, TRAIN, DEPLOY, FUSE BY.
            """),
        ReferencePage(
            .clause, "after", "AFTER",
            keywords: "next page cursor pagination",
            """
            AFTER continues a SEARCH behind the last row of an earlier page. The page before returns cursor() for each
            row; the next one is the same statement with that text behind AFTER. NULL is the first page.

            ```sql
            SEARCH docs FOR 'disk quota' RETURN id, score, cursor() LIMIT 10 AFTER :cursor;
            ```

            Rows that are added or deleted in between do not shift the pages: no row comes twice, and none that was
            there is left out. A single leg goes on by score and primary key, with the scores that rows had on the
            first page. Fused and reranked searches give the best of the rows that no earlier page gave. LIMIT, WHERE
            and RETURN may change from page to page; a cursor of another search is error E0312. Related: cursor,
            LIMIT, SEARCH.
            """),
        ReferencePage(
            .clause, "replicas", "REPLICAS",
            keywords: "workers scaling concurrency autoscale",
            """
            REPLICAS gives the smallest and the largest number of workers of a deployment. More workers answer more
            requests at once; all of them share one copy of the model in memory.

            ```sql
            DEPLOY finder AS help REPLICAS 1 TO 4;
            ```

            One number fixes the count. The numbers go from 1 to 256, and the first may not be above the second
            (E0304). Requests that find all workers busy wait in the queue, whose length is the option queue.
            Related: DEPLOY, the options queue and timeout.
            """),
        ReferencePage(
            .clause, "case", "CASE",
            keywords: "if then else conditional expression switch",
            """
            CASE chooses between values. The first WHEN whose condition is TRUE gives the result; if there is none,
            ELSE does, and without ELSE the result is NULL. With an expression after CASE each WHEN is compared with
            it.

            ```sql
            SELECT id, CASE WHEN year IS NULL THEN 'undated' WHEN year < 2000 THEN 'old' ELSE 'new' END AS age
            FROM docs;
            SELECT CASE lang WHEN 'en' THEN 'English' WHEN 'de' THEN 'German' END FROM docs;
            ```

            All results must have a common type. Branches that are not chosen are not computed, so that CASE can
            guard a division. Related: iif, coalesce.
            """),
        ReferencePage(
            .clause, "cast", "CAST",
            keywords: "convert type conversion to text integer",
            """
            CAST converts a value to another type. Conversion is strict: the text must be a complete number, a valid
            date and so on, without spaces around it; anything else is E0303.

            ```sql
            SELECT CAST('42' AS INTEGER) + 1, CAST(year AS TEXT) || '!' FROM docs;
            ```

            REAL to INTEGER cuts the fraction off; a number that does not fit is E0304. NULL stays NULL. The engine
            never turns text into numbers by itself, which is why CAST is needed where other systems guess. Related:
            typeof, the pages of kind type.
            """),
        ReferencePage(
            .clause, "parameters", "Parameters",
            keywords: "placeholder bind variable prepared statement injection",
            """
            A parameter stands for a value that is given when the statement is run: `?` takes the next one, `?3` the
            third, `:name` the one with that name. Values never become part of the statement's text, so no input can
            change its meaning.

            ```sql
            SELECT id FROM docs WHERE lang = :lang AND year > ?;
            SEARCH docs FOR :words LIMIT 5;
            ```

            Parameters may stand wherever a value may, but not for names of tables or columns. A missing value is
            E0111. Related: the guide on embedding in Swift.
            """),
        ReferencePage(
            .clause, "comments", "Comments and names",
            keywords: "quoting identifiers case syntax",
            """
            Two hyphens begin a comment that goes to the end of the line; `/*` and `*/` enclose one that may span
            lines. Statements are separated by semicolons. Keywords and names are not case-sensitive.

            ```sql
            -- a comment
            SELECT title /* the heading */ AS "group", 'it''s' AS text FROM docs;
            ```

            Text stands in single quotes, doubled inside. Double quotes make a name of anything, keywords included.
            Words such as label, model, score and search are ordinary names wherever the grammar leaves no doubt.
            Related: E0115, E0001.
            """),
        ReferencePage(
            .clause, "default", "DEFAULT",
            keywords: "default column value",
            """
            DEFAULT gives the value that a column takes when INSERT or COPY does not mention it. It is a constant or
            an expression without columns, computed for each row; without DEFAULT the value is NULL.

            ```sql
            CREATE TABLE notes (
                id INTEGER PRIMARY KEY, lang TEXT DEFAULT 'en', added TIMESTAMP DEFAULT current_timestamp);
            ```

            The word DEFAULT may also stand for a value in VALUES of an INSERT and behind SET: the column's own
            default, or NULL. Writing NULL into such a column explicitly stores NULL, or fails if the column is NOT
            NULL. Related: CREATE TABLE, INSERT.
            """),
        ReferencePage(
            .clause, "constraints", "Constraints",
            keywords: "primary key unique not null check",
            """
            A constraint is a rule that every row of a table obeys; a statement that would break one fails and
            changes nothing. NOT NULL demands a value, UNIQUE and PRIMARY KEY forbid equal keys, CHECK demands that
            a condition is not FALSE.

            ```sql
            CREATE TABLE ratings (
                query TEXT NOT NULL, document TEXT NOT NULL, grade INTEGER CHECK (grade BETWEEN 0 AND 3),
                PRIMARY KEY (query, document));
            ```

            The errors are E0401, E0402 and E0403 and name the table, the column and the value. REFERENCES is on a page
            of its own. Related: CREATE TABLE, foreign keys.
            """),
        ReferencePage(
            .clause, "foreign-keys", "Foreign keys (REFERENCES)",
            keywords: "references foreign key cascade restrict set null set default parent child",
            """
            REFERENCES says that the values of a column, or of several, are the key of a row of another table, or of
            the same one: its PRIMARY KEY, or columns that are UNIQUE. A row with a NULL among them refers to nothing.

            ```sql
            CREATE TABLE authors (id INTEGER PRIMARY KEY, name TEXT UNIQUE);
            CREATE TABLE books (
                title TEXT, author INTEGER REFERENCES authors ON DELETE CASCADE,
                editor TEXT, FOREIGN KEY (editor) REFERENCES authors (name) ON UPDATE CASCADE ON DELETE SET NULL);
            CREATE INDEX books_author ON books (author);
            ```

            ON DELETE and ON UPDATE say what becomes of the rows that refer to one which is deleted, or gets another
            key. NO ACTION, the default, refuses with E0404 if they still refer to nothing when the statement ends;
            RESTRICT refuses in any case. CASCADE deletes them too, or gives them the new key. SET NULL and SET
            DEFAULT change their columns.

            The types of both sides must be the same. An index that begins with the referring columns makes deleting
            and changing the rows that they refer to fast; without one the whole table is read. Related: CREATE TABLE,
            constraints, sys.foreign_keys, E0404.
            """),
        ReferencePage(
            .clause, "null", "NULL and three-valued logic",
            keywords: "missing unknown value null handling",
            """
            NULL means that there is no value. A comparison or calculation with NULL gives NULL, and a condition
            that is NULL does not select the row. Ask for it with IS NULL and IS NOT NULL, never with `=`.

            ```sql
            SELECT id FROM docs WHERE year IS NULL;
            SELECT id FROM docs WHERE lang IS NOT DISTINCT FROM :lang;
            ```

            FALSE AND NULL is FALSE, TRUE OR NULL is TRUE; otherwise NULL spreads. Aggregates pass over NULLs, GROUP
            BY and DISTINCT treat them as equal, UNIQUE treats them as different. Related: coalesce, nullif, ORDER
            BY.
            """),
        ReferencePage(
            .clause, "window", "Window functions (OVER)",
            keywords: "running total moving average rank partition row number lag lead ntile first_value frame",
            """
            A window function computes a value over rows around the current one: running totals, ranks, differences.

            ```sql
            SELECT id, sum(year) OVER (PARTITION BY lang ORDER BY id) FROM docs;
            ```

            Every aggregate works with OVER, also with FILTER, and row_number(), rank(), dense_rank(), percent_rank(),
            cume_dist(), ntile(parts), lag(x, distance, default), lead(…), first_value(x), last_value(x) and
            nth_value(x, n) are for windows only. PARTITION BY divides the rows, ORDER BY orders them in each part.

            The frame says which rows of the part an aggregate or *_value function sees. Without ORDER BY it is the
            whole part; with it, everything up to the current row and its equals. Others count rows, GROUPS of equal
            rows, or in a RANGE distances of the ordering number or time. EXCLUDE CURRENT ROW, GROUP or TIES leaves
            rows out:

            ```sql
            SELECT year, sum(n) OVER (ORDER BY year RANGE BETWEEN 5 PRECEDING AND 5 FOLLOWING) FROM counts;
            SELECT avg(n) OVER (ORDER BY day RANGE INTERVAL '7 days' PRECEDING EXCLUDE CURRENT ROW) FROM visits;
            SELECT sum(n) OVER w, max(n) OVER (w ROWS 9 PRECEDING) FROM counts WINDOW w AS (ORDER BY year);
            ```

            Window functions stand in the select list and in ORDER BY, and are computed after HAVING. To filter by
            one, use a subquery:

            ```sql
            SELECT id FROM (SELECT id, rank() OVER (PARTITION BY lang ORDER BY year DESC) AS place FROM docs) AS r
            WHERE place <= 3;
            ```

            The rows of a window are held in memory. Related: GROUP BY, subqueries in FROM.
            """),
    ]
}
