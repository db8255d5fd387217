// TRAIN, EVALUATE and predict() on one data set: seconds, accuracy on rows held out, predictions a second.

import Martlet

enum LearningBenchmark {
    static let kinds = ["text_classifier", "boosted_trees", "linear", "mlp", "cnn"]

    /// One line for each kind that the data is for; with shards, one for each number of them.
    ///
    /// - Parameters:
    ///   - only: the kinds to run; empty: all.
    ///   - shards: 0: without SHARDS.
    static func run(
        _ data: LearningData, only: [String], shards: [Int] = [0], in scratch: ScratchFolder
    ) throws -> [Figures] {
        let database = try Database(path: scratch.freshFile("learning.martlet"))
        defer { database.close() }
        let session = database.makeSession()
        try data.load(session)
        var lines: [Figures] = []
        for kind in kinds where only.isEmpty || only.contains(kind) {
            guard (data.shape == .texts) == (kind == "text_classifier"), kind != "cnn" || data.shape == .vectors else {
                continue
            }
            for count in shards { lines.append(try run(kind, data, shards: count, session)) }
        }
        return lines
    }

    private static func run(_ kind: String, _ data: LearningData, shards: Int, _ session: Session) throws -> Figures {
        var figures = Figures(task: "learn")
        figures.add("data", data.name)
        figures.add("kind", kind)
        figures.add("threads", 2)
        if shards > 0 { figures.add("shards", shards) }
        var options = ["threads = 2"]
        // As the published comparisons on wide tables and images do.
        if data.shape == .vectors, kind == "boosted_trees" { options.append("rounds = 50") }
        if data.shape == .vectors, kind == "mlp" { options.append("epochs = 5") }
        let shardClause = shards > 0 ? " SHARDS \(shards)" : ""
        let statement =
            "TRAIN model_\(kind)_\(shards) USING \(kind) FROM train LABEL label\(shardClause) WITH (\(options.joined(separator: ", ")))"
        let train = try seconds { try session.execute(SQL(text: statement)) }
        let model = "model_\(kind)_\(shards)"
        let facts = try session.query(
            SQL(
                text:
                    "SELECT r.rows, json_extract(r.metrics, '$.classes'), m.bytes, (SELECT max(o.epoch) FROM sys.observations AS o WHERE o.run = r.run) FROM sys.models AS m JOIN sys.runs AS r ON r.run = m.run WHERE m.model = '\(model)'"
            ))[0]
        func number(_ value: DatabaseValue) -> Double {
            switch value {
            case .integer(let number): Double(number)
            case .real(let number): number
            case .text(let text), .json(let text): Double(text) ?? 0
            default: 0
            }
        }
        let rows = number(facts.values[0])
        figures.add("rows", rows)
        figures.add("classes", number(facts.values[1]))
        figures.add("epochs", number(facts.values[3]))
        figures.add("train_s", train)
        figures.add("rows_per_s", rows / train)
        var right = 0.0
        var tested = 0.0
        let predict = try seconds {
            let counts = try session.query(
                SQL(text: "SELECT count(*) FILTER (WHERE predict(\(model), *) = label), count(*) FROM test"))[0]
            right = number(counts.values[0])
            tested = number(counts.values[1])
        }
        figures.add("predict_rows_per_s", tested / predict)
        figures.add("model_bytes", number(facts.values[2]))
        figures.add("accuracy", right / max(1, tested))
        return figures
    }
}
