// The mean of the shards' weights.

enum WeightMean {
    /// Each weighs as much as it has rows; one alone comes back bit for bit. All have as many weights as the first.
    static func mean(_ parts: [(weights: [Float], rows: Int)]) -> [Float] {
        guard parts.count > 1 else { return parts.first?.weights ?? [] }
        let total = parts.reduce(0.0) { $0 + Double($1.rows) }
        var sums = [Double](repeating: 0, count: parts[0].weights.count)
        for part in parts {
            let share = total > 0 ? Double(part.rows) / total : 1 / Double(parts.count)
            for index in sums.indices { sums[index] += share * Double(part.weights[index]) }
        }
        return sums.map { Float($0) }
    }
}
