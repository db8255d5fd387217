// Pages: TRAIN, EVALUATE, PREDICT, DEPLOY and what goes with them.

extension ReferencePage {
    static let learningStatements: [ReferencePage] = [
        ReferencePage(
            .statement, "train", "TRAIN",
            keywords: "fit build learn model shards retriever create model",
            """
            TRAIN makes a new version of a model from rows. With `USING retriever` it learns the words of the named
            TEXT columns, so that SEARCH can rank the documents by BM25F, and, of a hundred documents or more, by how
            alike they are. When there are several columns, the first one counts three times as much. FROM gives
            examples: a query, the document that answers it by its primary key, and if you like a grade, 0 for a
            document that does not.

            ```sql
            TRAIN finder USING retriever ON docs (title, body) SHARDS 4 WITH (language = 'english', seed = 7);
            TRAIN finder USING retriever ON docs (title, body) FROM (SELECT query, document FROM clicks);
            ```

            The statement returns model, version, run, rows, shards and seconds. The version is the highest so far
            plus one; it is published together with its run (see sys.runs) in one transaction, so a TRAIN that fails
            or is cancelled leaves the earlier version in service. SHARDS splits the work over parallel threads and
            changes neither results nor ranking. Rows that change after training are found too, even
            if none had words before: every write keeps the index.

            Part of the examples' queries are held out, to publish what ranks best; the figures are in the run's
            metrics. It takes twenty queries at least; hundreds make a difference.

            The other kinds learn from rows: TRAIN with LABEL has a page of its own. A retriever takes no LABEL. ASYNC
            is not available in this version. Related: DEPLOY, EVALUATE, SEARCH,
            unknown_documents, feedback, models, base.
            """),
        ReferencePage(
            .statement, "train-rows", "TRAIN with LABEL",
            keywords: "classifier classification regression cluster features machine learning fit supervised",
            """
            TRAIN learns to predict the column behind LABEL from the other columns of its rows. The kinds are linear,
            boosted_trees, mlp, cnn and text_classifier; kmeans and embedding have no LABEL.

            ```sql
            TRAIN intent USING text_classifier FROM messages LABEL label;
            TRAIN income USING boosted_trees FROM (SELECT age, job, pay FROM people) LABEL pay
                WITH (split = 0.2, grid = (leaves = (15, 31), rate = (0.05, 0.1)));
            TRAIN groups USING kmeans FROM (SELECT x, y FROM points) WITH (clusters = 5);
            ```

            Columns bind by name. Of a table, the primary key is left out. Numbers, BOOLEAN, TIMESTAMP, TEXT, VECTOR
            and JSON become numbers by encoders that are stored with the model. NULL is a missing value: trees choose
            a side for it, the others take the mean, of categories none; NULL texts are empty; rows whose label is
            NULL are left out. TEXT and BOOLEAN labels are classes, REAL ones numbers, INTEGER ones classes if there
            are at most 50 different; the option task decides otherwise. Rows are spooled from one snapshot, beyond
            half the memory limit to a temporary file. Numbers too large for single precision, except for trees, and
            losses that grow without bound are errors, and publish nothing.

            A column that is the same, or NULL, in every row does no harm; the run's metrics list it in
            constant_columns, except where texts are read. Where all rows have the same features, or no text has a
            word, TRAIN is error E0901. Related: predict(), EVALUATE, SHARDS, sys.runs, sys.observations.
            """),
        ReferencePage(
            .statement, "evaluate", "EVALUATE",
            keywords: "quality measure score relevance benchmark metrics",
            """
            EVALUATE runs the queries of a set of judgements against a model, a deployment or a table with one text
            index, and measures how well the ranking agrees with the judgements. The source needs the columns query
            and document; grade is an INTEGER that counts as 1 when the column is missing. Documents are named by
            the table's primary key.

            ```sql
            EVALUATE finder FROM (SELECT query, document, grade FROM judgements)
                WITH (metrics = 'ndcg@10, p@1, recall@100', depth = 100);
            ```

            The result is one row: the model, the number of queries, and a column for each metric, averaged over
            queries. A grade of 1 or more means relevant. A judged query that finds nothing counts as 0. The figures
            equal those of trec_eval. Judging one document twice with different grades for one query is an error.

            INTO keeps the figures of each query as rows of a table, which is made if its name is new. A deployment is
            evaluated with the feedback that it was given, a model or a table without.

            ```sql
            EVALUATE helpdesk FROM judgements INTO figures WITH (metrics = 'ndcg@10', baseline = 'bm25');
            SELECT query FROM figures WHERE "ndcg@10" < "bm25_ndcg@10";
            ```

            Related: the options metrics, depth, baseline and per_query, sys.runs, DEPLOY.
            """),
        ReferencePage(
            .statement, "evaluate-rows", "EVALUATE with a label",
            keywords: "accuracy precision recall f1 auc log loss rmse r2 confusion matrix holdout test",
            """
            EVALUATE of a model that predicts a label compares its predictions with the label in each row of a
            source, which needs the model's columns and the label by their names.

            ```sql
            EVALUATE income FROM holdout;
            EVALUATE income@3 FROM holdout BY country;
            EVALUATE income FROM holdout WITH (per_class = true);
            ```

            A classifier gives rows, accuracy, macro and micro precision, recall and F1, log_loss and auc (of two
            classes that of the second, of more the mean of each against the others). A class that the model does not
            know counts as wrong; NULL labels are passed over. A regression gives mae, rmse and r2. BY gives a row of
            figures for each group; per_class one for each class. sys.confusion then holds which class was taken for
            which. Related: TRAIN with LABEL, sys.confusion, predict().
            """),
        ReferencePage(
            .statement, "predict", "PREDICT",
            keywords: "inference apply classify score rows",
            """
            PREDICT applies a trained model to each row of a source and returns the rows with the column prediction
            behind them, and for a classifier probability, that of the predicted class. With INTO the result becomes
            rows of a table, which is made if there is none. Features are matched by column name, never by position:
            a column that the model needs and the source lacks, or has with another type, is an error.

            ```sql
            PREDICT income FROM applicants INTO scored;
            PREDICT income@3 FROM (SELECT * FROM applicants WHERE age > 30);
            ```

            A source's own columns keep their names: beside a column prediction or probability, what PREDICT adds is
            model_prediction or model_probability.

            Inside an ordinary query the functions predict() and probability() do the same. Related: TRAIN with
            LABEL, EVALUATE, the function predict().
            """),
        ReferencePage(
            .statement, "deploy", "DEPLOY",
            keywords: "publish serve production release go live switch version replicas",
            """
            DEPLOY puts a version of a model into service under a stable name. Whoever searches uses that name and
            does not notice when the version behind it changes.

            ```sql
            DEPLOY finder@2 AS help REPLICAS 1 TO 4 WITH (queue = 256, timeout = '2s');
            ```

            `finder` without a version means the latest one. If the name is in service already, DEPLOY swaps the
            version behind it in one commit and remembers the earlier one for ROLLBACK DEPLOYMENT. REPLICAS gives
            the smallest and largest number of workers, from 1 to 256. A deployment may not have the name of a
            table. Deployments are stored: they are back when the file is opened again. The result is deployment,
            model and version.

            The condition WHEN, which lets a deployment happen only if the new version measures better, is not
            available in this version. Related: UNDEPLOY, ROLLBACK DEPLOYMENT, SHOW DEPLOYMENTS,
            sys.deployment_events.
            """),
        ReferencePage(
            .statement, "undeploy", "UNDEPLOY",
            keywords: "stop serving take down remove deployment",
            """
            UNDEPLOY ends a deployment. The model and all its versions stay; only the name that was in service
            disappears, and a SEARCH that uses it fails from then on with E0101 or E0107.

            ```sql
            UNDEPLOY help;
            UNDEPLOY IF EXISTS help;
            ```

            With IF EXISTS an unknown name is not an error. The event is recorded in sys.deployment_events. To go
            back to an earlier version without ending the service, use ROLLBACK DEPLOYMENT. To remove the model
            itself, use DROP MODEL afterwards. Related: DEPLOY, DROP MODEL.
            """),
        ReferencePage(
            .statement, "rollback-deployment", "ROLLBACK DEPLOYMENT",
            keywords: "undo revert previous version back out swap back",
            """
            ROLLBACK DEPLOYMENT puts the version that was in service before the last DEPLOY of that name back into
            service. It is one short commit: searches that are running finish with the version they began with, the
            next ones use the earlier version.

            ```sql
            DEPLOY finder@2 AS help;
            ROLLBACK DEPLOYMENT help;
            ```

            The result shows deployment, model and version after the change. Every DEPLOY of the name adds one step,
            so the statement can be repeated until the first version is reached; then it fails with E1003. It has
            nothing to do with ROLLBACK, which undoes the open transaction. Related: DEPLOY, SHOW DEPLOYMENTS,
            sys.deployment_events.
            """),
        ReferencePage(
            .statement, "drop-model", "DROP MODEL",
            keywords: "delete model remove version clean up",
            """
            DROP MODEL removes a model with all its versions, or one version of it. A version that is in service is
            protected: end the deployment first, or say CASCADE to end it too. Version numbers are never used a
            second time.

            ```sql
            DROP MODEL finder@1;
            DROP MODEL IF EXISTS finder CASCADE;
            ```

            The runs that made the versions stay in sys.runs, so that the record of what was trained is complete.
            The table that the model was trained on is untouched. Related: TRAIN, UNDEPLOY, SHOW MODELS.
            """),
        ReferencePage(
            .statement, "show", "SHOW",
            keywords: "list inspect look at status overview",
            """
            SHOW lists facts about the engine. `SHOW x` is short for `SELECT * FROM sys.x`, so every system table
            can be shown, and whoever needs a filter or an order writes the SELECT.

            ```sql
            SHOW MODELS;
            SHOW RUNS;
            SHOW DEPLOYMENTS;
            SELECT model, version, rows FROM sys.models WHERE model = 'finder' ORDER BY version DESC;
            ```

            Useful names are tables, columns, indexes, models, runs, shards, deployments, deployment_events,
            functions, settings, status and reference. An unknown name is an error with a suggestion. Related: the
            pages of kind table.
            """),
    ]
}
