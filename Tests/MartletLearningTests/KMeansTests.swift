// Clusters of made points.

import MartletCore
import MartletKernels
import MartletLearning
import Testing

@Suite struct KMeansTests {
    let team = WorkerTeam(threads: 2)

    /// Points around five corners, and which corner.
    private func points(_ count: Int, seed: UInt64) throws -> (matrix: FeatureMatrix, corners: [Int]) {
        var random = SeededRandom(seed: seed)
        let corners: [(Float, Float)] = [(0, 0), (10, 0), (0, 10), (10, 10), (5, 5)]
        var values: [Float] = []
        var chosen: [Int] = []
        for _ in 0..<count {
            let corner = Int.random(in: 0..<5, using: &random)
            values += [
                corners[corner].0 + Float.random(in: -1...1, using: &random),
                corners[corner].1 + Float.random(in: -1...1, using: &random),
            ]
            chosen.append(corner)
        }
        return (try FeatureMatrix(kinds: [.numeric, .numeric], values: values), chosen)
    }

    @Test func findsWhatIsThere() throws {
        let (matrix, corners) = try points(500, seed: 1)
        let encoding = try TableEncoding(matrix)
        nonisolated(unsafe) var losses: [Double] = []
        let model = try KMeans.train(
            matrix, encoding: encoding, options: KMeansOptions(clusters: 5), team: team,
            context: TrainingContext(report: { losses.append($0.loss) }))
        let found = try model.predict(matrix, team: team)
        // Each corner is one cluster.
        #expect(Set(zip(corners, found.clusters).map { [$0, Int($1)] }).count == 5)
        #expect(zip(losses, losses.dropFirst()).allSatisfy { $0 >= $1 })
        #expect(found.distances.allSatisfy { $0 >= 0 && $0 < 1 })
    }

    @Test func threadsChangeNothing() throws {
        let (matrix, _) = try points(3_000, seed: 2)
        let encoding = try TableEncoding(matrix)
        let models = try [1, 2, 4].map {
            try KMeans.train(
                matrix, encoding: encoding, options: KMeansOptions(clusters: 7), team: WorkerTeam(threads: $0)
            ).serialized()
        }
        #expect(models[0] == models[1] && models[0] == models[2])
    }

    @Test func bytesComeBack() throws {
        let (matrix, _) = try points(100, seed: 3)
        let model = try KMeans.train(
            matrix, encoding: TableEncoding(matrix), options: KMeansOptions(clusters: 3), team: team)
        let bytes = model.serialized()
        #expect(try KMeansModel(bytes: bytes) == model)
        #expect(expectDamageIsFound(bytes) { (bytes) throws(Diagnostic) in try KMeansModel(bytes: bytes) } == [])
    }

    @Test func badInput() throws {
        func code(_ values: [Float], clusters: Int) -> ErrorCode? {
            do throws(Diagnostic) {
                let matrix = try FeatureMatrix(kinds: [.numeric], values: values)
                let model = try KMeans.train(
                    matrix, encoding: TableEncoding(matrix), options: KMeansOptions(clusters: clusters), team: team)
                return model.centers.allSatisfy(\.isFinite) ? nil : .corrupt
            } catch { return error.code }
        }
        #expect(code([], clusters: 2) == .nothingToTrain)
        #expect(code([1, 2], clusters: 3) == .trainingFailed)
        #expect(code([1, 2], clusters: 0) == .invalidOption)
        #expect(code([1, .infinity], clusters: 1) == .trainingFailed)
        // Equal rows, missing rows and one cluster are fine.
        #expect(code([4, 4, 4], clusters: 3) == nil)
        #expect(code([.nan, .nan], clusters: 2) == nil)
        #expect(code([1, 2, 3], clusters: 1) == nil)
    }
}
