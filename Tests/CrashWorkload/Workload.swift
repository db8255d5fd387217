// What the killed process does, step by step: a function of a seed and the step's number.

import MartletCore
package import MartletRuntime

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// One step: a statement of its own, or a transaction of several. It is committed whole or not at all.
package struct Step: Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        case insert, update, delete, copy, train, deploy, define, place, vote, transaction
    }

    package var number: Int
    package var kind: Kind
    package var statements: [String]
    /// What COPY reads.
    package var file: String?
}

package struct Workload: Sendable {
    package let seed: UInt64
    /// Where COPY's file is written.
    package let directory: String

    package init(seed: UInt64, directory: String) {
        self.seed = seed
        self.directory = directory
    }

    package static let schema = [
        "CREATE TABLE docs (id INTEGER PRIMARY KEY, title TEXT, body TEXT NOT NULL, year INTEGER)",
        "CREATE TABLE marks (mark INTEGER, note TEXT, PRIMARY KEY (mark))",
        "CREATE INDEX docs_text ON docs USING text (title WEIGHT 2, body)",
        "CREATE INDEX docs_year ON docs (year)",
        "CREATE TABLE places (id INTEGER PRIMARY KEY, name TEXT, at VECTOR(3))",
        "CREATE INDEX places_at ON places USING hnsw (at) WITH (metric = 'l2')",
    ]

    package static let words = [
        "martlet", "swift", "swallow", "nest", "wing", "feather", "cloud", "river", "stone", "shield", "heraldry",
        "song",
    ]

    package func step(_ number: Int) -> Step {
        var random = SeededRandom(seed: SeededRandom.mix(seed) &+ UInt64(number) &* 0x9E37_79B9)
        let kind: Step.Kind =
            switch Int.random(in: 0..<100, using: &random) {
            case 0..<22: .insert
            case 22..<38: .update
            case 38..<48: .delete
            case 48..<62: .copy
            case 62..<74: .train
            case 74..<82: .deploy
            case 82..<87: .define
            case 87..<92: .place
            case 92..<96: .vote
            default: .transaction
            }
        var step = Step(number: number, kind: kind, statements: [], file: nil)
        switch kind {
        case .copy:
            step.statements = ["COPY docs FROM '\(directory)/copy-\(number % 4).jsonl'"]
            step.file = (0..<Int.random(in: 1...400, using: &random)).map { row in
                let values = document(number, row, &random)
                return "{\"id\": \(values.id), \"title\": \"\(values.title)\", \"body\": \"\(values.body)\", "
                    + "\"year\": \(values.year)}\n"
            }.joined()
        case .transaction:
            let parts = (0..<Int.random(in: 2...5, using: &random)).map { part in
                let kinds: [Step.Kind] = [.insert, .update, .delete, .define, .deploy, .place, .vote]
                return statement(
                    kinds[Int.random(in: 0..<kinds.count, using: &random)], number, part: part + 1, &random)
            }
            let ending = Int.random(in: 0..<5, using: &random) == 0 ? "ROLLBACK" : "COMMIT"
            step.statements = ["BEGIN"] + parts + [ending]
        default: step.statements = [statement(kind, number, part: 0, &random)]
        }
        return step
    }

    private func statement(_ kind: Step.Kind, _ number: Int, part: Int, _ random: inout SeededRandom) -> String {
        let modulus = Int.random(in: 2...9, using: &random)
        let rest = Int.random(in: 0..<modulus, using: &random)
        switch kind {
        case .insert:
            let rows = (0..<Int.random(in: 1...20, using: &random)).map { row in
                let values = document(number, 500 + part * 100 + row, &random)
                return "(\(values.id), '\(values.title)', '\(values.body)', \(values.year))"
            }
            return "INSERT INTO docs VALUES " + rows.joined(separator: ", ")
        case .update:
            let text = text(6, &random)
            return Bool.random(using: &random)
                ? "UPDATE docs SET body = '\(text)', year = year + 1 WHERE id % \(modulus * 4) = \(rest)"
                : "UPDATE docs SET title = '\(text)' WHERE year = \(1990 + Int.random(in: 0..<30, using: &random))"
        case .delete: return "DELETE FROM docs WHERE id % \(modulus) = \(rest)"
        case .deploy:
            let choices = [
                "DEPLOY finder AS help", "DEPLOY finder@latest AS help", "UNDEPLOY help", "ROLLBACK DEPLOYMENT help",
                "DEPLOY finder AS second REPLICAS 1 TO 2",
            ]
            return choices[Int.random(in: 0..<choices.count, using: &random)]
        case .place:
            // Rows that are stored packed, and their vectors.
            let vector = "CAST('[\(modulus), \(rest), \(number % 7)]' AS VECTOR(3))"
            let choices = [
                "INSERT INTO places SELECT \(number * 1_000 + part * 100) + value, repeat('place ', 150 + value), \(vector) "
                    + "FROM generate_series(1, \(Int.random(in: 1...60, using: &random)))",
                "UPDATE places SET name = repeat('other ', \(100 + rest * 40)) WHERE id % \(modulus) = \(rest)",
                "UPDATE places SET at = \(vector) WHERE id % \(modulus) = \(rest)",
                "DELETE FROM places WHERE id % \(modulus) = \(rest)", "DROP INDEX places_at",
                "CREATE INDEX places_at ON places USING hnsw (at) WITH (metric = 'l2')", "REINDEX places_at",
            ]
            return choices[Int.random(in: 0..<choices.count + 4, using: &random) % choices.count]
        case .vote:
            let deployment = Bool.random(using: &random) ? "help" : "second"
            // Of a step not long ago, which may have put it there.
            let id = (number - rest) * 1_000 + 500
            let choices = [
                "UPVOTE \(deployment) FOR '\(text(2, &random))' DOCUMENT \(id)",
                "DOWNVOTE \(deployment) FOR '\(text(2, &random))' DOCUMENT \(id)",
                "LOG CLICK \(deployment) FOR '\(text(2, &random))' DOCUMENT \(id) RANK \(modulus)",
                "ASSOCIATE \(deployment) '\(text(1, &random))' WITH '\(text(2, &random))'",
                "DELETE FROM sys.feedback WHERE id % \(modulus) = \(rest)",
            ]
            return choices[Int.random(in: 0..<choices.count, using: &random)]
        case .define:
            let table = "extra\(Int.random(in: 0..<3, using: &random))"
            let choices = [
                "CREATE TABLE \(table) (k INTEGER PRIMARY KEY, v TEXT)", "DROP TABLE \(table)",
                "INSERT INTO marks VALUES (\(number * 10 + part), 'step \(number)')", "DROP INDEX docs_year",
                "CREATE INDEX docs_year ON docs (year, title)", "DROP INDEX docs_text",
                "CREATE INDEX docs_text ON docs USING text (title WEIGHT 2, body)",
                "DROP MODEL finder@\(Int.random(in: 1...9, using: &random))",
            ]
            return choices[Int.random(in: 0..<choices.count, using: &random)]
        default:
            return "TRAIN finder USING retriever ON docs (title, body) SHARDS \(Int.random(in: 1...3, using: &random))"
        }
    }

    private func document(
        _ number: Int, _ row: Int, _ random: inout SeededRandom
    ) -> (id: Int, title: String, body: String, year: Int) {
        (
            number * 1_000 + row, text(2, &random), text(12, &random),
            1990 + Int.random(in: 0..<30, using: &random)
        )
    }

    private func text(_ limit: Int, _ random: inout SeededRandom) -> String {
        (0..<Int.random(in: 1...limit, using: &random)).map { _ in
            Self.words[Int.random(in: 0..<Self.words.count, using: &random)]
        }.joined(separator: " ")
    }

    /// Runs a step. A statement that fails is part of it: what fails depends on the committed state alone.
    ///
    /// - Returns: the codes of what failed, or `ok`.
    package func run(_ step: Step, _ session: EngineSession) -> String {
        if let file = step.file { TextFile.write(file, "\(directory)/copy-\(step.number % 4).jsonl") }
        var failures: [String] = []
        for statement in step.statements {
            do throws(Diagnostic) {
                _ = try session.run(statement).rows()
            } catch {
                failures.append(error.code.rawValue)
            }
        }
        return failures.isEmpty ? "ok" : failures.joined(separator: ",")
    }
}

package enum TextFile {
    package static func write(_ text: String, _ path: String) {
        guard let file = fopen(path, "w") else { fatalError("cannot write \(path)") }
        let bytes = Array(text.utf8)
        fwrite(bytes, 1, bytes.count, file)
        fclose(file)
    }
}
