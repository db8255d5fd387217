// Files that are not ours, may not be written, are cut off or damaged; and disks that are full.

import Foundation
import MartletCore
import MartletRuntime
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A file with rows, an index, a model and a deployment, as bytes.
private func soundFile() throws -> [UInt8] {
    let folder = try TemporaryFolder()
    let path = folder.path + "/sound.martlet"
    do {
        let session = EngineSession(try Engine(path: path))
        for statement in [
            "CREATE TABLE docs (id INTEGER PRIMARY KEY, title TEXT, body TEXT, year INTEGER)",
            "CREATE INDEX docs_year ON docs (year)", "CREATE INDEX docs_text ON docs USING text (title, body)",
            "INSERT INTO docs VALUES (1, 'a martlet', 'never lands', 2020), (2, 'a swallow', 'does', NULL)",
            "INSERT INTO docs SELECT id + 2, title, body || ' again', 1990 FROM docs",
            "INSERT INTO docs SELECT id + 4, title || ' and its nest', body, 2000 FROM docs",
            "INSERT INTO docs SELECT id + 8, title, body || ' over river and stone', year FROM docs",
            "INSERT INTO docs SELECT id + 16, title, body, year FROM docs",
            "INSERT INTO docs SELECT id + 32, title, body, id FROM docs",
            "INSERT INTO docs SELECT id + 64, title, body || ' feather', id FROM docs",
            "TRAIN finder USING retriever ON docs (title, body)", "DEPLOY finder AS help",
            "DELETE FROM docs WHERE id % 5 = 0",
        ] { _ = try session.run(statement).rows() }
    }
    return Array(try Data(contentsOf: URL(fileURLWithPath: path)))
}

private let statements = [
    "SELECT * FROM docs ORDER BY body", "SELECT count(*) FROM docs WHERE year >= 2000",
    "SELECT * FROM docs WHERE id = 77", "SEARCH docs FOR 'martlet river' RETURN id, snippet(body), why()",
    "SEARCH help FOR 'swallow' LIMIT 50", "SELECT * FROM sys.runs", "SHOW MODELS",
]

@Suite(.serialized) struct DamageTests {
    private func code(opening path: String) -> ErrorCode? {
        do throws(Diagnostic) {
            _ = try Engine(path: path)
            return nil
        } catch {
            return error.code
        }
    }

    @Test func filesThatAreNotOurs() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/other"
        let shifted = Array("SQLite format 3\0".utf8) + (try soundFile())
        for bytes in [
            Array("x".utf8), Array(repeating: 0, count: 8_192), shifted,
        ] {
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            #expect(code(opening: path) == .notADatabase)
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data(bytes))
        }
        #expect(code(opening: folder.path) == .cannotOpenDatabase)
        #expect(code(opening: folder.path + "/missing/file") == .cannotOpenDatabase)
    }

    @Test func fileThatMayOnlyBeRead() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/readonly.martlet"
        try Data(soundFile()).write(to: URL(fileURLWithPath: path))
        chmod(path, 0o444)
        chmod(folder.path, 0o777)
        let worker = try Worker(["serve-as-nobody", path])
        #expect(worker.answer()?.status == "ok")
        for statement in statements { #expect(worker.ask(statement)?.status == "ok", "\(statement)") }
        #expect(worker.ask("INSERT INTO docs (id) VALUES (1000)")?.status.hasPrefix("error E0706") == true)
        #expect(worker.ask("TRAIN finder USING retriever ON docs (body)")?.status.hasPrefix("error E0706") == true)
        #expect(worker.ask("PRAGMA integrity_check")?.rows == ["text(\"ok\")"])
        #expect(worker.finish() == 0)
        // A folder in which not even the lock file can be made.
        try FileManager.default.removeItem(atPath: path + "-lock")
        chmod(folder.path, 0o555)
        let other = try Worker(["serve-as-nobody", path])
        let status = other.answer()?.status
        #expect(status == "ok" || status?.hasPrefix("error E07") == true, "\(status ?? "dead")")
        #expect([0, 2].contains(other.finish()))
        let missing = try Worker(["serve-as-nobody", folder.path + "/new.martlet"])
        #expect(missing.answer()?.status.hasPrefix("error E0701") == true)
        #expect(missing.finish() == 2)
    }

    /// What a process that opens the file says: its death is a failure.
    private func use(_ path: String, _ note: String) throws -> (opened: Bool, isSound: Bool) {
        let worker = try Worker(["serve", path])
        let opening = worker.answer()?.status
        var isSound = false
        if opening == "ok" {
            let check = worker.ask("PRAGMA integrity_check", milliseconds: 20_000)
            #expect(check != nil, "integrity_check died: \(note)")
            isSound = check?.rows == ["text(\"ok\")"]
            if isSound {
                for statement in statements {
                    let answer = worker.ask(statement, milliseconds: 20_000)
                    #expect(answer != nil, "\(statement) died: \(note)")
                    if answer == nil { break }
                }
            }
        } else {
            #expect(opening?.hasPrefix("error E07") == true, "opening said \(opening ?? "nothing"): \(note)")
        }
        let end = worker.finish()
        #expect(end == 0 || end == 2, "ended with \(end): \(note)")
        return (opening == "ok", isSound)
    }

    @Test func cutFiles() throws {
        let bytes = try soundFile()
        let folder = try TemporaryFolder()
        let path = folder.path + "/cut.martlet"
        for cut in [1, 100, 4_096, 8_192, 5 * 4_096, bytes.count / 2, bytes.count - 8_192, bytes.count - 4_096] {
            try Data(bytes.dropLast(cut)).write(to: URL(fileURLWithPath: path))
            let found = try use(path, "\(cut) bytes cut")
            // Free pages at the end may be missing; half of a file is not a file.
            #expect(!found.isSound || cut < bytes.count / 2)
            unlink(path + "-lock")
        }
    }

    @Test func flippedBytes() throws {
        let environment = ProcessInfo.processInfo.environment
        let count = environment["MARTLET_FLIP_ROUNDS"].flatMap { Int($0) } ?? 40
        let seed = environment["MARTLET_FLIP_SEED"].flatMap { UInt64($0) } ?? 1
        let bytes = try soundFile()
        let folder = try TemporaryFolder()
        let path = folder.path + "/flipped.martlet"
        var (refused, reported, unnoticed) = (0, 0, 0)
        for round in 0..<count {
            var random = SeededRandom(seed: seed &+ UInt64(round))
            var damaged = bytes
            var place = Int.random(in: 0..<bytes.count, using: &random)
            // Half of the flips hit what LMDB trusts: the starts of pages, and the first two pages most of all.
            let aim = Int.random(in: 0..<8, using: &random)
            if aim % 2 == 1 { place = place / 4_096 * 4_096 + place % 64 }
            if aim == 7 { place = place / 4_096 % 2 * 4_096 + 16 + place % 136 }
            damaged[place] ^= UInt8.random(in: 1...255, using: &random)
            try Data(damaged).write(to: URL(fileURLWithPath: path))
            let found = try use(
                path,
                "byte \(place) of \(bytes.count); again: MARTLET_FLIP_SEED=\(seed &+ UInt64(round)) MARTLET_FLIP_ROUNDS=1"
            )
            unlink(path + "-lock")
            if !found.opened { refused += 1 } else if found.isSound { unnoticed += 1 } else { reported += 1 }
        }
        print("flipped bytes: \(count) files; \(refused) refused, \(reported) reported, \(unnoticed) without effect")
        #expect(refused + reported > 0)
    }

    @Test func writesThatTheSystemRefuses() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/full.martlet"
        try Data(soundFile()).write(to: URL(fileURLWithPath: path))
        let copied = folder.path + "/rows.jsonl"
        let text = (0..<5_000).map {
            "{\"id\": \($0 + 1_000), \"title\": \"row \($0)\", \"body\": \"some text that takes space\"}\n"
        }
        .joined()
        try text.write(toFile: copied, atomically: true, encoding: .utf8)
        let worker = try Worker(["serve", path])
        #expect(worker.answer()?.status == "ok")
        let rows = worker.ask("SELECT count(*), sum(id) FROM docs")?.rows
        let size = try #require(FileManager.default.attributesOfItem(atPath: path)[.size] as? Int)
        #expect(worker.ask("!limit \(size + 16_384)")?.status == "ok")
        let codes = ["E0704", "E0705", "E0708"]
        for statement in [
            "COPY docs FROM '\(copied)'", "TRAIN finder USING retriever ON docs (title, body)",
            "COPY docs FROM '\(copied)'",
        ] {
            let status = worker.ask(statement)?.status ?? "dead"
            #expect(codes.contains { status.hasPrefix("error \($0)") } || statement.hasPrefix("TRAIN"), "\(status)")
            #expect(worker.ask("SELECT count(*), sum(id) FROM docs")?.rows == rows)
            #expect(worker.ask("PRAGMA integrity_check")?.rows == ["text(\"ok\")"])
            #expect(worker.ask("SEARCH help FOR 'swallow' RETURN id LIMIT 3")?.rows.count == 3)
        }
        #expect(worker.ask("!limit")?.status == "ok")
        #expect(worker.ask("COPY docs FROM '\(copied)'")?.status == "ok")
        #expect(
            worker.ask("SELECT count(*) FROM docs WHERE id >= 1000 AND title LIKE 'row %'")?.rows == ["integer(5000)"])
        #expect(worker.ask("PRAGMA integrity_check")?.rows == ["text(\"ok\")"])
        #expect(worker.finish() == 0)
        let session = EngineSession(try Engine(path: path))
        #expect(try session.run("PRAGMA integrity_check").rows() == [[.text("ok")]])
    }
}
