// Figures against trec_eval's, and the rules of averaging.

import MartletCore
import MartletLearning
import Testing

@Suite struct RetrievalEvaluationTests {
    @Test func figuresEqualTrecEval() throws {
        var judgements = Judgements()
        var results: [String: [ScoredDocument]] = [:]
        var expected: [String: [Double]] = [:]
        var metrics: [RetrievalMetric] = []
        for line in TrecEvalFixture.text.split(separator: "\n") {
            let fields = line.split(separator: "\t").map(String.init)
            switch fields[0] {
            case "metrics": metrics = try RetrievalMetric.list(from: fields[1])
            case "judgement":
                try judgements.add(query: fields[1], document: fields[2], grade: try #require(Int(fields[3])))
            case "result":
                let score = try #require(Double(fields[3]))
                results[fields[1], default: []].append(ScoredDocument(document: fields[2], score: score))
            default: expected[fields[1]] = fields[2].split(separator: ",").compactMap { Double($0) }
            }
        }
        let evaluation = RetrievalEvaluation.evaluate(results, against: judgements, metrics: metrics)
        #expect(evaluation.queries.count == 18)
        #expect(evaluation.metrics.count == 16)
        var sums = [Double](repeating: 0, count: metrics.count)
        for query in evaluation.queries {
            let wanted = try #require(expected[query.query])
            try #require(wanted.count == metrics.count)
            for (index, metric) in metrics.enumerated() {
                #expect(
                    abs(query.values[index] - wanted[index]) < 1e-12, "\(metric.name) of \(query.query)")
                sums[index] += wanted[index]
            }
        }
        for (index, mean) in evaluation.means.enumerated() {
            #expect(abs(mean - sums[index] / 18) < 1e-12)
            #expect(mean > 0.02, "the fixture says something about every metric")
        }
    }

    @Test func aQueryWithoutResultsCountsAsZero() throws {
        var judgements = Judgements()
        try judgements.add(query: "found", document: "a", grade: 1)
        try judgements.add(query: "lost", document: "a", grade: 1)
        let results = [
            "found": [ScoredDocument(document: "a", score: 1)], "unjudged": [ScoredDocument(document: "a", score: 1)],
        ]
        let evaluation = RetrievalEvaluation.evaluate(
            results, against: judgements, metrics: [RetrievalMetric(.ndcg, depth: 10), RetrievalMetric(.mrr)])
        #expect(evaluation.queries.map(\.query) == ["found", "lost"])
        #expect(evaluation.queries.map(\.resultCount) == [1, 0])
        #expect(evaluation.means == [0.5, 0.5])
    }

    @Test func nothingToAverage() {
        var evaluation = RetrievalEvaluation(metrics: RetrievalMetric.standard)
        #expect(evaluation.add(query: "q", results: [], judgements: [:]) == nil)
        #expect(evaluation.means == [0, 0, 0, 0, 0])
    }

    @Test func contradictoryJudgementsAreNamed() throws {
        var judgements = Judgements()
        try judgements.add(query: "q", document: "d", grade: 2)
        try judgements.add(query: "q", document: "d", grade: 2)
        #expect { try judgements.add(query: "q", document: "d", grade: 1) } throws: {
            ($0 as? Diagnostic)?.code == .invalidJudgement
        }
        #expect(judgements[query: "q"] == ["d": 2])
    }

    @Test func orderOfResultsDoesNotMatter() {
        var random = SeededRandom(seed: 7)
        let results = (0..<50).map { ScoredDocument(document: "d\($0)", score: Double($0 / 5)) }
        let ordered = Ranking.ordered(results)
        #expect(ordered.first == "d49")
        #expect(ordered.last == "d0")
        for _ in 0..<20 { #expect(Ranking.ordered(results.shuffled(using: &random)) == ordered) }
    }

    @Test func oddScoresAndRepeatedDocuments() {
        let results = [
            ScoredDocument(document: "nan", score: .nan), ScoredDocument(document: "low", score: -.infinity),
            ScoredDocument(document: "twice", score: 1), ScoredDocument(document: "top", score: 1e300),
            ScoredDocument(document: "twice", score: 5), ScoredDocument(document: "zero", score: -0.0),
        ]
        #expect(Ranking.ordered(results) == ["top", "twice", "zero", "nan", "low"])
    }
}
