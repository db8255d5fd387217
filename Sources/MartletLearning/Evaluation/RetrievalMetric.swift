// The metrics of ranked retrieval, as trec_eval defines them.

/// What a metric sees of one query: the grades down the ranked list, and those that a perfect list would have.
package struct GradedRanking: Hashable, Sendable {
    /// The grade of the document at each rank; 0 for one without a judgement.
    package let grades: [Int]
    /// The grades of all relevant documents, highest first.
    package let idealGrades: [Int]

    /// - Parameters:
    ///   - documents: the ranked list, best first.
    ///   - judgements: a grade for each judged document; 1 and above is relevant.
    package init(documents: [String], judgements: [String: Int]) {
        grades = documents.map { judgements[$0] ?? 0 }
        idealGrades = judgements.values.filter { $0 >= 1 }.sorted(by: >)
    }

    package var relevantCount: Int { idealGrades.count }
}

package struct RetrievalMetric: Hashable, Sendable {
    package enum Measure: String, Hashable, Sendable, CaseIterable {
        /// Discounted cumulative gain over that of a perfect list (Järvelin and Kekäläinen 2002), with the grade itself
        /// as gain and log2(rank + 1) as discount.
        case ndcg
        /// The share of relevant documents among the first k, where missing ranks count as not relevant.
        case p
        /// The share of all relevant documents that are among the first k.
        case recall
        /// Average precision: precision at each relevant document, summed, over the number of relevant documents.
        case map
        /// One over the rank of the first relevant document.
        case mrr
        /// 1 if a relevant document is among the first k.
        case success

        /// Whether the measure is meaningless without `@k`.
        package var needsDepth: Bool {
            switch self {
            case .ndcg, .map, .mrr: false
            case .p, .recall, .success: true
            }
        }

        /// How a statement writes it: `ndcg@k`.
        package var pattern: String { needsDepth ? rawValue + "@k" : "\(rawValue), \(rawValue)@k" }
    }

    package var measure: Measure
    /// The `k` of `ndcg@k`; nil is the whole list.
    package var depth: Int?

    /// - Precondition: `depth` is nil only for a measure that does not need one, and above 0 otherwise.
    package init(_ measure: Measure, depth: Int? = nil) {
        precondition(depth.map { $0 > 0 } ?? !measure.needsDepth)
        self.measure = measure
        self.depth = depth
    }

    /// The canonical name: `ndcg@10`, `map`.
    package var name: String { depth.map { "\(measure.rawValue)@\($0)" } ?? measure.rawValue }

    /// The metric's figure for one query, from 0 to 1; 0 for a query without relevant documents. O(depth).
    package func value(of ranking: GradedRanking) -> Double {
        guard ranking.relevantCount > 0 else { return 0 }
        let seen = depth.map { ranking.grades.prefix($0) } ?? ranking.grades[...]
        switch measure {
        case .ndcg:
            let ideal = depth.map { ranking.idealGrades.prefix($0) } ?? ranking.idealGrades[...]
            return Self.discountedGain(seen) / Self.discountedGain(ideal)
        case .p:
            return Double(Self.relevantCount(seen)) / Double(depth ?? max(1, seen.count))
        case .recall:
            return Double(Self.relevantCount(seen)) / Double(ranking.relevantCount)
        case .map:
            var found = 0
            var sum = 0.0
            for (index, grade) in seen.enumerated() where grade >= 1 {
                found += 1
                sum += Double(found) / Double(index + 1)
            }
            return sum / Double(ranking.relevantCount)
        case .mrr:
            return seen.firstIndex { $0 >= 1 }.map { 1 / Double($0 + 1) } ?? 0
        case .success:
            return seen.contains { $0 >= 1 } ? 1 : 0
        }
    }

    private static func relevantCount(_ grades: ArraySlice<Int>) -> Int {
        grades.reduce(0) { $0 + ($1 >= 1 ? 1 : 0) }
    }

    private static func discountedGain(_ grades: ArraySlice<Int>) -> Double {
        var sum = 0.0
        for (index, grade) in grades.enumerated() where grade >= 1 {
            sum += Double(grade) / Logarithm.base2(ofRank: index + 2)
        }
        return sum
    }
}
