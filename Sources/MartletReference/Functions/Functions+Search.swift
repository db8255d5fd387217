// Pages: functions of SEARCH and of models.

extension ReferencePage {
    static let searchFunctions: [ReferencePage] = [
        ReferencePage(
            .function, "score", "score",
            keywords: "relevance rank value bm25",
            """
            score is the column in which SEARCH says how well a document fits: the higher the better. It is the sum,
            over the words of the query, of how rare the word is in all documents and how often it occurs in this
            one, in the manner of BM25F.

            ```sql
            SEARCH help FOR 'disk quota' RETURN id, score LIMIT 5;
            SELECT s.id FROM (SEARCH docs FOR 'disk quota' LIMIT 100) AS s WHERE s.score > 2;
            ```

            Scores can be compared within one search, not between different queries. Outside a SEARCH there is no
            score, and `score` is an ordinary name. In a table that has a column score of its own, score is that
            column, and how well a document fits is search_score; in one that has both, search_search_score.

            ```sql
            CREATE TABLE reviews (id INTEGER PRIMARY KEY, body TEXT, score INTEGER);
            CREATE INDEX reviews_text ON reviews USING text (body);
            SEARCH reviews FOR 'food' WHERE score >= 4 RETURN id, score, search_score;
            ```

            Related: why, SEARCH, k1, b.
            """),
        ReferencePage(
            .function, "snippet", "snippet(column)",
            keywords: "excerpt preview passage context",
            """
            snippet gives the part of a text column that fits the query best, for lists of results: at most 24 words,
            and at most 240 characters without the marks around the words of the query. A run of 48 bytes without white
            space counts as a word.

            ```sql
            SEARCH help FOR 'reset password' RETURN title, snippet(body) LIMIT 5;
            ```

            It may stand only in the RETURN of a SEARCH and takes one TEXT column of the table. If none of the words
            occur there, or the column is one of the index that is not searched, the beginning of the text is given.
            Related: highlight, why.
            """),
        ReferencePage(
            .function, "highlight", "highlight(column)",
            keywords: "mark matching words bold",
            """
            highlight gives the whole text of a column with the words that match the query marked. Words match as
            they do in the index: with other endings, case or accents too.

            ```sql
            SEARCH help FOR 'reset password' RETURN id, highlight(title) LIMIT 5;
            ```

            It may stand only in the RETURN of a SEARCH. In a column of the index that is not searched, as body with
            `title MATCH`, nothing is marked. For long texts use snippet, which chooses a part. Related: snippet, SEARCH.
            """),
        ReferencePage(
            .function, "offsets", "offsets(column)",
            keywords: "positions places matches highlight ranges",
            """
            offsets gives the places in a text column where the query matches, as a JSON array in the order of the
            text: `start`, from 1, and `length` in characters, and the `term` of the query that matches there.

            ```sql
            SEARCH help FOR 'reset password' RETURN id, offsets(body) LIMIT 5;
            SEARCH help FOR body QUERY '"reset password"~2' RETURN id, offsets(body);
            ```

            It is for programs that mark the words themselves: substr(body, start, length) is the word as it was
            written. It may stand only in the RETURN of a SEARCH. Related: highlight, snippet.
            """),
        ReferencePage(
            .function, "passage", "passage(column)",
            keywords: "chunk best part parent long document",
            """
            passage gives a column's piece of the passage by which a row was found: the one with the best score. It is
            for text indexes with the option chunk, which look for passages and return whole rows.

            ```sql
            SEARCH manuals FOR 'reset password' RETURN id, title, passage(body) LIMIT 5;
            ```

            It may stand only in the RETURN of a SEARCH. It is NULL where the column's text ends before that passage.
            Of a row that only another leg found it is the first passage. For a line or two with the words marked use
            snippet. Related: chunk, the option chunk, snippet.
            """),
        ReferencePage(
            .function, "why", "why()",
            keywords: "explain score reason match",
            """
            why tells how a hit came about: which words of the query matched, in which of the searched columns, and
            what each adds to the score.

            ```sql
            SEARCH help FOR 'disk is full' RETURN id, score, why() LIMIT 3;
            ```

            It takes no argument and may stand only in the RETURN of a SEARCH. With several legs it lists for each of
            them the rank that the row has there and what made that leg's score; a rank of null: the row is not among
            the leg's candidates. It costs a little for each returned row, so leave it out where nobody looks at it.
            Related: score, snippet, FUSE BY.
            """),
        ReferencePage(
            .function, "cursor", "cursor()",
            keywords: "next page pagination after position",
            """
            cursor gives the place behind a hit, as a text for the AFTER of the next page. Only that of a page's last row
            is needed.

            ```sql
            SEARCH help FOR 'disk is full' RETURN id, title, cursor() LIMIT 10;
            SEARCH help FOR 'disk is full' RETURN id, title, cursor() LIMIT 10 AFTER :cursor;
            ```

            It takes no argument and may stand only in the RETURN of a SEARCH. The text has no meaning outside of the
            database that gave it, and grows with the pages of a search of several legs. Related: AFTER, E0312.
            """),
        ReferencePage(
            .function, "predict", "predict(model, ...)",
            keywords: "classify row inference",
            """
            predict applies a model to the current row and gives its prediction: a class of the label's type, a
            number, or the number of a cluster. Columns bind by name: a star takes the model's columns from all that
            are there; those that are written out must be the model's, all of them. Where one column is left, an
            expression may stand for it.

            ```sql
            SELECT id, predict(intent, body) AS intent FROM inbox;
            SELECT predict(income@3, *), count(*) FROM applicants GROUP BY 1;
            SELECT predict(intent, 'where is my card');
            ```

            A bare name is the deployed version, else the latest; the name of a deployment works too. A category that
            training did not meet, and NULL, are missing values. Related: PREDICT, probability, explain.
            """),
        ReferencePage(
            .function, "explain", "explain(model, ...)",
            keywords: "contributions why prediction shap importance feature",
            """
            explain gives, as a JSON object, what each column adds to the prediction of the current row: to the
            number, or to the score (log odds) of the predicted class, and as `constant` what remains without any
            column. Together they are the score.

            ```sql
            SELECT id, predict(income, *), explain(income, *) FROM applicants LIMIT 5;
            ```

            It is for linear and boosted_trees; of trees a column's part is the change of the expected value on the
            way down each tree. The metrics of a run hold the importance of each column over all rows. Related:
            predict, sys.runs.
            """),
        ReferencePage(
            .function, "probability", "probability(model, class, ...)",
            keywords: "confidence classification",
            """
            probability gives how likely a classifier holds a class to be for the current row, from 0 to 1; NULL as
            the class means the one that is predicted. Columns bind by name, as with predict(). It lets you sort by
            certainty, or leave doubtful rows to people.

            ```sql
            SELECT id FROM inbox ORDER BY probability(intent, 'refund', body) DESC;
            ```

            Related: predict, PREDICT.
            """),
        ReferencePage(
            .function, "embed", "embed(model, text)",
            keywords: "embedding vector of text",
            """
            embed gives the vector of a text under an embedding model, of length 1, to be stored in a VECTOR column
            or compared with others by cosine_distance. A text without a known word has only zeros.

            ```sql
            SELECT id, embed(sentences, body) FROM docs;
            SELECT embed(answers, 'how do I reset it', 'left');
            ```

            A model that learned from pairs has a tower for each side: a third argument chooses 'left' or 'right';
            without it the vector is the mean of both. Related: TRAIN with LABEL, VECTOR, NEAR.
            """),
        ReferencePage(
            .function, "neighbours", "neighbours(table, column, k)",
            keywords: "nearest neighbor join knn batch similar rows vectors table function",
            """
            neighbours is a table function: for each row of a table that has a vector, it gives the k rows with the
            nearest vectors, itself left out. With two tables, neighbours(queries, column, table, column, k), it looks
            for the rows of the first among those of the second: many searches in one, faster than one by one.

            Its columns are row and id (the primary keys of both rows, or their row ids where the key is not one
            column), rank from 1, and score, higher is better as in SEARCH.

            ```sql
            SELECT n.id, d.title FROM neighbours(docs, emb, 10) AS n JOIN docs AS d ON d.id = n.id;
            SELECT n.row, count(*) FROM neighbours(questions, v, docs, emb, 5) AS n WHERE n.score > 0.8 GROUP BY n.row;
            ```

            An index of the searched column decides on the metric and on how rows are found: exactly with flat,
            nearly always with hnsw and ivf. Without one all rows are compared, by the metric cosine. Rows without a vector
            have no neighbours. Related: SEARCH, NEAR, hnsw.
            """),
        ReferencePage(
            .function, "chunk", "chunk(text, words [, overlap])",
            keywords: "split document passages table function lateral",
            """
            chunk stands in FROM and cuts a text into passages of so many words, of which each shares `overlap` words
            with the next; overlap is 0 by default. It gives a row for each passage: chunk, its number from 1, and
            text. Words are what white space separates.

            ```sql
            SELECT * FROM chunk('one two three four five', 3, 1);
            SELECT d.id, c.chunk, c.text FROM docs d, chunk(d.body, 200, 40) AS c;
            SELECT d.id, count(c.chunk) FROM docs d LEFT JOIN chunk(d.body, 200) AS c ON TRUE GROUP BY d.id;
            ```

            Its arguments, like those of generate_series and json_each, may read the tables before it in FROM: it
            then gives its rows for each of theirs. LEFT JOIN … ON TRUE keeps rows without passages. NULL and an
            empty text have none. A run of 48 bytes without white space counts as a word. To search passages and get
            whole rows, give a text index the option chunk. Related: CREATE INDEX USING text, the option chunk.
            """),
        ReferencePage(
            .function, "suggest", "suggest(index, text [, k])",
            keywords: "autocomplete completion prefix typeahead words table function",
            """
            suggest is a table function that completes what a person types: it gives the k words (10 by default, at
            most 1000) of a text index that begin as the last word of the text does, those in the most documents
            first. Letters and accents do not matter. Behind a space there is nothing to complete.

            Its columns are text, what was typed with its last word completed, word, and documents, the number of
            documents with the word as the transaction sees them: exact, with its own changes and without deleted rows.

            ```sql
            SELECT text FROM suggest(docs_text, 'disk qu', 5);
            SELECT t.typed, s.word FROM typed AS t, suggest(docs_text, t.typed, 3) AS s;
            ```

            The index keeps stems, so each stem gives one word: the form that is most frequent in a few of the shortest
            documents with it, among those that begin as it was typed; documents counts all forms. A form that is in none
            of these few documents is not suggested. In an index with the option chunk the documents are passages. An
            index of character n-grams has no words to suggest. The time grows with the number of terms that begin so.
            Related: did_you_mean, SEARCH, CREATE INDEX USING text.
            """),
        ReferencePage(
            .function, "did_you_mean", "did_you_mean(index, text)",
            keywords: "spelling correction typo misspelled suggestion fuzzy table function",
            """
            did_you_mean is a table function that looks for mistakes: it gives a row for each word of the text that is in
            no document of a text index, or in one alone, or in at most one of 10,000. suggestion is the closest word
            that is far more frequent, NULL if there is none: ten times at one edit (a letter more, less or other, or two
            neighbours swapped), a hundred times at two. Short words may have one edit, those of six letters or more two;
            words below three letters or with digits are left alone.

            Its columns are start, from 1, in characters; word, as it was typed; suggestion; documents, the number of
            documents with the suggestion; and text, the whole with all suggestions in place, NULL without any.

            ```sql
            SELECT word, suggestion FROM did_you_mean(docs_text, 'dsik quota');
            SELECT (SELECT text FROM did_you_mean(docs_text, :typed) LIMIT 1) AS did_you_mean;
            ```

            Words are compared as the index keeps them, as stems, at one edit also as they were typed, and suggested as
            they are written in its documents. At most 64 words of a text are looked at, each against all terms.
            Related: suggest, QUERY (fuzzy words), SEARCH.
            """),
        ReferencePage(
            .function, "metric", "metric(name), param(name) and tag(name)",
            keywords: "query runs by metric",
            isAvailable: false,
            """
            These functions take a figure out of a run in a query on sys.runs: a metric or a hyperparameter by its
            name, or whether the run has a tag.

            ```sql
            SELECT run FROM sys.runs WHERE metric('ndcg') > 0.4;
            ```

            Today use the JSON columns: `metrics ->> 'ndcg'`. Related: sys.runs, LOG.
            """),
    ]
}
