// Feedback: what votes that arrive one by one change, and what many of them cost.

import Martlet

enum FeedbackBenchmark {
    /// A fifth of the examples are upvoted, for a retriever that learned from documents alone; then votes of reworded
    /// queries up to `voteCount`.
    static func run(_ collection: Collection, voteCount: Int, in scratch: ScratchFolder) throws -> Figures {
        var figures = Figures(task: "feedback")
        figures.add("data", collection.name)
        let session = try Database(path: scratch.freshFile("feedback.martlet")).makeSession()
        try session.execute(SQL(text: Collection.schema))
        figures.add("docs", try collection.copyDocuments(session))
        try collection.copyJudgements(session)
        if collection.hasExamples {
            try collection.copyExamples(session)
        } else {
            try session.execute("CREATE TABLE clicks AS SELECT query, document, grade FROM judgements")
        }
        try session.execute("TRAIN finder USING retriever ON docs (title, text)")
        try session.execute("DEPLOY finder AS help")

        var random = RepeatableRandom(seed: 7)
        func shuffled<Item>(_ items: [Item]) -> [Item] {
            var items = items
            for place in items.indices.dropFirst().reversed() { items.swapAt(place, random.below(place + 1)) }
            return items
        }
        func reworded(_ text: String) -> String {
            let words = shuffled(text.split(separator: " "))
            return words.prefix(max(1, words.count * 7 / 10)).joined(separator: " ")
        }
        let pairs = shuffled(
            try session.query(
                """
                SELECT q.text, c.document FROM clicks AS c JOIN queries AS q ON q.id = c.query
                WHERE c.grade > 0 ORDER BY c.query, c.document
                """, as: (String, String).self))
        let voted = Array(pairs.prefix(max(1, pairs.count / 5)))
        try makeTables(pairs, voted, reworded, session)
        let tables = ["repeated", "reworded", "unrelated"]
        for table in tables { figures.add("\(table)_before", try quality(table, session)) }
        let probes = try collection.judgedQueries(session)
        figures.add("qps_0", try searches(probes, session).perSecond)

        let vote = try session.prepare("UPVOTE help FOR ? DOCUMENT ?")
        let voting = try seconds { for (query, document) in voted { try vote.execute(query, document) } }
        figures.add("votes", voted.count)
        figures.add("vote_ms", voting * 1_000 / Double(voted.count))
        for table in tables { figures.add("\(table)_after", try quality(table, session)) }
        figures.add("qps_\(voted.count)", try searches(probes, session).perSecond)

        try session.execute("BEGIN")
        for number in voted.count..<max(voted.count, voteCount) {
            let (query, document) = pairs[number % pairs.count]
            try vote.execute("\(reworded(query)) \(number)", document)
        }
        try session.execute("COMMIT")
        let many = try searches(probes, session)
        figures.add("many_votes", max(voted.count, voteCount))
        figures.add("many_first_ms", many.firstMilliseconds)
        figures.add("many_qps", many.perSecond)
        return figures
    }

    private static func makeTables(
        _ pairs: [(String, String)], _ voted: [(String, String)], _ reworded: (String) -> String, _ session: Session
    ) throws {
        for table in ["repeated", "reworded"] {
            try session.execute(SQL(text: "CREATE TABLE \(table) (query TEXT, document TEXT, grade INTEGER)"))
        }
        for text in Set(voted.map(\.0)).sorted() {
            let other = reworded(text)
            for (query, document) in pairs where query == text {
                try session.execute("INSERT INTO repeated VALUES (\(text), \(document), 1)")
                try session.execute("INSERT INTO reworded VALUES (\(other), \(document), 1)")
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
    }

    private static func quality(_ table: String, _ session: Session) throws -> Double {
        let rows = try session.query(
            SQL(text: "EVALUATE help FROM (SELECT DISTINCT * FROM \(table)) WITH (metrics = 'ndcg@10')"))
        return try rows[0].get("ndcg@10", as: Double.self)
    }

    private static func searches(
        _ queries: [String], _ session: Session
    ) throws -> (perSecond: Double, firstMilliseconds: Double) {
        let search = try session.prepare("SEARCH help FOR ? RETURN id, score LIMIT 10")
        let first = try seconds { _ = try search.query(queries.first ?? "") }
        let all = try seconds { for query in queries { _ = try search.query(query) } }
        return (all > 0 ? Double(queries.count) / all : 0, first * 1_000)
    }
}
