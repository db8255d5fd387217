// The built command: exit codes, and what goes to which stream.

import Glibc
import Testing

@Suite struct CommandTests {
    @Test func success() throws {
        let result = try Martlet.run(["-c", "SELECT 1 AS n; SELECT 2 AS n", "--mode", "jsonl"])
        #expect(result.code == 0)
        #expect(result.output == "{\"n\":1}\n{\"n\":2}\n")
        #expect(result.errors == "")
    }

    @Test func theDefaultModeOfABatchIsTable() throws {
        #expect(try Martlet.run(["-c", "SELECT 1 AS n"]).output == "+---+\n| n |\n+---+\n| 1 |\n+---+\n")
    }

    @Test func wrongUsage() throws {
        for arguments in [["--nope"], ["--mode", "cvs"], ["a", "b"], ["-c"], ["--read-only"]] {
            let result = try Martlet.run(arguments)
            #expect(result.code == 1, "\(arguments)")
            #expect(result.output == "", "\(arguments)")
            #expect(result.errors.contains("martlet"), "\(arguments)")
        }
    }

    @Test func helpAndVersion() throws {
        let help = try Martlet.run(["--help"])
        #expect(help.code == 0 && help.errors == "" && help.output.contains("Exit codes"))
        let version = try Martlet.run(["--version"])
        #expect(version.code == 0 && version.output.hasPrefix("martlet "))
    }

    @Test func aDatabaseThatCannotBeOpened() throws {
        let directory = try TemporaryDirectory()
        directory.write(String(repeating: "this is no database\n", count: 1_000), to: "notes.txt")
        for path in ["/nonexistent/x.martlet", directory.path + "/notes.txt"] {
            let result = try Martlet.run([path, "-c", "SELECT 1"])
            #expect(result.code == 2, "\(path)")
            #expect(result.output == "" && result.errors.hasPrefix("error[E07"), "\(result.errors)")
        }
    }

    @Test func aFailedStatementEndsTheBatch() throws {
        let result = try Martlet.run([
            "--mode", "csv", "-c", "SELECT 1 AS n", "-c", "SELECT nope", "-c", "SELECT 3 AS n",
        ])
        #expect(result.code == 3)
        #expect(result.output == "n\n1\n")
        #expect(
            result.errors == "error[E0102]: unknown column 'nope'\n  -c:1:8 | SELECT nope\n                  ^^^^\n")
    }

    @Test func statementsAndScriptsRunInTheirOrder() throws {
        let directory = try TemporaryDirectory()
        directory.write("SELECT 'script' AS t;\n.read \(directory.path)/inner.sql\n", to: "outer.sql")
        directory.write("SELECT 'inner' AS t;\nSELECT 'last' AS t", to: "inner.sql")
        let result = try Martlet.run([
            "--mode", "tsv", "-c", "SELECT 'a' AS t", "-f", directory.path + "/outer.sql", "-c", "SELECT 'b' AS t",
        ])
        #expect(result.code == 0)
        #expect(result.output == "t\na\nt\nscript\nt\ninner\nt\nlast\nt\nb\n")
        let missing = try Martlet.run(["-f", directory.path + "/nope.sql"])
        #expect(missing.code == 3 && missing.errors.hasPrefix("error[E0601]"))
    }

    @Test func standardInputAndAFileThatStays() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/kb.martlet"
        let script =
            "CREATE TABLE t (id INTEGER PRIMARY KEY);\nINSERT INTO t (id) VALUES (1), (2);\n.output \(directory.path)/out.csv\n.mode csv\nSELECT id FROM t ORDER BY id;\n.output\nSELECT count(*) AS n FROM t;\nSELECT nope FROM t;"
        let result = try Martlet.run([path, "--echo"], input: script)
        #expect(result.code == 3)
        #expect(result.output.contains("SELECT count(*) AS n FROM t;\nn\n2\n"))
        #expect(result.errors.hasPrefix("error[E0102]: unknown column 'nope' in table t\n  <stdin>:8:8 | "))
        #expect(
            directory.text(of: "out.csv").hasSuffix("id\n1\n2\n.output\n")
                || directory.text(of: "out.csv").contains("id\n1\n2\n"))
        let again = try Martlet.run([path, "--read-only", "--mode", "csv", "-c", "SELECT max(id) AS m FROM t"])
        #expect(again.code == 0 && again.output == "m\n2\n")
        let refused = try Martlet.run([path, "--read-only", "-c", "DELETE FROM t"])
        #expect(refused.code == 3 && refused.errors.contains("E07"))
    }

    @Test func aReaderThatGoesAwayIsNoError() throws {
        var pipes: [Int32] = [0, 0]
        try #require(pipe(&pipes) == 0)
        let directory = try TemporaryDirectory()
        let errors = open(directory.path + "/err", O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        let null = open("/dev/null", O_RDONLY | O_CLOEXEC)
        _ = fcntl(pipes[0], F_SETFD, FD_CLOEXEC)
        _ = fcntl(pipes[1], F_SETFD, FD_CLOEXEC)
        let process = Martlet.start(
            ["--mode", "csv", "-c", "SELECT a.id FROM sys.reference a CROSS JOIN sys.reference b"], environment: [],
            descriptors: [null, pipes[1], errors])
        for descriptor in [pipes[0], pipes[1], errors, null] { close(descriptor) }
        try #require(process > 0)
        #expect(Martlet.wait(for: process) == 0)
        #expect(directory.text(of: "err") == "")
    }
}
