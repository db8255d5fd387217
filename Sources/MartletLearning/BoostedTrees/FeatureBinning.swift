// From numbers and categories to the bins of histograms.

package import MartletCore
package import MartletKernels

/// The bins of every feature: bin 0 holds missing values, the others ranges of numbers or categories, 255 at most.
///
/// Numbers are divided where a sample of rows has equally many on both sides; a value that is frequent enough has a bin to
/// itself, as in LightGBM (Ke et al. 2017). Categories have a bin each in order of frequency; those too rare for one count
/// as missing.
package struct FeatureBinning: Hashable, Sendable {
    package enum Feature: Hashable, Sendable {
        /// Ascending; a value is in the first bin whose bound is not below it, bin 1 if that is the first bound. The last
        /// bound is infinity.
        case numeric(upperBounds: [Float])
        /// The bin of each code, 0 for those without one; how many bins there are, bin 0 among them.
        case category(binOfCode: [UInt8], binCount: Int)

        /// With bin 0.
        package var binCount: Int {
            switch self {
            case .numeric(let bounds): bounds.count + 1
            case .category(_, let count): count
            }
        }
    }

    package let features: [Feature]

    /// Rows that the bounds of numbers are taken from at most, evenly spread.
    package static let sampleRowCount = 100_000

    package init(features: [Feature]) { self.features = features }

    /// Takes the bins from a matrix (or a sample of it). O(rows · columns).
    package init(_ matrix: FeatureMatrix, team: WorkerTeam) {
        self.init(of: [matrix], kinds: matrix.kinds, team: team)
    }

    /// Takes the bins from the rows of several matrices, as if they followed each other.
    ///
    /// - Throws: `typeMismatch` if their features differ.
    package init(_ matrices: [FeatureMatrix], kinds: [FeatureKind], team: WorkerTeam) throws(Diagnostic) {
        guard matrices.allSatisfy({ $0.kinds == kinds }) else {
            throw Diagnostic(.typeMismatch, "the shards have different features")
        }
        self.init(of: matrices, kinds: kinds, team: team)
    }

    private init(of matrices: [FeatureMatrix], kinds: [FeatureKind], team: WorkerTeam) {
        let rows = matrices.reduce(0) { $0 + $1.rowCount }
        let sampled = min(rows, Self.sampleRowCount)
        var features = [Feature](repeating: .numeric(upperBounds: [.infinity]), count: kinds.count)
        features.withUnsafeMutableBufferPointer { features in
            nonisolated(unsafe) let features = features
            team.run(kinds.count) { column in
                switch kinds[column] {
                case .numeric:
                    var keys: [UInt32] = []
                    keys.reserveCapacity(sampled)
                    var index = 0
                    var firstRow = 0
                    for matrix in matrices {
                        matrix.values.withUnsafeBufferPointer { values in
                            while index < sampled {
                                let row = (sampled == rows ? index : index * rows / sampled) - firstRow
                                if row >= matrix.rowCount { break }
                                let value = values[row * kinds.count + column]
                                if !value.isNaN { keys.append(Self.orderedKey(value)) }
                                index += 1
                            }
                        }
                        firstRow += matrix.rowCount
                    }
                    TreeKernels.sort(&keys)
                    features[column] = .numeric(upperBounds: Self.bounds(ofSorted: keys))
                case .category(let count):
                    var counts = [Int](repeating: 0, count: max(0, count))
                    for matrix in matrices {
                        matrix.values.withUnsafeBufferPointer { values in
                            for row in 0..<matrix.rowCount {
                                let value = values[row * kinds.count + column]
                                if value >= 0, value < Float(count) { counts[Int(value)] += 1 }
                            }
                        }
                    }
                    features[column] = Self.categories(counts)
                }
            }
        }
        self.features = features
    }

    /// An unsigned integer that orders as the number does; both zeros are one.
    static func orderedKey(_ value: Float) -> UInt32 {
        let bits = (value == 0 ? 0 : value).bitPattern
        return bits & 0x8000_0000 == 0 ? bits | 0x8000_0000 : ~bits
    }

    private static func value(ofKey key: UInt32) -> Float {
        Float(bitPattern: key & 0x8000_0000 != 0 ? key & 0x7FFF_FFFF : ~key)
    }

    private static func categories(_ counts: [Int]) -> Feature {
        let order = counts.indices.filter { counts[$0] > 0 }.sorted {
            counts[$0] != counts[$1] ? counts[$0] > counts[$1] : $0 < $1
        }
        var bins = [UInt8](repeating: 0, count: counts.count)
        let kept = min(order.count, TreeKernels.binCount - 1)
        for (rank, code) in order.prefix(kept).enumerated() { bins[code] = UInt8(rank + 1) }
        return .category(binOfCode: bins, binCount: kept + 1)
    }

    /// Upper bounds half-way between neighbours, at most 255 with the last one, infinity.
    static func bounds(ofSorted keys: [UInt32]) -> [Float] {
        let limit = TreeKernels.binCount - 1
        var distinct: [(key: UInt32, count: Int)] = []
        for key in keys {
            if let last = distinct.last, last.key == key {
                distinct[distinct.count - 1].count += 1
            } else {
                distinct.append((key, 1))
            }
        }
        var bounds: [Float] = []
        func close(after index: Int) {
            let low = value(ofKey: distinct[index].key)
            let high = value(ofKey: distinct[index + 1].key)
            let middle = low / 2 + high / 2
            // Neighbouring floats have nothing between them.
            bounds.append(middle >= low && middle < high ? middle : low)
        }
        if distinct.count <= limit {
            for index in distinct.indices.dropLast() { close(after: index) }
        } else {
            // Values with more than a bin's share have bins of their own; the others share what is left.
            let share = Double(keys.count) / Double(limit)
            let isLarge = distinct.map { Double($0.count) >= share }
            var binsLeft = limit
            var rowsLeft = keys.count
            for (index, entry) in distinct.enumerated() where isLarge[index] {
                binsLeft -= 1
                rowsLeft -= entry.count
            }
            var size = Double(rowsLeft) / Double(max(1, binsLeft))
            var inBin = 0
            for index in distinct.indices.dropLast() where bounds.count < limit - 1 {
                if !isLarge[index] { rowsLeft -= distinct[index].count }
                inBin += distinct[index].count
                let isFull =
                    isLarge[index] || Double(inBin) >= size
                    || (isLarge[index + 1] && Double(inBin) >= max(1, size / 2))
                guard isFull else { continue }
                close(after: index)
                inBin = 0
                if !isLarge[index] {
                    binsLeft -= 1
                    size = Double(rowsLeft) / Double(max(1, binsLeft))
                }
            }
        }
        bounds.append(.infinity)
        return bounds
    }
}
