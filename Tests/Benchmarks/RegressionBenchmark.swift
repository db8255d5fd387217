// Regression on made tables whose answer is known: how well it is found again.

import Foundation
import Martlet

enum RegressionBenchmark {
    /// A label that is a function of ten numbers from 0 to 1, and a little noise.
    struct Answer: Sendable {
        var name: String
        var kinds: [String]
        /// Half the width of the noise, which is even.
        var noise: Double
        var label: @Sendable ([Double]) -> Double
    }

    static let weights = [5.0, -4, 3, -2, 1, 0.5, 0, 0, 0, 0]

    static let answers = [
        Answer(name: "plane", kinds: ["linear"], noise: 0.05) { numbers in
            zip(weights, numbers).reduce(3) { $0 + $1.0 * $1.1 }
        },
        // Friedman 1991; five of the columns say nothing.
        Answer(name: "friedman", kinds: ["boosted_trees", "mlp"], noise: 0.5) { x in
            10 * sin(.pi * x[0] * x[1]) + 20 * (x[2] - 0.5) * (x[2] - 0.5) + 10 * x[3] + 5 * x[4]
        },
    ]

    /// One line for each answer and kind; a fifth as many rows again are the ones to judge by.
    static func run(rows: Int, in scratch: ScratchFolder) throws -> [Figures] {
        let database = try Database(path: scratch.freshFile("regression.martlet"))
        defer { database.close() }
        let session = database.makeSession()
        var lines: [Figures] = []
        for answer in answers {
            var random = RepeatableRandom(seed: 11)
            for (split, count) in [("train", rows), ("test", max(10, rows / 5))] {
                try fill("\(answer.name)_\(split)", count, answer, session, &random)
            }
            for kind in answer.kinds {
                let model = "\(answer.name)_\(kind)"
                let train = try seconds {
                    try session.execute(
                        SQL(text: "TRAIN \(model) USING \(kind) FROM \(answer.name)_train LABEL y WITH (threads = 2)"))
                }
                let found = try session.query(
                    SQL(text: "SELECT r2, rmse FROM (EVALUATE \(model) FROM \(answer.name)_test) AS e"),
                    as: (Double, Double).self)[0]
                var figures = Figures(task: "regression")
                figures.add("data", answer.name)
                figures.add("kind", kind)
                figures.add("threads", 2)
                figures.add("rows", rows)
                figures.add("train_s", train)
                figures.add("r2", found.0)
                figures.add("rmse", found.1)
                if kind == "linear" { figures.add("largest_weight_error", try weightError(model, session)) }
                lines.append(figures)
            }
        }
        return lines
    }

    private static func fill(
        _ table: String, _ count: Int, _ answer: Answer, _ session: Session, _ random: inout RepeatableRandom
    ) throws {
        let names = weights.indices.map { "c\($0) REAL" }.joined(separator: ", ")
        try session.execute(SQL(text: "CREATE TABLE \(table) (\(names), y REAL)"))
        let insert = try session.prepare("INSERT INTO \(table) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        try session.execute("BEGIN")
        for _ in 0..<count {
            let x = weights.map { _ in random.unit() }
            let y = answer.label(x) + answer.noise * (2 * random.unit() - 1)
            _ = try insert.execute(x[0], x[1], x[2], x[3], x[4], x[5], x[6], x[7], x[8], x[9], y)
        }
        try session.execute("COMMIT")
    }

    /// The weights are what one more of a column adds to the prediction.
    private static func weightError(_ model: String, _ session: Session) throws -> Double {
        func predict(_ column: Int?) throws -> Double {
            let columns = weights.indices.map { "\($0 == column ? "1.0" : "0.0") AS c\($0)" }.joined(separator: ", ")
            let rows = try session.query(SQL(text: "SELECT predict(\(model), *) FROM (SELECT \(columns)) AS x"))
            guard case .real(let number)? = rows.first?.values.first else { return .infinity }
            return number
        }
        let origin = try predict(nil)
        return try weights.enumerated().map { abs(try predict($0.offset) - origin - $0.element) }.max() ?? 0
    }
}
