// Pages: servers, feedback, jobs, schedules and people.

extension ReferencePage {
    static let serviceStatements: [ReferencePage] = [
        ReferencePage(
            .statement, "call", "CALL",
            keywords: "invoke deployment request",
            isAvailable: false,
            """
            CALL sends one request to a deployment, with named fields, and returns its answer together with the
            version that gave it, the time it took and a call number. Fields that the deployment does not know are
            errors that list the known ones.

            ```sql
            CALL helpdesk WITH (query = 'vpn drops', top_k = 5);
            ```

            SEARCH on the deployment gives the same documents today. Related: SEARCH, DEPLOY.
            """),
        ReferencePage(
            .statement, "start-server", "START SERVER",
            keywords: "bring up resume serving",
            isAvailable: false,
            """
            START SERVER lets a stopped deployment accept requests again, with the version it had. START SERVER ALL
            does so for every deployment. A deployment that runs already is left as it is, so the statement may be
            repeated safely.

            ```sql
            START SERVER helpdesk;
            START SERVER ALL;
            ```

            Related: STOP SERVER, RESTART SERVER, DEPLOY.
            """),
        ReferencePage(
            .statement, "stop-server", "STOP SERVER",
            keywords: "pause halt drain",
            isAvailable: false,
            """
            STOP SERVER makes a deployment refuse new requests, lets those that are running finish, and frees its
            workers. The deployment stays defined and can be started again; UNDEPLOY is what removes it for good.

            ```sql
            STOP SERVER helpdesk;
            ```

            Related: START SERVER, UNDEPLOY.
            """),
        ReferencePage(
            .statement, "restart-server", "RESTART SERVER",
            keywords: "reload bounce",
            isAvailable: false,
            """
            RESTART SERVER loads the deployed version anew before it lets go of the old workers, so that requests
            are answered all the time. Use it when a deployment misbehaves and the reason is not known yet.

            ```sql
            RESTART SERVER helpdesk;
            ```

            Related: START SERVER, STOP SERVER.
            """),
        ReferencePage(
            .statement, "alter-server", "ALTER SERVER",
            keywords: "scale replicas workers",
            isAvailable: false,
            """
            ALTER SERVER changes how few and how many workers a deployment may have, in either direction and while
            it is answering. Growing takes effect at once; shrinking waits until the workers concerned have finished
            what they are doing.

            ```sql
            ALTER SERVER helpdesk REPLICAS 2 TO 6;
            ```

            Today a new DEPLOY of the same version with other REPLICAS does this. Related: DEPLOY.
            """),
        ReferencePage(
            .statement, "list", "LIST",
            keywords: "list servers",
            """
            LIST is another way to write SHOW, kept for people who know it from model servers. It is a SELECT on the
            system table of that name, and an unknown name is answered with a suggestion.

            ```sql
            LIST MODELS;
            LIST DEPLOYMENTS;
            ```

            It takes no filter; use a SELECT on the system table for that, for instance to see only the deployments
            of one model. Every column is explained on the page of the table. Related: SHOW, sys.models,
            sys.deployments.
            """),
        ReferencePage(
            .statement, "system-status", "SYSTEM STATUS",
            keywords: "health memory disk version uptime engine",
            """
            SYSTEM STATUS tells how the engine is doing: its version, the format of the file, the number of the last
            transaction, and how many keys, tables, models and deployments there are. Each row has a name and a
            value.

            ```sql
            SYSTEM STATUS;
            SELECT value FROM sys.status WHERE name = 'version';
            ```

            It is the same as SHOW STATUS and reads nothing but facts that are at hand, so it can be asked as often
            as you like. To find out whether the file itself is sound use PRAGMA integrity_check. Related:
            sys.status, sys.settings, PRAGMA.
            """),
        ReferencePage(
            .statement, "shutdown", "SHUTDOWN",
            keywords: "quit stop engine",
            isAvailable: false,
            """
            SHUTDOWN stops taking new statements, waits for those that run, writes everything to disk and closes the
            database. The program around the engine goes on. Simply closing the database, or leaving the shell with
            `.quit`, is safe too: what has been committed is on disk already.

            ```sql
            SHUTDOWN;
            ```

            Related: `.quit`, COMMIT.
            """),
        ReferencePage(
            .statement, "backup", "BACKUP",
            keywords: "copy database save snapshot file",
            isAvailable: false,
            """
            BACKUP writes a consistent copy of the whole database to another file while reading and writing go on.
            The copy holds one snapshot: everything committed before the statement began and nothing that came
            after.

            ```sql
            BACKUP TO 'copy.martlet';
            ```

            Until then, copy the file while no program has it open, or use COPY TO for single tables. Related:
            RESTORE, COPY TO.
            """),
        ReferencePage(
            .statement, "restore", "RESTORE",
            keywords: "recover backup",
            isAvailable: false,
            """
            RESTORE replaces the content of the database by that of a backup, after checking that the backup is
            sound. It happens in one step: if anything goes wrong, the database is what it was before.

            ```sql
            RESTORE FROM 'copy.martlet';
            ```

            Related: BACKUP, PRAGMA integrity_check.
            """),
        ReferencePage(
            .statement, "upvote", "UPVOTE",
            keywords: "feedback like good answer thumbs up",
            """
            UPVOTE records that a document was a good answer to a query. From the next SEARCH of the deployment on,
            the document stands above all without votes for that query, and rises for similar ones, the more the more
            similar they are; other queries find exactly what they found before. The document is named by its primary
            key, several columns in parentheses.

            ```sql
            UPVOTE helpdesk FOR 'wifi is slow' DOCUMENT 'kb-17';
            UPVOTE manuals FOR ? DOCUMENT ('router', 3);
            ```

            It returns the vote's id, the deployment and the kind. Every UPVOTE is a row of its own, even the same
            again; further ones add less and less, and downvotes count against them. Votes belong to the deployment's
            name: the next version keeps them, and so does the name after UNDEPLOY and DROP MODEL. The votes of a
            document that is deleted rest until it comes back. `DELETE FROM sys.feedback WHERE id = 7` takes one back,
            and TRAIN learns from all WITH (feedback = true). why() shows the votes of each hit. Related: DOWNVOTE, LOG
            CLICK, ASSOCIATE, sys.feedback, E1004.
            """),
        ReferencePage(
            .statement, "downvote", "DOWNVOTE",
            keywords: "feedback bad answer dislike thumbs down",
            """
            DOWNVOTE records that a document was not a good answer to a query, so that it ranks lower for that query
            and its likes: one divides its score by four, more by up to seven. It never removes the document from the
            results altogether, and it can be taken back.

            ```sql
            DOWNVOTE helpdesk FOR 'wifi is slow' DOCUMENT 'kb-99';
            DELETE FROM sys.feedback WHERE deployment = 'helpdesk' AND kind = 'downvote' AND document = 'kb-99';
            ```

            Of contradictory votes the difference counts. A vote on the same query outweighs contrary ones on similar
            queries. Related: UPVOTE, sys.feedback.
            """),
        ReferencePage(
            .statement, "associate", "ASSOCIATE",
            keywords: "synonym teach means the same",
            """
            ASSOCIATE tells a deployed retriever that two phrases mean the same, so that a search for one also finds
            documents that use only the other. It suits abbreviations and house jargon that no document explains.

            ```sql
            ASSOCIATE helpdesk 'vpn' WITH 'remote access';
            ```

            A query that holds all words of one phrase in a row is searched for the words of the other too, which count
            half as much as its own; it holds both ways. Words are compared as the index knows them, stemmed and
            without stop words. It takes effect at once, belongs to the deployment's name as votes do, and is undone
            by DELETE FROM sys.feedback. Related: UPVOTE, sys.feedback, the option synonyms.
            """),
        ReferencePage(
            .statement, "log-click", "LOG CLICK",
            keywords: "implicit feedback click tracking",
            """
            LOG CLICK records which result a person opened after a search, and at which rank it stood, from 1. Clicks
            are weak votes for the document: a tenth of an upvote at rank 1. People click what is on top, so one
            further down says more, by the root of its rank, up to three times as much. All clicks on a document
            together never count as much as one upvote.

            ```sql
            LOG CLICK helpdesk FOR 'wifi is slow' DOCUMENT 'kb-17' RANK 2;
            SELECT rank, count(*) FROM sys.feedback WHERE kind = 'click' GROUP BY rank ORDER BY rank;
            ```

            Without RANK a click counts as one at rank 1. Related: UPVOTE, sys.feedback, the option feedback of TRAIN.
            """),
        ReferencePage(
            .statement, "wait", "WAIT JOB",
            keywords: "block until finished background",
            isAvailable: false,
            """
            WAIT JOB returns when a background job has ended, with its final state. It does not change the job; if
            the wait is cancelled the job goes on.

            ```sql
            WAIT JOB 7;
            ```

            In this version every statement runs in the foreground, so that there is nothing to wait for. Related:
            WATCH JOB, TRAIN.
            """),
        ReferencePage(
            .statement, "watch", "WATCH JOB",
            keywords: "follow progress live log",
            isAvailable: false,
            """
            WATCH JOB returns rows while a background job runs: its stage, the shard that reports, how many rows are
            done and how many there are. It ends when the job ends.

            ```sql
            WATCH JOB 7;
            ```

            In a terminal, the shell shows the progress of TRAIN and COPY by itself. Related: WAIT JOB, TRAIN.
            """),
        ReferencePage(
            .statement, "cancel", "CANCEL JOB",
            keywords: "stop abort kill background",
            isAvailable: false,
            """
            CANCEL JOB asks a background job to stop. It stops at the next safe point, undoes its open transaction,
            and leaves a run in the state cancelled.

            ```sql
            CANCEL JOB 7;
            ```

            In this version every statement runs in the foreground, so that there is no job to cancel. A running
            statement is cancelled with Ctrl-C in the shell, and in Swift by cancelling the task that awaits it; a
            TRAIN then leaves a run in the state cancelled, which RESUME RUN continues. Related: E0504, RESUME.
            """),
        ReferencePage(
            .statement, "retry", "RETRY",
            keywords: "again failed job run",
            """
            RETRY RUN trains again from the beginning, with the statement and the seed of an earlier run; it is a run
            of its own. A run that failed because of its data will fail again; look at the column error of sys.runs
            first. RETRY JOB is not available in this version.

            ```sql
            RETRY RUN 12;
            ```

            A statement with parameters cannot be run again by its number. Related: RESUME, sys.runs.
            """),
        ReferencePage(
            .statement, "resume", "RESUME",
            keywords: "continue checkpoint after crash",
            """
            RESUME RUN continues a run that was cancelled, or whose process was killed, from the last state that it
            kept. The result is the same, byte for byte, as if it had never been interrupted.

            ```sql
            RESUME RUN 12;
            ```

            A TRAIN keeps its state every 30 seconds, or as its option checkpoint says; before that, RESUME begins
            anew. The rows must be the same as when the run began, and so must the version of the engine; else
            RETRY. RESUME JOB is not available in this version. Related: RETRY,
            checkpoint, TRAIN with LABEL.
            """),
        ReferencePage(
            .statement, "create-schedule", "CREATE SCHEDULE",
            keywords: "cron nightly periodic automatic",
            isAvailable: false,
            """
            A schedule runs statements at regular intervals while the database is open, each time in the background.
            A run that would start before the last one has ended is left out.

            ```sql
            CREATE SCHEDULE nightly EVERY '1 day'
                AS (TRAIN finder USING retriever ON docs (title, body); DEPLOY finder AS help);
            ```

            Until then let cron or a launch agent start `martlet FILE -f nightly.sql`. Related: the guide on batch
            scripts.
            """),
        ReferencePage(
            .statement, "create-monitor", "CREATE MONITOR",
            keywords: "watch alert metric periodically",
            isAvailable: false,
            """
            A monitor takes the value of a query, or of the engine's own counters, at regular intervals and keeps
            minimum, mean and maximum of each interval, so that a slow change shows.

            ```sql
            CREATE MONITOR load EVERY '5 minutes';
            ```

            Related: SYSTEM STATUS, CREATE SCHEDULE.
            """),
        ReferencePage(
            .statement, "refresh", "REFRESH COLUMN",
            keywords: "recompute generated column",
            isAvailable: false,
            """
            REFRESH COLUMN computes a generated column anew for all rows, or for those that WHERE selects. It is
            meant for columns whose expression calls a model that has since got a new version.

            ```sql
            REFRESH COLUMN docs.topic WHERE year >= 2024;
            ```

            Related: CREATE TABLE, PREDICT.
            """),
        ReferencePage(
            .statement, "create-user", "CREATE USER",
            keywords: "account login password",
            isAvailable: false,
            """
            CREATE USER adds a person or a program that may open sessions, with a password that is stored only as a
            salted hash. As long as no user exists, whoever can open the file may do everything.

            ```sql
            CREATE USER ana PASSWORD 'correct horse';
            ```

            Today access is what the file's permissions allow. Related: GRANT, CREATE TEAM.
            """),
        ReferencePage(
            .statement, "create-team", "CREATE TEAM",
            keywords: "group role",
            isAvailable: false,
            """
            A team is a name for several users. What is granted to a team is granted to each of its members, now and
            later.

            ```sql
            CREATE TEAM support;
            ALTER TEAM support ADD MEMBER ana;
            ```

            Dropping the team leaves its users as they are, without the rights they had through it. Related: CREATE
            USER, GRANT.
            """),
        ReferencePage(
            .statement, "grant", "GRANT",
            keywords: "permission allow access rights",
            isAvailable: false,
            """
            GRANT gives users or teams the right to do something: to select, insert, update or delete rows of a
            table, to search or evaluate a deployment, to train, to deploy, or all of it. Without ON the right holds
            for the whole database.

            ```sql
            GRANT SEARCH ON helpdesk TO ana;
            GRANT SELECT, INSERT ON docs TO support;
            ```

            Related: REVOKE, CREATE USER.
            """),
        ReferencePage(
            .statement, "revoke", "REVOKE",
            keywords: "permission deny remove rights",
            isAvailable: false,
            """
            REVOKE takes away a right that GRANT gave. Sessions that are open notice it with their next statement. A
            right that comes through a team stays until it is taken from the team, or the user leaves it.

            ```sql
            REVOKE INSERT ON docs FROM support;
            ```

            Related: GRANT, CREATE TEAM.
            """),
    ]
}
