// Rows → encoded sets: one a shard, and one held out.

package import MartletCore
package import MartletKernels

package struct TrainingSets: Sendable {
    package var shards: [TrainingSet]
    package var heldOut: TrainingSet?

    /// Encodes the rows of each set, in their order. O(values).
    ///
    /// - Parameter positions: where the encoding's columns are in the batches.
    package init(
        _ rows: some RowBatches, _ features: FeatureEncoding, at positions: [Int], isText: Bool,
        labels: [Float], groups: [UInt64]?, assignment: RowAssignment, team: WorkerTeam, context: TrainingContext
    ) throws(Diagnostic) {
        let heldOutSet = assignment.shardRows.count
        let counts = assignment.shardRows + [assignment.heldOutRows]
        func set(_ row: Int) -> Int? {
            let number = assignment.setOfRow[row]
            return number >= 0 ? Int(number) : number == RowAssignment.heldOut ? heldOutSet : nil
        }
        var sets: [TrainingSet] = []
        if isText {
            for _ in counts { sets.append(TrainingSet(matrix: .empty)) }
            for index in 0..<rows.batchCount {
                try context.check()
                let batch = try rows.batch(index)
                let first = rows.firstRow(ofBatch: index)
                // The two columns of pairs stay apart.
                let isPair = labels.isEmpty && positions.count == 2
                let left = TextDocuments(
                    (isPair ? [positions[0]] : positions).map { batch.columns[$0] }, count: batch.count)
                let right = isPair ? TextDocuments([batch.columns[positions[1]]], count: batch.count) : nil
                sets.withUnsafeMutableBufferPointer { sets in
                    nonisolated(unsafe) let sets = sets
                    team.run(team.threads) { thread in
                        for row in 0..<batch.count {
                            guard let number = set(first + row), number % team.threads == thread else { continue }
                            sets[number].documents.append(left, row)
                            if let right { sets[number].partners.append(right, row) }
                        }
                    }
                }
            }
        } else {
            let matrices = try Self.matrices(rows, features, positions, counts, set, team, context)
            sets = matrices.map { TrainingSet(matrix: $0) }
        }
        if !labels.isEmpty {
            for number in sets.indices { sets[number].labels.reserveCapacity(counts[number]) }
            for row in 0..<rows.rowCount { if let number = set(row) { sets[number].labels.append(labels[row]) } }
        }
        if let groups {
            var last = [UInt64?](repeating: nil, count: sets.count)
            for row in 0..<rows.rowCount {
                guard let number = set(row) else { continue }
                if last[number] == groups[row], let end = sets[number].groupSizes.indices.last {
                    sets[number].groupSizes[end] += 1
                } else {
                    sets[number].groupSizes.append(1)
                }
                last[number] = groups[row]
            }
        }
        heldOut = assignment.heldOutRows > 0 ? sets[heldOutSet] : nil
        sets.removeLast()
        shards = sets
    }

    private static func matrices(
        _ rows: some RowBatches, _ features: FeatureEncoding, _ positions: [Int], _ counts: [Int],
        _ set: (Int) -> Int?, _ team: WorkerTeam, _ context: TrainingContext
    ) throws(Diagnostic) -> [FeatureMatrix] {
        let width = features.width
        if counts.filter({ $0 > 0 }).count == 1, let number = counts.firstIndex(of: rows.rowCount) {
            // All rows are of one set: each batch is encoded where it belongs.
            let whole = try FeatureMatrix(kinds: features.kinds, rowCount: rows.rowCount, memory: context.memory) {
                (target) throws(Diagnostic) in
                nonisolated(unsafe) let target = target
                try run(rows, team, context) { batch, first in
                    features.encode(batch, at: positions, into: target + first * width)
                }
            }
            var matrices = [FeatureMatrix](repeating: .empty, count: counts.count)
            matrices[number] = whole
            return matrices
        }
        var matrices: [FeatureMatrix] = []
        var targets: [UnsafeMutablePointer<Float>] = []
        for count in counts {
            matrices.append(
                try FeatureMatrix(kinds: features.kinds, rowCount: count, memory: context.memory) {
                    targets.append($0)
                })
        }
        // Each row's place in its set.
        var places = [Int](repeating: -1, count: rows.rowCount)
        var next = [Int](repeating: 0, count: counts.count)
        for row in places.indices {
            guard let number = set(row) else { continue }
            places[row] = next[number]
            next[number] += 1
        }
        let sets = places.indices.map { Int32(truncatingIfNeeded: set($0) ?? -1) }
        nonisolated(unsafe) let shared = targets
        let fixedPlaces = places
        try run(rows, team, context) { batch, first in
            withUnsafeTemporaryAllocation(of: Float.self, capacity: max(1, batch.count * width)) { scratch in
                guard let base = scratch.baseAddress else { return }
                features.encode(batch, at: positions, into: base)
                for row in 0..<batch.count where sets[first + row] >= 0 {
                    (shared[Int(sets[first + row])] + fixedPlaces[first + row] * width)
                        .update(from: base + row * width, count: width)
                }
            }
        }
        return matrices
    }

    /// Calls `body` with every batch and its first row's number, on the team's threads.
    private static func run(
        _ rows: some RowBatches, _ team: WorkerTeam, _ context: TrainingContext,
        _ body: @escaping @Sendable (Batch, Int) -> Void
    ) throws(Diagnostic) {
        try context.check()
        _ = try Parallel.map(count: rows.batchCount, threads: team.threads) { (index) throws(Diagnostic) in
            if index % 16 == 0 { try context.check() }
            body(try rows.batch(index), rows.firstRow(ofBatch: index))
        }
    }
}

extension TextDocuments {
    /// Appends a document of another.
    mutating func append(_ other: TextDocuments, _ number: Int) {
        append(other.bytes[other.offsets[number]..<other.offsets[number + 1]])
    }
}
