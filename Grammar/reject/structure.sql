-- Parentheses, commas and expressions

-- E0001 expected ',' or ')' after the column list, found the end of the text
   CREATE TABLE docs (id INTEGER, title TEXT
--                                          ^ (empty)

-- E0001 expected ',' or ')' after the column list, found 'title'
   CREATE TABLE docs (id INTEGER title TEXT)
--                               ^^^^^

-- E0001 expected a column's name, found ')'
-- hint: there is a comma too many before ')'
   CREATE TABLE docs (id INTEGER,)
--                               ^

-- E0001 expected a column's name, found ')'
   CREATE TABLE docs ()
--                    ^

-- E0001 expected ',' or ')' after the column list, found 'VALUES'
   INSERT INTO docs (id, body VALUES (1, 2)
--                            ^^^^^^

-- E0001 expected ',' or ')' after the values of a row, found the end of the text
   INSERT INTO docs VALUES (1, 2
--                              ^ (empty)

-- E0001 expected ')' after the expression, found the end of the text
   SELECT (1 + 2
--              ^ (empty)

-- E0001 expected an expression, found the end of the text
   SELECT 1 +
--           ^ (empty)

-- E0001 expected an expression, found '*'
   SELECT 1 + * 2
--            ^

-- E0001 expected an expression, found ','
   SELECT , 1
--        ^

-- E0001 expected an expression, found 'FROM'
-- hint: there is a comma too many before 'FROM'
   SELECT a, FROM docs
--           ^^^^

-- E0001 expected an expression, found the end of the text
   SELECT * FROM docs WHERE
--                         ^ (empty)

-- E0001 expected an expression, found the end of the text
   SELECT * FROM docs WHERE a =
--                             ^ (empty)

-- E0001 expected '(' after IN, found the end of the text
   SELECT * FROM docs WHERE a IN
--                              ^ (empty)

-- E0001 expected ',' or ')' after the list of IN, found the end of the text
   SELECT * FROM docs WHERE a IN (1, 2
--                                    ^ (empty)

-- E0001 expected AND between the two bounds of BETWEEN, found the end of the text
   SELECT * FROM docs WHERE a BETWEEN 1
--                                     ^ (empty)

-- E0001 expected an operand, found 'NOT'
-- hint: put the NOT and its operand in parentheses
   SELECT * FROM docs WHERE a = NOT b
--                              ^^^

-- E0001 expected an expression, found the end of the text
   SELECT * FROM docs WHERE a IS
--                              ^ (empty)

-- E0001 expected WHEN after CASE, found 'END'
   SELECT CASE a END
--               ^^^

-- E0001 expected END at the end of CASE, found the end of the text
   SELECT CASE WHEN a THEN 1
--                          ^ (empty)

-- E0001 expected THEN after the condition of WHEN, found '1'
   SELECT CASE WHEN a 1 END
--                    ^

-- E0001 expected AS in CAST(… AS type), found 'INTEGER'
   SELECT CAST(a INTEGER)
--               ^^^^^^^

-- E0112 unknown type 'INTEGR'
-- hint: did you mean 'INTEGER'?
   SELECT CAST(a AS INTEGR)
--                  ^^^^^^

-- E0001 expected ',' or ')' after the arguments of f, found the end of the text
   SELECT f(1, 2
--              ^ (empty)

-- E0001 expected an expression, found the end of the text
   SELECT count(
--              ^ (empty)

-- E0001 expected ',' or ']' after the vector's elements, found the end of the text
   SELECT [1, 2
--             ^ (empty)

-- E0001 expected an expression, found ']'
   SELECT []
--         ^

-- E0001 expected a column's name after '.', found 'FROM'
-- hint: FROM is a reserved word: write it in double quotes to use it as a name
   SELECT a. FROM t
--           ^^^^

-- E0001 expected SELECT after EXISTS (, found '1'
   SELECT EXISTS (1)
--                ^

-- E0001 expected ')' after the subquery, found the end of the text
   SELECT (SELECT 1
--                 ^ (empty)

-- E0001 expected ')' after the subquery, found the end of the text
   SELECT * FROM (SELECT 1
--                        ^ (empty)

-- E0001 expected JOIN after LEFT, found 'b'
   SELECT * FROM a LEFT b
--                      ^

-- E0001 expected ON or USING after LEFT JOIN, found the end of the text
   SELECT * FROM a LEFT JOIN b
--                            ^ (empty)

-- E0001 expected ';' or the end of the statement, found ','
   SELECT * FROM docs LIMIT 5 OFFSET 10, 15
--                                     ^

-- E0114 unknown collation 'NOCAES'
-- hint: did you mean 'NOCASE'?
   SELECT a COLLATE NOCAES
--                  ^^^^^^

-- E0001 expected FOLLOWING or PRECEDING after the distance, found ')'
   SELECT sum(a) OVER (ORDER BY b ROWS 3)
--                                      ^

-- E0001 expected a table's name or '(', found 'order'
-- hint: ORDER is a reserved word: write it in double quotes to use it as a name
   SELECT * FROM order
--               ^^^^^

-- E0001 expected an expression, found 'select'
-- hint: SELECT is a reserved word: write it in double quotes to use it as a name
   SELECT select FROM docs
--        ^^^^^^

-- E0001 expected a table's name, found 'group'
-- hint: GROUP is a reserved word: write it in double quotes to use it as a name
   CREATE TABLE group (a INTEGER)
--              ^^^^^

-- E0001 expected '(' and a SELECT, found 'SELECT'
   WITH a AS SELECT 1 SELECT 2
--           ^^^^^^

-- E0001 expected SELECT, found 'DROP'
   WITH a AS (SELECT 1) DROP TABLE b
--                      ^^^^

-- E0001 expected '(' before the options, found 'epochs'
   TRAIN finder USING retriever WITH epochs = 10
--                                   ^^^^^^

-- E0001 expected '=' after the option's name, found '10'
   TRAIN finder USING retriever WITH (epochs 10)
--                                           ^^

-- E0001 expected ',' or ')' after the options, found the end of the text
   TRAIN finder USING retriever WITH (epochs = 10
--                                               ^ (empty)

-- E0001 expected an option's name, found ')'
   TRAIN finder USING retriever WITH ()
--                                    ^
