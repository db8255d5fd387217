// Pages: what may stand in WITH (...) for vectors.

extension ReferencePage {
    static let vectorOptions: [ReferencePage] = [
        ReferencePage(
            .option, "vector-metric", "metric (vector indexes, SEARCH)",
            keywords: "cosine l2 euclidean dot inner product hamming distance",
            """
            metric says how the distance of two vectors is measured: cosine (1 − the cosine of their angle), l2 (the
            Euclidean distance), dot (the negated inner product) or hamming (how many bits differ, for VECTOR(n, bit)).
            The default is cosine, and hamming for bits.

            ```sql
            CREATE INDEX images_pixels ON images USING hnsw (pixels) WITH (metric = 'l2');
            SEARCH images FOR pixels NEAR ? LIMIT 5 WITH (metric = 'l2');
            ```

            In SEARCH it chooses among several indexes, or how rows without an index are compared. Under cosine a
            vector of zeros has no direction and is refused (E0306). Related: CREATE INDEX USING hnsw, NEAR.
            """),
        ReferencePage(
            .option, "vector-quantize", "quantize (vector indexes)",
            keywords: "compress int8 codes memory size",
            """
            quantize says in what form an index keeps vectors: i8, one byte a dimension (the default); f16, half floats;
            none, floats; bit, the sign of each element, or the bits of a VECTOR(n, bit), where it is the default.

            ```sql
            CREATE INDEX docs_emb ON docs USING flat (emb) WITH (quantize = 'f16');
            CREATE INDEX docs_emb ON docs USING hnsw (emb) WITH (metric = 'cosine', quantize = 'bit');
            ```

            Distances between codes come with bounds, and rows that the bounds leave undecided are compared by the vectors
            themselves, so that a flat index is exact all the same. Signs are the exception: they are the smallest and
            only say roughly how near rows are. The best ef rows by them (256 or 16 × LIMIT if ef is not given) are
            compared by their vectors; EXPLAIN (RECALL) tells what that misses. Related: CREATE INDEX USING hnsw, ef,
            RECALL.
            """),
        ReferencePage(
            .option, "hnsw-m", "m and ef_construction (hnsw)",
            keywords: "links degree build effort graph",
            """
            m is the number of links that a row gets in the graph, 4 to 128, by default 16; the lowest level has room
            for twice as many. ef_construction is how many near rows are looked at for these links, 8 to 4096, by
            default 200. More of either finds more of the true neighbours and takes longer to build.

            ```sql
            CREATE INDEX docs_emb ON docs USING hnsw (emb) WITH (m = 24, ef_construction = 400);
            ```

            Related: CREATE INDEX USING hnsw, ef.
            """),
        ReferencePage(
            .option, "ivf-lists", "lists and probes (ivf)",
            keywords: "inverted file clusters centres coarse quantizer nprobe recall speed",
            """
            lists is into how many lists the rows of an ivf index are divided, 1 to 65536; each is of the rows nearest to
            one centre. Without it there are twice the root of the number of rows. probes, in SEARCH, is into how many
            of the nearest lists a search looks, 1 to 65536, by default a 32nd of them and at least 16. More probes find
            more of the true neighbours and take longer.

            ```sql
            CREATE INDEX docs_emb ON docs USING ivf (emb) WITH (lists = 2000);
            SEARCH docs FOR emb NEAR :vector LIMIT 10 WITH (probes = 40);
            ```

            Where a WHERE leaves a share of the rows, so many more lists are looked into, or the rows that match are
            compared one by one: as long as enough match, LIMIT rows come back. Centres are those of the rows that were
            there when a segment of the index was made, and are chosen anew when segments are merged or by REINDEX.
            Fewer than 8192 rows are scanned. Related: CREATE INDEX USING hnsw, ef, RECALL, REINDEX.
            """),
        ReferencePage(
            .option, "search-ef", "ef and exact (SEARCH)",
            keywords: "recall speed beam accuracy nearest",
            """
            ef is how many near rows a walk through a graph keeps, 1 to 16384, by default the greater of 64 and twice
            the LIMIT. More finds more of the true neighbours and takes longer. exact = true looks at all rows instead.

            ```sql
            SEARCH docs FOR emb NEAR :vector LIMIT 10 WITH (ef = 200);
            SEARCH docs FOR emb NEAR :vector LIMIT 10 WITH (exact = true);
            ```

            With a WHERE, ef counts rows that match; where few match, they are compared one by one. Related: NEAR, CREATE
            INDEX USING hnsw, probes.
            """),
        ReferencePage(
            .option, "vector-model", "model (vector indexes, SEARCH)",
            keywords: "embedding text query vector semantic",
            """
            model names the embedding that turns a text into a vector, so that NEAR takes texts. In CREATE INDEX it is the
            column's own model; in SEARCH it is for this search.

            ```sql
            CREATE INDEX docs_emb ON docs USING hnsw (emb) WITH (model = 'sentences');
            SEARCH docs FOR emb NEAR 'disk quota error' LIMIT 5;
            SEARCH docs FOR emb NEAR :text LIMIT 5 WITH (model = 'sentences@2');
            ```

            The column's rows must have vectors of that model, made with embed(); it is not filled by itself. A text in
            the statement that begins with [ is a vector; a TEXT parameter is embedded. Related: embed, NEAR.
            """),
        ReferencePage(
            .option, "explain-recall", "RECALL (EXPLAIN)",
            keywords: "recall accuracy exact approximate nearest neighbours ef probes measure",
            """
            EXPLAIN (RECALL) runs a SEARCH with NEAR, the exact search over the same rows and filter, and then the
            search with ef = LIMIT, twice that, and so on until it finds .99 of the exact rows; of an ivf index with
            probes = 1 and so on.

            ```sql
            EXPLAIN (RECALL) SEARCH docs FOR emb NEAR :vector WHERE year >= 2023 LIMIT 10;
            ```

            For each NEAR leg there are rows of leg (the column), ef, probes, path (walk through a graph, some lists,
            scan of an index, or the rows themselves), wanted (how many rows the exact search finds), found (how many of
            them this one does), recall, milliseconds, and a note. It speaks of this one query: try some that are like
            yours. ORDER BY a distance is exact and has nothing to measure. Related: EXPLAIN, ef, probes, NEAR.
            """),
    ]
}
