-- Misspelled and missing words

-- E0001 expected a statement, found 'SELCT'
-- hint: did you mean 'SELECT'?
   SELCT 1
-- ^^^^^

-- E0001 expected ';' or the end of the statement, found 'FORM'
-- hint: did you mean 'FROM'?
   SELECT * FORM docs
--          ^^^^

-- E0001 expected ';' or the end of the statement, found 'id'
-- hint: did you mean 'WHERE' instead of 'WEHRE'?
   SELECT * FROM docs WEHRE id = 1
--                          ^^

-- E0001 expected ';' or the end of the statement, found 'docs'
-- hint: did you mean 'FROM' instead of 'FRM'?
   SELECT a FRM docs
--              ^^^^

-- E0001 expected BY after ORDER, found 'YB'
-- hint: did you mean 'BY'?
   SELECT * FROM docs ORDER YB id
--                          ^^

-- E0001 expected BY after GROUP, found 'id'
   SELECT * FROM docs GROUP id
--                          ^^

-- E0001 expected a statement, found 'TRIAN'
-- hint: did you mean 'TRAIN'?
   TRIAN finder USING retriever
-- ^^^^^

-- E0001 expected USING and the kind of model, found 'USIGN'
-- hint: did you mean 'USING'?
   TRAIN finder USIGN retriever
--              ^^^^^

-- E0001 expected USING and the kind of model, found 'retriever'
   TRAIN finder retriever
--              ^^^^^^^^^

-- E0001 expected '(' before the columns, found the end of the text
   TRAIN finder USING retriever ON docs
--                                     ^ (empty)

-- E0001 expected ';' or the end of the statement, found 'SHARD'
-- hint: did you mean 'SHARDS'?
   TRAIN finder USING retriever ON docs (title, body) SHARD 4
--                                                    ^^^^^

-- E0001 expected a number of shards or AUTO, found 'four'
   TRAIN finder USING retriever ON docs (title, body) SHARDS four
--                                                           ^^^^

-- E0001 expected MEAN or ENSEMBLE after AGGREGATE, found 'median'
-- hint: did you mean 'MEAN'?
   TRAIN finder USING retriever ON docs (title, body) AGGREGATE median
--                                                              ^^^^^^

-- E0001 expected ';' or the end of the statement, found 'LABEL'
-- hint: the order is ON, FROM, LABEL, SHARDS, AGGREGATE, WITH, ASYNC
   TRAIN finder USING retriever WITH (epochs = 3) LABEL x
--                                                ^^^^^

-- E0001 expected AS and a name for the deployment, found 'helpdesk'
   DEPLOY finder helpdesk
--               ^^^^^^^^

-- E0001 expected a number of replicas, found the end of the text
   DEPLOY finder AS helpdesk REPLICAS 1 TO
--                                        ^ (empty)

-- E0001 expected a version number or an alias after '@', found 'AS'
-- hint: AS is a reserved word: write it in double quotes to use it as a name
   DEPLOY finder@ AS helpdesk
--                ^^

-- E0001 expected ';' or the end of the statement, found 'FORM'
-- hint: did you mean 'FROM'?
   EVALUATE finder FORM judgements
--                 ^^^^

-- E0001 expected FROM, found 'INTO'
   PREDICT income INTO scored
--                ^^^^

-- E0001 expected FOR and what to search for, found ''swift''
   SEARCH docs 'swift'
--             ^^^^^^^

-- E0001 expected an expression, found the end of the text
   SEARCH docs FOR
--                ^ (empty)

-- E0001 expected MATCH, QUERY or NEAR after the column, found ''swift''
   SEARCH docs FOR title, body 'swift'
--                             ^^^^^^^

-- E0001 NEAR takes one column
   SEARCH docs FOR title, emb NEAR 'x'
--                 ^^^^^^^^^^

-- E0001 expected ';' or the end of the statement, found 'LIMTI'
-- hint: did you mean 'LIMIT'?
   SEARCH docs FOR 'x' LIMTI 5
--                     ^^^^^

-- E0001 expected RRF or linear after FUSE BY, found 'borda'
   SEARCH docs FOR 'x' FUSE BY borda
--                             ^^^^^

-- E0001 expected BY and a model after RERANK, found 'ranker'
   SEARCH docs FOR 'x' RERANK ranker
--                            ^^^^^^

-- E0001 expected a number after WITHIN, found 'far'
   SEARCH docs FOR emb NEAR 'x' WITHIN far
--                                     ^^^

-- E0001 expected a statement, found 'UNDEPOLY'
-- hint: did you mean 'UNDEPLOY'?
   UNDEPOLY helpdesk
-- ^^^^^^^^

-- E0001 expected a statement, found 'hello'
   hello
-- ^^^^^

-- E0001 expected a statement, found '42'
   42
-- ^^

-- E0001 expected INTO after INSERT, found 'docs'
   INSERT docs VALUES (1)
--        ^^^^

-- E0001 expected VALUES, SELECT or DEFAULT VALUES, found 'VALUE'
-- hint: did you mean 'VALUES'?
   INSERT INTO docs VALUE (1)
--                  ^^^^^

-- E0001 expected REPLACE, IGNORE or ABORT after INSERT OR, found 'FAIL'
   INSERT OR FAIL INTO docs VALUES (1)
--           ^^^^

-- E0001 expected DO after ON CONFLICT, found 'UPDATE'
   INSERT INTO docs VALUES (1) ON CONFLICT (id) UPDATE SET a = 1
--                                              ^^^^^^

-- E0001 expected SET, found '='
   UPDATE docs year = 3
--                  ^

-- E0001 expected '=' after the column's name, found '3'
   UPDATE docs SET year 3
--                      ^

-- E0001 expected FROM after DELETE, found 'docs'
   DELETE docs WHERE id = 1
--        ^^^^

-- E0001 expected FROM or TO after the table, found ''x.csv''
   COPY docs 'x.csv'
--           ^^^^^^^

-- E0001 expected a path as text, found 'x'
-- hint: put the text in single quotes
   COPY docs FROM x.csv
--                ^

-- E0001 expected TO after what to copy, found 'FROM'
   COPY (SELECT 1) FROM 'x.csv'
--                 ^^^^

-- E0001 expected what to create: TABLE, INDEX, VIEW, …, found 'TABEL'
-- hint: did you mean 'TABLE'?
   CREATE TABEL docs (id INTEGER)
--        ^^^^^

-- E0001 expected what to create: TABLE, INDEX, VIEW, …, found 'docs'
   CREATE docs
--        ^^^^

-- E0001 expected an index's name, found 'ON'
-- hint: ON is a reserved word: write it in double quotes to use it as a name
   CREATE INDEX ON docs (title)
--              ^^

-- E0001 expected ON and a table after the index's name, found 'docs'
   CREATE INDEX i docs (title)
--                ^^^^

-- E0001 expected AS and a SELECT, found 'SELECT'
   CREATE VIEW v SELECT 1
--               ^^^^^^

-- E0001 expected ADD, DROP or RENAME, found 'CHANGE'
   ALTER TABLE docs CHANGE a b
--                  ^^^^^^

-- E0001 expected TABLE, MODEL, SERVER, USER or TEAM after ALTER, found 'docs'
   ALTER docs ADD a INTEGER
--       ^^^^

-- E0001 expected what to drop: TABLE, INDEX, VIEW, MODEL, …, found 'docs'
   DROP docs
--      ^^^^

-- E0001 expected what to drop: TABLE, INDEX, VIEW, MODEL, …, found 'MODLE'
-- hint: did you mean 'MODEL'?
   DROP MODLE finder
--      ^^^^^

-- E0001 expected ONLY after READ, found the end of the text
   BEGIN READ
--           ^ (empty)

-- E0001 expected a savepoint's name, found the end of the text
   ROLLBACK TO
--            ^ (empty)

-- E0001 expected a statement, found the end of the text
   EXPLAIN
--        ^ (empty)

-- E0001 expected text or json, found 'xml'
   EXPLAIN (FORMAT xml) SELECT 1
--                 ^^^

-- E0001 expected what to show, found the end of the text
   SHOW
--     ^ (empty)

-- E0001 expected STATUS after SYSTEM, found 'STATE'
   SYSTEM STATE
--        ^^^^^

-- E0001 expected a privilege, found 'SEARHC'
-- hint: did you mean 'SEARCH'?
   GRANT SEARHC ON helpdesk TO ana
--       ^^^^^^

-- E0001 expected TO and the users or teams, found 'ana'
   GRANT SEARCH ON helpdesk ana
--                          ^^^

-- E0001 expected AS and the statements, found '('
   CREATE SCHEDULE nightly EVERY '1 day' (SHUTDOWN)
--                                       ^

-- E0001 expected a statement, found 'oops'
   CREATE SCHEDULE nightly EVERY '1 day' AS (SHUTDOWN; oops; SHUTDOWN)
--                                                     ^^^^

-- E0001 expected JOB after WAIT, found '7'
   WAIT 7
--      ^

-- E0001 expected the job's number, found 'seven'
   CANCEL JOB seven
--            ^^^^^

-- E0001 expected a name as text, found 'cost'
-- hint: put the text in single quotes
   LOG METRIC cost = 3.5 TO RUN 12
--            ^^^^

-- E0001 expected TO RUN and its number, found the end of the text
   LOG METRIC 'cost' = 3.5
--                        ^ (empty)

-- E0001 expected what the comment is on: TABLE, COLUMN, MODEL, RUN, … and its name, found 'docs'
   COMMENT ON docs IS 'x'
--            ^^^^

-- E0001 expected PROJECT after USE, found 'kb'
   USE kb
--     ^^

-- E0001 expected private, protected or public, found 'secret'
   ALTER MODEL finder SET VISIBILITY secret
--                                   ^^^^^^

-- E0001 expected ';' or the end of the statement, found 'SELECT'
-- hint: put a ';' between two statements
   SELECT 1 SELECT 2
--          ^^^^^^
