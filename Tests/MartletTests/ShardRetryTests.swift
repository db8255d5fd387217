// A shard whose fit fails is fitted again, and nothing of the failure is left.

import MartletCore
import MartletRuntime
import Synchronization
import Testing

extension EngineTests {
    @Suite struct ShardRetryTests {
        private static let schema = [
            "CREATE TABLE rows (a REAL, b REAL, note TEXT, side TEXT)",
            """
            INSERT INTO rows SELECT value % 17, value % 23, 'word' || (value % 11) || ' and word' || (value % 7),
                CASE WHEN value % 17 > value % 23 THEN 'over' ELSE 'under' END
            FROM generate_series(1, 600)
            """,
        ]

        /// Fails where a shard's fit looks whether it is to end: so often, from the given look on.
        private final class Fault: Sendable {
            private let shard: Int
            private let look: Int
            private let code: ErrorCode
            private let state: Mutex<(looks: Int, left: Int)>

            init(shard: Int, look: Int, times: Int, _ code: ErrorCode = .inputOutput) {
                self.shard = shard
                self.look = look
                self.code = code
                state = Mutex((0, times))
            }

            var isSpent: Bool { state.withLock { $0.left == 0 } }

            func check(_ shard: Int) throws(Diagnostic) {
                guard shard == self.shard else { return }
                let isDue = state.withLock { state in
                    state.looks += 1
                    guard state.looks >= look, state.left > 0 else { return false }
                    state.left -= 1
                    return true
                }
                if isDue { throw Diagnostic(code, "the disk is busy") }
            }
        }

        private static func database(_ fault: Fault?, threads: Int = 2) throws -> TestDatabase {
            var check: (@Sendable (Int) throws(Diagnostic) -> Void)?
            if let fault { check = { (shard: Int) throws(Diagnostic) in try fault.check(shard) } }
            let database = try TestDatabase(threads: threads, trainingFault: check)
            for statement in schema { try database.run(statement) }
            return database
        }

        private static let trainings = [
            "linear FROM (SELECT a, b, side FROM rows) LABEL side SHARDS 3",
            "boosted_trees FROM (SELECT a, b, side FROM rows) LABEL side SHARDS 3 WITH (rounds = 10, min_rows = 3)",
            "mlp FROM (SELECT a, b, side FROM rows) LABEL side SHARDS 3 WITH (epochs = 6, hidden = (8), batch = 256)",
            "mlp FROM (SELECT a, b, side FROM rows) LABEL side SHARDS 3 AGGREGATE mean ROUNDS 1 WITH (epochs = 6)",
            "text_classifier FROM (SELECT note, side FROM rows) LABEL side SHARDS 3 WITH (epochs = 6)",
            "embedding FROM (SELECT note FROM rows) SHARDS 3 WITH (dimension = 8, epochs = 4)",
            "kmeans FROM (SELECT a, b FROM rows) SHARDS 3 WITH (clusters = 5)",
        ]

        @Test(arguments: trainings) func sameBytes(training: String) throws {
            let whole = try Self.database(nil)
            try whole.run("TRAIN m USING \(training)")
            let digests = "SELECT shard, digest FROM sys.shards ORDER BY shard"
            for (look, times) in [(1, 1), (3, 1), (1, 2)] {
                let fault = Fault(shard: 2, look: look, times: times)
                let database = try Self.database(fault)
                try database.run("TRAIN m USING \(training)")
                try #require(fault.isSpent, "\(training) looks less than \(look) times")
                #expect(try database.run("SELECT digest FROM sys.models") == whole.run("SELECT digest FROM sys.models"))
                #expect(try database.run(digests) == whole.run(digests))
                // In a later round, what the shards keep of the rounds before cannot be undone: all begin again.
                let attempts = try database.run("SELECT attempts FROM sys.shards ORDER BY shard")
                let hasRounds = training.hasPrefix("text_classifier") || training.contains("hidden = (8)")
                let isLater = hasRounds && look > 1
                #expect(
                    attempts == (isLater ? ["2", "2", "2"] : ["1", "\(times + 1)", "1"]), "\(training) \(attempts)")
                // What had been told before the failure is not told twice.
                let told = "SELECT count(*) FROM sys.observations"
                #expect(try database.run(told) == whole.run(told))
                #expect(try database.run("SELECT state FROM sys.runs") == ["finished"])
            }
            #expect(try whole.run("SELECT DISTINCT attempts FROM sys.shards") == ["1"])
        }

        @Test func failsAfterThreeAttempts() throws {
            let database = try Self.database(Fault(shard: 2, look: 1, times: 3))
            let error = try #require(throws: Diagnostic.self) {
                try database.run("TRAIN m USING linear FROM (SELECT a, b, side FROM rows) LABEL side SHARDS 3")
            }
            #expect(error.code == .inputOutput && error.message == "shard 2, in 3 attempts: the disk is busy")
            #expect(try database.run("SELECT state, error FROM sys.runs")[0].hasPrefix("failed|"))
            #expect(try database.run("SELECT count(*) FROM sys.models") == ["0"])
            // It was the last fault: the same statement succeeds.
            try database.run("TRAIN m USING linear FROM (SELECT a, b, side FROM rows) LABEL side SHARDS 3")
        }

        /// What will not pass is not tried again.
        @Test func onlyWhatMayPassIsRepeated() throws {
            let database = try Self.database(Fault(shard: 2, look: 1, times: 1, .trainingFailed))
            let error = try #require(throws: Diagnostic.self) {
                try database.run("TRAIN m USING linear FROM (SELECT a, b, side FROM rows) LABEL side SHARDS 3")
            }
            #expect(error.code == .trainingFailed && error.message == "shard 2: the disk is busy")
        }
    }
}
