// Text search: indexing, queries a second, ranking quality.

import Martlet

enum TextBenchmark {
    /// Loads the documents from their file and indexes them, both durably, and searches with a prepared statement from
    /// one thread.
    static func run(_ collection: Collection, in scratch: ScratchFolder) throws -> Figures {
        let database = try Database(path: scratch.freshFile("text.martlet"))
        let session = database.makeSession()
        try session.execute(SQL(text: Collection.schema))
        var documents = 0
        let loadSeconds = try seconds { documents = try collection.copyDocuments(session) }
        let indexSeconds = try seconds {
            try session.execute("CREATE INDEX docs_text ON docs USING text (title WEIGHT 3, text)")
        }
        try collection.copyJudgements(session)
        let queries = try collection.judgedQueries(session)
        let search = try session.prepare("SEARCH docs FOR ? RETURN id, score LIMIT 10")
        let rate = try bestRate(queries.count) {
            for query in queries { _ = try search.query(query) }
        }
        // A model with the index's weights has the index's ranking.
        try session.execute("TRAIN ranking USING retriever ON docs (title, text) WITH (weights = (3, 1))")

        var figures = Figures(task: "text")
        figures.add("data", collection.name)
        figures.add("threads", 1)
        figures.add("docs", documents)
        figures.add("load_s", loadSeconds)
        figures.add("index_s", loadSeconds + indexSeconds)
        figures.add("docs_per_s", Double(documents) / (loadSeconds + indexSeconds))
        figures.add("qps_top10", rate)
        try Collection.evaluate("ranking", session, into: &figures)
        return figures
    }
}
