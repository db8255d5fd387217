// Sorted runs → one sorted stream.

import MartletCore
import MartletExpressions

/// A k-way merge with a heap of the runs' next rows; equal rows come in the order of their runs.
final class RunMerger {
    private let runs: [SpilledRun]
    private let keys: [SortKey]
    private var batches: [Batch] = []
    private var comparators: [[RowOrdering.Comparator]] = []
    private var rows: [Int] = []
    /// Numbers of runs that have rows; the one whose row comes first is on top.
    private var heap: [Int] = []
    private var isStarted = false

    init(_ runs: [SpilledRun], by keys: [SortKey]) {
        self.runs = runs
        self.keys = keys
    }

    /// Some of the rows that come next; nil after the last.
    func next() throws(Diagnostic) -> Batch? {
        if !isStarted { try start() }
        if heap.isEmpty { return nil }
        // Rows taken from each run, and for each row of the result, the run that it is from.
        var taken = [[Int]](repeating: [], count: runs.count)
        var origins: [Int] = []
        var exhausted: Int?
        while exhausted == nil, origins.count < Limits.rowsPerBatch, let run = heap.first {
            taken[run].append(rows[run])
            origins.append(run)
            rows[run] += 1
            if rows[run] == batches[run].count { exhausted = run } else { sink(0) }
        }
        let result = gathered(taken, origins)
        if let exhausted {
            if try load(exhausted) {
                sink(0)
            } else {
                heap[0] = heap[heap.count - 1]
                heap.removeLast()
                if !heap.isEmpty { sink(0) }
            }
        }
        return result
    }

    private func gathered(_ taken: [[Int]], _ origins: [Int]) -> Batch {
        var parts: [Batch] = []
        var starts = [Int](repeating: 0, count: runs.count)
        var count = 0
        for run in taken.indices where !taken[run].isEmpty {
            starts[run] = count
            count += taken[run].count
            parts.append(batches[run].gather(taken[run]))
        }
        let all = Batch.concatenated(parts)
        if parts.count == 1 { return all }
        return all.gather(
            origins.map { run in
                defer { starts[run] += 1 }
                return starts[run]
            })
    }

    private func start() throws(Diagnostic) {
        isStarted = true
        batches = runs.map { _ in Batch(columns: [], count: 0) }
        comparators = runs.map { _ in [] }
        rows = runs.map { _ in 0 }
        for run in runs.indices where try load(run) { heap.append(run) }
        for place in stride(from: heap.count / 2 - 1, through: 0, by: -1) { sink(place) }
    }

    /// Reads the next rows of a run. False after the last.
    private func load(_ run: Int) throws(Diagnostic) -> Bool {
        guard let batch = try runs[run].next() else {
            batches[run] = Batch(columns: [], count: 0)
            return false
        }
        batches[run] = batch
        comparators[run] = keys.map { RowOrdering.Comparator($0, batch.columns[$0.column]) }
        rows[run] = 0
        return true
    }

    private func isBefore(_ a: Int, _ b: Int) -> Bool {
        for (index, comparator) in comparators[a].enumerated() {
            let order = comparator.compare(rows[a], batches[b].columns[keys[index].column], rows[b])
            if order != 0 { return order < 0 }
        }
        return a < b
    }

    private func sink(_ place: Int) {
        var parent = place
        while true {
            var first = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && isBefore(heap[child], heap[first])
            {
                first = child
            }
            if first == parent { return }
            heap.swapAt(parent, first)
            parent = first
        }
    }
}
