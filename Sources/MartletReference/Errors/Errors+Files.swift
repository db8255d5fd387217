// Pages: errors of files, of limits and of the database file itself.

extension ReferencePage {
    static let fileErrors: [ReferencePage] = [
        ReferencePage(
            .error, "E0601", "E0601 cannot open file",
            keywords: "no such file permission path copy",
            """
            COPY FROM or the shell's `.read` cannot open the file: it does not exist, it is a folder, or the process
            may not read it. The message has the path and the system's reason.

            ```sql
            COPY docs FROM 'data/docs.jsonl';
            ```

            A relative path starts at the directory in which the program was started, not at the database's. `~` is
            not expanded. Related: COPY FROM, E0606.
            """),
        ReferencePage(
            .error, "E0602", "E0602 malformed CSV",
            keywords: "quote fields line column delimiter",
            """
            A line of a CSV or TSV file cannot be read: a quoted field that is not closed, characters after a
            closing quote, or too many or too few fields. The message has file, line and column. No row was added.

            ```sql
            COPY docs FROM 'export.csv' WITH (header = true, delimiter = ';');
            ```

            If every line seems wrong, the delimiter is another one. Quotes inside quoted fields are doubled.
            Related: the option delimiter, E0607.
            """),
        ReferencePage(
            .error, "E0603", "E0603 malformed JSON in file",
            keywords: "jsonl line object parse",
            """
            A line of a jsonl file is not one complete JSON object. The message has file, line and column. No row
            was added.

            ```sql
            COPY docs FROM 'docs.jsonl' WITH (format = 'jsonl');
            ```

            The format wants one object a line. A file that is one large array, or an object spread over lines, must
            be rewritten first, for instance with `jq -c '.[]' all.json > docs.jsonl`. Related: COPY FROM, E0305.
            """),
        ReferencePage(
            .error, "E0604", "E0604 not UTF-8",
            keywords: "encoding latin1 windows charset",
            """
            A file contains bytes that are not UTF-8. The message says where. Such files were mostly written in an
            older encoding, or they are not text at all.

            ```sql
            COPY docs FROM 'docs-utf8.csv' WITH (header = true);
            ```

            Convert the file first: `iconv -f latin1 -t utf-8 docs.csv > docs-utf8.csv`. A mark at the beginning of
            the file (BOM) is accepted and skipped. Related: E0310, COPY FROM.
            """),
        ReferencePage(
            .error, "E0605", "E0605 unknown format",
            keywords: "file extension csv jsonl",
            """
            COPY cannot tell the format of a file from its name, or the option format names one that does not exist.
            There are csv, tsv and jsonl.

            ```sql
            COPY docs FROM 'export.txt' WITH (format = 'tsv');
            ```

            Names that end in .csv, .tsv, .tab, .jsonl or .ndjson need no option. Compressed files must be unpacked
            first. Related: the option format, COPY FROM.
            """),
        ReferencePage(
            .error, "E0606", "E0606 cannot write file",
            keywords: "permission folder missing output",
            """
            COPY TO or the shell's `.output` cannot write the file: the folder does not exist, the process may not
            write there, or the disk is full. The message has the path and the system's reason. A large ORDER BY,
            GROUP BY or join that does not fit into memory writes temporary files, to the folder that TMPDIR names or
            to /tmp.

            ```sql
            COPY docs TO '/tmp/docs.jsonl';
            ```

            Folders are not made automatically. If an error happens in the middle, do not use what has been written.
            Related: COPY TO, E0705.
            """),
        ReferencePage(
            .error, "E0607", "E0607 fields do not match",
            keywords: "csv header columns json members missing",
            """
            The fields of a file do not fit the table: a header or a JSON object names a column that does not exist,
            or without a header the number of fields differs from the number of columns.

            ```sql
            COPY docs (id, title, body) FROM 'export.csv' WITH (header = false);
            ```

            List the columns in the order of the file, rename the header, or select what you need after loading into
            a wider table. A column that the file lacks takes its default. Related: COPY FROM, the option header.
            """),
        ReferencePage(
            .error, "E0608", "E0608 malformed array",
            keywords: "npy fvecs numpy binary truncated header dtype",
            """
            A file of the format npy, fvecs, ivecs or bvecs is not what the format says: it is cut off, its header is
            damaged, a dimension is out of range, or it holds something that is not read, such as complex numbers,
            records, or an array stored column by column. The message names the byte, and the place the record.

            ```sql
            COPY items (embedding) FROM 'vectors.npy';
            ```

            Save the array again: `numpy.save(path, numpy.ascontiguousarray(a, dtype='float32'))`. Nothing of the file
            was added. Related: the option format, COPY FROM, E0306.
            """),
        ReferencePage(
            .error, "E0609", "E0609 too many rejects",
            keywords: "max_rejects on_error skip limit",
            """
            COPY FROM with on_error = 'skip' met more bad records than max_rejects allows. The message has the code
            and the reason of the last one, and its place. Nothing was added, and no file of rejects was written.

            ```sql
            COPY docs FROM 'dirty.csv' WITH (on_error = 'skip', rejects = 'rejects.csv', max_rejects = 1000);
            ```

            Many rejects mostly have one cause, such as the wrong delimiter or a missing header: look at the place.
            Related: the option on_error, COPY FROM, E0602.
            """),
        ReferencePage(
            .error, "E0610", "E0610 malformed image",
            keywords: "png jpeg damaged truncated not an image corrupt picture",
            """
            A file of a folder of images is neither PNG nor JPEG, or it is damaged or cut off. The message has the
            decoder's words, and the place is the file. No row was added.

            ```sql
            COPY pictures FROM 'pictures/' WITH (format = 'images', on_error = 'skip', rejects = 'bad.csv');
            ```

            Skip such files, leave out others by pattern, or save them again. A JPEG in the colors of print (CMYK)
            must be converted to RGB first. Related: the options width, pattern and on_error, E0608.
            """),
        ReferencePage(
            .error, "E0701", "E0701 cannot open database",
            keywords: "file path permission folder",
            """
            The database file cannot be opened or made: the folder does not exist, permissions are missing, or the
            path is a folder. The message has the path and the system's reason.

            ```text
            martlet /no/such/folder/kb.martlet
            ```

            Check the path and the rights of both file and folder: beside the file a lock file is written, so the
            folder must be writable too. In the shell this ends the program with exit code 2. Related: E0702, E0706.
            """),
        ReferencePage(
            .error, "E0702", "E0702 not a database",
            keywords: "wrong file type",
            """
            The file exists but is not a Martlet database: it is another kind of file, an empty one, or its
            beginning is damaged. It was not changed.

            ```text
            martlet notes.txt
            ```

            Check the path. To load data from a file, open a database and use COPY FROM. If it was a database once,
            restore a copy; a copy made while a program was writing may be broken. Related: E0707, E0703.
            """),
        ReferencePage(
            .error, "E0703", "E0703 newer format",
            keywords: "version upgrade file format",
            """
            The database was written by a newer version of the engine, whose format this version does not know. It
            was not changed.

            ```sql
            PRAGMA format_version;
            ```

            Use the newer version of the program, or move the data by way of COPY TO there and COPY FROM here. Older
            files are opened by newer versions. Related: PRAGMA, E0702.
            """),
        ReferencePage(
            .error, "E0704", "E0704 database full",
            keywords: "map size limit file size",
            """
            The file has reached the largest size that its memory map may grow to. Nothing of the statement was
            kept, and the database can still be read.

            ```sql
            DELETE FROM docs WHERE year < 2000;
            DROP MODEL finder@1;
            ```

            Delete what is not needed any more, such as old model versions; the space is used again. Otherwise open
            the database with a larger limit, or move to a new file with COPY. Related: E0705.
            """),
        ReferencePage(
            .error, "E0705", "E0705 disk full",
            keywords: "no space left on device",
            """
            The disk on which the database lies has no space left. The statement was undone, and everything
            committed before it is safe.

            ```sql
            SELECT model, version, bytes FROM sys.models ORDER BY bytes DESC;
            ```

            Make room on the disk and repeat the statement. Removing rows makes room inside the file for new rows,
            but does not make the file smaller. Related: E0704, E0606.
            """),
        ReferencePage(
            .error, "E0706", "E0706 read-only database",
            keywords: "cannot write permission",
            """
            A statement that changes data met a database that was opened for reading only, because the program asked
            for it or because the file may not be written by this user.

            ```text
            chmod u+w kb.martlet
            ```

            Queries, SEARCH and EVALUATE work all the same. Check the permissions of the file and its folder, and
            how the program opens it. Related: E0503, E0701.
            """),
        ReferencePage(
            .error, "E0707", "E0707 corrupt",
            keywords: "damaged checksum integrity broken file",
            """
            Stored bytes are not what they must be: a checksum differs, or a row, an index or a model contradicts
            itself. The cause is mostly failing hardware, or a copy made while the file was being written.

            ```sql
            PRAGMA integrity_check;
            COPY docs TO 'rescue.jsonl';
            ```

            integrity_check lists everything that is damaged. Save what can be read with COPY TO, and restore a
            copy. A damaged text index can be dropped and made again. Related: PRAGMA, DROP INDEX.
            """),
        ReferencePage(
            .error, "E0708", "E0708 input or output error",
            keywords: "disk read write failure io",
            """
            The operating system reported a failure while reading or writing the database file. The statement was
            undone. The message has the system's reason.

            ```sql
            PRAGMA integrity_check;
            ```

            Look into the system's log for a failing disk or a network drive that has gone. Databases belong on
            local disks: network file systems often do not keep the promises about locking and flushing that
            durability needs. Related: E0707, E0705.
            """),
        ReferencePage(
            .error, "E0709", "E0709 too many readers",
            keywords: "reader slots concurrent processes",
            """
            More readers than there are places in the lock file are at work at once, counting all processes that use
            the database.

            ```sql
            SELECT name, value FROM sys.status;
            ```

            End transactions that only read as soon as you have the rows, above all in programs that keep result
            sets open. Places that a killed process left occupied are freed when the database is opened again.
            Related: BEGIN, E0710.
            """),
        ReferencePage(
            .error, "E0710", "E0710 closed",
            keywords: "database connection closed use after close",
            """
            The database, or the session, had been closed when a statement came. In Swift this happens when an
            object is used after close(), or in a task that outlives the database it works with.

            ```sql
            SELECT 1;
            ```

            Keep the Database value alive as long as anybody uses it, and open it again if need be: opening is
            quick. Nothing that was committed is lost by closing. Related: the guide on embedding in Swift.
            """),
        ReferencePage(
            .error, "E0711", "E0711 out of memory",
            keywords: "memory limit sort group",
            """
            A statement needed more memory than it may use or than the system has. It was undone. ORDER BY, GROUP BY,
            DISTINCT, UNION, INTERSECT, EXCEPT, joins on equal values and windows with PARTITION BY go on in temporary
            files; joins on other conditions, a single partition of a window (but for rank() and row_number()) and
            count(DISTINCT …) must fit.

            ```sql
            SELECT lang, count(*) FROM docs GROUP BY lang;
            SELECT count(*) FROM (SELECT DISTINCT title FROM docs);
            ```

            Filter earlier, and select fewer columns. ORDER BY with a LIMIT keeps only that many rows.
            Related: EXPLAIN, E0801.
            """),
        ReferencePage(
            .error, "E0712", "E0712 older format",
            keywords: "version upgrade index format reindex",
            """
            An index was written by an older version of the engine, in a format that this version does not read any
            more. The rows are whole.

            ```sql
            REINDEX docs_emb;
            ```

            REINDEX makes the index anew from the rows. Related: REINDEX, CREATE INDEX USING hnsw, E0703.
            """),
        ReferencePage(
            .error, "E0801", "E0801 limit exceeded",
            keywords: "too many columns too long maximum",
            """
            Something is larger than the engine allows. The message says what and how much: names have up to 128
            bytes, a table has up to 1,000 columns, a join up to 64 tables, a statement up to 32,766 parameters, a
            vector up to 16,384 elements.

            ```sql
            SELECT id FROM docs WHERE id IN (SELECT document FROM judgements);
            ```

            Limits keep statements from harming the program around the engine. Long lists of values are better
            loaded into a table and joined. Related: E0005, E0006, E0405.
            """),
        ReferencePage(
            .error, "E0901", "E0901 nothing to train",
            keywords: "empty table no rows documents",
            """
            TRAIN found nothing to learn from: there are no rows, every label is NULL, all rows have the same features,
            or, of text_classifier and embedding, no text has words. A retriever needs rows only, since it finds words
            that are written later too. No version was made.

            ```sql
            SELECT count(*), count(title), count(body) FROM docs;
            COPY docs FROM 'docs.jsonl';
            ```

            Load documents first, and check that the columns are those that hold the text. Related: TRAIN, COPY
            FROM.
            """),
        ReferencePage(
            .error, "E0902", "E0902 training failed",
            keywords: "run failed error in train",
            """
            A TRAIN began and could not be completed, for a reason that the message gives. The version in service is
            the same as before; the run is kept with the state failed and its reason.

            ```sql
            SELECT run, statement, error FROM sys.runs WHERE state = 'failed' ORDER BY run DESC;
            ```

            Correct the cause and run the statement again. Related: sys.runs, TRAIN, E0504.
            """),
        ReferencePage(
            .error, "E0903", "E0903 unknown metric",
            keywords: "metrics list evaluate ndcg",
            """
            The option metrics of EVALUATE names a metric that does not exist, or leaves out the depth of one that
            needs it. The hint lists what there is: ndcg, map and mrr with or without @k; p, recall and success with
            @k.

            ```sql
            EVALUATE finder FROM judgements WITH (metrics = 'ndcg@10, p@5, recall@100, map, mrr, success@3');
            ```

            Precision is written `p`, the mean reciprocal rank `mrr`. Related: the option metrics, EVALUATE.
            """),
        ReferencePage(
            .error, "E0904", "E0904 invalid judgement",
            keywords: "duplicate conflicting grade null",
            """
            A row of the judgements cannot be used: query, document or grade is NULL, or one document has two
            different grades for the same query.

            ```sql
            EVALUATE finder FROM (SELECT query, document, max(grade) AS grade FROM judgements
                WHERE grade IS NOT NULL GROUP BY query, document);
            ```

            The example drops incomplete rows and settles contradictions by the higher grade. Related: EVALUATE, the
            guide on evaluation.
            """),
        ReferencePage(
            .error, "E0905", "E0905 wrong kind of model",
            keywords: "retriever classifier mismatch",
            """
            A model is of a kind that cannot do what is asked of it: only a retriever can be searched and evaluated
            with judgements of documents. TRAIN also refuses to make a new version of another kind under an existing
            name.

            ```sql
            SELECT DISTINCT model, kind FROM sys.models;
            TRAIN finder USING retriever ON docs (title, body);
            ```

            Use another name, or drop the old model first. Related: TRAIN, DROP MODEL.
            """),
        ReferencePage(
            .error, "E0906", "E0906 gate not met",
            keywords: "deploy when condition not better",
            """
            DEPLOY ... WHEN found that the condition does not hold for the new version, so the version in service
            stays. Conditions cannot be given in this version, so the code is reserved.

            ```sql
            EVALUATE finder@2 FROM judgements WITH (metrics = 'ndcg@10');
            EVALUATE finder@1 FROM judgements WITH (metrics = 'ndcg@10');
            ```

            Today compare two versions as in the example, and deploy the better one. Related: DEPLOY, EVALUATE.
            """),
        ReferencePage(
            .error, "E1001", "E1001 queue full",
            keywords: "too many requests overload busy",
            """
            A deployment has as many requests waiting as its queue holds, so that further ones are refused at once.
            This is better than letting everybody wait for ever.

            ```sql
            DEPLOY finder AS help REPLICAS 2 TO 8 WITH (queue = 1024);
            ```

            Give it more workers, lengthen the queue if the rush is short, or let callers try again after a moment.
            Related: DEPLOY, the option queue, E0506.
            """),
        ReferencePage(
            .error, "E1002", "E1002 deployment stopped",
            keywords: "not serving stopped server",
            """
            The deployment exists but does not take requests, because it has been stopped, or because its model
            cannot be loaded. SHOW DEPLOYMENTS gives its state.

            ```sql
            SELECT deployment, state, model, version FROM sys.deployments;
            DEPLOY finder@1 AS help;
            ```

            A new DEPLOY of a version that works puts it back into service. Related: SHOW, sys.deployment_events,
            E0707.
            """),
        ReferencePage(
            .error, "E1003", "E1003 nothing to roll back",
            keywords: "no earlier version deployment",
            """
            ROLLBACK DEPLOYMENT found no earlier version: the deployment has only had one, or all steps have been
            taken back already, or the earlier version has been dropped.

            ```sql
            SELECT kind, model, version, at FROM sys.deployment_events WHERE deployment = 'help' ORDER BY event;
            DEPLOY finder@1 AS help;
            ```

            Deploy the version you want by its number. Related: ROLLBACK DEPLOYMENT, DEPLOY.
            """),
        ReferencePage(
            .error, "E1004", "E1004 invalid feedback",
            keywords: "vote empty query null document rank association same phrase",
            """
            A vote, click or association says nothing that could be used: its query or phrase is empty or NULL, its
            document is NULL, its RANK is not a whole number from 1 up, or both phrases of an ASSOCIATE are the same.

            ```sql
            UPVOTE helpdesk FOR 'wifi is slow' DOCUMENT 'kb-17';
            ASSOCIATE helpdesk 'vpn' WITH 'remote access';
            ```

            Nothing was stored. A document that is not in the table is E0114. Related: UPVOTE, LOG CLICK, ASSOCIATE.
            """),
    ]
}
