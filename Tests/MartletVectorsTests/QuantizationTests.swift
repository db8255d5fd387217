// The forms in which an index keeps vectors: what each promises.

import MartletCore
import MartletKernels
import MartletVectors
import Testing

@Suite struct QuantizationTests {
    static let metrics: [VectorMetric] = [.l2, .cosine, .dot]

    /// Rows of several scales, deleted ones, a batch of queries: the same as a scan of the floats.
    @Test(arguments: [CodeKind.f32, .f16]) func batchesAreExact(kind: CodeKind) throws {
        for metric in Self.metrics {
            let vectors = MadeVectors(count: 700, dimension: 40, seed: 8)
            let one = try vectors.segment(metric, .flat, of: 0..<300, kind: kind)
            let two = try vectors.segment(
                metric, .flat, of: 300..<700, scale: kind == .f16 ? CodeScale(middle: 0, step: 4) : nil,
                kind: kind)
            try one.withRawBytes { (one) throws(Diagnostic) in
                try two.withRawBytes { (two) throws(Diagnostic) in
                    let segments = [
                        VectorSegment(try VectorSegmentReader(one)), VectorSegment(try VectorSegmentReader(two)),
                    ]
                    let queries = (0..<70).map { vectors.query($0) }
                    let found = try VectorSearcher.search(
                        queries, among: segments, metric: metric, k: 9, threads: 1, workspaces: VectorWorkspaces()
                    ) { [vectors = Shared(vectors)] in vectors.source }
                    for (query, hits) in zip(queries, found) {
                        #expect(hits == (try vectors.truth(query, metric, k: 9)))
                    }
                    let covering = try VectorSearcher(
                        segments, source: vectors, workspaces: VectorWorkspaces()
                    ).covering(queries[0], metric: metric, k: 9, filter: nil, isComplete: true)
                    #expect(Set(covering ?? []).isSuperset(of: found[0].map(\.rowID)))
                    #expect((covering?.count ?? .max) < 200)
                }
            }
        }
    }

    @Test func mergedHalvesKeepTheirBounds() throws {
        let vectors = MadeVectors(count: 200, dimension: 24, seed: 5)
        let bytes = try vectors.segment(.l2, .flat, scale: CodeScale(middle: 0, step: 0.01), kind: .f16)
        try bytes.withRawBytes { (raw) throws(Diagnostic) in
            let reader = try VectorSegmentReader(raw)
            let builder = VectorSegmentBuilder(
                metric: .l2, dimension: 24, kind: .f16, scale: CodeScale(middle: 0, step: 1))
            for row in 0..<200 {
                try builder.add(reader, rowID: Int64(3 * row), node: try reader.node(ofRow: Int64(3 * row)) ?? 0)
            }
            let merged = try builder.finish(.flat)
            try merged.withRawBytes { (merged) throws(Diagnostic) in
                let segment = VectorSegment(try VectorSegmentReader(merged))
                try segment.reader.check()
                for query in 0..<20 {
                    let got = try vectors.search([segment], vectors.query(query), .l2, k: 10, mode: .exact)
                    #expect(got == (try vectors.truth(vectors.query(query), .l2, k: 10)))
                }
            }
        }
    }

    /// A graph over each kind finds what a graph over codes finds.
    @Test(arguments: [CodeKind.f32, .f16, .i8]) func graphs(kind: CodeKind) throws {
        let vectors = MadeVectors(count: 1_200, dimension: 16, seed: 3)
        for metric in Self.metrics {
            let bytes = try vectors.segment(metric, .graph(GraphParameters(m: 8, constructionSize: 60)), kind: kind)
            #expect(
                bytes
                    == (try vectors.segment(
                        metric, .graph(GraphParameters(m: 8, constructionSize: 60)), threads: 3, kind: kind)))
            try bytes.withRawBytes { (raw) throws(Diagnostic) in
                let segment = VectorSegment(try VectorSegmentReader(raw))
                try segment.reader.check()
                var found = 0
                for query in 0..<40 {
                    let truth = Set(try vectors.truth(vectors.query(query), metric, k: 10).map(\.rowID))
                    let got = try vectors.search(
                        [segment], vectors.query(query), metric, k: 10, mode: .approximate(size: 60))
                    found += truth.intersection(got.map(\.rowID)).count
                }
                #expect(found >= 380, "\(kind) \(metric): \(found) of 400")
            }
        }
    }

    /// Signs say roughly how near rows are; the nearest of those that seem near come in their true order.
    @Test func signsAreEstimates() throws {
        let vectors = MadeVectors(count: 2_000, dimension: 64, seed: 6)
        let graph = VectorStructure.graph(GraphParameters(m: 8, constructionSize: 60))
        for structure in [.flat, graph, .lists(ListParameters(count: 20))] {
            let bytes = try vectors.segment(.cosine, structure, kind: .bit)
            try bytes.withRawBytes { (raw) throws(Diagnostic) in
                let segment = VectorSegment(try VectorSegmentReader(raw))
                #expect(VectorSearcher([segment], source: vectors, workspaces: VectorWorkspaces()).estimates)
                var found = 0
                for query in 0..<40 {
                    let truth = try vectors.truth(vectors.query(query), .cosine, k: 10)
                    let got = try vectors.search(
                        [segment], vectors.query(query), .cosine, k: 10, mode: .approximate(size: 400))
                    #expect(got.count == 10 && got == got.sorted { ($0.distance, $0.rowID) < ($1.distance, $1.rowID) })
                    found += Set(truth.map(\.rowID)).intersection(got.map(\.rowID)).count
                    let within = try vectors.search(
                        [segment], vectors.query(query), .cosine, k: 10, mode: .approximate(size: 400),
                        within: truth[4].distance)
                    #expect(within.allSatisfy { $0.distance <= truth[4].distance })
                }
                #expect(found >= 340, "\(found) of 400")
            }
        }
    }

    @Test func bitsAreExact() throws {
        let vectors = MadeVectors(count: 600, dimension: 50, seed: 12)
        vectors.rows = vectors.rows.map { $0.map { $0 > 0.3 ? 1 : 0 } }
        for kind in [CodeKind.bit, .i8] {
            let bytes = try vectors.segment(.hamming, .flat, kind: kind)
            try bytes.withRawBytes { (raw) throws(Diagnostic) in
                let segment = VectorSegment(try VectorSegmentReader(raw))
                try segment.reader.check()
                if kind == .bit { #expect(segment.reader.byteCount < 600 * 40) }
                for query in 0..<30 {
                    let target = vectors.rows[query * 17]
                    let got = try vectors.search([segment], target, .hamming, k: 12, mode: .exact)
                    #expect(got == (try vectors.truth(target, .hamming, k: 12)))
                }
                do throws(Diagnostic) {
                    _ = try vectors.search(
                        [segment], [Float](repeating: 0.5, count: 50), .hamming, k: 1, mode: .exact)
                    Issue.record("halves of bits were taken")
                } catch {
                    #expect(error.code == .invalidVector)
                }
            }
        }
    }

    /// `@unchecked Sendable`: one thread uses it.
    private struct Shared: @unchecked Sendable {
        let source: MadeVectors

        init(_ source: MadeVectors) { self.source = source }
    }
}
