// Graphs: recall, and the same bytes for any number of threads.

import MartletCore
import MartletVectors
import Testing

@Suite struct GraphTests {
    @Test func sameForAnyNumberOfThreads() throws {
        let vectors = MadeVectors(count: 1_500, dimension: 24, seed: 3)
        let one = try vectors.segment(.l2, .graph(GraphParameters(m: 8, constructionSize: 40)), threads: 1)
        #expect(one == (try vectors.segment(.l2, .graph(GraphParameters(m: 8, constructionSize: 40)), threads: 3)))
    }

    @Test(arguments: [VectorMetric.l2, .cosine, .dot]) func recall(metric: VectorMetric) throws {
        let vectors = MadeVectors(count: 3_000, dimension: 32, seed: 5)
        let bytes = try vectors.segment(metric, .graph(GraphParameters()), threads: 2)
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

    /// Walks among rows of many dimensions look at codes of 4 bits and find as much.
    @Test(arguments: [VectorMetric.l2, .cosine, .dot]) func fourBitCodes(metric: VectorMetric) throws {
        let vectors = MadeVectors(count: 2_000, dimension: 260, seed: 11)
        let bytes = try vectors.segment(metric, .graph(GraphParameters(m: 8, constructionSize: 60)), threads: 2)
        try bytes.withRawBytes { (raw) throws(Diagnostic) in
            let reader = try VectorSegmentReader(raw)
            try reader.check()
            #expect(reader.walksByNibbles)
            var found = 0
            for query in 0..<30 {
                let got = try vectors.search(
                    [VectorSegment(reader)], vectors.query(query), metric, k: 10, mode: .approximate(size: 80))
                let truth = try vectors.truth(vectors.query(query), metric, k: 10)
                found += Set(got.map(\.rowID)).intersection(truth.map(\.rowID)).count
            }
            #expect(found >= 290, "\(found) of 300")
        }
    }

    /// Where 4 bits tell near rows from each other too badly, and of few dimensions, walks look at the rows.
    @Test func fourBitCodesThatTellTooLittle() throws {
        let near = MadeVectors(count: 2_000, dimension: 260, seed: 11)
        for row in near.rows.indices {
            for column in 0..<260 {
                near.rows[row][column] = (column == 0 ? Float(row % 16) * 4 : 0) + 0.02 * near.rows[row][column]
            }
        }
        for vectors in [near, MadeVectors(count: 2_000, dimension: 64, seed: 11)] {
            let bytes = try vectors.segment(.l2, .graph(GraphParameters(m: 8, constructionSize: 60)), threads: 2)
            try bytes.withRawBytes { (raw) throws(Diagnostic) in
                let reader = try VectorSegmentReader(raw)
                try reader.check()
                #expect(!reader.walksByNibbles)
            }
        }
    }

    @Test func ofOneRow() throws {
        let vectors = MadeVectors(count: 1, dimension: 16, seed: 1)
        let bytes = try vectors.segment(.l2, .graph(GraphParameters()), threads: 1)
        try bytes.withRawBytes { (raw) throws(Diagnostic) in
            let reader = try VectorSegmentReader(raw)
            try reader.check()
            let got = try vectors.search(
                [VectorSegment(reader)], vectors.query(0), .l2, k: 5, mode: .approximate(size: 10))
            #expect(got.map(\.rowID) == [0])
        }
    }

    /// A walk that meets some of the rows that match, but too few, is no part of the answer.
    @Test func filtersFarFromTheQuery() throws {
        let vectors = MadeVectors(count: 4_000, dimension: 16, seed: 7, clusters: 40)
        let bytes = try vectors.segment(.l2, .graph(GraphParameters(m: 4, constructionSize: 20)))
        try bytes.withRawBytes { (raw) throws(Diagnostic) in
            let segments = [VectorSegment(try VectorSegmentReader(raw))]
            for query in 0..<10 {
                let vector = vectors.query(query)
                let ranked = try vectors.truth(vector, .l2, k: 4_000).map(\.rowID)
                for near in 1..<5 {
                    let filter = (ranked.prefix(near) + ranked.suffix(2_400)).sorted()
                    let got = try vectors.search(
                        segments, vector, .l2, k: 10, mode: .approximate(size: 12), filter: filter)
                    #expect(Set(got.map(\.rowID)).count == 10, "\(got)")
                }
            }
        }
    }
}
