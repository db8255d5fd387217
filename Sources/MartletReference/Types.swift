// Pages: types of values.

extension ReferencePage {
    static let types: [ReferencePage] = [
        ReferencePage(
            .type, "boolean", "BOOLEAN",
            keywords: "true false bool flag",
            """
            BOOLEAN holds TRUE or FALSE. Comparisons, IS NULL, LIKE and EXISTS give it, and conditions demand it: a
            number is not a condition.

            ```sql
            CREATE TABLE tasks (id INTEGER PRIMARY KEY, done BOOLEAN DEFAULT false);
            SELECT id FROM tasks WHERE NOT done;
            SELECT CAST('true' AS BOOLEAN);
            ```

            FALSE is smaller than TRUE. To count how often something is true write `count(*) FILTER (WHERE done)`.
            BOOL is another name. Related: bool_and, CASE, NULL.
            """),
        ReferencePage(
            .type, "integer", "INTEGER",
            keywords: "whole number int bigint 64 bit",
            """
            INTEGER holds whole numbers from -9223372036854775808 to 9223372036854775807 (64 bits). A result outside
            is E0301, never a wrong number. Dividing two INTEGERs gives an INTEGER, cut off toward zero.

            ```sql
            SELECT 7 / 2, 7 % 2, 7 / 2.0, 0xFF;
            CREATE TABLE counters (name TEXT PRIMARY KEY, hits INTEGER NOT NULL DEFAULT 0);
            ```

            INT, BIGINT and SMALLINT are other names for it. INTEGER becomes REAL by itself where REAL is needed,
            never the other way. Related: REAL, CAST, E0301.
            """),
        ReferencePage(
            .type, "real", "REAL",
            keywords: "float double decimal number",
            """
            REAL holds floating-point numbers with about 16 decimal digits (IEEE 754, 64 bits). Stored values are
            always finite: a calculation that would give infinity or not-a-number is an error.

            ```sql
            SELECT 0.1 + 0.2, 1e-9, round(2.71828, 2);
            CREATE TABLE measures (id INTEGER PRIMARY KEY, celsius REAL);
            ```

            Decimal fractions are approximate, so compare with a tolerance, and keep amounts of money as INTEGER in
            the smallest unit. DOUBLE PRECISION, FLOAT, DECIMAL and NUMERIC are other names. Related: INTEGER, round,
            E0304.
            """),
        ReferencePage(
            .type, "text", "TEXT",
            keywords: "string varchar char utf-8",
            """
            TEXT holds characters as UTF-8, of any length up to 128 MiB. There is no fixed length: VARCHAR(30) is
            accepted and means TEXT. The character NUL is not allowed, wherever a text comes from: E0310.

            ```sql
            SELECT 'it''s', 'a' || 'b', length('naïve'), upper('abc');
            ```

            Literals stand in single quotes. Comparison and order go by bytes, so `Z` comes before `a`; use lower()
            to compare without case. Only TEXT columns can be part of a text index or of a retriever. Related: LIKE,
            lower, CREATE INDEX USING text.
            """),
        ReferencePage(
            .type, "blob", "BLOB",
            keywords: "binary bytes file image",
            """
            BLOB holds bytes of any content. A literal is written as hexadecimal digits after x. BLOBs are compared
            byte by byte.

            ```sql
            CREATE TABLE files (name TEXT PRIMARY KEY, content BLOB);
            INSERT INTO files VALUES ('a.bin', x'00FF10');
            SELECT name, octet_length(content), hex(content) FROM files;
            ```

            A row may take up to 256 MiB; split larger files. In jsonl files a BLOB is written as text. BYTEA is
            another name. Related: hex, unhex, E0405.
            """),
        ReferencePage(
            .type, "timestamp", "TIMESTAMP",
            keywords: "date time datetime utc timezone",
            """
            TIMESTAMP is an instant, kept as microseconds since 1970-01-01 UTC. Its text form is ISO 8601; without
            an offset it is UTC. There are no time zones: convert at the edges of your program.

            ```sql
            SELECT TIMESTAMP '2026-03-01 12:30:00', now(), date_trunc('day', now());
            SELECT id FROM docs WHERE added >= TIMESTAMP '2026-01-01' ORDER BY added;
            ```

            Differences come from date_diff(), later and earlier times from date_add() and date_sub(). DATE and
            DATETIME are other names; a date alone means midnight. Related: strftime, extract, E0308.
            """),
        ReferencePage(
            .type, "json", "JSON",
            keywords: "document object nested semi-structured",
            """
            JSON holds a JSON text, checked when it is stored and kept as written. `->` takes a part of it as JSON,
            `->>` as TEXT, by key, by position from 0, or by a path such as `$.author.name`.

            ```sql
            INSERT INTO docs (id, body, extra) VALUES ('j', 'x', CAST('{"tags": ["a", "b"]}' AS JSON));
            SELECT extra -> 'tags' ->> 0, json_array_length(extra, '$.tags') FROM docs WHERE id = 'j';
            ```

            COPY from jsonl stores any nested value in a JSON column. Two JSON values are compared as they are
            written. Related: json_extract, E0305.
            """),
        ReferencePage(
            .type, "vector", "VECTOR",
            keywords: "embedding array of floats dimension",
            """
            VECTOR(n) holds n numbers, for instance an embedding. The elements are f32 unless another form is named:
            f16, i8 or bit, which take a half, a quarter or a thirty-second of the space. n goes up to 16,384.

            ```sql
            CREATE TABLE points (id INTEGER PRIMARY KEY, emb VECTOR(3), small VECTOR(3, i8));
            INSERT INTO points VALUES (1, CAST('[0.5, -1, 2]' AS VECTOR(3)), NULL);
            SELECT id FROM points ORDER BY l2_distance(emb, vector(0, 0, 1)) LIMIT 5;
            ```

            Vectors are equal or different, but have no order. Ordering by a distance,
            as above, compares all rows; SEARCH … NEAR uses a vector index. A BLOB of as many bytes is stored as it
            is. Related: NEAR, CREATE INDEX USING hnsw, cosine_distance, dot, E0306.
            """),
        ReferencePage(
            .type, "null", "NULL as a type",
            keywords: "unknown untyped literal",
            """
            A bare NULL has no type of its own and takes the type that its place needs. In a list of values the type
            comes from the others; if all are NULL the column has the type NULL, which converts to everything.

            ```sql
            SELECT coalesce(NULL, 'x'), CASE WHEN false THEN 1 ELSE NULL END, typeof(NULL);
            SELECT CAST(NULL AS INTEGER);
            ```

            CAST gives it a type where you need one, for instance in the result of a query. What NULL means in
            comparisons is told on the page NULL and three-valued logic. Related: typeof, IS NULL.
            """),
        ReferencePage(
            .type, "conversion", "Which types convert by themselves",
            keywords: "implicit coercion casting rules strict",
            """
            Very few: INTEGER becomes REAL where REAL is needed, and NULL becomes anything. Everything else needs
            CAST, so that a wrong column is noticed and not guessed away.

            ```sql
            SELECT 1 + 0.5, CAST('12' AS INTEGER) + 1, 'v' || CAST(12 AS TEXT);
            ```

            INTEGER and REAL are compared exactly, as numbers. The operator `||` and the functions concat() and
            format() turn their arguments into text. Literals of TIMESTAMP, BLOB and JSON are written with a prefix
            or a CAST. Related: CAST, E0201.
            """),
    ]
}
