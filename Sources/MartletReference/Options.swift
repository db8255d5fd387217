// Pages: what may stand in WITH (...).

extension ReferencePage {
    static let options: [ReferencePage] = [
        ReferencePage(
            .option, "copy-header", "header (COPY)",
            keywords: "first line column names csv",
            """
            header says whether the first line of a CSV or TSV file holds the names of the columns. When it is true,
            which is the default, COPY FROM matches fields to columns by these names, in any order, and COPY TO
            writes the line. When it is false, fields are taken in the order of the column list, or of the table.

            ```sql
            COPY docs (id, title, body) FROM 'plain.csv' WITH (header = false);
            ```

            jsonl files have no header, since every line carries its names. Related: COPY FROM, COPY TO, E0607.
            """),
        ReferencePage(
            .option, "copy-delimiter", "delimiter (COPY)",
            keywords: "separator semicolon tab comma",
            """
            delimiter is the character between the fields of a CSV file: one ASCII character, by default a comma,
            for tsv a tab. Spreadsheets in many countries write semicolons.

            ```sql
            COPY docs FROM 'export.csv' WITH (header = true, delimiter = ';');
            COPY docs TO 'docs.csv' WITH (delimiter = '|');
            ```

            A field that contains the delimiter, a quote or a line break stands in double quotes. Line breaks and
            the quote itself cannot be the delimiter (E0206). Related: COPY FROM, the option format.
            """),
        ReferencePage(
            .option, "copy-null", "null (COPY)",
            keywords: "missing values empty string",
            """
            null is the unquoted text that stands for NULL in a CSV or TSV file. By default it is the empty text, so
            that an empty field is NULL and `""` is an empty text.

            ```sql
            COPY docs FROM 'export.csv' WITH (header = true, null = 'NA');
            ```

            COPY TO writes NULL in the same form, and reading the file back with the same option gives the same
            values. In jsonl NULL is written as null, and null is read as NULL, in a JSON column too.
            Related: COPY FROM, E0401.
            """),
        ReferencePage(
            .option, "copy-format", "format (COPY)",
            keywords: "csv tsv jsonl file type",
            """
            format names the format of the file: csv, tsv, jsonl, npy, fvecs, ivecs, bvecs, or text or images for a
            folder. Without it the ending of the file's name decides: .csv, .tsv or .tab, .jsonl or .ndjson, .npy,
            .fvecs, .ivecs, .bvecs; any other ending needs the option, and so do text and images.

            ```sql
            COPY docs FROM 'dump.txt' WITH (format = 'jsonl');
            COPY docs TO 'docs.out' WITH (format = 'csv', header = true);
            ```

            npy is an array of numbers as NumPy saves it; fvecs, ivecs and bvecs are vectors of floats, integers and
            bytes, each behind its dimension. An unknown format is E0605. Compressed files are not read. Related:
            COPY FROM, COPY TO, the page on vectors and arrays.
            """),
        ReferencePage(
            .option, "copy-on-error", "on_error, rejects, max_rejects (COPY)",
            keywords: "skip bad lines ignore errors reject file dirty data",
            """
            on_error says what COPY FROM does with a record that cannot become a row. `stop`, the default, ends the
            statement with the record's error, and nothing is added. `skip` leaves the record out: values that are
            not of the column's type, malformed lines, text that is not UTF-8, and rows that a constraint refuses.

            ```sql
            COPY docs FROM 'dirty.csv' WITH (on_error = 'skip', rejects = 'rejects.csv', max_rejects = 100);
            ```

            The result then has two columns: rows, and rejected. rejects names a file that gets a line for each
            record left out: file, line, column, code and reason; CSV, or JSON lines if the name ends in .jsonl.
            With more than max_rejects of them the statement fails with E0609, and neither rows nor file remain. What
            is wrong with the file as a whole is never skipped. Related: COPY FROM, E0602, E0402.
            """),
        ReferencePage(
            .option, "copy-folder", "pattern, recursive, fields, invalid_utf8 (COPY)",
            keywords: "folder of text files directory glob documents label",
            """
            With format = 'text' or 'images', COPY FROM reads a folder: each file becomes one row, in the order of
            their paths.
            A file has the fields path (below the folder), name, text (of images: pixels, width and height), size in
            bytes, modified, and label, the name of the folder right below the given one. They fill the columns of
            these names; fields lists them for other columns.

            ```sql
            COPY docs (id, body) FROM 'articles/' WITH (format = 'text', fields = (path, text), pattern = '*.md');
            COPY mails (label, text) FROM 'mails/' WITH (format = 'text', invalid_utf8 = 'replace');
            ```

            pattern is compared with the name and with the path, as GLOB does. recursive = false leaves out folders
            inside the folder. Names that start with a dot, and symbolic links to folders, are left out always. A
            text that is not UTF-8 is an error unless invalid_utf8 is 'replace'. Related: COPY FROM, GLOB, width,
            the option on_error.
            """),
        ReferencePage(
            .option, "copy-images", "width, height, channels (COPY)",
            keywords: "folder of images class folders png jpeg jpg pictures photos pixels resize train cnn",
            """
            With format = 'images', COPY FROM reads a folder of PNG and JPEG files, one row each. The field pixels
            is a VECTOR: the image stretched to width by height, row by row from the top, with the channels of each
            pixel together, as numbers from 0 to 1. The field label is the sub-folder, and so the class; width and
            height are the image's own.

            ```sql
            CREATE TABLE pictures (path TEXT PRIMARY KEY, label TEXT, pixels VECTOR(3072));
            COPY pictures FROM 'pictures/' WITH (format = 'images', width = 32, height = 32, channels = 3);
            TRAIN animal USING cnn FROM (SELECT pixels, label FROM pictures) LABEL label;
            ```

            channels is 1 for gray, 3 for colors. What is not given follows from the column: VECTOR(784) is a gray
            square of 28, VECTOR(3072) a colored one of 32. Transparent parts are laid over white; the rotation that
            a camera notes is not applied. A file that is no image, is damaged, or has more than 50 million pixels
            is E0610 or E0801, or left out by on_error = 'skip'; pattern = '*.png' leaves out others. Related: COPY
            FROM, fields, Settings of mlp and cnn.
            """),
        ReferencePage(
            .option, "text-language", "language (text index, TRAIN)",
            keywords: "stemmer german french english",
            """
            language chooses the stemmer and the stop words of a text index or a retriever. The default is english.
            There are arabic, armenian, basque, catalan, danish, dutch, english, finnish, french, german, greek,
            hindi, hungarian, indonesian, irish, italian, lithuanian, nepali, norwegian, portuguese, romanian,
            russian, serbian, spanish, swedish, tamil, turkish and yiddish, and none: no stems and no stop words.

            ```sql
            CREATE INDEX docs_de ON docs USING text (title, body) WITH (language = 'german');
            ```

            For texts in several languages switch stemming off. Documents and queries are always treated alike.
            Related: stemming, stopwords.
            """),
        ReferencePage(
            .option, "text-stemming", "stemming (text index, TRAIN)",
            keywords: "word forms plural singular root",
            """
            stemming says whether words are reduced to their stem, so that `searching`, `searched` and `searches`
            count as one word. It is true by default and follows the option language.

            ```sql
            CREATE INDEX codes ON docs USING text (title) WITH (stemming = false, stopwords = false);
            ```

            Switch it off for names, codes and part numbers, and for columns with several languages. Case is ignored
            in either case, and so are accents in English and without stemming: `resume` finds `résumé`. In other
            languages the stemmer reads accents, as endings have them, and they are ignored in the stem that remains:
            with Spanish stems `útil` is found by `util`, and `información` by `informaciones`, but not by
            `informacion`. An index made by an earlier version, and a retriever, drops accents behind the stemmer in
            English too. Related: language, stopwords, CREATE INDEX USING text.
            """),
        ReferencePage(
            .option, "text-stopwords", "stopwords (text index, TRAIN)",
            keywords: "common words the and of ignored",
            """
            stopwords says whether very frequent words of the language, such as `the` and `of`, are left out. It is
            true by default. Leaving them out makes the index smaller and hardly changes the ranking.

            ```sql
            CREATE INDEX titles ON docs USING text (title) WITH (stopwords = false);
            CREATE INDEX notes ON docs USING text (body) WITH (stopwords = (the, of, 'note'));
            ```

            A list in parentheses takes the place of the language's: at most 1,000 words, of 48 bytes each. Danish,
            Dutch, English, Finnish, French, German, Hungarian, Italian, Norwegian, Portuguese, Russian, Spanish and
            Swedish have a list; in other languages nothing is left out without one.

            Set it to false where such words matter, for instance for titles like `The Who`. A query that holds
            nothing but stop words finds nothing. Related: language, stemming.
            """),
        ReferencePage(
            .option, "text-k1", "k1 (text index, TRAIN)",
            keywords: "bm25 term frequency saturation",
            """
            k1 says how much it counts that a word occurs several times in a document. At 0 only the presence
            counts; the larger the value, the longer each further occurrence adds to the score. The default is 1.2;
            from 0 to 100 is allowed.

            ```sql
            CREATE INDEX docs_text ON docs USING text (title WEIGHT 3, body) WITH (k1 = 0.9, b = 0.4);
            ```

            Values from 0.8 to 2 are usual. Judge a change with EVALUATE before you keep it. Related: b, score.
            """),
        ReferencePage(
            .option, "text-b", "b (text index, TRAIN)",
            keywords: "bm25 length normalisation long documents",
            """
            b says how much a document's length lowers its score. At 0 length does not matter, at 1 it counts in
            full. The default is 0.75.

            ```sql
            TRAIN finder USING retriever ON docs (title, body) WITH (b = 0.4);
            ```

            Lower it when long documents are long because they say more, and raise it when they are merely verbose.
            Judge a change with EVALUATE. Related: k1, score, CREATE INDEX USING text.
            """),
        ReferencePage(
            .option, "text-identifiers", "identifiers (text index)",
            keywords: "camelcase snake_case code paths symbols source",
            """
            identifiers makes the parts of names searchable that programs, paths and addresses write in one:
            `parseHTTPResponse` is found by `parse`, `http` and `response`, `max_retry_count` by `retry`, and
            `src/net/HttpClient.swift` by `net`, `client` and `HttpClient`. Whole names are found too, and rank
            higher. It is false by default.

            ```sql
            CREATE INDEX code_text ON files USING text (path WEIGHT 2, source)
                WITH (language = none, identifiers = true);
            ```

            Names are cut at slashes, colons, full stops, hyphens and underscores, and where small letters, capitals
            and digits meet. The index becomes larger. Related: CREATE INDEX USING text, ngram.
            """),
        ReferencePage(
            .option, "text-positions", "positions (text index)",
            keywords: "phrase proximity slop offsets word order",
            """
            positions = true keeps where in its text each word stands, so that QUERY finds phrases in the index alone.
            It is false by default: phrases are then looked up in the texts of the rows that have all of their words,
            with the same results.

            ```sql
            CREATE INDEX docs_text ON docs USING text (title, body) WITH (positions = true);
            SEARCH docs FOR body QUERY '"map full"~2';
            ```

            It makes the index about half as large again, and building it slower. Set it where phrases of frequent
            words are common or texts are long. Related: CREATE INDEX USING text, QUERY, snippet.
            """),
        ReferencePage(
            .option, "text-ngram", "ngram (text index)",
            keywords: "substring trigram partial match contains infix",
            """
            ngram = (3, 4) indexes every run of three and of four characters instead of words, so that parts of words
            are found: `lien` finds `HttpClient`. One number is both limits; from 1 to 16 is allowed.

            ```sql
            CREATE INDEX parts_number ON parts USING text (number) WITH (ngram = (3, 4));
            SEARCH parts FOR '47-b';
            ```

            Case and accents are ignored, punctuation is not. Runs do not reach over white space: each piece of a
            query is looked for by its longest runs, and rows with all of them rank first. A piece shorter than the
            smaller number finds nothing. The options about words (language, stemming, stopwords, identifiers,
            synonyms) cannot be given with it. The index is several times as large as one of words. Related:
            CREATE INDEX USING text, identifiers, LIKE.
            """),
        ReferencePage(
            .option, "text-synonyms", "synonyms (text index)",
            keywords: "thesaurus equivalent words expansion",
            """
            synonyms names a table with the columns word and synonym, both TEXT. A SEARCH by MATCH, or for a text
            alone, whose words hold those of `word`, in a row, looks for those of `synonym` too.

            ```sql
            CREATE TABLE same (word TEXT, synonym TEXT);
            INSERT INTO same VALUES ('car', 'automobile'), ('automobile', 'car'), ('nyc', 'new york city');
            CREATE INDEX docs_text ON docs USING text (title, body) WITH (synonyms = 'same');
            ```

            A pair holds in one direction. The table is read when a SEARCH begins, in its snapshot: a change holds at
            once, for rows that were indexed before too, and in its own transaction. Both sides are compared as the
            index compares words, without case and by stems. At most 100,000 pairs. QUERY looks for what is written
            and for no synonyms: write `(car OR automobile)`. Neither the table nor its two columns can be dropped
            before the index, and the columns not be renamed. Related: CREATE INDEX USING text, MATCH, QUERY.
            """),
        ReferencePage(
            .option, "text-chunk", "chunk, overlap (text index)",
            keywords: "passages long documents parent split",
            """
            chunk = 200 makes a text index of passages of 200 words, of which each shares `overlap` words with the
            next (0 by default). SEARCH still gives every row once, ranked by its best passage, and snippet(column)
            comes from that passage. Long documents are then not held against short ones.

            ```sql
            CREATE INDEX docs_text ON docs USING text (title, body) WITH (chunk = 200, overlap = 40);
            SEARCH docs FOR 'resetting passwords' RETURN id, score, snippet(body);
            ```

            Each column is cut by itself; one of a single passage, such as a title, belongs to every passage of its
            row. Words are what white space separates. A row has at most 65,536 passages, the last of which holds the
            rest; row ids must be from -2^47 to 2^47 - 1. passage(column) in RETURN gives the passage itself; for passages as
            rows there is the function chunk. Related: CREATE INDEX USING text, passage(), chunk(), snippet.
            """),
        ReferencePage(
            .option, "text-weight", "WEIGHT (text index)",
            keywords: "boost title column importance",
            """
            WEIGHT after a column of a text index says how much an occurrence there counts compared with the other
            columns. The default is 1; it must be above 0 and at most 1,000.

            ```sql
            CREATE INDEX docs_text ON docs USING text (title WEIGHT 3, tags WEIGHT 2, body);
            ```

            Weights act on the number of occurrences, before k1 levels them off, so that a weight of 3 does not make
            a title three times as important as everything else. For TRAIN see weights. Related: CREATE INDEX
            USING text, weights.
            """),
        ReferencePage(
            .option, "train-seed", "seed (TRAIN)",
            keywords: "reproducible random deterministic repeat",
            """
            seed is a whole number from which all randomness of a TRAIN follows, such as the division of rows into
            shards. The same rows, statement and seed give the same model, byte for byte, whatever the number of
            threads. The default is 0.

            ```sql
            TRAIN finder USING retriever ON docs (title, body) SHARDS 4 WITH (seed = 7);
            SELECT run, seed, dataset_hash FROM sys.runs ORDER BY run DESC LIMIT 2;
            ```

            The seed is recorded with the run. Related: TRAIN, SHARDS, sys.runs.
            """),
        ReferencePage(
            .option, "train-threads", "threads (TRAIN)",
            keywords: "cpu cores parallel speed",
            """
            threads is the number of worker threads that a TRAIN uses, from 1 to 256. Without it, as many as the
            machine has processors. It changes the time and never the result.

            ```sql
            TRAIN finder USING retriever ON docs (title, body) SHARDS 8 WITH (threads = 2);
            ```

            There is no use in more threads than shards. Lower it where other work should go on undisturbed.
            Related: SHARDS, seed.
            """),
        ReferencePage(
            .option, "train-weights", "weights (TRAIN)",
            keywords: "title column boost heading importance",
            """
            weights says how much an occurrence in each column counts, one number a column in the order of ON. Without
            it the first of several columns, usually a title, counts 3 and the others 1. Each must be above 0 and at
            most 1,000.

            ```sql
            TRAIN finder USING retriever ON docs (title, body) WITH (weights = (5, 1));
            ```

            Related: TRAIN, WEIGHT, k1.
            """),
        ReferencePage(
            .option, "train-split", "split (TRAIN)",
            keywords: "validation holdout early stopping patience grid random search trials",
            """
            split is the share of rows that TRAIN holds out, by a hash of the row and the seed; figures on them are in
            the metrics of the run. It is 0 unless something is chosen by these rows, then 0.1: patience ends a fit
            after so many epochs or rounds without a better loss and keeps the best; grid tries all combinations of
            settings and publishes the best; trials draws only so many of them.

            ```sql
            TRAIN income USING boosted_trees FROM people LABEL pay
                WITH (patience = 10, grid = (leaves = (15, 31), rate = (0.05, 0.1)), trials = 3);
            ```

            Related: TRAIN with LABEL, sys.runs, sys.observations.
            """),
        ReferencePage(
            .option, "train-class-weights", "class_weights (TRAIN)",
            keywords: "imbalanced classes weights balanced rare",
            """
            class_weights says what a row of each class counts while a classifier learns: 'balanced' makes all classes
            count alike however many rows they have; a list gives numbers by class, 1 for those that it leaves out.

            ```sql
            TRAIN fraud USING boosted_trees FROM payments LABEL kind WITH (class_weights = balanced);
            TRAIN spam USING text_classifier FROM mails LABEL kind WITH (class_weights = (spam = 3, ham = 1));
            ```

            Related: TRAIN with LABEL, EVALUATE with a label.
            """),
        ReferencePage(
            .option, "train-monotone", "monotone (TRAIN)",
            keywords: "constraint increasing decreasing direction rises falls fairness",
            """
            monotone holds boosted_trees to a direction: 1 lets the prediction only rise with a column of numbers, -1
            only fall, 0 leaves it free, as are columns that are not named. Of a classifier it is the log odds of the
            second class that rise; of more classes, the score of each. With missing values the column says nothing.

            ```sql
            TRAIN price USING boosted_trees FROM flats LABEL rent WITH (monotone = (area = 1, floor = 0, age = -1));
            ```

            Related: Settings of boosted_trees, TRAIN with LABEL.
            """),
        ReferencePage(
            .option, "train-checkpoint", "checkpoint (TRAIN)",
            keywords: "resume interrupted killed crash state interval",
            """
            checkpoint is the time between two states that a TRAIN keeps in the file, so that RESUME RUN can go on from
            the last one. It is '30s' without it; the state is a few times as large as the model. A retriever keeps
            what it has learned beside each fold of its examples, once that is done.

            ```sql
            TRAIN shirt USING cnn FROM images LABEL kind WITH (epochs = 100, checkpoint = '5min');
            ```

            The state goes when the run ends. Related: RESUME, sys.runs.
            """),
        ReferencePage(
            .option, "train-linear", "Settings of linear (TRAIN)",
            keywords: "hyperparameters l1 l2 regularization iterations tolerance logistic regression softmax",
            """
            linear is logistic regression for two classes, softmax for more, least squares for numbers, found by a
            quasi-Newton method over standardised inputs. l2 (1) and l1 (0) are penalties on the weights beside the
            sum of the rows' losses; iterations (200) and tolerance (1e-6, of a shard ten times that) say
            when to end.

            ```sql
            TRAIN income USING linear FROM people LABEL pay WITH (l2 = 10, l1 = 0.1);
            ```

            Related: TRAIN with LABEL.
            """),
        ReferencePage(
            .option, "train-trees", "Settings of boosted_trees (TRAIN)",
            keywords: "hyperparameters gradient boosting leaves learning_rate rounds bagging lambdarank ranking group",
            """
            boosted_trees grows a tree in each of rounds (100) with leaves (31) at most, each of min_rows (20) at
            least, and adds learning_rate (0.12, short: rate) of it. max_depth (0: none), l2 (1), min_gain (0),
            bagging (1), feature_fraction (1) and patience (0) restrain it. `task = 'ranking'` with group, the column
            of the queries, learns an order from grades 0 to 31; rows of a group follow each other.

            ```sql
            TRAIN income USING boosted_trees FROM people LABEL pay WITH (rounds = 300, rate = 0.05, patience = 20);
            TRAIN order_by USING boosted_trees FROM (SELECT * FROM hits ORDER BY query) LABEL grade
                WITH (task = 'ranking', group = query);
            ```

            Related: TRAIN with LABEL, explain.
            """),
        ReferencePage(
            .option, "train-networks", "Settings of mlp and cnn (TRAIN)",
            keywords: "hyperparameters neural network hidden epochs batch learning_rate schedule shape filters images",
            """
            mlp has layers of the widths hidden (256), cnn blocks of convolution and pooling with filters ((32, 64))
            before them; shape gives the images' height, width and channels, by default a square of 1 or 3. epochs (by the
            number of rows, from 5 to 200), batch (256, cnn 128; fewer for less than 2,048 rows, a quarter for numbers),
            learning_rate (0.001, short: rate), schedule ('linear' or 'constant'), weight_decay (0) and patience (0)
            guide Adam. One VECTOR column, or images, are scaled as a whole; other numbers column by column.

            ```sql
            TRAIN shirt USING mlp FROM images LABEL kind WITH (hidden = (512, 128), epochs = 10);
            TRAIN shirt2 USING cnn FROM images LABEL kind WITH (shape = (28, 28), filters = (16, 32));
            ```

            Related: TRAIN with LABEL.
            """),
        ReferencePage(
            .option, "train-texts", "Settings of text_classifier and embedding (TRAIN)",
            keywords: "hyperparameters ngrams cost epochs dimension temperature text classification",
            """
            text_classifier hashes runs of up to word_ngrams (3) words and the parts of words of char_ngrams ((3, 5))
            characters, which count char_weight (0.7); epochs (15; of 4 and 5 shards 30, of more 45), cost (2) and
            tolerance (0.1) guide the fit.
            embedding learns vectors of dimension (128) from one column, or from two whose texts belong together;
            epochs (5), batch (128), learning_rate (0.003) and temperature (0.05).

            ```sql
            TRAIN intent USING text_classifier FROM messages LABEL label WITH (word_ngrams = 2, cost = 1);
            TRAIN answers USING embedding FROM (SELECT question, answer FROM faq) WITH (dimension = 64);
            ```

            Related: TRAIN with LABEL, embed.
            """),
        ReferencePage(
            .option, "train-kmeans", "Settings of kmeans (TRAIN)",
            keywords: "hyperparameters clusters clustering epochs tolerance",
            """
            kmeans puts rows into clusters (8) around means of their standardised numbers. It ends after epochs (100),
            or when the mean distance falls by less than tolerance (0.0001) of itself. predict() gives the number of a
            row's cluster, from 0.

            ```sql
            TRAIN groups USING kmeans FROM (SELECT x, y FROM points) WITH (clusters = 5, seed = 3);
            SELECT predict(groups, *) AS cluster, count(*) FROM points GROUP BY 1;
            ```

            Related: TRAIN with LABEL, predict.
            """),
        ReferencePage(
            .option, "deploy-queue", "queue (DEPLOY)",
            keywords: "waiting requests backlog overload",
            """
            queue is the largest number of requests that may wait for a free worker of a deployment; further ones
            fail at once with E1001. The default is 256. With 0 nobody waits.

            ```sql
            DEPLOY finder AS help REPLICAS 2 TO 8 WITH (queue = 1024, timeout = '5s');
            ```

            A long queue hides an overload and makes everybody wait; a short one shows it early. Related: timeout,
            REPLICAS, DEPLOY.
            """),
        ReferencePage(
            .option, "deploy-timeout", "timeout (DEPLOY)",
            keywords: "time limit slow request",
            """
            timeout is how long a request to a deployment may wait and run before it fails with E0506. It is a text
            with a number and a unit: ms, s or m. The default is 2 seconds.

            ```sql
            DEPLOY finder AS help WITH (timeout = '500ms');
            ```

            It protects callers from waiting for ever; searches normally take a few milliseconds. Related: queue,
            DEPLOY, E0506.
            """),
        ReferencePage(
            .option, "search-min-score", "min_score (SEARCH)",
            keywords: "threshold relevance cutoff minimum",
            """
            min_score leaves out hits whose score is lower. A text search that knows the threshold does not look at
            documents that cannot reach it, which makes it faster.

            ```sql
            SEARCH docs FOR 'disk quota' RETURN id, score WITH (min_score = 2.5);
            SEARCH docs FOR emb NEAR :vector WITH (min_score = 0.8);
            ```

            It is compared with the score that comes back: after FUSE BY and RERANK BY, if they are there. Scores of
            different queries mean different things; for vectors WITHIN bounds the distance. Related: score, NEAR,
            FUSE BY.
            """),
        ReferencePage(
            .option, "explain-format", "ANALYZE and FORMAT (EXPLAIN)",
            keywords: "json plan output timing",
            """
            EXPLAIN takes ANALYZE as a word after it, and FORMAT in parentheses. ANALYZE runs the statement and adds
            rows and times to each operator. FORMAT json gives the plan as one JSON text for programs; the default
            is text.

            ```sql
            EXPLAIN ANALYZE SELECT count(*) FROM docs WHERE lang = 'en';
            EXPLAIN ANALYZE (FORMAT json) SELECT 1;
            ```

            Related: EXPLAIN.
            """),
    ]
}
