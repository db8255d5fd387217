// Vectors that come and go: a graph after deletions and insertions, single inserts, reopening, memory.

import Foundation
import Martlet
import Synchronization

/// Goes on with the table of ``VectorBenchmark``: a tenth of the rows is deleted, as many new ones are inserted.
enum VectorChurnBenchmark {
    private static let judgedQueries = 200
    private static let singleInserts = 100

    static func run(
        _ set: VectorSet, file: String, _ line: (String) -> Figures, _ report: (Figures) -> Void
    ) throws {
        let database = try Database(path: file)
        let session = database.makeSession()
        let queries = Array(set.queries.prefix(judgedQueries))
        func measure(_ phase: String, _ more: (inout Figures) -> Void) throws {
            let exact = try session.prepare("SEARCH v FOR e NEAR ? RETURN id LIMIT 10 WITH (exact = true)")
            let truth = try queries.map { try VectorBenchmark.ids(exact, $0) }
            let search = try session.prepare("SEARCH v FOR e NEAR ? RETURN id LIMIT 10")
            var figures = line("hnsw")
            figures.add("phase", phase)
            figures.add(
                "recall_at_10", VectorBenchmark.recall(try queries.map { try VectorBenchmark.ids(search, $0) }, truth))
            figures.add("qps", try bestRate(queries.count) { for query in queries { _ = try search.query(query) } })
            figures.add("file_to_raw", VectorBenchmark.fileToRaw(file, set))
            more(&figures)
            report(figures)
        }
        let deleteTime = try seconds { try session.execute("DELETE FROM v WHERE id % 10 = 3") }
        try measure("deleted") { $0.add("change_s", deleteTime) }
        let fresh = set.fresh(set.base.count / 10)
        let insertTime = try seconds {
            let insert = try session.prepare("INSERT INTO v VALUES (?, ?, ?)")
            try session.execute("BEGIN")
            for (index, vector) in fresh.enumerated() {
                try insert.execute(set.base.count + index, index * 7_919 % 100, vector)
            }
            try session.execute("COMMIT")
        }
        try measure("inserted") { $0.add("change_s", insertTime) }
        let insert = try session.prepare("INSERT INTO v VALUES (?, ?, ?)")
        let nearest = try session.prepare("SEARCH v FOR e NEAR ? RETURN id LIMIT 1")
        var times: [Double] = []
        var found = 0
        for (index, vector) in set.fresh(singleInserts, seed: 7).enumerated() {
            let id = 2 * set.base.count + index
            times.append(try seconds { try insert.execute(id, 0, vector) })
            if try VectorBenchmark.ids(nearest, vector) == [id] { found += 1 }
        }
        times.sort()
        try measure("single inserts") {
            $0.add("insert_ms", 1_000 * times[times.count / 2])
            $0.add("worst_insert_ms", 1_000 * (times.last ?? 0))
            $0.add("found_at_once", Double(found) / Double(times.count))
        }
    }
}

/// By how much the memory that is no part of a file grows at most while `body` runs, sampled.
func peakMemoryBytes(_ body: () throws -> Void) rethrows -> Int {
    let sampler = MemorySampler()
    let before = sampler.sample()
    Thread.detachNewThread {
        while sampler.isWanted {
            _ = sampler.sample()
            Thread.sleep(forTimeInterval: 0.02)
        }
    }
    defer { sampler.end() }
    try body()
    return max(sampler.peak, sampler.sample()) - before
}

private final class MemorySampler: Sendable {
    private struct State {
        var peak = 0
        var isWanted = true
    }

    private let state = Mutex(State())
    var peak: Int { state.withLock { $0.peak } }
    var isWanted: Bool { state.withLock { $0.isWanted } }

    func end() { state.withLock { $0.isWanted = false } }

    /// The bytes now; 0 where the system does not tell.
    func sample() -> Int {
        guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
            let line = status.split(separator: "\n").first(where: { $0.hasPrefix("RssAnon:") }),
            let kilobytes = line.split(whereSeparator: { !$0.isNumber }).first.flatMap({ Int($0) })
        else { return 0 }
        state.withLock { $0.peak = max($0.peak, kilobytes * 1_024) }
        return kilobytes * 1_024
    }
}
