// Pages: the options of TRAIN for retrievers, and of EVALUATE.

extension ReferencePage {
    static let retrievalOptions: [ReferencePage] = [
        ReferencePage(
            .option, "train-unknown", "unknown_documents (TRAIN)",
            keywords: "missing document example skip refuse",
            """
            unknown_documents says what becomes of an example whose document is not in the table: `'skip'`, the
            default, leaves it out, and the run's metrics tell how many there were and name the first ones; `'error'`
            refuses the TRAIN.

            ```sql
            TRAIN finder USING retriever ON docs (title, body) FROM (SELECT query, document FROM clicks)
                WITH (unknown_documents = 'error');
            ```

            Related: TRAIN, sys.runs.
            """),
        ReferencePage(
            .option, "train-feedback", "feedback (TRAIN)",
            keywords: "votes clicks upvotes learn from users examples",
            """
            feedback = true makes examples of the feedback that is stored for the deployments of the model's name. A
            document with more upvotes than downvotes answers its query, with grade 1; one with more downvotes does
            not, and a given example that says so is left out; one that was only clicked counts a third. FROM may
            give further examples, or be missing.

            ```sql
            TRAIN finder USING retriever ON docs (title, body) WITH (feedback = true);
            TRAIN finder USING retriever ON docs (title, body) FROM (SELECT query, document FROM clicks)
                WITH (feedback = true);
            ```

            The run's metrics say how many queries and documents came from feedback. The feedback stays stored, and
            goes on having its say in each SEARCH. Documents that are gone, and associations, are no examples.
            Related: UPVOTE, LOG CLICK, sys.feedback, TRAIN.
            """),
        ReferencePage(
            .option, "train-models", "models (TRAIN)",
            keywords: "ensemble several rankers average bagging",
            """
            models = m, from 1 to 16, ranks by the mean of the scores of m rankers, so that less depends on chance: one
            of all examples, and those of parts of them that had to be trained to judge the method. There are eight
            such parts, of 2,000 example queries or more four; a greater m takes longer to train. Each ranker makes a
            search a little longer. It is 1 without it, and says nothing where there are no examples.

            ```sql
            TRAIN finder USING retriever ON docs (title, body) FROM (SELECT query, document FROM clicks)
                WITH (models = 9);
            ```

            Related: TRAIN, SHARDS, seed.
            """),
        ReferencePage(
            .option, "train-base", "base (TRAIN)",
            keywords: "warm start continue go on earlier version incremental new examples documents changed",
            """
            base names a retriever, as `'finder'` or a version as `'finder@3'`, whose learned parts the training goes
            on from. It must have been trained on the same columns of the same table, with the same language, stemming
            and stopwords; the documents may have changed.

            ```sql
            TRAIN finder USING retriever ON docs (title, body) FROM (SELECT query, document FROM new_clicks)
                WITH (base = 'finder@3');
            TRAIN finder USING retriever ON docs (title, body) WITH (base = 'finder');
            ```

            The first learns from new examples without the old ones, the second fits what was learned to the documents
            as they are now. A retriever keeps the queries and answers that it has learned from: those of the base
            vote and teach together with the new ones, unless all their documents are gone or an example is of the
            same query. What is learned anew replaces the base's word vectors, weights and ranker, unless the base's
            are better on the queries new to it by more than chance, or fewer than 20 are new to it: then the base's
            stay, the new examples vote, and a training takes hardly longer than one without examples. What the base
            learned is never given up for plain search. A base that had no examples gives nothing.

            The run's hyperparameters name the version; its metrics say how many past queries were taken over
            (base_queries), what the base and what was learned anew reach on the queries new to the base (base_model,
            new_model), and whether the base's stay (base_ranks).
            Related: TRAIN, models, feedback, sys.runs.
            """),
        ReferencePage(
            .option, "evaluate-baseline", "baseline (EVALUATE)",
            keywords: "compare bm25 two models significance p value difference better",
            """
            baseline = 'bm25' compares a ranking with plain BM25 on the same queries: over the same columns, which
            all count 1, with k1 = 1.2 and b = 0.75. For each metric there are further columns: bm25_ and the
            metric's name for the baseline's mean, difference_ for the gain over it, and p_value_ for how likely such
            a difference is by chance. Instead of 'bm25' the baseline may be another model, a version of one, or a
            deployment, that ranks the same table; its columns then begin with baseline_.

            ```sql
            EVALUATE helpdesk FROM judgements WITH (metrics = 'ndcg@10, p@1', baseline = 'bm25');
            EVALUATE finder@3 FROM judgements WITH (metrics = 'ndcg@10', baseline = 'finder@2');
            ```

            The p-value is that of the paired t-test, two-sided, over the queries' figures: below 0.05 the difference
            is usually called significant. It is NULL for fewer than two queries, and 1 if no query differs. Related:
            EVALUATE, per_query.
            """),
        ReferencePage(
            .option, "evaluate-per-query", "per_query (EVALUATE)",
            keywords: "each query figures single rows which queries fail",
            """
            per_query = true gives a row for each judged query instead of the means: the query, a column for each
            metric, and with a baseline its figures beside them, as bm25_ and the metric's name.

            ```sql
            SELECT query, "ndcg@10" FROM (EVALUATE finder FROM judgements
                WITH (metrics = 'ndcg@10', per_query = true)) ORDER BY 2 LIMIT 20;
            ```

            The queries stand in the order of the judgements. EVALUATE … INTO stores these rows. Related: EVALUATE,
            baseline.
            """),
        ReferencePage(
            .option, "evaluate-metrics", "metrics (EVALUATE)",
            keywords: "ndcg map mrr precision recall success definition",
            """
            metrics lists what EVALUATE computes, separated by commas. The default is `ndcg@10, p@1, recall@100,
            map, mrr`.

            - `ndcg@k`: gain by grade, less the further down, compared with the best possible order.
            - `p@k`: the share of the first k that is relevant.
            - `recall@k`: the share of the relevant documents that is among the first k.
            - `map`: precision at each relevant document, averaged; `mrr`: one over the rank of the first relevant
              one.
            - `success@k`: 1 if there is a relevant one among the first k.

            ```sql
            EVALUATE finder FROM judgements WITH (metrics = 'ndcg@10, p@5, success@3');
            ```

            All lie between 0 and 1; larger is better. ndcg, map and mrr may stand without @k. Related: EVALUATE,
            depth, E0903.
            """),
        ReferencePage(
            .option, "evaluate-depth", "depth (EVALUATE)",
            keywords: "how many results judged cutoff",
            """
            depth is the number of hits that EVALUATE fetches for each query and judges, by default 100. A metric
            with a larger k sees no more than these.

            ```sql
            EVALUATE finder FROM judgements WITH (metrics = 'recall@1000, map', depth = 1000);
            ```

            map, mrr and ndcg without @k look at all hits down to this depth, so that state it when you compare
            figures with those of others. A smaller depth is faster. Related: metrics, EVALUATE.
            """),
    ]
}
