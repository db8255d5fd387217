// The main job: load, TRAIN, DEPLOY, reopen, SEARCH, EVALUATE.

import Martlet

enum RetrieverBenchmark {
    /// One line for each number of shards, and one for training from examples if there are any.
    static func run(_ collection: Collection, in scratch: ScratchFolder) throws -> [Figures] {
        var lines: [Figures] = []
        for shards in [1, 2, 4] {
            lines.append(try run(collection, shards: shards, file: scratch.freshFile("retriever.martlet")))
        }
        if collection.hasExamples {
            lines.append(try learn(collection, file: scratch.freshFile("learned.martlet")))
        }
        return lines
    }

    private static func learn(_ collection: Collection, file: String) throws -> Figures {
        var figures = Figures(task: "retriever-examples")
        figures.add("data", collection.name)
        let session = try Database(path: file).makeSession()
        try session.execute(SQL(text: Collection.schema))
        figures.add("docs", try collection.copyDocuments(session))
        try collection.copyJudgements(session)
        try collection.copyExamples(session)
        let train = try seconds {
            try session.execute(
                """
                TRAIN finder USING retriever ON docs (title, text)
                    FROM (SELECT q.text AS query, c.document AS document, c.grade AS grade
                        FROM clicks AS c JOIN queries AS q ON q.id = c.query)
                """)
        }
        figures.add("train_s", train)
        try session.execute("DEPLOY finder AS help")
        let queries = try collection.judgedQueries(session)
        let search = try session.prepare("SEARCH help FOR ? RETURN id, score LIMIT 10")
        for query in queries.prefix(10) { _ = try search.query(query) }
        let searching = try seconds { for query in queries { _ = try search.query(query) } }
        figures.add("qps", searching > 0 ? Double(queries.count) / searching : 0)
        try Collection.evaluate("finder", session, into: &figures)
        return figures
    }

    private static func run(_ collection: Collection, shards: Int, file: String) throws -> Figures {
        var figures = Figures(task: "retriever")
        figures.add("data", collection.name)
        figures.add("shards", shards)
        let query: String
        do {
            let database = try Database(path: file)
            let session = database.makeSession()
            try session.execute(SQL(text: Collection.schema))
            var documents = 0
            let load = try seconds { documents = try collection.copyDocuments(session) }
            let train = try seconds {
                try session.execute(
                    SQL(text: "TRAIN finder USING retriever ON docs (title, text) SHARDS \(shards)"))
            }
            let deploy = try seconds { try session.execute("DEPLOY finder AS help") }
            figures.add("docs", documents)
            figures.add("load_s", load)
            figures.add("train_s", train)
            figures.add("deploy_s", deploy)
            figures.add("load_train_deploy_s", load + train + deploy)
            try collection.copyJudgements(session)
            query = try collection.judgedQueries(session).first ?? ""
            database.close()
        }
        var database: Database?
        var hits = 0
        let open = try seconds { database = try Database(path: file) }
        guard let database else { return figures }
        let session = database.makeSession()
        let first = try seconds { hits = try session.query("SEARCH help FOR \(query) RETURN id, score").count }
        let again = try seconds { _ = try session.query("SEARCH help FOR \(query) RETURN id, score") }
        figures.add("open_ms", open * 1_000)
        figures.add("first_search_ms", first * 1_000)
        figures.add("second_search_ms", again * 1_000)
        figures.add("hits", hits)
        try Collection.evaluate("finder", session, into: &figures)
        return figures
    }
}
