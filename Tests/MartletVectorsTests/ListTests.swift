// Lists around centres: recall, exactness where it is promised, and the same bytes for any number of threads.

import MartletCore
import MartletKernels
import MartletVectors
import Testing

@Suite struct ListTests {
    private static let kinds: [CodeKind] = [.i8, .f32, .f16]

    @Test(arguments: CodeKind.allCases) func sameForAnyNumberOfThreads(kind: CodeKind) throws {
        let vectors = MadeVectors(count: 3_000, dimension: 24, seed: 3)
        let structure = VectorStructure.lists(ListParameters(count: 40))
        let one = try vectors.segment(.cosine, structure, threads: 1, kind: kind)
        #expect(one == (try vectors.segment(.cosine, structure, threads: 3, kind: kind)))
    }

    @Test(arguments: [VectorMetric.l2, .cosine, .dot], kinds) func recall(metric: VectorMetric, kind: CodeKind) throws {
        let vectors = MadeVectors(count: 3_000, dimension: 32, seed: 5)
        let bytes = try vectors.segment(metric, .lists(ListParameters()), threads: 2, kind: kind)
        try bytes.withRawBytes { (raw) throws(Diagnostic) in
            let reader = try VectorSegmentReader(raw)
            try reader.check()
            #expect(reader.listCount == 109 && !reader.hasGraph)
            let segments = [VectorSegment(reader)]
            func found(_ mode: VectorSearchMode) throws(Diagnostic) -> Int {
                var found = 0
                for query in 0..<30 {
                    let got = try vectors.search(segments, vectors.query(query), metric, k: 10, mode: mode)
                    let truth = try vectors.truth(vectors.query(query), metric, k: 10)
                    #expect(got.count == 10)
                    found += Set(got).intersection(truth).count
                }
                return found
            }
            let usual = try found(.approximate(size: 10))
            #expect(usual >= 285, "\(usual) of 300")
            // Fewer lists find less, all of them everything.
            let one = try found(.approximate(size: 10, lists: 1))
            #expect(one < usual, "\(one), \(usual)")
            #expect(try found(.approximate(size: 10, lists: 109)) == 300)
            #expect(try found(.exact) == 300)
        }
    }

    /// k rows whenever k match, however far from the query they are.
    @Test(arguments: [50, 200]) func filtersAndDeletedRows(count: Int) throws {
        let vectors = MadeVectors(count: 2_000, dimension: 16, seed: 4)
        let bytes = try vectors.segment(.l2, .lists(ListParameters(count: count)))
        try bytes.withRawBytes { (raw) throws(Diagnostic) in
            let reader = try VectorSegmentReader(raw)
            var deleted = OrdinalBitmap(capacity: 2_000)
            for row in stride(from: Int64(0), to: 2_000, by: 5) {
                deleted.insert(try reader.node(ofRow: 3 * row) ?? -1)
            }
            let segments = [VectorSegment(reader, deleted: deleted)]
            for query in 0..<10 {
                let vector = vectors.query(query)
                // The farthest rows of all.
                let far = try vectors.truth(vector, .l2, k: 2_000).suffix(600).map(\.rowID).sorted()
                let live = far.filter { $0 / 3 % 5 != 0 }
                for lists in [1, 3, count - 1] {
                    let got = try vectors.search(
                        segments, vector, .l2, k: 20, mode: .approximate(size: 20, lists: lists), filter: far)
                    #expect(got.count == 20 && Set(got.map(\.rowID)).count == 20)
                    #expect(Set(got.map(\.rowID)).isSubset(of: live))
                    let few = Array(far.prefix(9))
                    let all = try vectors.search(
                        segments, vector, .l2, k: 20, mode: .approximate(size: 20, lists: lists), filter: few)
                    #expect(all.map(\.rowID).sorted() == few.filter { $0 / 3 % 5 != 0 })
                }
                let most = try vectors.search(segments, vector, .l2, k: 1_700, mode: .approximate(size: 1, lists: 1))
                #expect(most.count == 1_600 && Set(most.map(\.rowID)).count == 1_600)
            }
        }
    }

    /// Equal rows, fewer rows than lists, one row, none.
    @Test func oddSegments() throws {
        for count in [0, 1, 7, 40] {
            let builder = VectorSegmentBuilder(metric: .l2, dimension: 4, scale: nil)
            for row in 0..<count {
                try [1, 2, 3, 4].withFloats { (floats) throws(Diagnostic) in
                    try builder.add(rowID: Int64(row), floats)
                }
            }
            let bytes = try builder.finish(.lists(ListParameters(count: 30)))
            try bytes.withRawBytes { (raw) throws(Diagnostic) in
                let reader = try VectorSegmentReader(raw)
                try reader.check()
                #expect(reader.count == count)
                for row in 0..<count { #expect(try reader.rowID(ofNode: row) >= 0) }
            }
        }
    }

    @Test func bits() throws {
        let vectors = MadeVectors(count: 1_500, dimension: 64, seed: 9)
        vectors.rows = vectors.rows.map { $0.map { $0 > 0 ? 1 : 0 } }
        let bytes = try vectors.segment(.hamming, .lists(ListParameters(count: 30)), kind: .bit)
        try bytes.withRawBytes { (raw) throws(Diagnostic) in
            let reader = try VectorSegmentReader(raw)
            try reader.check()
            var found = 0
            for row in 0..<30 {
                let query = vectors.rows[row * 31]
                let got = try vectors.search(
                    [VectorSegment(reader)], query, .hamming, k: 5, mode: .approximate(size: 10, lists: 8))
                let truth = try vectors.truth(query, .hamming, k: 5)
                // Many rows are equally far.
                found += zip(got, truth).filter { $0.distance == $1.distance }.count
            }
            #expect(found >= 143, "\(found) of 150")
        }
    }
}
