// Text search: indexing, queries a second, ranking quality.

import Foundation
import Martlet
import Synchronization

enum TextBenchmark {
    /// Loads the documents from their file and indexes them, both durably, and searches with a prepared statement.
    static func run(_ collection: Collection, threads: Int = 1, in scratch: ScratchFolder) throws -> Figures {
        let file = scratch.freshFile("text.martlet")
        let database = try Database(path: file, configuration: .init(threads: threads))
        let session = database.makeSession()
        try session.execute(SQL(text: Collection.schema))
        var documents = 0
        let loadSeconds = try seconds { documents = try collection.copyDocuments(session) }
        let bytesBefore = ScratchFolder.byteCount(file)
        PeakMemory.reset()
        let indexSeconds = try seconds {
            try session.execute("CREATE INDEX docs_text ON docs USING text (title WEIGHT 3, text)")
        }
        let peakBytes = PeakMemory.peakBytes
        let indexBytes = ScratchFolder.byteCount(file) - bytesBefore
        try collection.copyJudgements(session)
        let queries = try collection.judgedQueries(session)
        let search = try session.prepare("SEARCH docs FOR ? RETURN id, score LIMIT 10")
        let rate = try bestRate(queries.count) {
            for query in queries { _ = try search.query(query) }
        }

        var figures = Figures(task: "text")
        figures.add("data", collection.name)
        figures.add("threads", Double(threads))
        figures.add("docs", documents)
        figures.add("load_s", loadSeconds)
        figures.add("index_s", loadSeconds + indexSeconds)
        figures.add("create_index_s", indexSeconds)
        figures.add("docs_per_s", Double(documents) / (loadSeconds + indexSeconds))
        figures.add("index_bytes", Double(indexBytes))
        figures.add("index_peak_bytes", Double(peakBytes))
        figures.add("qps_top10", rate)
        figures.add("qps_2_threads", try rateOfTwo(database, queries))
        try measureFilter(session, queries, into: &figures)
        // A model with the index's weights has the index's ranking.
        if documents < 200_000 {
            try session.execute("TRAIN ranking USING retriever ON docs (title, text) WITH (weights = (3, 1))")
            try Collection.evaluate("ranking", session, into: &figures)
        }
        try measureChanges(session, into: &figures)
        return figures
    }

    /// Queries a second of two threads together.
    private static func rateOfTwo(_ database: Database, _ queries: [String]) throws -> Double {
        try bestRate(2 * queries.count) {
            let failure = Mutex<(any Error)?>(nil)
            let group = DispatchGroup()
            for _ in 0..<2 {
                DispatchQueue.global().async(group: group) {
                    do {
                        let search = try database.makeSession().prepare("SEARCH docs FOR ? RETURN id, score LIMIT 10")
                        for query in queries { _ = try search.query(query) }
                    } catch {
                        failure.withLock { $0 = error }
                    }
                }
            }
            group.wait()
            if let error = failure.withLock({ $0 }) { throw error }
        }
    }

    /// With a filter that a hundredth of the rows passes.
    private static func measureFilter(_ session: Session, _ queries: [String], into figures: inout Figures) throws {
        try session.execute("ALTER TABLE docs ADD COLUMN bucket INTEGER")
        try session.execute("UPDATE docs SET bucket = rowid % 100")
        try session.execute("CREATE INDEX docs_bucket ON docs (bucket)")
        let search = try session.prepare("SEARCH docs FOR ? WHERE bucket = ? RETURN id, score LIMIT 10")
        figures.add(
            "qps_filtered", try bestRate(queries.count) { for query in queries { _ = try search.query(query, 7) } })
    }

    /// One document in, found, and out again, each in a durable commit: the middle of the times in milliseconds.
    private static func measureChanges(_ session: Session, into figures: inout Figures) throws {
        let insert = try session.prepare("INSERT INTO docs (id, title, text) VALUES (?, ?, ?)")
        let search = try session.prepare("SEARCH docs FOR ? RETURN id LIMIT 1")
        let delete = try session.prepare("DELETE FROM docs WHERE id = ?")
        var inserts: [Double] = []
        var finds: [Double] = []
        var deletes: [Double] = []
        for number in 0..<60 {
            let id = "zz\(number)"
            inserts.append(
                try seconds {
                    try insert.execute(id, "freshly added", "a document of words that qqxxyy\(number) has never seen")
                })
            finds.append(
                try seconds {
                    let found = try search.query("qqxxyy\(number)")
                    precondition(found.count == 1)
                })
        }
        for number in 0..<60 { deletes.append(try seconds { try delete.execute("zz\(number)") }) }
        let someone = try session.query("SELECT id FROM docs LIMIT 30", as: String.self)
        for id in someone { deletes.append(try seconds { try delete.execute(id) }) }
        func middle(_ times: [Double]) -> Double { times.sorted()[times.count / 2] * 1_000 }
        figures.add("insert_ms", middle(inserts))
        figures.add("insert_worst_ms", (inserts.max() ?? 0) * 1_000)
        figures.add("find_fresh_ms", middle(finds))
        figures.add("delete_ms", middle(deletes))
        figures.add("delete_worst_ms", (deletes.max() ?? 0) * 1_000)
    }
}
