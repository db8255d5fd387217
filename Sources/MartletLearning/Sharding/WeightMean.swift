// The mean of the shards' weights.

enum WeightMean {
    /// Each weighs as much as it has rows; one alone comes back bit for bit. All have as many weights as the first.
    static func mean(_ parts: [(weights: [Float], rows: Int)]) -> [Float] {
        guard parts.count > 1 else { return parts.first?.weights ?? [] }
        let total = parts.reduce(0.0) { $0 + Double($1.rows) }
        let count = parts[0].weights.count
        return [Float](unsafeUninitializedCapacity: count) { means, initialized in
            // A block at a time, so that the sums stay near.
            withUnsafeTemporaryAllocation(of: Double.self, capacity: blockSize) { sums in
                for start in stride(from: 0, to: count, by: blockSize) {
                    let size = min(blockSize, count - start)
                    sums.update(repeating: 0)
                    for part in parts {
                        let share = total > 0 ? Double(part.rows) / total : 1 / Double(parts.count)
                        part.weights.withUnsafeBufferPointer { weights in
                            for index in 0..<size { sums[index] += share * Double(weights[start + index]) }
                        }
                    }
                    for index in 0..<size { means.initializeElement(at: start + index, to: Float(sums[index])) }
                }
            }
            initialized = count
        }
    }

    private static let blockSize = 1_024
}
