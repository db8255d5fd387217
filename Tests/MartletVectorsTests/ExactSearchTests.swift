// Exact search finds what a scan of the floats finds.

import MartletCore
import MartletKernels
import MartletVectors
import Testing

@Suite struct ExactSearchTests {
    static let metrics: [VectorMetric] = [.l2, .cosine, .dot]

    @Test(arguments: metrics, [CodeKind.i8, .f32, .f16])
    func sameAsFloats(metric: VectorMetric, kind: CodeKind) throws {
        let vectors = MadeVectors(count: 900, dimension: 37, seed: 11)
        let bytes = try vectors.segment(metric, .flat, kind: kind)
        try bytes.withRawBytes { (raw) throws(Diagnostic) in
            let segment = VectorSegment(try VectorSegmentReader(raw))
            try segment.reader.check()
            for query in 0..<40 {
                for k in [1, 10, 200, 2_000] {
                    let got = try vectors.search([segment], vectors.query(query), metric, k: k, mode: .exact)
                    #expect(got == (try vectors.truth(vectors.query(query), metric, k: k)))
                }
            }
        }
    }

    /// One row far outside of the others must cost precision only.
    @Test(arguments: metrics, [CodeKind.i8, .f32, .f16])
    func outliers(metric: VectorMetric, kind: CodeKind) throws {
        let vectors = MadeVectors(count: 500, dimension: 16, seed: 2)
        vectors.stretch(row: 77, by: 1e6)
        let bytes = try vectors.segment(metric, .flat, kind: kind)
        try bytes.withRawBytes { (raw) throws(Diagnostic) in
            let segment = VectorSegment(try VectorSegmentReader(raw))
            for query in 0..<20 {
                let got = try vectors.search([segment], vectors.query(query), metric, k: 10, mode: .exact)
                #expect(got == (try vectors.truth(vectors.query(query), metric, k: 10)))
            }
        }
    }

    @Test func filterDeletedAndWithin() throws {
        let vectors = MadeVectors(count: 700, dimension: 20, seed: 4)
        let first = try vectors.segment(.l2, .graph(GraphParameters(m: 8, constructionSize: 60)), of: 0..<400)
        let second = try vectors.segment(.l2, .flat, of: 400..<700)
        try first.withRawBytes { (one) throws(Diagnostic) in
            try second.withRawBytes { (two) throws(Diagnostic) in
                let reader = try VectorSegmentReader(one)
                var deleted = OrdinalBitmap(capacity: 400)
                for row in stride(from: Int64(0), to: 400, by: 5) {
                    deleted.insert(try reader.node(ofRow: 3 * row) ?? -1)
                }
                let segments = [
                    VectorSegment(reader, deleted: deleted), VectorSegment(try VectorSegmentReader(two)),
                ]
                func isLive(_ rowID: Int64) -> Bool { rowID >= 1_200 || rowID / 3 % 5 != 0 }
                for share in [2, 10, 60] {
                    let filter = (0..<700).filter { $0 * 7_919 % 100 < share }.map { Int64(3 * $0) }
                    let wanted = Set(filter)
                    for (number, mode) in [VectorSearchMode.exact, .approximate(size: 400)].enumerated() {
                        for query in 0..<10 {
                            let got = try vectors.search(
                                segments, vectors.query(query), .l2, k: 8, mode: mode, filter: filter)
                            let truth = try vectors.truth(
                                vectors.query(query), .l2, k: 8, where: { wanted.contains($0) && isLive($0) })
                            #expect(got == truth, "\(share) % \(number)")
                        }
                    }
                }
                let within = try vectors.truth(vectors.query(3), .l2, k: 30, where: isLive)[20].distance
                let got = try vectors.search(
                    segments, vectors.query(3), .l2, k: 30, mode: .exact, within: within)
                #expect(got.count == 21)
            }
        }
    }

    @Test func refused() throws {
        let vectors = MadeVectors(count: 10, dimension: 8, seed: 4)
        let bytes = try vectors.segment(.cosine, .flat)
        try bytes.withRawBytes { (raw) throws(Diagnostic) in
            let segment = VectorSegment(try VectorSegmentReader(raw))
            for query in [[Float](repeating: 0, count: 8), [1, .nan, 0, 0, 0, 0, 0, 0], [1, 2, 3]] {
                do throws(Diagnostic) {
                    _ = try vectors.search([segment], query, .cosine, k: 1, mode: .exact)
                    Issue.record("\(query) was taken")
                } catch {
                    #expect(error.code == .invalidVector)
                }
            }
        }
    }

    /// Any damage is an error, or is harmless.
    @Test func damagedBytes() throws {
        let vectors = MadeVectors(count: 200, dimension: 16, seed: 9)
        let graph = try vectors.segment(.l2, .graph(GraphParameters(m: 4, constructionSize: 20)))
        let lists = try vectors.segment(.l2, .lists(ListParameters(count: 10)))
        var state: UInt64 = 1
        for round in 0..<600 {
            let bytes = round < 300 ? graph : lists
            var damaged = bytes
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let place = Int(state >> 33) % (round % 2 == 0 ? 176 : bytes.count)
            damaged[place] ^= UInt8(truncatingIfNeeded: state >> 8) | 1
            if round % 10 == 0 { damaged.removeLast(place % 50 + 1) }
            damaged.withRawBytes { raw in
                do throws(Diagnostic) {
                    let reader = try VectorSegmentReader(raw)
                    var isDamaged = false
                    do throws(Diagnostic) { try reader.check() } catch { isDamaged = true }
                    // The bytes between the header and the codes mean nothing.
                    #expect(isDamaged || (124..<176).contains(place))
                    _ = try vectors.search(
                        [VectorSegment(reader)], vectors.query(1), .l2, k: 10, mode: .approximate(size: 20))
                } catch {
                    #expect(error.code == .corrupt)
                }
            }
        }
    }
}

extension MadeVectors {
    func stretch(row: Int, by factor: Float) { rows[row] = rows[row].map { $0 * factor } }
}
