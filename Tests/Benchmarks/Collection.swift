// A test collection: documents, queries and judgements.

import Foundation
import Martlet

/// A folder with `corpus.jsonl` (id, title, text), `queries.jsonl` (id, text) and `qrels.tsv` (query, document, grade);
/// maybe `qrels-train.tsv`, of other queries.
struct Collection {
    var folder: String

    var name: String { URL(filePath: folder).lastPathComponent }

    private func quoted(_ file: String) -> String {
        "'" + (folder + "/" + file).split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''")
            + "'"
    }

    static let schema = "CREATE TABLE docs (id TEXT PRIMARY KEY, title TEXT, text TEXT)"

    func copyDocuments(_ session: Session) throws -> Int {
        try session.execute(SQL(text: "COPY docs (id, title, text) FROM \(quoted("corpus.jsonl"))"))
    }

    /// Loads queries and judgements as tables.
    func copyJudgements(_ session: Session) throws {
        try session.execute("CREATE TABLE queries (id TEXT PRIMARY KEY, text TEXT NOT NULL)")
        try session.execute("CREATE TABLE judgements (query TEXT, document TEXT, grade INTEGER)")
        try session.execute(SQL(text: "COPY queries (id, text) FROM \(quoted("queries.jsonl"))"))
        try session.execute(
            SQL(text: "COPY judgements (query, document, grade) FROM \(quoted("qrels.tsv")) WITH (header = true)"))
    }

    /// Whether there are judgements to learn from apart from those to judge by.
    var hasExamples: Bool { FileManager.default.fileExists(atPath: folder + "/qrels-train.tsv") }

    /// Loads them as a table.
    func copyExamples(_ session: Session) throws {
        try session.execute("CREATE TABLE clicks (query TEXT, document TEXT, grade INTEGER)")
        try session.execute(
            SQL(text: "COPY clicks (query, document, grade) FROM \(quoted("qrels-train.tsv")) WITH (header = true)"))
    }

    /// The texts of the queries that have judgements.
    func judgedQueries(_ session: Session) throws -> [String] {
        let sql: SQL = "SELECT text FROM queries WHERE id IN (SELECT query FROM judgements) ORDER BY id"
        return try session.query(sql).map { try $0.get(0, as: String.self) }
    }

    /// EVALUATE's figures for a model, under the names of the other systems' scripts.
    static func evaluate(_ model: String, _ session: Session, into figures: inout Figures) throws {
        let sql = """
            EVALUATE \(model) FROM (SELECT q.text AS query, j.document AS document, j.grade AS grade
                FROM judgements AS j JOIN queries AS q ON q.id = j.query)
            WITH (metrics = 'ndcg@10, p@1, recall@100, map, mrr')
            """
        guard let row = try session.query(SQL(text: sql)).first else { return }
        for (name, value) in zip(row.columns.names, row.values) {
            if case .real(let number) = value { figures.add(name, number) }
            if case .integer(let number) = value { figures.add(name, Int(number)) }
        }
    }

    // MARK: A made one

    /// A few documents of made words, so that every benchmark runs in no time and without any data.
    static func tiny(in scratch: ScratchFolder) throws -> Collection {
        var random = RepeatableRandom(seed: 7)
        let words = (0..<60).map { "w" + String($0 * 7_919, radix: 26) }
        func text(_ count: Int) -> String {
            (0..<count).map { _ in words[random.below(words.count)] }.joined(separator: " ")
        }
        let folder = scratch.path + "/tiny"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        var corpus = ""
        var queries = ""
        var judgements = "query-id\tdoc-id\tscore\n"
        for document in 0..<80 {
            corpus += "{\"id\": \"d\(document)\", \"title\": \"\(text(3))\", \"text\": \"\(text(30))\"}\n"
        }
        for query in 0..<10 {
            queries += "{\"id\": \"q\(query)\", \"text\": \"\(text(4))\"}\n"
            for _ in 0..<3 { judgements += "q\(query)\td\(random.below(80))\t1\n" }
        }
        for (file, content) in [("corpus.jsonl", corpus), ("queries.jsonl", queries), ("qrels.tsv", judgements)] {
            try content.write(toFile: folder + "/" + file, atomically: false, encoding: .utf8)
        }
        return Collection(folder: folder)
    }
}

/// Numbers that are the same in every run (SplitMix64).
struct RepeatableRandom {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

    /// From 0 up to 1.
    mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// Around 0 with a variance of 1, nearly normal: four numbers added.
    mutating func normal() -> Double { (unit() + unit() + unit() + unit() - 2) * 3.0.squareRoot() }
}
