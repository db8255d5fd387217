// Trained clusters.

package import MartletCore
package import MartletKernels

package struct KMeansModel: Hashable, StoredModel {
    package let encoding: TableEncoding
    package let clusterCount: Int
    /// A row of inputs a cluster.
    package let centers: [Float]

    init(encoding: TableEncoding, clusterCount: Int, centers: [Float]) {
        self.encoding = encoding
        self.clusterCount = clusterCount
        self.centers = centers
    }

    /// The nearest center of each row, of equally near ones the first, and the squared distance to it.
    package struct Assignment: Hashable, Sendable {
        package var clusters: [Int32]
        package var distances: [Float]
    }

    /// O(rows · inputs · clusters).
    ///
    /// - Throws: `wrongColumnCount` if the features are not those of the training.
    package func predict(_ matrix: FeatureMatrix, team: WorkerTeam) throws(Diagnostic) -> Assignment {
        try encoding.check(matrix)
        return assign(matrix, team: team)
    }

    /// - Precondition: the matrix has the encoding's features.
    func assign(_ matrix: FeatureMatrix, team: WorkerTeam) -> Assignment {
        let width = encoding.inputCount
        let clusters = clusterCount
        var nearest = [Int32](repeating: 0, count: matrix.rowCount)
        var distances = [Float](repeating: 0, count: matrix.rowCount)
        let squares = (0..<clusters).map { cluster -> Float in
            centers[cluster * width..<(cluster + 1) * width].reduce(0) { $0 + $1 * $1 }
        }
        let batch = max(64, min(2_048, (1 << 21) / max(1, clusters)))
        var inputs = [Float](repeating: 0, count: batch * width)
        var products = [Float](repeating: 0, count: batch * clusters)
        let product = MatrixProduct(team: team)
        matrix.values.withUnsafeBufferPointer { values in
            guard let base = values.baseAddress else { return }
            nonisolated(unsafe) let source = base
            for start in stride(from: 0, to: matrix.rowCount, by: batch) {
                let rows = min(batch, matrix.rowCount - start)
                inputs.withUnsafeMutableBufferPointer { inputs in
                    guard let target = inputs.baseAddress else { return }
                    team.forEachRange(rows, step: 128) { range in
                        for row in range {
                            encoding.encode(
                                source + (start + row) * matrix.columnCount, into: target + row * width)
                        }
                    }
                }
                inputs.withUnsafeBufferPointer { inputs in
                    centers.withUnsafeBufferPointer { centers in
                        guard let left = inputs.baseAddress, let right = centers.baseAddress else { return }
                        product.multiply(
                            MatrixView(left, rows: rows, columns: width),
                            MatrixView(right, rows: clusters, columns: width).transposed, into: &products)
                    }
                }
                choose(start, rows, inputs, products, squares, &nearest, &distances, team)
            }
        }
        return Assignment(clusters: nearest, distances: distances)
    }

    /// |x - c|² = |x|² - 2 x·c + |c|²: the nearest has the least of the last two.
    private func choose(
        _ start: Int, _ rows: Int, _ inputs: [Float], _ products: [Float], _ squares: [Float],
        _ nearest: inout [Int32], _ distances: inout [Float], _ team: WorkerTeam
    ) {
        let width = encoding.inputCount
        nearest.withUnsafeMutableBufferPointer { nearest in
            distances.withUnsafeMutableBufferPointer { distances in
                nonisolated(unsafe) let nearest = nearest
                nonisolated(unsafe) let distances = distances
                team.forEachRange(rows, step: 128) { range in
                    for row in range {
                        var best = 0
                        var least = Float.infinity
                        for cluster in 0..<clusterCount {
                            let rest = squares[cluster] - 2 * products[row * clusterCount + cluster]
                            if rest < least {
                                least = rest
                                best = cluster
                            }
                        }
                        // Anew, without the cancellation.
                        var distance: Float = 0
                        for index in 0..<width {
                            let difference = inputs[row * width + index] - centers[best * width + index]
                            distance += difference * difference
                        }
                        nearest[start + row] = Int32(truncatingIfNeeded: best)
                        distances[start + row] = distance
                    }
                }
            }
        }
    }

    /// The mean of models of one encoding whose centers mean the same, each weighing as much as it has rows.
    package static func mean(
        _ models: [(model: KMeansModel, rows: Int)], team: WorkerTeam
    ) throws(Diagnostic) -> KMeansModel {
        guard let first = models.first?.model else { throw Diagnostic(.nothingToTrain, "there are no shards") }
        guard models.allSatisfy({ $0.model.encoding == first.encoding && $0.model.clusterCount == first.clusterCount })
        else { throw Diagnostic(.trainingFailed, "the shards' models do not fit each other") }
        return KMeansModel(
            encoding: first.encoding, clusterCount: first.clusterCount,
            centers: WeightMean.mean(models.map { ($0.model.centers, $0.rows) }, team: team))
    }

    // MARK: Bytes

    package static var storedKind: ModelKind { .kMeans }

    package func write(to writer: inout ModelWriter) {
        writer.write(UInt32(clusterCount))
        encoding.write(to: &writer)
        writer.write(centers)
    }

    /// - Throws: `corrupt`, `newerFormat` or `wrongModelKind`.
    package init(bytes: [UInt8]) throws(Diagnostic) {
        var reader = try ModelReader(bytes, .kMeans)
        let clusters = Int(try reader.read(UInt32.self))
        let encoding = try TableEncoding(from: &reader)
        let centers = try reader.readFloats()
        try reader.finish()
        let (count, overflow) = clusters.multipliedReportingOverflow(by: encoding.inputCount)
        try reader.require(
            clusters > 0 && encoding.inputCount > 0 && !overflow && centers.count == count, "the centers")
        self.init(encoding: encoding, clusterCount: clusters, centers: centers)
    }
}
