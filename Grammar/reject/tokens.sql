-- Tokens, numbers and types

-- E0002 the text that starts here has no closing '
   SELECT 'open
--        ^

-- E0002 the name that starts here has no closing "
   SELECT "open
--        ^

-- E0002 the name that starts here has no closing `
   SELECT `open
--        ^

-- E0002 the comment that starts here has no '*/'
   SELECT 1 /* open
--          ^^

-- E0004 a blob literal holds hexadecimal digits only
   SELECT x'0g'
--           ^

-- E0004 a blob literal needs an even number of digits
   SELECT x'012'
--        ^^^^^^

-- E0002 the blob that starts here has no closing '
   SELECT x'01
--        ^^

-- E0001 a quoted name cannot be empty
   SELECT ""
--        ^^

-- E0003 '12abc' is not a number
   SELECT 12abc
--        ^^^^^

-- E0003 '0x' is not a number
   SELECT 0x
--        ^^

-- E0003 '0xfg' is not a number
   SELECT 0xfg
--        ^^^^

-- E0001 expected ';' or the end of the statement, found '.2'
   SELECT 1.5.2
--           ^^

-- E0003 the whole number '18446744073709551616' does not fit into 64 bits
   SELECT 18446744073709551616
--        ^^^^^^^^^^^^^^^^^^^^

-- E0003 the whole number '0x10000000000000000' does not fit into 64 bits
   SELECT 0x10000000000000000
--        ^^^^^^^^^^^^^^^^^^^

-- E0003 the number '1e999' is too large
   SELECT 1e999
--        ^^^^^

-- E0003 parameters are numbered from 1 to 32766
   SELECT ?0
--        ^^

-- E0003 parameters are numbered from 1 to 32766
   SELECT ?99999
--        ^^^^^^

-- E0004 ':' starts a parameter and needs a name
   SELECT : name
--        ^

-- E0004 '#' has no meaning here
   SELECT #1
--        ^

-- E0004 '!' has no meaning here
-- hint: did you mean '!='?
   SELECT 1 ! 2
--          ^

-- E0004 '$' has no meaning here
   SELECT $name
--        ^

-- E0004 '^' has no meaning here
   SELECT a ^ b
--          ^

-- E0004 '{' has no meaning here
   SELECT {1}
--        ^

-- E0004 '\' has no meaning here
   SELECT 1 \ 2
--          ^

-- E0112 unknown type 'TXET'
-- hint: did you mean 'TEXT'?
   CREATE TABLE t (a TXET)
--                   ^^^^

-- E0001 expected '(' and the number of elements after VECTOR, found ')'
   CREATE TABLE t (a VECTOR)
--                         ^

-- E0801 a vector has 1 to 16384 elements
   CREATE TABLE t (a VECTOR(0))
--                          ^

-- E0801 a vector has 1 to 16384 elements
   CREATE TABLE t (a VECTOR(100000))
--                          ^^^^^^

-- E0112 unknown element type 'f23'
-- hint: did you mean 'f32'?
   CREATE TABLE t (a VECTOR(3, f23))
--                             ^^^

-- E0001 expected a length, found 'x'
   CREATE TABLE t (a VARCHAR(x))
--                           ^

-- E0003 the whole number '99999999999999999999' does not fit into 64 bits
   TRAIN a USING b SHARDS 99999999999999999999
--                        ^^^^^^^^^^^^^^^^^^^^

-- E0003 9999999999999999999 is too large for a number of shards or AUTO
   TRAIN a USING b SHARDS 9999999999999999999
--                        ^^^^^^^^^^^^^^^^^^^
