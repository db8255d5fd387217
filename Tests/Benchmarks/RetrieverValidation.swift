// Trained retrievers judged on what they did not learn from, with other seeds, and where no document is known.

import Martlet

/// Judgements of examples that were left out, so that nothing is chosen by the queries that judge in the end.
struct RetrieverValidation {
    private let collection: Collection
    private let session: Session
    /// Rankers whose mean ranks; 0 for as many as there are by default.
    private let models: Int
    private static let metrics = ["ndcg@10", "p@1"]

    init(_ collection: Collection, models: Int = 0, in scratch: ScratchFolder) throws {
        self.models = models
        self.collection = collection
        session = try Database(path: scratch.freshFile("validation.martlet")).makeSession()
        try session.execute(SQL(text: Collection.schema))
        _ = try collection.copyDocuments(session)
        try collection.copyJudgements(session)
        try collection.copyExamples(session)
        try session.execute("CREATE TABLE folds (query TEXT PRIMARY KEY, fold INTEGER NOT NULL)")
        try session.execute("TRAIN plain USING retriever ON docs (title, text)")
    }

    /// A line for each seed: the queries of the examples in folds, each judged by what was learned from the others, and
    /// apart those none of whose documents was in an example.
    func folds(_ count: Int, seeds: Int, _ report: (Figures) -> Void) throws {
        for seed in 0..<seeds {
            try divide(into: count, seed: seed)
            var all = Means()
            var unseen = Means()
            for fold in 0..<count {
                try train(where: "f.fold <> \(fold)", seed: seed)
                let held = """
                    SELECT q.text AS query, c.document AS document, c.grade AS grade
                        FROM clicks AS c JOIN folds AS f ON f.query = c.query JOIN queries AS q ON q.id = c.query
                        WHERE f.fold = \(fold)
                    """
                try judge(held, into: &all)
                try judge(
                    held
                        + """
                         AND c.query NOT IN (SELECT o.query FROM clicks AS o JOIN folds AS p ON p.query = o.query
                            WHERE p.fold = \(fold) AND o.document IN (SELECT k.document FROM clicks AS k
                                JOIN folds AS g ON g.query = k.query WHERE g.fold <> \(fold)))
                        """, into: &unseen)
            }
            var figures = Figures(task: "retriever-folds")
            figures.add("data", collection.name)
            figures.add("folds", count)
            figures.add("seed", seed)
            all.add(to: &figures, "")
            unseen.add(to: &figures, "unseen_")
            report(figures)
        }
    }

    /// A line for each seed: learned from all examples, judged by the judgements.
    func seeds(_ count: Int, _ report: (Figures) -> Void) throws {
        try divide(into: 1, seed: 0)
        for seed in 0..<count {
            try train(where: "true", seed: seed)
            var means = Means()
            try judge(Self.judgements, into: &means)
            var figures = Figures(task: "retriever-seeds")
            figures.add("data", collection.name)
            figures.add("seed", seed)
            means.add(to: &figures, "")
            report(figures)
        }
    }

    /// Learned from the examples whose documents answer no judged query, and judged by those: with the test of whether it
    /// differs from what is learned from the documents alone.
    func unseen(_ report: (Figures) -> Void) throws {
        try divide(into: 1, seed: 0)
        try train(where: "c.document NOT IN (SELECT j.document FROM judgements AS j)", seed: 0)
        var figures = Figures(task: "retriever-unseen")
        figures.add("data", collection.name)
        let row = try session.query(
            SQL(
                text: """
                    EVALUATE finder FROM (\(Self.judgements))
                        WITH (metrics = '\(Self.metrics.joined(separator: ", "))', baseline = 'plain')
                    """)
        ).first
        if let row {
            for (name, value) in zip(row.columns.names, row.values) {
                if case .real(let number) = value { figures.add(name, number) }
                if case .integer(let number) = value { figures.add(name, Int(number)) }
            }
        }
        report(figures)
    }

    /// Learned from one part of the examples, from another, from the other beginning with what was learned from the one,
    /// and from both at once; each judged by the queries of the parts, and by others.
    func base(_ report: (Figures) -> Void) throws {
        try divide(into: 5, seed: 0)
        let parts = [("first", "f.fold IN (0, 1)"), ("second", "f.fold IN (2, 3)"), ("others", "f.fold = 4")]
        let models: [(name: String, condition: String, base: String?)] = [
            ("one", parts[0].1, nil), ("other", parts[1].1, nil), ("continued", parts[1].1, "one@1"),
            ("both", "f.fold < 4", nil),
        ]
        for model in models {
            var figures = Figures(task: "retriever-base")
            figures.add("data", collection.name)
            figures.add("model", model.name)
            figures.add(
                "train_s",
                try seconds { try train(where: model.condition, seed: 0, name: model.name, base: model.base) })
            for (part, condition) in parts {
                let row = try session.query(
                    SQL(
                        text: """
                            EVALUATE \(model.name) FROM (SELECT q.text AS query, c.document AS document,
                                c.grade AS grade FROM clicks AS c JOIN folds AS f ON f.query = c.query
                                JOIN queries AS q ON q.id = c.query WHERE \(condition))
                                WITH (metrics = '\(Self.metrics.joined(separator: ", "))', depth = 10)
                            """)
                ).first
                for metric in Self.metrics {
                    figures.add("\(part)_\(metric)", try row?.get(metric, as: Double.self) ?? 0)
                }
            }
            if let run = try session.query("SELECT metrics FROM sys.runs ORDER BY run DESC LIMIT 1").first {
                figures.add("run", "\(run[0])".replacing("\"", with: ""))
            }
            report(figures)
        }
    }

    private static let judgements = """
        SELECT q.text AS query, j.document AS document, j.grade AS grade
            FROM judgements AS j JOIN queries AS q ON q.id = j.query
        """

    /// Sums over the queries of some judgements, with and without what was learned.
    private struct Means {
        var queries = 0
        var trained = [Double](repeating: 0, count: metrics.count)
        var plain = [Double](repeating: 0, count: metrics.count)

        func add(to figures: inout Figures, _ prefix: String) {
            figures.add(prefix + "queries", queries)
            guard queries > 0 else { return }
            for (place, metric) in metrics.enumerated() {
                figures.add(prefix + metric, trained[place] / Double(queries))
                figures.add(prefix + "plain_" + metric, plain[place] / Double(queries))
            }
        }
    }

    /// Deals the queries of the examples out to folds, by chance.
    private func divide(into count: Int, seed: Int) throws {
        var queries = try session.query("SELECT DISTINCT query FROM clicks ORDER BY query").map {
            try $0.get(0, as: String.self)
        }
        var random = RepeatableRandom(seed: UInt64(seed) &+ 11)
        for place in queries.indices.dropFirst().reversed() { queries.swapAt(place, random.below(place + 1)) }
        try session.execute("BEGIN")
        try session.execute("DELETE FROM folds")
        for (place, query) in queries.enumerated() {
            try session.execute("INSERT INTO folds (query, fold) VALUES (\(query), \(place % count))")
        }
        try session.execute("COMMIT")
    }

    private func train(where condition: String, seed: Int, name: String = "finder", base: String? = nil) throws {
        try session.execute(
            SQL(
                text: """
                    TRAIN \(name) USING retriever ON docs (title, text)
                        FROM (SELECT q.text AS query, c.document AS document, c.grade AS grade
                            FROM clicks AS c JOIN folds AS f ON f.query = c.query JOIN queries AS q ON q.id = c.query
                            WHERE \(condition))
                        WITH (seed = \(seed)\(models > 0 ? ", models = \(models)" : "")\(
                            base.map { ", base = '\($0)'" } ?? ""))
                    """))
    }

    private func judge(_ judgements: String, into means: inout Means) throws {
        let row = try session.query(
            SQL(
                text: """
                    EVALUATE finder FROM (\(judgements))
                        WITH (metrics = '\(Self.metrics.joined(separator: ", "))', depth = 10, baseline = 'plain')
                    """)
        ).first
        guard let row else { return }
        let queries = try row.get("queries", as: Int.self)
        means.queries += queries
        guard queries > 0 else { return }
        for (place, metric) in Self.metrics.enumerated() {
            means.trained[place] += try row.get(metric, as: Double.self) * Double(queries)
            means.plain[place] += try row.get("baseline_" + metric, as: Double.self) * Double(queries)
        }
    }
}
