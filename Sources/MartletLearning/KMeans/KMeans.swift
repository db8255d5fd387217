// Clusters of rows around their means.

package import MartletCore
package import MartletKernels

package enum KMeans {
    /// Lloyd's algorithm (1982) from centers drawn by k-means++ (Arthur and Vassilvitskii 2007).
    /// O(epochs · rows · inputs · clusters).
    ///
    /// A cluster that loses all its rows starts again at the row that is furthest from its center. Fewer different rows
    /// than clusters leave some centers equal; rows go to the first of them.
    ///
    /// - Parameters:
    ///   - encoding: how features become inputs; distances are between inputs.
    ///   - start: a model of the same encoding to go on from.
    /// - Throws: `nothingToTrain`, `trainingFailed` for fewer rows than clusters, `invalidOption`.
    package static func train(
        _ matrix: FeatureMatrix, encoding: TableEncoding, options: KMeansOptions, start: KMeansModel? = nil,
        team: WorkerTeam, context: TrainingContext = TrainingContext()
    ) throws(Diagnostic) -> KMeansModel {
        try encoding.check(matrix)
        try options.validate(rows: matrix.rowCount)
        let width = encoding.inputCount
        guard width > 0 else { throw Diagnostic(.invalidOption, "clusters need at least one feature") }
        var centers: [Float]
        var last = Double.infinity
        var first = 1
        if let saved = context.checkpoint?.saved {
            var reader = try ModelReader(saved, .checkpoint)
            first = Int(try reader.read(UInt32.self)) + 1
            last = try reader.readDouble()
            centers = try reader.readFloats()
            try reader.finish()
            try reader.require(centers.count == options.clusters * width, "the centers")
        } else if let start {
            guard start.encoding == encoding, start.clusterCount == options.clusters else {
                throw Diagnostic(.trainingFailed, "the starting centers are of other features or clusters")
            }
            centers = start.centers
        } else {
            centers = try seeds(matrix, encoding, options, team, context)
        }
        for epoch in first..<max(first, options.epochs + 1) {
            try context.check()
            let model = KMeansModel(encoding: encoding, clusterCount: options.clusters, centers: centers)
            let nearest = model.assign(matrix, team: team)
            let mean = nearest.distances.reduce(0.0) { $0 + Double($1) } / Double(matrix.rowCount)
            context.report(EpochReport(epoch: epoch, loss: mean))
            if last - mean <= options.tolerance * mean { break }
            last = mean
            centers = means(matrix, encoding, nearest, centers, options.clusters, team)
            context.checkpoint?.save {
                var writer = ModelWriter(.checkpoint)
                writer.write(UInt32(epoch))
                writer.write(mean)
                writer.write(centers)
                return writer.finished()
            }
        }
        return KMeansModel(encoding: encoding, clusterCount: options.clusters, centers: centers)
    }

    /// Each center drawn with a chance in proportion to the squared distance from those before.
    private static func seeds(
        _ matrix: FeatureMatrix, _ encoding: TableEncoding, _ options: KMeansOptions, _ team: WorkerTeam,
        _ context: TrainingContext
    ) throws(Diagnostic) -> [Float] {
        let rows = matrix.rowCount
        let width = encoding.inputCount
        var random = SeededRandom(seed: SeededRandom.mix(options.seed &+ 0x6D65_616E))
        var distances = [Float](repeating: .infinity, count: rows)
        var centers: [Float] = []
        var chosen = Int.random(in: 0..<rows, using: &random)
        for cluster in 0..<options.clusters {
            if cluster & 15 == 0 { try context.check() }
            var center = [Float](repeating: 0, count: width)
            matrix.values.withUnsafeBufferPointer { values in
                guard let base = values.baseAddress else { return }
                encoding.encode(base + chosen * matrix.columnCount, into: &center)
            }
            centers += center
            guard cluster + 1 < options.clusters else { break }
            let single = KMeansModel(encoding: encoding, clusterCount: 1, centers: center)
            let fresh = single.assign(matrix, team: team).distances
            var total = 0.0
            for row in 0..<rows {
                distances[row] = min(distances[row], fresh[row])
                total += Double(distances[row])
            }
            var mark = Double.random(in: 0..<1, using: &random) * total
            chosen = rows - 1
            for row in 0..<rows {
                mark -= Double(distances[row])
                if mark < 0 {
                    chosen = row
                    break
                }
            }
        }
        return centers
    }

    private static func means(
        _ matrix: FeatureMatrix, _ encoding: TableEncoding, _ nearest: KMeansModel.Assignment, _ centers: [Float],
        _ clusters: Int, _ team: WorkerTeam
    ) -> [Float] {
        let width = encoding.inputCount
        // Pieces whatever the number of threads, added in order.
        let pieces = min(16, (matrix.rowCount + 1_023) / 1_024)
        let step = (matrix.rowCount + pieces - 1) / pieces
        var sums = [[Double]](repeating: [], count: pieces)
        sums.withUnsafeMutableBufferPointer { sums in
            nonisolated(unsafe) let sums = sums
            matrix.values.withUnsafeBufferPointer { values in
                guard let base = values.baseAddress else { return }
                nonisolated(unsafe) let source = base
                team.forEachRange(matrix.rowCount, step: step) { range in
                    var sum = [Double](repeating: 0, count: clusters * (width + 1))
                    var inputs = [Float](repeating: 0, count: width)
                    for row in range {
                        encoding.encode(source + row * matrix.columnCount, into: &inputs)
                        let first = Int(nearest.clusters[row]) * (width + 1)
                        for index in 0..<width { sum[first + index] += Double(inputs[index]) }
                        sum[first + width] += 1
                    }
                    sums[range.lowerBound / step] = sum
                }
            }
        }
        var total = [Double](repeating: 0, count: clusters * (width + 1))
        for sum in sums where !sum.isEmpty { for index in total.indices { total[index] += sum[index] } }
        var result = centers
        var furthest = matrix.rowCount == 0 ? [] : Array(0..<matrix.rowCount)
        var isSorted = false
        for cluster in 0..<clusters {
            let count = total[cluster * (width + 1) + width]
            if count > 0 {
                for index in 0..<width {
                    result[cluster * width + index] = Float(total[cluster * (width + 1) + index] / count)
                }
                continue
            }
            if !isSorted {
                furthest.sort {
                    let (left, right) = (nearest.distances[$0], nearest.distances[$1])
                    return left != right ? left < right : $0 > $1
                }
                isSorted = true
            }
            guard let row = furthest.popLast(), nearest.distances[row] > 0 else { continue }
            var center = [Float](repeating: 0, count: width)
            matrix.values.withUnsafeBufferPointer { values in
                guard let base = values.baseAddress else { return }
                encoding.encode(base + row * matrix.columnCount, into: &center)
            }
            for index in 0..<width { result[cluster * width + index] = center[index] }
        }
        return result
    }
}
