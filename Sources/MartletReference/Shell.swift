// Pages: the shell and its dot-commands.

extension ReferencePage {
    static let shellPages: [ReferencePage] = [
        ReferencePage(
            .shell, "help", ".help",
            keywords: "manual how do i commands",
            """
            `.help` lists the dot-commands. With words after it, it searches this reference and shows the best page
            and the titles of some others: ask as you would ask a person, or give an error code or the name of a
            statement.

            ```text
            .help
            .help how do I load a csv file
            .help E0402
            .help train
            ```

            The pages are also rows of sys.reference. Related: sys.reference, `.tables`.
            """),
        ReferencePage(
            .shell, "tables", ".tables",
            keywords: "list tables in shell",
            """
            `.tables` lists the names of the tables in the open database. A pattern after it, as in LIKE, restricts
            the list.

            ```text
            .tables
            .tables doc%
            ```

            With numbers of rows and columns the same is told by `SELECT * FROM sys.tables`. If a table you expect
            is missing, look at whether the shell was started with the right file. Related: `.schema`, sys.tables.
            """),
        ReferencePage(
            .shell, "schema", ".schema",
            keywords: "show create statements describe",
            """
            `.schema` prints the CREATE statements of all tables and indexes, or of those that belong to one table.
            What it prints can be run to make the same empty tables in another database.

            ```text
            .schema
            .schema docs
            ```

            Models and deployments are not part of it; see SHOW MODELS and SHOW DEPLOYMENTS. Related: `.tables`,
            sys.columns.
            """),
        ReferencePage(
            .shell, "mode", ".mode",
            keywords: "output format box table csv json markdown line",
            """
            `.mode` chooses how results are shown: box and table for people, csv, tsv, json and jsonl for programs,
            line for one value a line, and markdown for documents. Without a word it tells the present mode.

            ```text
            .mode box
            .mode jsonl
            ```

            On a terminal the mode is box at first; in a batch the option `--mode` does the same. For wide rows line
            is the most legible. Related: `.output`, COPY TO.
            """),
        ReferencePage(
            .shell, "timer", ".timer",
            keywords: "measure time elapsed duration",
            """
            `.timer on` prints after each statement how long it took; `.timer off` ends that. The time covers
            running the statement and fetching all rows, as seen by the shell.

            ```text
            .timer on
            SELECT count(*) FROM docs;
            ```

            To see where the time goes inside a statement use EXPLAIN ANALYZE. The first run after opening may be
            slower, because the data must come from the disk. Related: EXPLAIN.
            """),
        ReferencePage(
            .shell, "read", ".read",
            keywords: "run script file execute sql",
            """
            `.read FILE` runs the statements of a file as if they had been typed, and stops at the first error,
            naming the line of the file. A script may contain dot-commands and may read other scripts.

            ```text
            .read load.sql
            ```

            A relative path starts at the current directory. From outside the shell, `martlet FILE -f load.sql` does
            the same. Related: the guide on batch scripts.
            """),
        ReferencePage(
            .shell, "output", ".output",
            keywords: "write results to file redirect",
            """
            `.output FILE` sends results to a file from now on, in the present mode; `.output` alone brings them
            back to the terminal. Messages and errors stay on the terminal.

            ```text
            .mode csv
            .output report.csv
            SELECT lang, count(*) FROM docs GROUP BY lang;
            .output
            ```

            An existing file is replaced. COPY TO is faster for whole tables, and works in programs too. Related:
            `.mode`, COPY TO.
            """),
        ReferencePage(
            .shell, "quit", ".quit",
            keywords: "exit leave close",
            """
            `.quit` ends the shell; so do `.exit` and Ctrl-D on an empty line. An open transaction is undone, and
            everything that was committed is safe already.

            ```text
            .quit
            ```

            Ctrl-C does not end the shell: it cancels the running statement, or clears the line that is being typed.
            Related: ROLLBACK, the page on keys and editing.
            """),
        ReferencePage(
            .shell, "editing", "Keys, history and completion",
            keywords: "keyboard shortcuts tab arrow multi-line",
            """
            The shell reads a statement until its semicolon; a line that does not end one asks for more. Arrow up
            and down walk through earlier statements, which are kept from session to session; Tab completes keywords
            and names of tables, columns and functions.

            ```text
            kb> SELECT title
            ... FROM docs;
            ```

            Ctrl-C cancels a running statement or an unfinished one. Errors show the statement with a mark under the
            place. Related: `.help`, `.quit`.
            """),
        ReferencePage(
            .shell, "command-line", "The command martlet",
            keywords: "options flags exit codes batch arguments",
            """
            `martlet FILE` opens a database, making it if it does not exist, and starts the shell. Without FILE a
            temporary database is used, which is gone at the end.

            ```text
            martlet kb.martlet
            martlet kb.martlet -c 'SHOW MODELS' --mode json
            martlet kb.martlet -f load.sql --echo
            echo 'SELECT 1;' | martlet kb.martlet
            ```

            `-c` runs a statement and may be repeated, `-f` runs a file, `--mode` sets the output, `--echo` prints
            the statements, `--kernels baseline` makes the inner loops use the plainest instructions. A batch stops at
            the first error. Exit codes: 0 fine, 1 wrong usage, 2 the database cannot be opened, 3 a statement failed.
            Related: `.mode`, `.read`.
            """),
    ]
}
