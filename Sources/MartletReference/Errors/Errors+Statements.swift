// Pages: errors that are found in a statement before it runs.

extension ReferencePage {
    static let statementErrors: [ReferencePage] = [
        ReferencePage(
            .error, "E0001", "E0001 syntax error",
            keywords: "syntax parse unexpected token",
            """
            The text is not a statement of the language. The caret stands at the first word that does not fit, and
            the message says what could have stood there instead.

            Typical causes are a missing comma or parenthesis, a misspelled keyword, text in double quotes where
            single quotes were meant, or a reserved word used as a name without double quotes.

            ```text
            SELECT id, year AS order FROM docs;
            ```

            ```sql
            SELECT id, year AS "order" FROM docs;
            ```

            Look just before the caret: the mistake is often one word earlier. Related: the page on comments and
            names.
            """),
        ReferencePage(
            .error, "E0002", "E0002 unterminated text, name or comment",
            keywords: "missing closing quote",
            """
            A quoted text, a quoted name or a `/*` comment begins and never ends. The caret shows where it begins.
            The usual cause is an apostrophe inside a text: it must be doubled.

            ```text
            SELECT 'it's late';
            ```

            ```sql
            SELECT 'it''s late';
            ```

            In the shell, a prompt that keeps asking for more lines has the same cause; close the quote or press
            Ctrl-C. Related: E0001, parameters, which need no quoting at all.
            """),
        ReferencePage(
            .error, "E0003", "E0003 invalid number",
            keywords: "malformed literal digits too large",
            """
            A number is written in a form that is not a number, such as `12abc`, `1e` or `0x`, or it is a whole
            number that does not fit into 64 bits.

            ```text
            SELECT 12abc;
            ```

            ```sql
            SELECT 12 AS abc, 1e3, 0xFF;
            ```

            Put a space between a number and what follows it. For amounts beyond 64 bits use REAL, by writing a
            decimal point, or TEXT. Related: the types INTEGER and REAL.
            """),
        ReferencePage(
            .error, "E0004", "E0004 invalid character",
            keywords: "strange symbol encoding utf-8",
            """
            The statement holds a character that has no place in the language outside quotes, or bytes that are not
            UTF-8. It often comes from copying out of a word processor, which replaces quotes by curly ones and
            hyphens by dashes.

            ```text
            SELECT “id” FROM docs;
            ```

            ```sql
            SELECT "id" FROM docs;
            ```

            Type the character at the caret anew, and save script files as UTF-8. Related: E0001, E0310.
            """),
        ReferencePage(
            .error, "E0005", "E0005 nested too deeply",
            keywords: "nesting depth recursion parentheses",
            """
            Parentheses are nested in one another more than 200 levels deep; calls, CASE and CAST count as two levels,
            subqueries as more. The limit protects the program around the engine from running out of stack.

            Statements that people write do not come near it; generated ones do, mostly as a long chain of nested
            ORs or function calls.

            ```sql
            SELECT id FROM docs WHERE lang IN ('de', 'en', 'fr');
            ```

            Use IN with a list, or load the values into a table and join it. Related: E0801, E0006.
            """),
        ReferencePage(
            .error, "E0006", "E0006 statement too long",
            keywords: "size limit script length",
            """
            A single statement is longer than 64 MiB. Nearly always this is an INSERT with an enormous number of
            rows written into its text.

            ```sql
            COPY docs FROM 'docs.jsonl';
            ```

            Load files with COPY, or send rows through a prepared statement with parameters, a few thousand in one
            transaction. A script as a whole may be longer: only one statement is held to the limit. Related: COPY
            FROM, E0801.
            """),
        ReferencePage(
            .error, "E0007", "E0007 not supported yet",
            keywords: "unsupported feature not implemented planned",
            """
            The statement is correct, but this version cannot run it, or one of its parts. The caret stands at that
            part.

            ```sql
            SELECT id, title FROM docs WHERE lang = 'en';
            ```

            Pages of the reference end with 'Not available in this version.' where that is so, and most of them say
            what to do instead. Nothing has been changed in the database. Related: `SELECT id, title FROM
            sys.reference` lists all pages.
            """),
        ReferencePage(
            .error, "E0101", "E0101 unknown table",
            keywords: "no such table not found",
            """
            There is no table of this name; after SEARCH, no table, deployment or model. The hint names the nearest
            one that exists.

            ```sql
            SELECT name FROM sys.tables ORDER BY name;
            CREATE TABLE IF NOT EXISTS docs (id TEXT PRIMARY KEY, body TEXT);
            ```

            Check the spelling, and whether the shell has opened the file you think it has: opening a name that does
            not exist makes a new and empty database. System tables need their prefix: `sys.models`. Related: SHOW,
            CREATE TABLE, E0107.
            """),
        ReferencePage(
            .error, "E0102", "E0102 unknown column",
            keywords: "no such column misspelled field",
            """
            No table of the statement has a column of this name. The hint names the nearest one.

            ```sql
            SELECT name, type FROM sys.columns WHERE "table" = 'docs' ORDER BY position;
            ```

            Frequent causes: a spelling mistake; text in double quotes, which makes it a name (use single quotes); a
            table alias that hides the table's own name; score outside a SEARCH, or search_score where the table has
            no column score of its own. EVALUATE looks for columns called query, document and grade. Related: E0109,
            sys.columns.
            """),
        ReferencePage(
            .error, "E0103", "E0103 unknown function",
            keywords: "no such function",
            """
            There is no function of this name. The hint names the nearest one. Some functions have another name in
            other systems: the length of a list, for example, is json_array_length here.

            ```sql
            SELECT name, signature, summary FROM sys.functions ORDER BY name;
            ```

            A function that a Swift program registers exists only in that program's connections. Functions of
            SEARCH, such as snippet(), belong into its RETURN. Related: E0202, sys.functions.
            """),
        ReferencePage(
            .error, "E0104", "E0104 unknown option",
            keywords: "with clause wrong option name",
            """
            The options clause `WITH (...)` holds a name that this statement does not know. The hint lists the
            options that it has.

            ```sql
            CREATE INDEX docs_text ON docs USING text (title, body) WITH (language = 'german');
            ```

            Options differ from statement to statement: language belongs to text indexes and retrievers, header to
            COPY, metrics to EVALUATE. An option is never ignored silently, so a spelling mistake cannot go
            unnoticed. Related: WITH (options), E0206.
            """),
        ReferencePage(
            .error, "E0105", "E0105 unknown model",
            keywords: "no such model",
            """
            There is no model of this name. The hint names the nearest one. Models are made by TRAIN and are listed
            by SHOW MODELS.

            ```sql
            SHOW MODELS;
            TRAIN finder USING retriever ON docs (title, body);
            ```

            DEPLOY and DROP MODEL need the name of a model, not that of a deployment; `deployed_as` in sys.models
            shows which belongs to which. Related: TRAIN, E0106, E0107.
            """),
        ReferencePage(
            .error, "E0106", "E0106 unknown version",
            keywords: "model version missing",
            """
            The model exists, but not in this version. The hint lists the versions there are. Numbers begin with 1,
            every TRAIN of the name adds one, and the number of a dropped version is not used again.

            ```sql
            SELECT version, created, deployed_as FROM sys.models WHERE model = 'finder';
            DEPLOY finder@latest AS help;
            ```

            Leave the version out, or write @latest, to get the newest. Related: DROP MODEL, the page on model
            versions.
            """),
        ReferencePage(
            .error, "E0107", "E0107 unknown deployment",
            keywords: "no such deployment service",
            """
            There is no deployment of this name. The hint names the nearest one.

            ```sql
            SHOW DEPLOYMENTS;
            DEPLOY finder AS help;
            ```

            It may have been ended by UNDEPLOY, or by DROP ... CASCADE of its model or table; sys.deployment_events
            tells when. UNDEPLOY and ROLLBACK DEPLOYMENT need the name after AS, not that of the model. Related:
            DEPLOY, E0105.
            """),
        ReferencePage(
            .error, "E0108", "E0108 unknown index",
            keywords: "no text index missing index",
            """
            There is no index of this name, or a SEARCH needs a text index that the table does not have: none at
            all, or none that covers all the columns before MATCH.

            ```sql
            CREATE INDEX docs_text ON docs USING text (title, body);
            SELECT name, method, columns FROM sys.indexes WHERE "table" = 'docs';
            ```

            Make a text index over these columns, or train and deploy a retriever, which brings its own. Related:
            CREATE INDEX USING text, DROP INDEX.
            """),
        ReferencePage(
            .error, "E0109", "E0109 ambiguous column",
            keywords: "column in several tables join",
            """
            More than one table of the statement has a column of this name, and it is not clear which is meant.
            Write the table's name or alias before it.

            ```sql
            SELECT d.id, j.grade FROM docs AS d JOIN judgements AS j ON j.document = d.id WHERE d.id <> 'a';
            ```

            A table that stands there twice, and two subqueries without a name, need an alias each: `FROM docs AS a
            JOIN docs AS b`. Columns that are joined by USING are one column and need no prefix. Beside a table's own
            column score the relevance of SEARCH is search_score. Related: FROM and joins, SEARCH, E0102.
            """),
        ReferencePage(
            .error, "E0110", "E0110 already exists",
            keywords: "duplicate table index name taken",
            """
            Something of this name exists already: a table, an index, or a table whose name a deployment was to get.
            Nothing has been changed.

            ```sql
            CREATE TABLE IF NOT EXISTS docs (id TEXT PRIMARY KEY, body TEXT);
            DROP INDEX IF EXISTS docs_text;
            ```

            IF NOT EXISTS makes a statement that can be repeated, as in scripts; note that it does not compare the
            definitions. To begin anew, drop the old one first. TRAIN never fails this way: it adds a version.
            Related: DROP TABLE, CREATE INDEX.
            """),
        ReferencePage(
            .error, "E0111", "E0111 unknown parameter",
            keywords: "unbound missing value placeholder",
            """
            A parameter of the statement was given no value, or a value was given for a parameter that the statement
            does not have.

            ```sql
            SELECT id FROM docs WHERE lang = :lang;
            ```

            Give each `?` one value in order, and each `:name` one under that name without the colon. When several
            statements share a script, each has parameters of its own. In the shell, where there are no values to
            bind, write the value itself. Related: parameters.
            """),
        ReferencePage(
            .error, "E0112", "E0112 unknown type",
            keywords: "data type not recognised",
            """
            A column definition or a CAST names a type that does not exist. The types are BOOLEAN, INTEGER, REAL,
            TEXT, BLOB, TIMESTAMP, JSON and VECTOR(n); usual names from other systems, such as VARCHAR(30), BIGINT
            and DOUBLE PRECISION, stand for one of them.

            ```sql
            CREATE TABLE prices (id INTEGER PRIMARY KEY, cents INTEGER, updated TIMESTAMP);
            ```

            DECIMAL and NUMERIC are other words for REAL: keep exact amounts as INTEGER in the smallest unit.
            Related: the pages of kind type.
            """),
        ReferencePage(
            .error, "E0113", "E0113 unknown setting",
            keywords: "pragma configuration",
            """
            PRAGMA does not know a setting of this name. The hint names the nearest one. There are integrity_check,
            format_version, durability, division_by_zero and ungrouped_columns; other details are options of the
            statements they belong to.

            ```sql
            PRAGMA durability;
            ```

            Settings of other database engines, such as cache sizes and journal modes, have no counterpart here and
            need none. Related: PRAGMA, sys.settings.
            """),
        ReferencePage(
            .error, "E0114", "E0114 unknown object",
            keywords: "unknown kind method system table",
            """
            A word that must be one of a fixed set is not in it: the kind of a model after USING, the method of an
            index, or what SHOW is to list. The hint names what there is.

            ```sql
            TRAIN finder USING retriever ON docs (title, body);
            SHOW DEPLOYMENTS;
            ```

            Check the spelling; kinds and methods are written without quotes. Related: TRAIN, CREATE INDEX, SHOW.
            """),
        ReferencePage(
            .error, "E0115", "E0115 reserved name",
            keywords: "keyword as name sys",
            """
            The name cannot be given to a new object because the engine uses it itself, such as the schema sys.

            ```sql
            CREATE TABLE system_log (id INTEGER PRIMARY KEY, message TEXT);
            ```

            Choose another name. Words that are merely keywords may be used as names in double quotes, and most of
            them, such as label, model and score, even without. System tables can be read but not made, changed or
            dropped. Related: the page on comments and names.
            """),
        ReferencePage(
            .error, "E0116", "E0116 duplicate name",
            keywords: "same name twice column alias",
            """
            A name stands twice where it may stand once: two columns of a table, a column named twice in a list, or
            two tables of a FROM clause with the same alias.

            ```sql
            SELECT a.id, b.id AS other FROM docs AS a JOIN docs AS b ON a.title = b.title AND a.id < b.id;
            ```

            Remove the repetition, or give one of them an alias. Results of a query may share a name; columns of a
            table may not. Related: CREATE TABLE, FROM and joins.
            """),
        ReferencePage(
            .error, "E0201", "E0201 type mismatch",
            keywords: "wrong type expected integer text",
            """
            A value has a type that does not fit its place: text where a number is needed, a number compared with
            text, a TEXT column assigned an INTEGER. The engine does not convert silently, because a silent
            conversion hides mistakes.

            ```sql
            SELECT id FROM docs WHERE year = CAST(:year_as_text AS INTEGER);
            ```

            Convert with CAST, or change the literal: '2024' is text, 2024 a number. INTEGER becomes REAL by itself.
            Related: CAST, typeof.
            """),
        ReferencePage(
            .error, "E0202", "E0202 wrong number of arguments",
            keywords: "function arity parameters",
            """
            A function was called with more or fewer arguments than it takes, or with arguments of a form it does
            not accept. The hint shows its signature.

            ```sql
            SELECT name, signature FROM sys.functions WHERE name = 'substr';
            SELECT substr('martlet', 1, 4);
            ```

            count needs a star or one argument; snippet() and highlight() take exactly one column; why() takes
            nothing. Related: E0103, sys.functions.
            """),
        ReferencePage(
            .error, "E0203", "E0203 misplaced aggregate",
            keywords: "aggregate in where nested sum",
            """
            An aggregate such as count() or sum() stands where there are no groups yet: in WHERE, in a join
            condition, in GROUP BY, or inside another aggregate.

            ```sql
            SELECT lang FROM docs GROUP BY lang HAVING count(*) > 10;
            SELECT max(n) FROM (SELECT count(*) AS n FROM docs GROUP BY lang) AS t;
            ```

            Conditions on aggregates go into HAVING; an aggregate of aggregates needs a subquery. Related: HAVING,
            GROUP BY.
            """),
        ReferencePage(
            .error, "E0204", "E0204 column is not grouped",
            keywords: "must appear in group by",
            """
            A query with GROUP BY or with an aggregate mentions a column that is neither grouped nor inside an
            aggregate. Each group has many values of it, and it is not clear which one is meant.

            ```sql
            SELECT lang, max(title) AS last_title, count(*) FROM docs GROUP BY lang;
            ```

            Add the column to GROUP BY, or say which value you want with min(), max() or another aggregate.
            `PRAGMA ungrouped_columns = first` takes the value of the group's first row instead. Related: GROUP BY,
            E0203, PRAGMA.
            """),
        ReferencePage(
            .error, "E0205", "E0205 wrong number of columns",
            keywords: "insert values count mismatch union",
            """
            Two lists that belong together have different lengths: columns and values of an INSERT, the rows of
            VALUES, the two sides of a UNION, or a subquery with several columns where one is expected.

            ```sql
            INSERT INTO docs (id, title, body) VALUES ('a', 'First', 'one');
            ```

            Name the columns in INSERT, so that a later change of the table does not shift the values. Related:
            INSERT, VALUES.
            """),
        ReferencePage(
            .error, "E0206", "E0206 invalid option",
            keywords: "option value wrong range",
            """
            The option is known, but its value does not fit: a wrong type, a number out of range, or a word that is
            not among the choices. The hint says what is accepted.

            ```sql
            CREATE INDEX docs_text ON docs USING text (body) WITH (language = 'french', b = 0.5);
            EVALUATE finder FROM judgements WITH (metrics = 'p@5');
            ```

            Truth values are true and false, times are texts with a unit such as '2s' or '500ms'. Related: E0104,
            the pages of kind option.
            """),
        ReferencePage(
            .error, "E0207", "E0207 not a constant",
            keywords: "constant expression required",
            """
            A place that needs a value known before the statement runs holds an expression that depends on rows:
            LIMIT, a weight, an option or the path of a file.

            ```sql
            SELECT id FROM docs LIMIT 5 * 2;
            COPY docs TO 'docs.csv';
            ```

            Use a literal, a parameter where the page of the statement allows one, or compute the value first and
            put it in. Related: LIMIT, COPY FROM.
            """),
        ReferencePage(
            .error, "E0208", "E0208 misplaced clause",
            keywords: "not allowed here does not apply",
            """
            A part of the statement is known but makes no sense where it stands: LABEL or AGGREGATE for a retriever,
            WEIGHT in an ordered index, an EVALUATE without FROM, a view where only a table can stand, a SEARCH in
            FROM that reads columns of the query around it.

            ```sql
            TRAIN finder USING retriever ON docs (title, body);
            EVALUATE finder FROM judgements;
            ```

            The caret shows the part. The page of the statement says which parts belong to it. Related: TRAIN,
            EVALUATE, SEARCH.
            """),
    ]
}
