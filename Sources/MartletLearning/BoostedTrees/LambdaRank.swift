// The derivatives that rank: LambdaMART's (Burges 2010).

import MartletKernels

package enum LambdaRank {
    /// Documents of one query are pulled past those with a lower grade, by how much the swap would change nDCG.
    ///
    /// Gains are 2^grade - 1, discounts 1 / log2(rank + 1); pairs with one document among the first `truncation` count.
    /// The sums are divided by their logarithm as in LightGBM, so that queries with many pairs do not outweigh others.
    static func derivatives(
        _ rows: Range<Int>, grades: [Float], weights: [Float], truncation: Int, scores: UnsafePointer<Float>,
        gradients: UnsafeMutablePointer<Float>, hessians: UnsafeMutablePointer<Float>
    ) {
        for row in rows {
            gradients[row] = 0
            hessians[row] = 0
        }
        let order = rows.sorted { scores[$0] != scores[$1] ? scores[$0] > scores[$1] : $0 < $1 }
        let gains = order.map { gain(grades[$0]) }
        let discounts = order.indices.map { 1 / Logarithm.base2(ofRank: $0 + 2) }
        let ideal = gains.sorted(by: >).prefix(truncation).enumerated().reduce(0.0) {
            $0 + $1.element * discounts[$1.offset]
        }
        guard ideal > 0, let first = order.first, let last = order.last else { return }
        let isFlat = scores[first] == scores[last]
        var sum = 0.0
        for high in 0..<min(truncation, order.count) {
            for low in high + 1..<max(high + 1, order.count) where gains[high] != gains[low] {
                let (better, worse) = gains[high] > gains[low] ? (order[high], order[low]) : (order[low], order[high])
                let difference = scores[better] - scores[worse]
                var change = abs(gains[high] - gains[low]) * abs(discounts[high] - discounts[low]) / ideal
                if !isFlat { change /= 0.01 + Double(abs(difference)) }
                var wrong = difference
                Elementwise.exp(&wrong, 1)
                let probability = 1 / (1 + Double(wrong))
                let push = Float(probability * change)
                let curve = Float(probability * (1 - probability) * change)
                gradients[better] -= push
                gradients[worse] += push
                hessians[better] += curve
                hessians[worse] += curve
                sum += 2 * Double(push)
            }
        }
        guard sum > 0 else { return }
        var logarithm = Float(1 + sum)
        Elementwise.log(&logarithm, 1)
        let norm = logarithm * 1.442_695 / Float(sum)
        for row in rows {
            let weight = weights.isEmpty ? 1 : weights[row]
            gradients[row] *= norm * weight
            hessians[row] *= norm * weight
        }
    }

    /// The mean nDCG of the groups, cut at the truncation; groups without a relevant document count 1.
    package static func nDCG(_ objective: BoostingObjective, scores: [Float]) -> Double {
        var sum = 0.0
        let groups = max(0, objective.groups.count - 1)
        for group in 0..<groups {
            let rows = objective.groups[group]..<objective.groups[group + 1]
            let order = rows.sorted { scores[$0] != scores[$1] ? scores[$0] > scores[$1] : $0 < $1 }
            let gains = order.map { gain(objective.labels[$0]) }
            func discounted(_ gains: [Double]) -> Double {
                gains.prefix(objective.truncation).enumerated().reduce(0) {
                    $0 + $1.element / Logarithm.base2(ofRank: $1.offset + 2)
                }
            }
            let ideal = discounted(gains.sorted(by: >))
            sum += ideal > 0 ? discounted(gains) / ideal : 1
        }
        return groups > 0 ? sum / Double(groups) : 1
    }

    private static func gain(_ grade: Float) -> Double { Double((1 << Int(min(max(grade, 0), 31))) - 1) }
}
