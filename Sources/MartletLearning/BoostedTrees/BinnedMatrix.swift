// Rows as bins, laid out for histograms.

package import MartletCore
package import MartletKernels

/// A byte for each row and feature, in blocks of eight features: `blocks[b]` holds eight bytes a row, features 8b ..< 8b+8,
/// so that one load fetches what eight histograms need of a row. Features beyond the last one are bin 0.
///
/// `@unchecked Sendable`: the storage is written by `append` alone, which a holder of the only reference calls; training
/// reads it.
package final class BinnedMatrix: @unchecked Sendable {
    package let binning: FeatureBinning
    package private(set) var rowCount = 0
    package var featureCount: Int { binning.features.count }
    package var blockCount: Int { (featureCount + 7) / 8 }
    private(set) var blocks: [UnsafeMutablePointer<UInt8>]
    private var capacity: Int

    /// - Parameter capacity: rows to reserve memory for; more may be added.
    package init(binning: FeatureBinning, capacity: Int = 0) {
        self.binning = binning
        self.capacity = max(1, capacity)
        blocks = []
        for _ in 0..<(binning.features.count + 7) / 8 {
            blocks.append(UnsafeMutablePointer<UInt8>.allocate(capacity: 8 * self.capacity))
        }
    }

    deinit { for block in blocks { block.deallocate() } }

    package convenience init(_ matrix: FeatureMatrix, binning: FeatureBinning, team: WorkerTeam) throws(Diagnostic) {
        self.init(binning: binning, capacity: matrix.rowCount)
        try append(matrix, team: team)
    }

    /// Adds rows, so that a table larger than memory may come in batches. O(rows · columns · log bins).
    ///
    /// - Throws: `wrongColumnCount`, or `limitExceeded` beyond 2^31 rows.
    package func append(_ matrix: FeatureMatrix, team: WorkerTeam) throws(Diagnostic) {
        guard matrix.columnCount == featureCount else {
            throw Diagnostic(
                .wrongColumnCount, "rows of \(matrix.columnCount) features for a model of \(featureCount)")
        }
        guard rowCount + matrix.rowCount < 1 << 31 else {
            throw Diagnostic(.limitExceeded, "more than \(1 << 31) rows to train on")
        }
        reserve(rowCount + matrix.rowCount)
        let columns = matrix.columnCount
        let first = rowCount
        let added = matrix.rowCount
        let features = binning.features
        matrix.values.withUnsafeBufferPointer { values in
            let step = 4_096
            let ranges = (added + step - 1) / step
            team.run(ranges * blockCount) { part in
                let block = part / ranges
                let rows = part % ranges * step..<min(added, (part % ranges + 1) * step)
                let target = blocks[block] + 8 * first
                for lane in 0..<8 {
                    let column = block * 8 + lane
                    guard column < columns else {
                        for row in rows { target[8 * row + lane] = 0 }
                        continue
                    }
                    switch features[column] {
                    case .numeric(let bounds):
                        Self.bin(values, columns, column, rows, bounds, into: target + lane)
                    case .category(let binOfCode, _):
                        let count = Float(binOfCode.count)
                        for row in rows {
                            let value = values[row * columns + column]
                            target[8 * row + lane] = value >= 0 && value < count ? binOfCode[Int(value)] : 0
                        }
                    }
                }
            }
        }
        rowCount += added
    }

    private static func bin(
        _ values: UnsafeBufferPointer<Float>, _ columns: Int, _ column: Int, _ rows: Range<Int>, _ bounds: [Float],
        into target: UnsafeMutablePointer<UInt8>
    ) {
        // Padded to a power of two with infinity, so that the search has no branches.
        var padded = bounds
        var size = 1
        while size < bounds.count { size *= 2 }
        padded += [Float](repeating: .infinity, count: size - bounds.count)
        padded.withUnsafeBufferPointer { padded in
            for row in rows {
                let value = values[row * columns + column]
                guard !value.isNaN else {
                    target[8 * row] = 0
                    continue
                }
                var low = 0
                var half = size / 2
                while half > 0 {
                    low += padded[low + half - 1] < value ? half : 0
                    half /= 2
                }
                target[8 * row] = UInt8(truncatingIfNeeded: min(low, bounds.count - 1) + 1)
            }
        }
    }

    // MARK: Usual bins

    private static let sampledRows = 4_096
    /// Looking whether a row is usual costs more than adding it where few are.
    private static let usualShare = 0.3

    /// For each block the bins that a good part of the rows have in all eight features, if there are such; a word with the
    /// first feature in the lowest byte. Judged by up to 4,096 rows, evenly apart.
    func usualBins() -> [UInt64?] {
        let step = max(1, rowCount / Self.sampledRows)
        return blocks.map { block in
            let words = stride(from: 0, to: rowCount, by: step).map { row in
                UInt64(littleEndian: UnsafeRawPointer(block + 8 * row).loadUnaligned(as: UInt64.self))
            }
            var usual: UInt64 = 0
            for lane in 0..<8 {
                var counts = [Int](repeating: 0, count: TreeKernels.binCount)
                for word in words { counts[Int(word >> UInt64(8 * lane) & 255)] += 1 }
                let most = counts.indices.max { counts[$0] < counts[$1] } ?? 0
                usual |= UInt64(most) << UInt64(8 * lane)
            }
            let count = words.count { $0 == usual }
            return Double(count) >= Self.usualShare * Double(max(1, words.count)) ? usual : nil
        }
    }

    private func reserve(_ rows: Int) {
        guard rows > capacity else { return }
        let grown = max(rows, capacity * 2)
        for index in blocks.indices {
            let block = UnsafeMutablePointer<UInt8>.allocate(capacity: 8 * grown)
            block.update(from: blocks[index], count: 8 * rowCount)
            blocks[index].deallocate()
            blocks[index] = block
        }
        capacity = grown
    }

    package subscript(row: Int, feature: Int) -> UInt8 {
        precondition(row < rowCount && feature < featureCount)
        return blocks[feature / 8][8 * row + feature % 8]
    }

    /// The bins of one feature: eight bytes apart.
    func lane(_ feature: Int) -> UnsafePointer<UInt8> { UnsafePointer(blocks[feature / 8] + feature % 8) }
}
