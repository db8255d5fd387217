// Votes arrive one by one at a retriever that learned from documents alone: what becomes of the answers.

import Foundation
import Martlet
import Testing

/// Training a retriever of thousands of documents takes minutes in a build that is not optimised.
private let isQuick = isOptimized || ProcessInfo.processInfo.environment["MARTLET_SLOW"] != nil

@Suite(.enabled(if: dataFolder != nil && isQuick, "no collections, or a slow build"), .serialized)
struct FeedbackSimulationTests {
    private struct Random {
        var state: UInt64

        mutating func below(_ bound: Int) -> Int {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return Int((z ^ (z >> 31)) % UInt64(bound))
        }

        mutating func shuffle<Item>(_ items: inout [Item]) {
            for place in items.indices.dropFirst().reversed() { items.swapAt(place, below(place + 1)) }
        }
    }

    /// The figures of a deployment for each query of a table, by nDCG@10.
    private func figures(_ table: String, _ session: Session) throws -> [String: Double] {
        let rows = try session.query(
            SQL(text: "EVALUATE help FROM \(table) WITH (metrics = 'ndcg@10', per_query = true)"))
        var figures: [String: Double] = [:]
        for row in rows { figures[try row.get(0, as: String.self)] = try row.get(1, as: Double.self) }
        return figures
    }

    /// The mean gain, and Student's t of it.
    private func gain(_ before: [String: Double], _ after: [String: Double]) -> (mean: Double, statistic: Double) {
        let differences = before.keys.sorted().map { (after[$0] ?? 0) - (before[$0] ?? 0) }
        let count = Double(differences.count)
        let mean = differences.reduce(0, +) / count
        let variance = differences.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
        return (mean, variance > 0 ? mean / (variance / count).squareRoot() : 0)
    }

    private func mean(_ figures: [String: Double]) -> Double {
        figures.sorted { $0.key < $1.key }.reduce(0) { $0 + $1.value } / Double(max(1, figures.count))
    }

    @Test func votesOnSciFact() throws {
        let file = CollectionFile("scifact")
        let session = try Database(path: file.path).makeSession()
        _ = try file.loadDocuments(session)
        try file.loadJudgements(session)
        try file.loadExamples(session)
        try session.execute("TRAIN finder USING retriever ON docs (title, text)")
        try session.execute("DEPLOY finder AS help")
        var pairs = try session.query(
            """
            SELECT q.text, c.document FROM clicks AS c JOIN queries AS q ON q.id = c.query
            WHERE c.grade > 0 ORDER BY c.query, c.document
            """, as: (String, String).self)
        var random = Random(state: 7)
        random.shuffle(&pairs)
        let voted = Array(pairs.prefix(pairs.count / 5))
        try session.execute("CREATE TABLE repeated (query TEXT, document TEXT)")
        try session.execute("CREATE TABLE reworded (query TEXT, document TEXT)")
        let texts = Set(voted.map(\.0)).sorted()
        for text in texts {
            var words = text.split(separator: " ")
            random.shuffle(&words)
            let kept = words.prefix(max(1, words.count * 7 / 10)).joined(separator: " ")
            for (query, document) in pairs where query == text {
                try session.execute("INSERT INTO repeated VALUES (\(text), \(document))")
                try session.execute("INSERT INTO reworded VALUES (\(kept), \(document))")
            }
        }
        try session.execute("CREATE TABLE voted (document TEXT)")
        for document in Set(voted.map(\.1)).sorted() { try session.execute("INSERT INTO voted VALUES (\(document))") }
        try session.execute(
            """
            CREATE TABLE unrelated AS SELECT q.text AS query, j.document, j.grade
            FROM judgements AS j JOIN queries AS q ON q.id = j.query
            WHERE j.query NOT IN (SELECT query FROM judgements WHERE document IN (SELECT document FROM voted))
            """)
        var before: [String: [String: Double]] = [:]
        for table in ["repeated", "reworded", "unrelated"] { before[table] = try figures(table, session) }
        let voting = try seconds {
            let vote = try session.prepare("UPVOTE help FOR ? DOCUMENT ?")
            for (query, document) in voted { try vote.execute(query, document) }
        }
        var gains: [String: (mean: Double, statistic: Double)] = [:]
        for table in ["repeated", "reworded", "unrelated"] {
            let after = try figures(table, session)
            let gain = gain(before[table] ?? [:], after)
            gains[table] = gain
            print(
                "scifact, \(voted.count) votes in \(voting) s; \(table), \(after.count) queries: nDCG@10",
                "\(mean(before[table] ?? [:])) to \(mean(after)), t \(gain.statistic)")
        }
        #expect(gains["repeated"]?.mean ?? 0 > 0.05)
        #expect(gains["reworded"]?.mean ?? 0 > 0.03)
        #expect(gains["unrelated"]?.mean ?? -1 >= 0 || gains["unrelated"]?.statistic ?? -9 > -1.96)
        #expect(try session.query("PRAGMA integrity_check").map { $0[0] } == [.text("ok")])
        // Undone: the same figures as before.
        try session.execute("DELETE FROM sys.feedback")
        for table in ["repeated", "reworded", "unrelated"] { #expect(try figures(table, session) == before[table]) }
    }
}
