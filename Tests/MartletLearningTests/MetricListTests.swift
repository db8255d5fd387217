// Reading lists of metrics.

import MartletCore
import MartletLearning
import Testing

@Suite struct MetricListTests {
    @Test func readsNamesAndDepths() throws {
        let metrics = try RetrievalMetric.list(from: " ndcg@10, P@1,recall @ 100 ,map, mrr@5,success@3, ndcg@10,")
        #expect(metrics.map(\.name) == ["ndcg@10", "p@1", "recall@100", "map", "mrr@5", "success@3"])
        #expect(RetrievalMetric.depth(of: metrics) == nil)
        #expect(RetrievalMetric.depth(of: [RetrievalMetric(.p, depth: 3), RetrievalMetric(.ndcg, depth: 10)]) == 10)
    }

    @Test(arguments: [
        ("ndgc@10", ErrorCode.unknownMetric, "did you mean 'ndcg'?"), ("accuracy", .unknownMetric, "success@k"),
        ("p", .unknownMetric, "p@10"), ("@10", .unknownMetric, "known metrics"),
    ])
    func unknownMetricsAreExplained(text: String, code: ErrorCode, hint: String) {
        #expect { try RetrievalMetric.list(from: text) } throws: { error in
            guard let diagnostic = error as? Diagnostic else { return false }
            return diagnostic.code == code && diagnostic.hint?.contains(hint) == true
        }
    }

    @Test(arguments: ["", " , ", "p@0", "p@-1", "p@ten", "p@99999999999999999999", "p@1@2", "p@٣", "map@"])
    func badDepthsAreOptionErrors(text: String) {
        #expect { try RetrievalMetric.list(from: text) } throws: {
            ($0 as? Diagnostic)?.code == .invalidOption
        }
    }

    @Test func namesReadBack() throws {
        for measure in RetrievalMetric.Measure.allCases {
            let metric = RetrievalMetric(measure, depth: 7)
            #expect(try RetrievalMetric(parsing: metric.name) == metric)
        }
        let names = RetrievalMetric.standard.map(\.name).joined(separator: ", ")
        #expect(try RetrievalMetric.list(from: names) == RetrievalMetric.standard)
    }
}
