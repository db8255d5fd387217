// The main job: load, TRAIN, DEPLOY, reopen, SEARCH, EVALUATE.

import Martlet

enum RetrieverBenchmark {
    /// One line for each number of shards (none: 1, 2 and 4), and for training from examples if there are any.
    static func run(
        _ collection: Collection, shards: [Int], onlyExamples: Bool, in scratch: ScratchFolder,
        _ report: (Figures) -> Void
    ) throws {
        if !onlyExamples {
            for count in shards.isEmpty ? [1, 2, 4] : shards {
                report(try run(collection, shards: count, file: scratch.freshFile("retriever.martlet")))
            }
        }
        guard collection.hasExamples, onlyExamples || shards.isEmpty else { return }
        for count in shards.isEmpty ? [1] : shards {
            report(try learn(collection, shards: count, file: scratch.freshFile("learned.martlet")))
        }
    }

    private static func learn(_ collection: Collection, shards: Int, file: String) throws -> Figures {
        var figures = Figures(task: "retriever-examples")
        figures.add("data", collection.name)
        figures.add("shards", shards)
        let database = try Database(path: file)
        let session = database.makeSession()
        try session.execute(SQL(text: Collection.schema))
        figures.add("docs", try collection.copyDocuments(session))
        try collection.copyJudgements(session)
        try collection.copyExamples(session)
        let train = try seconds {
            try session.execute(
                SQL(
                    text: """
                        TRAIN finder USING retriever ON docs (title, text)
                            FROM (SELECT q.text AS query, c.document AS document, c.grade AS grade
                                FROM clicks AS c JOIN queries AS q ON q.id = c.query) SHARDS \(shards)
                        """))
        }
        figures.add("train_s", train)
        try session.execute("DEPLOY finder AS help")
        let queries = try collection.judgedQueries(session)
        let search = try session.prepare("SEARCH help FOR ? RETURN id, score LIMIT 10")
        figures.add("first_search_ms", try seconds { _ = try search.query(queries.first ?? "") } * 1_000)
        let rate = try bestRate(queries.count) { for query in queries { _ = try search.query(query) } }
        figures.add("qps", rate)
        try Collection.evaluate("finder", session, into: &figures)
        if let run = try session.query("SELECT metrics FROM sys.runs ORDER BY run DESC LIMIT 1").first {
            figures.add("run", "\(run[0])".replacing("\"", with: ""))
        }
        // Documents that no example had, against the same without examples.
        try session.execute("TRAIN plain USING retriever ON docs (title, text)")
        for model in ["finder", "plain"] {
            let row = try session.query(
                SQL(
                    text: """
                        EVALUATE \(model) FROM (SELECT q.text AS query, j.document AS document, j.grade AS grade
                            FROM judgements AS j JOIN queries AS q ON q.id = j.query
                            WHERE j.query NOT IN (SELECT o.query FROM judgements AS o
                                JOIN clicks AS c ON c.document = o.document))
                        WITH (metrics = 'ndcg@10')
                        """)
            ).first
            if let row {
                figures.add("unseen_queries", try row.get("queries", as: Int.self))
                figures.add("unseen_ndcg_\(model)", try row.get("ndcg@10", as: Double.self))
            }
        }
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
