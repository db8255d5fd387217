// Pages: projects, runs, datasets, model files and versions of the whole.

extension ReferencePage {
    static let recordStatements: [ReferencePage] = [
        ReferencePage(
            .statement, "create-project", "CREATE PROJECT",
            keywords: "organise experiment workspace",
            isAvailable: false,
            """
            A project gathers experiments, and an experiment gathers runs that belong together, such as the tries of
            tuning one model. Every TRAIN of a session lands in the project and experiment that USE has chosen.

            ```sql
            CREATE PROJECT kb;
            CREATE EXPERIMENT tuning IN kb;
            USE PROJECT kb EXPERIMENT tuning;
            ```

            Runs are recorded without projects too. Related: USE PROJECT, sys.runs.
            """),
        ReferencePage(
            .statement, "use", "USE PROJECT",
            keywords: "choose current project experiment",
            isAvailable: false,
            """
            USE PROJECT chooses where the runs of this session are filed from now on. The choice belongs to the
            session and is not stored; other sessions are not affected, and earlier runs stay where they are.

            ```sql
            USE PROJECT kb EXPERIMENT tuning;
            ```

            Related: CREATE PROJECT, TRAIN.
            """),
        ReferencePage(
            .statement, "log", "LOG",
            keywords: "record metric param artifact observation run",
            isAvailable: false,
            """
            LOG adds facts to a run that were found outside the engine: a metric, a parameter, an attribute, an
            observation at a step, or a file.

            ```sql
            LOG METRIC 'cost' = 3.5 TO RUN 12;
            LOG ARTIFACT 'plot.svg' TO RUN 12;
            ```

            What the engine measures itself is in sys.runs without asking. Related: TAG RUN, sys.runs.
            """),
        ReferencePage(
            .statement, "tag", "TAG",
            keywords: "label run version mark",
            isAvailable: false,
            """
            TAG RUN attaches short words to a run, by which it can be found again. TAG VERSION gives a lasting name
            to a version of the whole database's definitions.

            ```sql
            TAG RUN 12 'baseline', 'march';
            ```

            Tags can be shared by many runs and removed again. Related: LOG, COMMENT ON.
            """),
        ReferencePage(
            .statement, "comment", "COMMENT ON",
            keywords: "description note document",
            isAvailable: false,
            """
            COMMENT ON attaches a sentence to anything that has a name: a table, a column, a model, a run, a
            deployment. IS NULL removes it. Comments are shown by the system tables and travel with exported models.

            ```sql
            COMMENT ON RUN 12 IS 'with the new stop words';
            ```

            Related: TAG, SHOW.
            """),
        ReferencePage(
            .statement, "snapshot", "SNAPSHOT DATASET",
            keywords: "freeze data version reproducible",
            isAvailable: false,
            """
            SNAPSHOT DATASET stores the result of a query as an unchanging version of a dataset, with a checksum.
            Training and evaluation that name the version see the same rows for ever.

            ```sql
            SNAPSHOT DATASET spring AS SELECT query, document, grade FROM judgements;
            ```

            Today a table that is no longer written to serves the purpose. Related: EVALUATE, LINEAGE.
            """),
        ReferencePage(
            .statement, "create-dataset", "CREATE DATASET",
            keywords: "data set registry source",
            isAvailable: false,
            """
            A dataset is a named source of rows for training: a query, or a file. Its versions are made by SNAPSHOT
            DATASET and recorded with each run that used them, so that a model can be traced back to its data.

            ```sql
            CREATE DATASET clicks AS SELECT query, document FROM log;
            ```

            Related: SNAPSHOT DATASET, TRAIN.
            """),
        ReferencePage(
            .statement, "lineage", "LINEAGE OF",
            keywords: "provenance where does it come from ancestors",
            isAvailable: false,
            """
            LINEAGE OF lists what something was made from and what was made from it: tables, datasets, runs, model
            versions and deployments, one row each.

            ```sql
            LINEAGE OF MODEL finder@2;
            ```

            Today sys.models names the run of every version, and sys.runs the statement and the hash of its data.
            Related: sys.models.
            """),
        ReferencePage(
            .statement, "compare", "COMPARE RUNS",
            keywords: "difference between runs side by side",
            isAvailable: false,
            """
            COMPARE RUNS puts runs side by side: a row for each hyperparameter and metric, a column for each run,
            and what differs is marked.

            ```sql
            COMPARE RUNS 12, 14;
            ```

            Today a SELECT on sys.runs with the columns hyperparameters and metrics shows the same facts. Related:
            sys.runs, CHART.
            """),
        ReferencePage(
            .statement, "chart", "CHART",
            keywords: "plot graph svg curve",
            isAvailable: false,
            """
            CHART draws a metric of runs, or the result of a query, as a picture in SVG format: a curve by epoch,
            bars, or a confusion matrix.

            ```sql
            CHART ndcg BY epoch OF RUNS 12, 14 TO 'curve.svg';
            ```

            Until then export the figures with COPY TO and draw them elsewhere. Related: COMPARE RUNS, REPORT.
            """),
        ReferencePage(
            .statement, "report", "REPORT",
            keywords: "html summary page",
            isAvailable: false,
            """
            REPORT writes one HTML file that needs nothing else, with tables and charts of the given runs, of a
            project, or of everything. It is meant for people who do not use the engine themselves.

            ```sql
            REPORT OF RUNS 12, 14 TO 'tuning.html';
            ```

            Related: CHART, COMPARE RUNS.
            """),
        ReferencePage(
            .statement, "export", "EXPORT MODEL",
            keywords: "save model file share",
            """
            EXPORT MODEL writes a version of a model with all it needs into one file, which IMPORT MODEL reads into
            another database. The file begins with "MARTLETM" and the format's version; then come a manifest in JSON,
            the parameters, and a checksum over all.

            ```sql
            EXPORT MODEL income@2 TO 'income.model';
            ```

            A retriever lives in an index of its table and has no such file: the same TRAIN statement makes it anew,
            with the same result. Related: IMPORT MODEL.
            """),
        ReferencePage(
            .statement, "import", "IMPORT MODEL",
            keywords: "load model file",
            """
            IMPORT MODEL adds the model in a file to this database as a new version under the given name. The file
            is checked first; models are data, never code, so that opening one from a stranger cannot run anything.
            A file that is damaged (E0707), or of a later format (E0703), is refused.

            ```sql
            IMPORT MODEL income FROM 'income.model';
            ```

            Related: EXPORT MODEL, TRAIN.
            """),
        ReferencePage(
            .statement, "copy-model", "COPY MODEL",
            keywords: "duplicate clone model",
            isAvailable: false,
            """
            COPY MODEL makes a new model from a version of another, under its own name and with its own version
            numbers. The two share nothing afterwards that could change.

            ```sql
            COPY MODEL finder@2 TO finder_trial;
            ```

            Related: TRAIN, EXPORT MODEL.
            """),
        ReferencePage(
            .statement, "alter-model", "ALTER MODEL",
            keywords: "alias stage visibility lock rename",
            isAvailable: false,
            """
            ALTER MODEL changes what surrounds a model: its name, an alias for one of its versions (`finder@prod`),
            its stage, who may see it, and whether it is locked against changes. The fitted model itself never
            changes.

            ```sql
            ALTER MODEL finder@2 SET ALIAS prod;
            ALTER MODEL finder SET VISIBILITY public;
            ```

            Related: DEPLOY, GRANT.
            """),
        ReferencePage(
            .statement, "commit-version", "COMMIT VERSION",
            keywords: "git snapshot of definitions history",
            isAvailable: false,
            """
            COMMIT VERSION records the present state of models, datasets, settings and their definitions as one
            named point in history, to which BRANCH, DIFF, MERGE and REVERT refer. It is something else than COMMIT,
            which ends a transaction.

            ```sql
            COMMIT VERSION 'before the new stop words';
            ```

            Related: BRANCH, DIFF, COMMIT.
            """),
        ReferencePage(
            .statement, "branch", "BRANCH",
            keywords: "parallel line of work",
            isAvailable: false,
            """
            BRANCH begins a second line of history from the present version or a named one, and SWITCH BRANCH moves
            the session there. Work on one branch is not seen on another until it is merged.

            ```sql
            BRANCH trial;
            SWITCH BRANCH trial;
            ```

            Related: MERGE, SWITCH BRANCH.
            """),
        ReferencePage(
            .statement, "switch", "SWITCH BRANCH",
            keywords: "checkout change branch",
            isAvailable: false,
            """
            SWITCH BRANCH makes another line of history the current one for this session. Nothing is lost: switching
            back brings the former state into view again. Other sessions stay where they are.

            ```sql
            SWITCH BRANCH trial;
            ```

            Related: BRANCH, MERGE.
            """),
        ReferencePage(
            .statement, "merge", "MERGE",
            keywords: "join branches conflict",
            isAvailable: false,
            """
            MERGE brings the changes of a branch into the current one, or into the one after INTO. Where both have
            changed the same thing the statement stops and lists the conflicts, and nothing is changed.

            ```sql
            MERGE trial;
            ```

            It does not join rows of tables; INSERT ... ON CONFLICT does that. Related: BRANCH, DIFF.
            """),
        ReferencePage(
            .statement, "diff", "DIFF",
            keywords: "what changed between versions",
            isAvailable: false,
            """
            DIFF lists what differs between two versions of the database's definitions, or between one and the
            present: added, removed and changed models, datasets and settings.

            ```sql
            DIFF trial;
            ```

            Related: COMMIT VERSION, COMPARE RUNS.
            """),
        ReferencePage(
            .statement, "revert", "REVERT",
            keywords: "undo committed version",
            isAvailable: false,
            """
            REVERT makes a new version that undoes the changes of an earlier one and keeps everything done since.
            History is never rewritten, so a REVERT can itself be reverted.

            ```sql
            REVERT trial;
            ```

            For an open transaction use ROLLBACK, for a deployment ROLLBACK DEPLOYMENT. Related: COMMIT VERSION.
            """),
    ]
}
