// Bins of numbers and categories.

import MartletCore
import MartletKernels
import MartletLearning
import Testing

@Suite struct FeatureBinningTests {
    let team = WorkerTeam(threads: 2)

    @Test func fewValuesHaveABinEach() throws {
        let matrix = try FeatureMatrix(kinds: [.numeric], values: [3, -1, .nan, 3, 0, -0.0, 7])
        let binning = FeatureBinning(matrix, team: team)
        #expect(binning.features == [.numeric(upperBounds: [-0.5, 1.5, 5, .infinity])])
        let binned = try BinnedMatrix(matrix, binning: binning, team: team)
        #expect((0..<7).map { binned[$0, 0] } == [3, 1, 0, 3, 2, 2, 4])
    }

    @Test func manyValuesShareBinsEvenly() throws {
        // A third of the rows are zero; the others are all different.
        let values = (0..<30_000).map { $0 % 3 == 0 ? 0 : Float($0) }
        let matrix = try FeatureMatrix(kinds: [.numeric], values: values)
        let binning = FeatureBinning(matrix, team: team)
        #expect(binning.features[0].binCount <= 256 && binning.features[0].binCount > 200)
        let binned = try BinnedMatrix(matrix, binning: binning, team: team)
        var counts = [Int](repeating: 0, count: 256)
        for row in 0..<30_000 { counts[Int(binned[row, 0])] += 1 }
        #expect(counts[0] == 0 && counts[1] == 10_000)
        #expect(counts[2...].max() ?? 0 < 200)
    }

    @Test func categoriesByFrequency() throws {
        let values = (0..<1_000).flatMap { code in [Float](repeating: Float(code), count: code < 10 ? 5 : 1) }
        let matrix = try FeatureMatrix(kinds: [.category(count: 2_000)], values: values + [.nan, 1_999])
        let binning = FeatureBinning(matrix, team: team)
        guard case .category(let bins, let count) = binning.features[0] else { throw Diagnostic(.corrupt, "") }
        #expect(count == 256)
        #expect((0..<10).map { bins[$0] } == (1...10).map { UInt8($0) })
        #expect(bins[254] == 255 && bins[255] == 0 && bins[1_500] == 0)
    }

    @Test func nothingButExtremes() throws {
        let values: [Float] = [.infinity, -.infinity, .greatestFiniteMagnitude, -.greatestFiniteMagnitude]
        let matrix = try FeatureMatrix(kinds: [.numeric], values: values)
        let binned = try BinnedMatrix(matrix, binning: FeatureBinning(matrix, team: team), team: team)
        #expect((0..<4).allSatisfy { binned[$0, 0] > 0 })
        let empty = try FeatureMatrix(kinds: [.numeric, .category(count: 0)])
        #expect(FeatureBinning(empty, team: team).features.map(\.binCount) == [2, 1])
    }

    @Test func batchesAreAsOne() throws {
        let values = (0..<5_000).map { Float($0 * 7_919 % 1_000) }
        let whole = try FeatureMatrix(kinds: [.numeric], values: values)
        let binning = FeatureBinning(whole, team: team)
        let atOnce = try BinnedMatrix(whole, binning: binning, team: team)
        let grown = BinnedMatrix(binning: binning)
        for start in stride(from: 0, to: 5_000, by: 700) {
            let part = Array(values[start..<min(5_000, start + 700)])
            try grown.append(FeatureMatrix(kinds: [.numeric], values: part), team: team)
        }
        #expect(grown.rowCount == 5_000)
        #expect((0..<5_000).allSatisfy { grown[$0, 0] == atOnce[$0, 0] })
    }
}
