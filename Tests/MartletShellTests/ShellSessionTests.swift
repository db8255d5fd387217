// Statements and dot-commands through a shell without a terminal.

import MartletCore
import MartletFormats
import MartletRuntime
import MartletShell
import Testing

@Suite struct ShellSessionTests {
    /// Runs a script in a new database and gives what was written.
    private func run(
        _ script: String, mode: RenderMode = .csv, change: (inout ShellSettings) -> Void = { _ in }
    ) throws -> (outcome: ShellOutcome, results: String, messages: String) {
        let engine = try Engine.temporary()
        defer { engine.close() }
        let results = ByteSink()
        let messages = ByteSink()
        var settings = ShellSettings(mode: mode)
        change(&settings)
        let shell = ShellSession(
            engine, streams: ShellStreams(results: results, messages: messages), settings: settings)
        let outcome = shell.run(text: script, name: "test.sql")
        return (
            outcome, String(decoding: results.bytes, as: UTF8.self), String(decoding: messages.bytes, as: UTF8.self)
        )
    }

    private static let tables = """
        CREATE TABLE docs (id TEXT PRIMARY KEY, title TEXT, body TEXT NOT NULL, "order" INTEGER DEFAULT 3);
        CREATE TABLE pairs (a INTEGER, b INTEGER, c TEXT, PRIMARY KEY (a, b), UNIQUE (c));
        CREATE INDEX docs_text ON docs USING text (title WEIGHT 3, body) WITH (language = 'german');
        CREATE UNIQUE INDEX docs_title ON docs (title);

        """

    @Test func everyMode() throws {
        let script = "SELECT 1 AS n, 'x|y' AS t;"
        let expected: [RenderMode: String] = [
            .box: "┌───┬─────┐\n│ n │ t   │\n├───┼─────┤\n│ 1 │ x|y │\n└───┴─────┘\n",
            .table: "+---+-----+\n| n | t   |\n+---+-----+\n| 1 | x|y |\n+---+-----+\n",
            .csv: "n,t\n1,x|y\n", .tsv: "n\tt\n1\tx|y\n", .json: "[{\"n\":1,\"t\":\"x|y\"}]\n",
            .jsonl: "{\"n\":1,\"t\":\"x|y\"}\n", .line: "n = 1\nt = x|y\n",
            .markdown: "|   n | t    |\n|----:|------|\n|   1 | x\\|y |\n",
        ]
        for mode in RenderMode.allCases {
            let direct = try run(script, mode: mode)
            #expect(direct.results == expected[mode], "\(mode)")
            #expect(try run(".mode \(mode.rawValue)\n" + script).results == expected[mode], "\(mode)")
        }
    }

    @Test func theFirstErrorStopsAScript() throws {
        let result = try run("SELECT 1 AS n;\nSELECT nope;\nSELECT 2 AS n;")
        #expect(result.outcome == .failed)
        #expect(result.results == "n\n1\n")
        #expect(
            result.messages == """
                error[E0102]: unknown column 'nope'
                  test.sql:2:8 | SELECT nope
                                        ^^^^

                """)
    }

    @Test func echoHeadersAndTimer() throws {
        #expect(try run("SELECT 1 AS n;") { $0.echoes = true }.results == "SELECT 1 AS n;\nn\n1\n")
        #expect(try run(".headers off\nSELECT 1 AS n;").results == "1\n")
        let timed = try run(".timer on\nSELECT 1 AS n;")
        #expect(timed.results == "n\n1\n")
        #expect(timed.messages.hasPrefix("time: 0.") && timed.messages.hasSuffix(" s\n"))
    }

    @Test func noticesStandAmongTheMessages() throws {
        let result = try run(
            """
            CREATE TABLE docs (id TEXT PRIMARY KEY, body TEXT);
            INSERT INTO docs VALUES ('a', 'one bird');
            TRAIN m USING retriever ON docs (body)
                FROM (SELECT 'x' AS query, 'nowhere' AS document UNION ALL SELECT 'y', 'a');
            """)
        #expect(result.outcome == .done)
        #expect(
            result.messages
                == "note: 1 example names a document that table docs does not have, and is left out: nowhere\n")
    }

    @Test func tablesAndTheirSchema() throws {
        let result = try run(Self.tables + ".mode jsonl\n.tables\n.tables do%\n")
        #expect(result.results.hasSuffix("docs\npairs\ndocs\n"))

        let schema = try run(Self.tables + ".schema docs").results
        #expect(
            schema.hasSuffix(
                """
                CREATE TABLE docs (
                    id TEXT PRIMARY KEY,
                    title TEXT,
                    body TEXT NOT NULL,
                    "order" INTEGER DEFAULT 3
                );
                CREATE INDEX docs_text ON docs USING text (title WEIGHT 3, body)
                    WITH (language = 'german', stemming = true, stopwords = true, k1 = 1.2, b = 0.75);
                CREATE UNIQUE INDEX docs_title ON docs (title);

                """))
    }

    @Test func theSchemaMakesTheSameSchema() throws {
        let marker = "SELECT 'schema' AS marker;\n"
        func schema(after script: String) throws -> String {
            let results = try run(script + marker + ".schema").results
            return results.split(separator: "marker\nschema\n", omittingEmptySubsequences: false).last.map(String.init)
                ?? ""
        }
        let first = try schema(after: Self.tables)
        #expect(first.contains("CREATE TABLE pairs"))
        #expect(try schema(after: first) == first)

        let related = """
            CREATE TABLE z (id INTEGER PRIMARY KEY, n INTEGER CHECK (n > 0 AND n < 10), up INTEGER REFERENCES z (id));
            CREATE TABLE m (a INTEGER REFERENCES z (id) ON DELETE CASCADE ON UPDATE SET NULL, b TEXT, CHECK (b <> ''));
            CREATE VIEW v2 ("n n", k) AS SELECT count(*), n FROM z GROUP BY n;
            CREATE VIEW v1 AS SELECT k FROM v2 WHERE k > 1;

            """
        let second = try schema(after: related)
        #expect(
            second == """
                CREATE TABLE z (
                    id INTEGER PRIMARY KEY,
                    n INTEGER,
                    up INTEGER,
                    CHECK (n > 0 AND n < 10),
                    FOREIGN KEY (up) REFERENCES z (id)
                );
                CREATE TABLE m (
                    a INTEGER,
                    b TEXT,
                    CHECK (b <> ''),
                    FOREIGN KEY (a) REFERENCES z (id) ON DELETE CASCADE ON UPDATE SET NULL
                );
                CREATE VIEW v2 ("n n", k) AS SELECT count(*), n FROM z GROUP BY n;
                CREATE VIEW v1 AS SELECT k FROM v2 WHERE k > 1;

                """)
        #expect(try schema(after: second) == second)
        #expect(
            try run(related + ".schema V1").results.hasSuffix("\nCREATE VIEW v1 AS SELECT k FROM v2 WHERE k > 1;\n"))
        #expect(try run(related + ".tables").results.hasSuffix("\nm\nv1\nv2\nz\n"))
    }

    @Test func mistakesInDotCommands() throws {
        let cases = [
            (".tabels", "did you mean '.tables'?"), (".xyzzy", "see .help"), (".mode cvs", "did you mean 'csv'?"),
            (".timer", "usage: .timer on|off"), (".timer maybe", "usage: .timer on|off"),
            (".read", "usage: .read FILE"),
            (".read /nonexistent/x.sql", "E0601"), (".output /nonexistent/x", "E0606"), (".tables a b", "too many"),
            (".schema nope", "E0101"),
        ]
        for (line, expected) in cases {
            let result = try run(line)
            #expect(result.outcome == .failed, "\(line)")
            #expect(result.messages.contains(expected), "\(line): \(result.messages)")
        }
    }

    @Test func helpListsExplainsAndAnswers() throws {
        let list = try run(".help").results
        for command in DotCommand.allCases where command != .exit { #expect(list.contains(command.usage)) }
        #expect(try run(".help .mode").results.hasPrefix(".mode [MODE]\n"))
        #expect(try run(".help how do I load a csv file").results.hasPrefix("How do I load a CSV file?\n"))
        #expect(try run(".help E0402").results.hasPrefix("E0402"))
        #expect(try run(".help train").results.hasPrefix("TRAIN\n"))
    }

    @Test func quitEndsAScript() throws {
        let result = try run("SELECT 1 AS n;\n.quit\nSELECT 2 AS n;")
        #expect(result.outcome == .quit)
        #expect(result.results == "n\n1\n")
    }

    @Test func wordsOfADotCommand() {
        #expect(DotCommand.words(of: ".read  'a b.sql'\t\"c d\"") == [".read", "a b.sql", "c d"])
        #expect(DotCommand.words(of: "  ") == [])
    }
}
