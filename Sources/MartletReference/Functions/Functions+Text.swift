// Pages: functions and operators on TEXT.

extension ReferencePage {
    static let textFunctions: [ReferencePage] = [
        ReferencePage(
            .function, "lower", "lower(text)",
            keywords: "lowercase downcase case-insensitive",
            """
            lower gives the text in lower case, by the rules of Unicode, so that it works for all scripts that have
            two cases. Use it on both sides to compare without regard to case.

            ```sql
            SELECT lower('STRASSE Émile');
            SELECT id FROM docs WHERE lower(title) = lower(:wanted);
            ```

            Text indexes ignore case by themselves. Related: upper, LIKE.
            """),
        ReferencePage(
            .function, "upper", "upper(text)",
            keywords: "uppercase capitals",
            """
            upper gives the text in capital letters, by the rules of Unicode. A letter may become two: ß becomes SS.
            NULL gives NULL.

            ```sql
            SELECT upper('martlet'), upper(left('martlet', 1)) || substr('martlet', 2);
            ```

            The second expression makes only the first letter a capital. Related: lower, left, substr.
            """),
        ReferencePage(
            .function, "length", "length(text or blob)",
            keywords: "character count string size",
            """
            length gives the number of characters of a text, or the number of bytes of a blob. A character is a
            Unicode code point, as in all functions of text: a flag is two, an emoji of several people one for each
            and for each joiner between them. char_length is another name for texts.

            ```sql
            SELECT length('naïve'), octet_length('naïve'), length(x'00FF');
            SELECT id FROM docs ORDER BY length(body) DESC LIMIT 5;
            ```

            Related: octet_length, substr.
            """),
        ReferencePage(
            .function, "octet_length", "octet_length(text or blob)",
            keywords: "bytes size storage",
            """
            octet_length gives the number of bytes that a text takes in UTF-8, or that a blob has. Letters with
            accents take two bytes or more, other scripts up to four a character.

            ```sql
            SELECT octet_length('abc'), octet_length('äöü');
            SELECT sum(octet_length(body)) FROM docs;
            ```

            Use it to see how much space texts take; use length to count characters. Related: length, hex.
            """),
        ReferencePage(
            .function, "trim", "trim, ltrim and rtrim",
            keywords: "strip whitespace remove spaces",
            """
            trim removes spaces at both ends of a text, ltrim at the start, rtrim at the end. With a second argument
            they remove the characters that it holds, in any order.

            ```sql
            SELECT trim('  a b  '), ltrim('007', '0'), rtrim('wait...', '.'), trim('[x]', '[]');
            ```

            Spaces inside the text stay; replace() removes those. Useful before CAST, which does not accept spaces.
            Related: replace, CAST.
            """),
        ReferencePage(
            .function, "substr", "substr(text, start [, length])",
            keywords: "substring part of string slice",
            """
            substr gives a part of a text: from the character at start, counted from 1, to the end or as many
            characters as length says. substring is another name. A negative start counts from the end.

            ```sql
            SELECT substr('martlet', 4), substr('martlet', 1, 4), substr('2026-03-01', 6, 2);
            ```

            A start beyond the end gives an empty text. Related: left, right, split_part, instr.
            """),
        ReferencePage(
            .function, "replace", "replace(text, from, to)",
            keywords: "substitute remove characters",
            """
            replace gives the text with every occurrence of the second argument replaced by the third. An empty
            third argument removes it. Upper and lower case are different.

            ```sql
            SELECT replace('a-b-c', '-', '+'), replace('1,234,567', ',', '');
            UPDATE docs SET body = replace(body, 'colour', 'color') WHERE instr(body, 'colour') > 0;
            ```

            Related: instr, trim, REGEXP.
            """),
        ReferencePage(
            .function, "instr", "instr(text, part) and strpos",
            keywords: "find position index of contains",
            """
            instr gives the position of the first occurrence of part in the text, counted in characters from 1, or 0
            if it does not occur. strpos is another name.

            ```sql
            SELECT instr('martlet', 'let'), instr('martlet', 'x');
            SELECT id FROM docs WHERE instr(title, ':') > 0;
            ```

            For finding words in many documents SEARCH is far faster. Related: substr, LIKE, SEARCH.
            """),
        ReferencePage(
            .function, "left", "left(text, n) and right(text, n)",
            keywords: "prefix suffix first last characters",
            """
            left gives the first n characters of a text, right the last n. With a negative n all but that many at
            the other end are given.

            ```sql
            SELECT left('martlet', 4), right('martlet', 3), left('martlet', -1);
            ```

            If the text is shorter than n it comes back whole. For text that may be cut in a list of results,
            snippet() chooses a better part. Related: substr, snippet.
            """),
        ReferencePage(
            .function, "repeat", "repeat(text, n)",
            keywords: "multiply string pad",
            """
            repeat gives the text n times in a row; with n of 0 or less the result is empty. Together with length it
            fills a text up to a width.

            ```sql
            SELECT repeat('-', 20), 'x' || repeat(' ', 10 - length('x')) || '|';
            ```

            A result over the size limit of TEXT is E0801. Related: format, length.
            """),
        ReferencePage(
            .function, "reverse", "reverse(text)",
            keywords: "backwards mirror",
            """
            reverse gives the characters of a text, its code points, in reverse order. A letter with an accent stays
            whole if it is one character, as most texts have it; an accent that is a character of its own goes to
            the letter before. It is of use for looking at the ends of texts, such as file endings.

            ```sql
            SELECT reverse('martlet');
            SELECT reverse(split_part(reverse('a.tar.gz'), '.', 1));
            ```

            Related: right, split_part.
            """),
        ReferencePage(
            .function, "split_part", "split_part(text, separator, n)",
            keywords: "split by delimiter nth field",
            """
            split_part cuts the text at each occurrence of the separator and gives the nth piece, counted from 1. If
            there is no such piece the result is empty.

            ```sql
            SELECT split_part('2026-03-01', '-', 2), split_part('ana@example.org', '@', 2);
            ```

            It is handy for bringing dates of other forms into the order year, month, day. Related: substr, instr.
            """),
        ReferencePage(
            .function, "starts_with", "starts_with(text, part) and ends_with",
            keywords: "prefix suffix test",
            """
            starts_with tells whether the text begins with part, ends_with whether it ends with it. Unlike LIKE they
            give no character a special meaning.

            ```sql
            SELECT id FROM docs WHERE starts_with(id, 'kb-') AND NOT ends_with(title, '?');
            ```

            An empty part is always found. Related: LIKE, left, right.
            """),
        ReferencePage(
            .function, "concat", "concat(...) and concat_ws(separator, ...)",
            keywords: "join strings combine",
            """
            concat joins its arguments, which may have any type, as text. concat_ws puts its first argument between
            the others. Both leave NULLs out, whereas the operator `||` gives NULL if one side is NULL.

            ```sql
            SELECT concat('v', 3, NULL, true), concat_ws(', ', 'Berlin', NULL, 'Germany');
            ```

            To join the values of many rows use group_concat. Related: the operator ||, format, group_concat.
            """),
        ReferencePage(
            .function, "concatenation", "The operator ||",
            keywords: "join strings append",
            """
            `||` joins two texts. A value of another type on one side is written as text. If a side is NULL the
            result is NULL; coalesce() or concat() avoid that.

            ```sql
            SELECT title || ' (' || lang || ')' FROM docs;
            SELECT 'n = ' || 42, 'a' || coalesce(NULL, '');
            ```

            Two vertical bars are an operator here, not a logical or: that is written OR. Related: concat, coalesce.
            """),
        ReferencePage(
            .function, "format", "format(pattern, ...) and printf",
            keywords: "number formatting leading zeros decimals",
            """
            format replaces the marks in a pattern by its arguments: `%d` a whole number, `%f`, `%e` and `%g` a
            REAL, `%s` any value as text, `%x` hexadecimal, `%o` octal, `%c` a character, `%q` text with quotes
            doubled, `%%` a percent sign. printf is another name.

            ```sql
            SELECT format('%05d', 42), format('%.2f%%', 12.345), format('%-10s|', 'left');
            ```

            A number before the letter is the width, after a point the digits. Before it, `-` aligns to the left, `0`
            fills with zeros, `+` and a space show a sign, `,` divides thousands, and `#` writes `0x` before `%x` and
            `0` before `%o`. Related: concat, round, strftime.
            """),
        ReferencePage(
            .function, "chr", "chr(code), char, unicode and ascii",
            keywords: "code point character number",
            """
            chr and char give the character with a Unicode number; unicode and ascii give the number of a text's
            first character.

            ```sql
            SELECT chr(65), unicode('ä'), replace(title, chr(10), ' ') FROM docs;
            ```

            chr(10) is a line break and chr(9) a tab, which are hard to see inside a literal. A number that is no
            character is E0304, and chr(0), which TEXT cannot hold, E0310. Related: hex.
            """),
        ReferencePage(
            .function, "hex", "hex(value) and unhex(text)",
            keywords: "hexadecimal bytes encode decode",
            """
            hex writes the bytes of a text or a blob as hexadecimal digits; unhex does the opposite and gives NULL
            if the text holds something else.

            ```sql
            SELECT hex('abc'), hex(x'00FF'), unhex('616263');
            ```

            Use it to look at the bytes of a text that seems right and is not found: accents, for example, can be
            written in two ways. Related: the type BLOB, octet_length.
            """),
        ReferencePage(
            .function, "quote", "quote(value)",
            keywords: "sql literal escape",
            """
            quote writes a value as a literal of the language: text in single quotes with quotes doubled, blobs as
            x'...', NULL as NULL. It serves for printing statements that can be run again.

            ```sql
            SELECT quote('it''s'), quote(NULL), quote(1.5);
            ```

            Programs should bind parameters and not paste quoted values together. Related: parameters, format.
            """),
        ReferencePage(
            .function, "like", "LIKE and ILIKE",
            keywords: "wildcard pattern match percent underscore",
            """
            LIKE compares a text with a pattern, in which `%` stands for any number of characters and `_` for
            exactly one. ILIKE does so without regard to case.

            ```sql
            SELECT id FROM docs WHERE title LIKE 'How%' AND id NOT LIKE 'tmp\\_%' ESCAPE '\\';
            SELECT id FROM docs WHERE title ILIKE '%quota%';
            ```

            ESCAPE names a sign that takes the meaning from the next one. A pattern that begins with % must read
            every row; for words inside texts use SEARCH. Related: GLOB, REGEXP, starts_with.
            """),
        ReferencePage(
            .function, "glob", "GLOB",
            keywords: "file pattern star question mark",
            """
            GLOB compares a text with a pattern as shells do for file names: `*` is any number of characters, `?`
            exactly one, `[a-z]` one of a range. Case matters.

            ```sql
            SELECT id FROM docs WHERE id GLOB 'kb-[0-9]*';
            ```

            To look for one of the signs themselves put it in brackets. Related: LIKE, REGEXP.
            """),
        ReferencePage(
            .function, "regexp", "REGEXP and regexp_like(text, pattern)",
            keywords: "regular expression regex match",
            """
            REGEXP tells whether a regular expression matches anywhere in a text. The expression knows `.`, `*`,
            `+`, `?`, `{m,n}`, `[...]`, `(...)`, `|`, `^`, `$`, `\\d`, `\\w`, `\\s` and `\\b`.

            ```sql
            SELECT id FROM docs WHERE title REGEXP '^[A-Z]{2}-\\d+$';
            SELECT regexp_like('abc', 'b|x');
            ```

            Time grows evenly with the length of the text, whatever the pattern. A malformed pattern is E0307.
            Related: LIKE, GLOB.
            """),
    ]
}
