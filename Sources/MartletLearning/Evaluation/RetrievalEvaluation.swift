// The metrics of a whole set of queries.

/// Metrics a query and their averages over queries.
///
/// A query that has judgements but no result counts 0 in every average, as trec_eval does with `-c`; a query without
/// judgements is not part of the evaluation; a query none of whose documents is relevant counts 0.
package struct RetrievalEvaluation: Hashable, Sendable {
    package struct Query: Hashable, Sendable {
        package let query: String
        /// In the order of the metrics.
        package let values: [Double]
        package let resultCount: Int
        package let relevantCount: Int

        package init(query: String, values: [Double], resultCount: Int, relevantCount: Int) {
            self.query = query
            self.values = values
            self.resultCount = resultCount
            self.relevantCount = relevantCount
        }
    }

    package let metrics: [RetrievalMetric]
    package private(set) var queries: [Query] = []

    package init(metrics: [RetrievalMetric]) { self.metrics = metrics }

    /// Scores one query's results and adds it to the averages. The order of `results` does not matter.
    /// O(n log n) in the number of results.
    ///
    /// - Returns: the figures of this query, in the order of the metrics; nil, and nothing is added, if there are no
    ///   judgements.
    @discardableResult
    package mutating func add(
        query: String, results: [ScoredDocument], judgements: [String: Int]
    ) -> [Double]? {
        guard !judgements.isEmpty else { return nil }
        let ranking = GradedRanking(documents: Ranking.ordered(results), judgements: judgements)
        let values = metrics.map { $0.value(of: ranking) }
        queries.append(
            Query(
                query: query, values: values, resultCount: ranking.grades.count, relevantCount: ranking.relevantCount))
        return values
    }

    /// The mean over queries of each metric, every query weighing the same, summed in the order of addition; 0 when
    /// there is no query.
    package var means: [Double] {
        metrics.indices.map { index in
            queries.isEmpty ? 0 : queries.reduce(0) { $0 + $1.values[index] } / Double(queries.count)
        }
    }

    /// Judgements and results at once; queries in the order of the judgements.
    package static func evaluate(
        _ results: [String: [ScoredDocument]], against judgements: Judgements, metrics: [RetrievalMetric]
    ) -> RetrievalEvaluation {
        var evaluation = RetrievalEvaluation(metrics: metrics)
        for query in judgements.queries {
            evaluation.add(query: query, results: results[query] ?? [], judgements: judgements[query: query])
        }
        return evaluation
    }
}
