// Graphs: recall, and the same bytes for any number of threads.

import MartletCore
import Testing

@testable import MartletVectors

@Suite struct GraphTests {
    @Test func sameForAnyNumberOfThreads() throws {
        let vectors = MadeVectors(count: 1_500, dimension: 24, seed: 3)
        let one = try vectors.segment(.l2, graph: GraphParameters(m: 8, constructionSize: 40), threads: 1)
        #expect(one == (try vectors.segment(.l2, graph: GraphParameters(m: 8, constructionSize: 40), threads: 3)))
    }

    @Test(arguments: [VectorMetric.l2, .cosine, .dot]) func recall(metric: VectorMetric) throws {
        let vectors = MadeVectors(count: 3_000, dimension: 32, seed: 5)
        let bytes = try vectors.segment(metric, graph: GraphParameters(), threads: 2)
        try bytes.withRawBytes { (raw) throws(Diagnostic) in
            let reader = try VectorSegmentReader(raw)
            try reader.check()
            #expect(reader.hasGraph)
            var found = 0
            for query in 0..<30 {
                let got = try vectors.search(
                    [VectorSegment(reader)], vectors.query(query), metric, k: 10, mode: .approximate(size: 80))
                let truth = try vectors.truth(vectors.query(query), metric, k: 10)
                #expect(got.count == 10)
                found += Set(got.map(\.rowID)).intersection(truth.map(\.rowID)).count
            }
            #expect(found >= 290, "\(found) of 300")
        }
    }

    @Test func ofOneRow() throws {
        let vectors = MadeVectors(count: 1, dimension: 16, seed: 1)
        let bytes = try vectors.segment(.l2, graph: GraphParameters(), threads: 1)
        try bytes.withRawBytes { (raw) throws(Diagnostic) in
            let reader = try VectorSegmentReader(raw)
            try reader.check()
            let got = try vectors.search(
                [VectorSegment(reader)], vectors.query(0), .l2, k: 5, mode: .approximate(size: 10))
            #expect(got.map(\.rowID) == [0])
        }
    }
}
