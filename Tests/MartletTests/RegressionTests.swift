// Regression on made tables: the answer that made them is found again.

import Foundation
import MartletCore
import MartletRuntime
import Testing

extension EngineTests {
    @Suite struct RegressionTests {
        private static let weights = [5.0, -4, 3, -2, 1, 0.5, 0, 0, 0, 0]

        /// Tables `train` and `test` of ten numbers from 0 to 1 and a label.
        private static func database(noise: Double, _ label: ([Double]) -> Double) throws -> TestDatabase {
            let database = try TestDatabase()
            var random = SeededRandom(seed: 21)
            for (table, count) in [("train", 4_000), ("test", 1_000)] {
                let names = weights.indices.map { "c\($0) REAL" }.joined(separator: ", ")
                try database.run("CREATE TABLE \(table) (\(names), y REAL)")
                for _ in 0..<count / 500 {
                    let rows = (0..<500).map { _ in
                        let x = weights.map { _ in Double.random(in: 0...1, using: &random) }
                        let y = label(x) + Double.random(in: -noise...noise, using: &random)
                        return "(" + (x + [y]).map { "CAST(\($0) AS REAL)" }.joined(separator: ", ") + ")"
                    }
                    try database.run("INSERT INTO \(table) VALUES \(rows.joined(separator: ", "))")
                }
            }
            return database
        }

        private static func r2(_ model: String, _ database: TestDatabase) throws -> Double {
            Double(try database.run("SELECT r2 FROM (EVALUATE \(model) FROM test) AS e")[0]) ?? 0
        }

        @Test(arguments: ["", "SHARDS 2"]) func linearFindsTheWeights(shards: String) throws {
            let database = try Self.database(noise: 0.05) { x in
                zip(Self.weights, x).reduce(3) { $0 + $1.0 * $1.1 }
            }
            try database.run("TRAIN m USING linear FROM train LABEL y \(shards)")
            #expect(try Self.r2("m", database) >= 0.999)
            func predict(_ column: Int?) throws -> Double {
                let columns = Self.weights.indices.map { "\($0 == column ? "1.0" : "0.0") AS c\($0)" }
                let found = try database.run(
                    "SELECT predict(m, *) FROM (SELECT \(columns.joined(separator: ", "))) AS x")
                return try #require(Double(found[0]))
            }
            let origin = try predict(nil)
            #expect(abs(origin - 3) < 0.02)
            for (column, weight) in Self.weights.enumerated() {
                #expect(abs(try predict(column) - origin - weight) < 0.02, "c\(column)")
            }
        }

        /// Friedman's function (1991): a product, a square and five columns that say nothing.
        @Test(arguments: [("boosted_trees", 0.97), ("mlp", 0.9)])
        func whatIsCurvedIsFound(kind: String, least: Double) throws {
            let database = try Self.database(noise: 0.5) { x in
                10 * sin(.pi * x[0] * x[1]) + 20 * (x[2] - 0.5) * (x[2] - 0.5) + 10 * x[3] + 5 * x[4]
            }
            try database.run("TRAIN m USING \(kind) FROM train LABEL y")
            let found = try Self.r2("m", database)
            #expect(found >= least, "\(found)")
        }
    }
}
