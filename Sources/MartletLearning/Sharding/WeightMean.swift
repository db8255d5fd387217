// The mean of the shards' weights.

import MartletKernels

/// Each shard weighs as much as it has rows. All have as many weights as the first.
enum WeightMean {
    /// That of one shard alone comes back bit for bit.
    static func mean(_ parts: [(weights: [Float], rows: Int)], team: WorkerTeam) -> [Float] {
        guard parts.count > 1 else { return parts.first?.weights ?? [] }
        let count = parts[0].weights.count
        return [Float](unsafeUninitializedCapacity: count) { result, initialized in
            initialized = count
            guard let base = result.baseAddress else { return }
            HugePages.advise(base, byteCount: count * MemoryLayout<Float>.stride)
            nonisolated(unsafe) let target = base
            withPointers(parts.map(\.weights)[...]) { pointers in
                forEachBlock(of: pointers, shares(parts.map(\.rows)), count, team) { start, means in
                    for (index, mean) in means.enumerated() { (target + start + index).initialize(to: Float(mean)) }
                }
            }
        }
    }

    /// The mean of one number of each.
    static func mean(_ parts: [(weight: Float, rows: Int)], team: WorkerTeam) -> Float {
        mean(parts.map { ([$0.weight], $0.rows) }, team: team)[0]
    }

    /// Gives each shard the mean of all for its own `count` weights.
    static func share(_ parts: [(weights: UnsafeMutablePointer<Float>, rows: Int)], count: Int, team: WorkerTeam) {
        nonisolated(unsafe) let targets = parts.map(\.weights)
        let sources = targets.map { UnsafePointer($0) }
        forEachBlock(of: sources, shares(parts.map(\.rows)), count, team) { start, means in
            for target in targets {
                for (index, mean) in means.enumerated() { target[start + index] = Float(mean) }
            }
        }
    }

    private static func shares(_ rows: [Int]) -> [Double] {
        let total = rows.reduce(0.0) { $0 + Double($1) }
        return rows.map { total > 0 ? Double($0) / total : 1 / Double(rows.count) }
    }

    private static let blockSize = 1_024

    /// Calls `body` with the means of a block at a time, so that sums stay near, on the team's threads.
    private static func forEachBlock(
        of parts: [UnsafePointer<Float>], _ shares: [Double], _ count: Int, _ team: WorkerTeam,
        _ body: (Int, UnsafeBufferPointer<Double>) -> Void
    ) {
        team.forEachRange(count, step: 64 * blockSize) { range in
            withUnsafeTemporaryAllocation(of: Double.self, capacity: blockSize) { buffer in
                guard let sums = buffer.baseAddress else { return }
                for start in stride(from: range.lowerBound, to: range.upperBound, by: blockSize) {
                    let size = min(blockSize, range.upperBound - start)
                    sums.initialize(repeating: 0, count: size)
                    for (part, share) in zip(parts, shares) {
                        let source = part + start
                        for index in 0..<size { sums[index] += share * Double(source[index]) }
                    }
                    body(start, UnsafeBufferPointer(start: sums, count: size))
                }
            }
        }
    }

    private static func withPointers(
        _ arrays: ArraySlice<[Float]>, _ found: [UnsafePointer<Float>] = [],
        _ body: ([UnsafePointer<Float>]) -> Void
    ) {
        guard let first = arrays.first else { return body(found) }
        first.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            withPointers(arrays.dropFirst(), found + [base], body)
        }
    }
}
