// Pages: the legs of SEARCH that look for words.

extension ReferencePage {
    static let wordClauses: [ReferencePage] = [
        ReferencePage(
            .clause, "match", "MATCH",
            keywords: "search in columns words",
            """
            MATCH restricts a text leg of SEARCH to some of the indexed columns. The text is taken as the words a
            person typed; quotes, plus and minus signs have no meaning, so that no input can fail.

            ```sql
            SEARCH docs FOR title MATCH 'disk quota' LIMIT 3;
            SEARCH docs FOR title, body MATCH :words;
            ```

            Every column must belong to a text index. One index that has them all is preferred; else several are
            searched, and a row's scores in them are added. A text without MATCH searches all columns of every text
            index with their weights. Words that occur in no document are ignored, and words of one character count
            only a fifth beside longer ones: QUERY insists on them. Related: SEARCH, QUERY, CREATE INDEX USING text,
            the option synonyms.
            """),
        ReferencePage(
            .clause, "query", "QUERY",
            keywords: "boolean phrase query language operators prefix fuzzy wildcard required excluded range boost",
            """
            QUERY is the strict query language of SEARCH, for people who want to say exactly what must and must not
            match.

            ```sql
            SEARCH docs FOR title, body QUERY '+lmdb "map full"~2 -windows crsh~1';
            SEARCH docs FOR title, body QUERY 'title:(swift OR martlet) AND bird*^2 [2019 TO 2023]';
            ```

            Words side by side, or with OR between them, are alternatives. `+` and AND require, `-` and NOT exclude.
            `"a phrase"` stands together, with `~2` up to two words apart. `pre*` begins so; `word~1` and `word~2` allow
            typing mistakes. `[a TO b]` is a range of words, or of numbers where both ends are numbers; `{` and `}`
            leave the end out, `*` is no end. `title:` looks in one of the columns, `^2` counts double. A backslash
            takes a character as it is, and `\\OR` as a word.

            Each word, phrase or beginning scores like a word that occurs where it matches. A mistake is error E0313,
            with its place. A phrase is looked up in the texts of the rows that have all of its words, so frequent
            words make it slow, unless the index has positions. The columns may be in several text indexes, or in one
            of passages (option chunk): what is required or excluded is then so of the row, wherever its words stand,
            a phrase stands in one column of one passage, and the scores of several indexes are added. Related: MATCH,
            words and numbers in QUERY, offsets, why, passage.
            """),
        ReferencePage(
            .clause, "query-words", "Words and numbers in QUERY",
            keywords: "range numeric decimal price stop words synonyms single letter stem",
            """
            QUERY makes words of its text as the index does, with its stems; beginnings and the ends of ranges are not
            stemmed. Words of one character count like others: `"hepatitis B"` and `+vitamin +D` mean what they say.
            Stop words of the index are left out, as `a` in English (option stopwords), and so are words of one
            character in an index made by an earlier version, and in a retriever's. QUERY looks for no synonyms.

            ```sql
            SEARCH offers FOR body QUERY '+price +[3.5 TO 1000}';
            SEARCH offers FOR body QUERY '[a TO m] OR [* TO 9]';
            ```

            A range of numbers sees the words that are numbers: digits, with a fraction as in 3.5 or with commas
            between thousands as in 1,000. A sign is no part of a word, so -15 is seen as 15; 3.5.1 and 1,2 are no
            numbers. A range of words goes by bytes. Related: QUERY, stopwords, the option synonyms.
            """),
    ]
}
