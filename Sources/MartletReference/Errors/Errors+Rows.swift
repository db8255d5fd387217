// Pages: errors of values, constraints and transactions.

extension ReferencePage {
    static let rowErrors: [ReferencePage] = [
        ReferencePage(
            .error, "E0301", "E0301 integer overflow",
            keywords: "too large arithmetic 64 bit",
            """
            The result of a calculation with INTEGER does not fit into 64 bits. The engine says so and does not
            return a wrapped number. It happens with products and sums of large values, and with abs() of the
            smallest integer.

            ```sql
            SELECT CAST(9223372036854775807 AS REAL) + 1.0;
            SELECT total(year) FROM docs;
            ```

            Calculate in REAL where a rounded result will do; total() adds up in REAL. Related: the type INTEGER,
            E0304.
            """),
        ReferencePage(
            .error, "E0302", "E0302 division by zero",
            keywords: "divide modulo",
            """
            The right side of `/` or `%` is zero, for INTEGER as well as for REAL. The caret stands at the operator,
            but it is a row of the data that has the zero.

            ```sql
            SELECT id, 100 / nullif(year, 0) FROM docs;
            ```

            nullif(x, 0) turns zero into NULL, and the result into NULL with it; CASE lets you choose another value.
            A WHERE condition that drops such rows helps only if it is in the same query. A session that says
            `PRAGMA division_by_zero = null` gets NULL everywhere instead. Related: nullif, CASE, PRAGMA.
            """),
        ReferencePage(
            .error, "E0303", "E0303 invalid cast",
            keywords: "cannot convert text to number",
            """
            A CAST met a value that is not a complete and correct form of the wanted type: `12 apples` as INTEGER,
            `yes` as BOOLEAN, text with a space in front.

            ```sql
            SELECT CAST(trim(' 42 ') AS INTEGER);
            SELECT id FROM docs WHERE title REGEXP '^[0-9]+$';
            ```

            Clean the text first with trim() and replace(), or find the rows that do not fit with a pattern. COPY
            reports the same mistake with file, line and column. Related: CAST, E0201.
            """),
        ReferencePage(
            .error, "E0304", "E0304 out of range",
            keywords: "value too big argument limit",
            """
            A number lies outside what its place allows: a REAL too large for INTEGER, a date beyond the calendar, a
            negative LIMIT, REPLICAS 5 TO 2, SHARDS 0, or a function's argument such as the square root of -1.

            ```sql
            DEPLOY finder AS help REPLICAS 1 TO 4;
            SELECT sqrt(abs(-4.0));
            ```

            The message names the range where there is a fixed one. Related: E0301, Limits in the pages of the
            statements.
            """),
        ReferencePage(
            .error, "E0305", "E0305 invalid JSON",
            keywords: "malformed json text",
            """
            A text that should become JSON is not JSON. The message says at which character. Frequent mistakes are
            single quotes, a comma after the last element, and names without quotes.

            ```sql
            INSERT INTO docs (id, body, extra) VALUES ('j', 'x', CAST('{"pages": [1, 2], "draft": false}' AS JSON));
            SELECT json_valid('{"a": 1}');
            ```

            json_valid() tests a text without an error. A text beside JSON is taken as JSON too: to compare a part of
            a JSON value with a text, take it out as TEXT, `extra ->> 'lang' = 'en'`. Related: the type JSON, E0603
            for files.
            """),
        ReferencePage(
            .error, "E0306", "E0306 invalid vector",
            keywords: "dimension mismatch nan element",
            """
            A value is not a vector of the declared type: the number of elements differs, an element is not a finite
            number, an i8 element lies outside -128 to 127, or a bit element is neither 0 nor 1.

            ```sql
            CREATE TABLE points (id INTEGER PRIMARY KEY, position VECTOR(3));
            INSERT INTO points VALUES (1, CAST('[0.5, -1, 2]' AS VECTOR(3)));
            ```

            Check which model made the vectors: different models give different dimensions. Related: the type
            VECTOR.
            """),
        ReferencePage(
            .error, "E0307", "E0307 invalid pattern",
            keywords: "regular expression like escape",
            """
            The pattern of LIKE or REGEXP is malformed: a bracket or parenthesis that is not closed, a repetition of
            nothing, an escape sign at the end, or an ESCAPE that is longer than one character.

            ```sql
            SELECT id FROM docs WHERE title LIKE '100\\%' ESCAPE '\\';
            SELECT id FROM docs WHERE title REGEXP '^[A-Z][a-z]+$';
            ```

            Signs with a meaning, such as `.` or `(`, are taken literally after a backslash in REGEXP. Related:
            LIKE, REGEXP.
            """),
        ReferencePage(
            .error, "E0308", "E0308 invalid timestamp",
            keywords: "date time format parse",
            """
            A text is not a date and time in the form `YYYY-MM-DD`, optionally with `hh:mm:ss`, a fraction and an
            offset; or the day does not exist, like 30 February.

            ```sql
            SELECT TIMESTAMP '2026-03-01 12:30:00+02:00';
            INSERT INTO docs (id, body, added) VALUES ('t', 'x', CAST('2026-03-01' AS TIMESTAMP));
            ```

            Dates in other orders, such as 1.3.2026, must be rearranged with substr() or split_part() first.
            Related: the type TIMESTAMP.
            """),
        ReferencePage(
            .error, "E0309", "E0309 more than one row",
            keywords: "scalar subquery returned several rows",
            """
            A subquery that stands for one value gave more than one row. Which of them should count is not clear, so
            the statement stops.

            ```sql
            SELECT id, (SELECT max(grade) FROM judgements AS j WHERE j.document = d.id) AS best FROM docs AS d;
            SELECT id FROM docs WHERE id IN (SELECT document FROM judgements);
            ```

            Use an aggregate, add ORDER BY with LIMIT 1, or, where any of the values will do, write IN. Related:
            subqueries.
            """),
        ReferencePage(
            .error, "E0310", "E0310 invalid text",
            keywords: "not utf-8 nul character bytes",
            """
            A value that should be TEXT is not valid text: its bytes are not UTF-8, or it contains the character
            NUL, which TEXT cannot hold: in a literal, a parameter, a file, a BLOB that is cast, or a string of JSON
            that `->>` takes out.

            ```sql
            SELECT quote(CAST('abc' AS BLOB));
            CREATE TABLE files (name TEXT PRIMARY KEY, content BLOB);
            ```

            Keep bytes of unknown content in a BLOB column. For whole files in another encoding see E0604. Related:
            the types TEXT and BLOB.
            """),
        ReferencePage(
            .error, "E0311", "E0311 function failed",
            keywords: "registered swift function closure threw result type",
            """
            A function that the program has registered threw an error, or gave a result that is not of the type it
            was registered with: text with a NUL character, a number that is not finite, a TEXT where it returns an
            INTEGER. The message has the function's own error; the caret stands at the call.

            ```sql
            SELECT name, kind, signature FROM sys.functions;
            ```

            The mistake is in the program, or in the row that the function cannot handle: filter such rows first, or
            let the function return NULL for them. Nothing of the statement remains. Related: E0103, CASE.
            """),
        ReferencePage(
            .error, "E0312", "E0312 invalid cursor",
            keywords: "after next page pagination",
            """
            The text behind AFTER is not a cursor, or it is one of another SEARCH: of another table, other legs, words
            or weights.

            ```sql
            SEARCH docs FOR 'disk quota' RETURN id, cursor() LIMIT 10;
            SEARCH docs FOR 'disk quota' RETURN id, cursor() LIMIT 10 AFTER :cursor;
            ```

            Give what cursor() returned, unchanged, to the same statement; only LIMIT, WHERE and RETURN may differ.
            For the first page give NULL. Related: AFTER, cursor.
            """),
        ReferencePage(
            .error, "E0313", "E0313 invalid query",
            keywords: "query syntax parse malformed phrase parenthesis",
            """
            The text of a QUERY is not a sentence of its language: a quote or parenthesis is not closed, an operator
            has nothing to work on, a number is missing or out of range, or a field is not one of the columns that are
            searched. The message names the place, and a caret shows it.

            ```sql
            SEARCH docs FOR title, body QUERY '+lmdb "map full"~2';
            SEARCH docs FOR title, body MATCH :words;
            ```

            Write `\\` before a character that is meant itself, or use MATCH, which takes any text. Related: QUERY,
            MATCH.
            """),
        ReferencePage(
            .error, "E0401", "E0401 NOT NULL constraint",
            keywords: "missing value null not allowed",
            """
            A row has no value in a column that was declared NOT NULL or belongs to the primary key. The message
            names table and column.

            ```sql
            INSERT INTO docs (id, body) VALUES ('a', coalesce(:body, ''));
            CREATE TABLE notes (id INTEGER PRIMARY KEY, lang TEXT NOT NULL DEFAULT 'en');
            ```

            Give a value, give the column a DEFAULT, or replace missing values with coalesce(). With COPY look at
            the option null: an empty field may have been read as NULL. Related: constraints, coalesce.
            """),
        ReferencePage(
            .error, "E0402", "E0402 unique constraint",
            keywords: "duplicate key already present",
            """
            A row has the same key as another in a primary key, a UNIQUE constraint or a unique index. The message
            names the columns and the value. Nothing of the statement has been kept.

            ```sql
            INSERT INTO docs (id, body) VALUES ('a', 'new') ON CONFLICT (id) DO UPDATE SET body = excluded.body;
            SELECT title, count(*) FROM docs GROUP BY title HAVING count(*) > 1;
            ```

            ON CONFLICT turns the INSERT into an update or skips the row. The second example finds repetitions
            before you make a unique index. Related: ON CONFLICT, CREATE INDEX.
            """),
        ReferencePage(
            .error, "E0403", "E0403 check constraint",
            keywords: "rule violated condition",
            """
            A row does not meet a CHECK condition of its table. The message shows the condition. A condition that is
            NULL counts as met.

            ```sql
            CREATE TABLE ratings (id INTEGER PRIMARY KEY, grade INTEGER CHECK (grade BETWEEN 0 AND 3));
            INSERT INTO ratings VALUES (1, least(3, greatest(0, :grade)));
            ```

            Correct the value, or bring it into range while writing, as the example does. A constraint cannot be
            changed; a wrong one needs a new table. Related: constraints.
            """),
        ReferencePage(
            .error, "E0404", "E0404 foreign key constraint",
            keywords: "referenced row missing",
            """
            A row refers to a row of another table that does not exist, or a row that others refer to was to be
            deleted or to get another key. The message names the tables and the values.

            ```sql
            SELECT j.document FROM judgements AS j LEFT JOIN docs AS d ON d.id = j.document WHERE d.id IS NULL;
            ```

            Write the row that is referred to first, or say ON DELETE and ON UPDATE when the foreign key is declared.
            Where references are not declared, the example finds those without a partner. Related: foreign keys, E0402.
            """),
        ReferencePage(
            .error, "E0405", "E0405 row too large",
            keywords: "size limit value too long",
            """
            A row, with all its values, takes more than 256 MiB, or one TEXT value takes more than 128 MiB.

            ```sql
            CREATE TABLE parts (file TEXT, part INTEGER, content BLOB, PRIMARY KEY (file, part));
            ```

            Split large files into parts, as the example prepares, or store the path of the file. For searching,
            long documents are better cut into passages anyway: shorter texts rank more precisely. Related: E0801,
            the type BLOB.
            """),
        ReferencePage(
            .error, "E0406", "E0406 key too long",
            keywords: "index entry size primary key",
            """
            A value of a primary key or an ordered index is longer than the 480 bytes that a key may take. Other
            values of the row are not limited in this way.

            ```sql
            CREATE TABLE pages (id INTEGER PRIMARY KEY, url TEXT, hash TEXT UNIQUE);
            ```

            Use a short key, for instance a number or a digest, and keep the long text in a plain column. To find
            words in long texts make a text index, which has no such limit. Related: CREATE INDEX, CREATE INDEX
            USING text.
            """),
        ReferencePage(
            .error, "E0407", "E0407 in use",
            keywords: "cannot drop dependent deployed model",
            """
            Something cannot be removed because something else needs it: a table on which a model was trained, or a
            model version that is deployed. The message names who needs it.

            ```sql
            UNDEPLOY help;
            DROP MODEL finder;
            DROP TABLE docs CASCADE;
            ```

            Remove the dependent first, or add CASCADE to remove it together with what depends on it. Related: DROP
            TABLE, DROP MODEL, UNDEPLOY.
            """),
        ReferencePage(
            .error, "E0501", "E0501 no transaction",
            keywords: "commit rollback without begin",
            """
            COMMIT, ROLLBACK, RELEASE or ROLLBACK TO was called without an open transaction, or the named savepoint
            is not set.

            ```sql
            BEGIN;
            SAVEPOINT a;
            ROLLBACK TO a;
            COMMIT;
            ```

            Outside BEGIN every statement commits by itself, so there is nothing left to end. Perhaps an earlier
            error ended the transaction already; see E0505. Related: BEGIN, SAVEPOINT.
            """),
        ReferencePage(
            .error, "E0502", "E0502 transaction is open",
            keywords: "nested begin not allowed",
            """
            BEGIN was called inside a transaction, or a statement that must stand alone, such as TRAIN, was.
            Transactions are not nested.

            ```sql
            COMMIT;
            TRAIN finder USING retriever ON docs (title, body);
            ```

            End the open transaction first, or mark a part of it with SAVEPOINT. In the shell the prompt shows that
            a transaction is open. Related: BEGIN, SAVEPOINT.
            """),
        ReferencePage(
            .error, "E0503", "E0503 read-only transaction",
            keywords: "write refused begin read only",
            """
            A statement that changes data was run inside a transaction that was opened for reading: after BEGIN READ
            ONLY, or in a read block of the Swift interface.

            ```sql
            COMMIT;
            BEGIN;
            UPDATE docs SET lang = 'en' WHERE lang IS NULL;
            COMMIT;
            ```

            End it and use a transaction that may write. In Swift use `write { }` in place of `read { }`. Related:
            BEGIN, E0706.
            """),
        ReferencePage(
            .error, "E0504", "E0504 cancelled",
            keywords: "interrupted stopped ctrl-c",
            """
            The statement was stopped on request: Ctrl-C in the shell, or a cancelled task in Swift. Nothing of it
            has been kept; a TRAIN leaves a run in the state cancelled, and the version in service is the same as
            before.

            ```sql
            SELECT run, state, error FROM sys.runs ORDER BY run DESC LIMIT 3;
            ```

            The database is as it was before the statement, so it may simply be repeated. Related: TRAIN, sys.runs.
            """),
        ReferencePage(
            .error, "E0505", "E0505 transaction aborted",
            keywords: "earlier error in transaction",
            """
            An earlier statement of the transaction failed in a way that leaves the transaction unusable, so further
            statements are refused until it is ended.

            ```sql
            ROLLBACK;
            BEGIN;
            COMMIT;
            ```

            Use ROLLBACK, correct the statement that failed first, and begin again; or ROLLBACK TO a savepoint that
            was set before it. An ordinary mistake, such as a constraint that is not met, undoes only its own
            statement. Related: ROLLBACK, SAVEPOINT.
            """),
        ReferencePage(
            .error, "E0506", "E0506 timed out",
            keywords: "timeout took too long waited",
            """
            A request waited or ran longer than it may. For a deployment the limit is the option timeout, two
            seconds unless said otherwise.

            ```sql
            DEPLOY finder AS help REPLICAS 1 TO 4 WITH (timeout = '10s');
            EXPLAIN ANALYZE SEARCH help FOR 'disk quota';
            ```

            Find out with EXPLAIN ANALYZE where the time goes, give the deployment more workers, or raise the limit.
            Related: DEPLOY, E1001.
            """),
        ReferencePage(
            .error, "E0507", "E0507 schema changed",
            keywords: "prepared statement stale definition",
            """
            Tables, indexes or models were changed between preparing a statement and running it, in a way that it
            cannot follow, for example a column it uses is gone.

            ```sql
            SELECT name FROM sys.columns WHERE "table" = 'docs';
            ```

            Prepare the statement again. Programs that prepare statements once and run them for a long time should
            do so automatically on this code. Related: CREATE TABLE, parameters.
            """),
    ]
}
