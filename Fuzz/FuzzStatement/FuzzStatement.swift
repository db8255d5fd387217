// Any text as statements, run on a small database: answers or diagnostics, never a trap, and the file stays sound.

import FuzzSupport
import MartletCore
import MartletLanguage
import MartletRuntime
import MartletStorage
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOne(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    run(ByteInput(data, count).bytes)
    return 0
}

/// Statements of one input that are run.
private let statementLimit = 24
/// Longer statements are cancelled: what a statement costs is not what is tested here.
private let statementMilliseconds = 400

private func run(_ bytes: [UInt8]) {
    let statements = ScriptReader(bytes: bytes).prefix(statementLimit).map { parsed in
        String(decoding: bytes[parsed.range.start..<parsed.range.end], as: UTF8.self)
    }.filter { text in
        // Judged as the session will read it: bytes that are no text have become characters.
        (try? Parser.parseStatement(text)).map { !touchesFiles($0) } ?? true
    }
    if statements.isEmpty { return }
    do throws(Diagnostic) {
        let engine = try Template.shared.open()
        let session = EngineSession(engine)
        for text in statements { run(text, session) }
        if session.isInTransaction { _ = try session.run("ROLLBACK") }
        let problems = try session.run("PRAGMA integrity_check").rows()
        require(problems == [[.text("ok")]], "integrity_check says \(problems)")
        engine.close()
    } catch {
        fatalError("\(error)")
    }
}

private func run(_ text: String, _ session: EngineSession) {
    Watchdog.shared.watch(session, milliseconds: statementMilliseconds)
    defer { Watchdog.shared.rest() }
    do throws(Diagnostic) {
        let parameters = ParameterValues(
            positional: [.integer(7), .text("swift"), .null, .real(0.5)],
            named: ["q": .text("martlet"), "n": .integer(2)])
        let result = try session.run(text, parameters: parameters)
        var rows = 0
        while rows < 100_000, let batch = try result.next() {
            rows += batch.count
            require(batch.columns.count == result.columns.count, "a batch of \(batch.columns.count) columns")
            for row in 0..<min(batch.count, 50) {
                for (value, column) in zip(batch.row(row), result.columns) {
                    require(
                        value.isNull || value.type == column.type || column.type == .null,
                        "\(value) in column \(column.name) of type \(column.type)")
                }
            }
        }
        result.close()
    } catch {
        require(error.code != .corrupt, "\(error)")
        if let range = error.range {
            require(range.start >= 0 && range.end <= text.utf8.count, "the range of \(error)")
        }
    }
}

/// Whether a statement reads or writes files by name; such ones are not run.
private func touchesFiles(_ statement: Statement) -> Bool {
    switch statement {
    case .copyFrom, .copyTo: true
    case .explain(let explain): touchesFiles(explain.statement)
    case .service(.backup), .service(.restore): true
    case .record: true
    default: false
    }
}

/// A prepared file, copied for every input.
private struct Template {
    static let shared = Template()
    private let bytes: [UInt8]
    private let path: String

    private static let schema = [
        """
        CREATE TABLE docs (id TEXT PRIMARY KEY, title TEXT, body TEXT NOT NULL, lang TEXT DEFAULT 'en', year INTEGER,
            added TIMESTAMP, extra JSON, emb VECTOR(3), price REAL, flag BOOLEAN, data BLOB)
        """,
        "CREATE TABLE t (a INTEGER PRIMARY KEY, b INTEGER, c TEXT)",
        "CREATE TABLE u (x INTEGER, y REAL, z TEXT)",
        "CREATE INDEX t_b ON t (b)",
        "CREATE UNIQUE INDEX docs_title ON docs (title)",
        "CREATE INDEX docs_text ON docs USING text (title WEIGHT 3, body) WITH (language = 'english')",
        """
        INSERT INTO docs (id, title, body, year, added, extra, emb, price, flag, data) VALUES
            ('a', 'LMDB map full', 'When the map is full, writes fail.', 2020, '2020-02-29 12:00:00',
             '{"k": [1, {"z": null}]}', '[1, 2, 3]', 1.5, true, x'00ff'),
            ('b', 'Swift birds', 'A martlet never lands', 2021, '1969-12-31', '[]', NULL, -0.0, false, x''),
            ('c', 'VPN', 'my vpn drops all the time', 2022, NULL, NULL, '[0, 0, 0]', 1e300, NULL, NULL),
            ('d', NULL, 'über naïve café 漢字', NULL, '9999-12-31 23:59:59.999999', '"s"', NULL, NULL, NULL, NULL)
        """,
        """
        INSERT INTO t VALUES (1, 10, 'one'), (2, 20, 'two'), (3, NULL, NULL), (9223372036854775807, -1, 'max'),
            (-9223372036854775807, 0, '')
        """,
        "INSERT INTO u VALUES (1, 0.5, 'x'), (NULL, NULL, NULL), (1, 2, 'y'), (3, -1e-300, 'z')",
        "TRAIN finder USING retriever ON docs (title, body) SHARDS 2",
        "DEPLOY finder AS help",
        "UPDATE docs SET body = body || ' again' WHERE id = 'b'",
    ]

    private static let options = EngineOptions(
        durability: .none, mapSizeBytes: 64 << 20, threads: 2, statementMemoryBytes: 16 << 20,
        clock: { 1_700_000_000_000_000 })

    private init() {
        let directory = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"
        path = "\(directory)/martlet-fuzz-\(getpid())"
        Self.remove(path)
        do throws(Diagnostic) {
            let engine = try Engine(path: path, options: Self.options)
            let session = EngineSession(engine)
            for statement in Self.schema { _ = try session.run(statement).rows() }
            engine.close()
        } catch {
            fatalError("\(error)")
        }
        let file = openFile(path, O_RDONLY)
        var bytes = [UInt8](repeating: 0, count: Int(lseek(file, 0, SEEK_END)))
        require(
            bytes.withUnsafeMutableBytes { pread(file, $0.baseAddress, $0.count, 0) } == bytes.count, "the template")
        close(file)
        self.bytes = bytes
        Self.remove(path)
    }

    /// A copy of its own for one input; its name is gone at once.
    func open() throws(Diagnostic) -> Engine {
        let file = openFile(path, O_RDWR | O_CREAT | O_TRUNC)
        require(
            bytes.withUnsafeBytes { write(file, $0.baseAddress, $0.count) } == bytes.count, "a copy of the template")
        close(file)
        defer { Self.remove(path) }
        return try Engine(path: path, options: Self.options)
    }

    private static func remove(_ path: String) {
        unlink(path)
        unlink(path + "-lock")
    }
}

/// What the engine itself says it has.
enum FunctionNames {
    static let signatures: [String] = {
        do throws(Diagnostic) {
            return try EngineSession(try Template.shared.open()).run("SELECT signature FROM sys.functions").rows()
                .compactMap {
                    if case .text(let name) = $0[0] { name } else { nil }
                }
        } catch {
            fatalError("\(error)")
        }
    }()
}

/// One thread that cancels the running statement when its time is over.
private final class Watchdog: Sendable {
    static let shared = Watchdog()
    private let state = Mutex((session: EngineSession?.none, deadline: UInt64(0)))

    private init() {
        var thread = pthread_t()
        pthread_create(
            &thread, nil,
            { _ in
                while true {
                    usleep(20_000)
                    Watchdog.shared.look()
                }
            }, nil)
    }

    func watch(_ session: EngineSession, milliseconds: Int) {
        let deadline = Self.now() + UInt64(milliseconds)
        state.withLock { $0 = (session, deadline) }
    }

    func rest() { state.withLock { $0.session = nil } }

    private func look() {
        state.withLock { state in
            // Again and again: `run` forgets a cancellation that comes before it has begun.
            if let session = state.session, Self.now() >= state.deadline { session.cancel() }
        }
    }

    private static func now() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000 + UInt64(time.tv_nsec) / 1_000_000
    }
}

private func openFile(_ path: String, _ flags: Int32, _ mode: mode_t = 0o600) -> Int32 { open(path, flags, mode) }
