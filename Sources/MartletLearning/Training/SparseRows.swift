// Sparse rows of numbers, one after the other.

package import MartletKernels

/// Rows of (index, value) pairs. `@unchecked Sendable`: written while it is made, only read after.
package final class SparseRows: @unchecked Sendable {
    let indices: UnsafeMutablePointer<UInt32>
    let values: UnsafeMutablePointer<Float>
    /// Where each row begins and how many entries it has.
    private(set) var starts: [Int] = []
    private(set) var counts: [Int] = []

    package var rowCount: Int { counts.count }

    /// The entries of a row without the constant, which comes first.
    func features(ofRow row: Int) -> Range<Int> { starts[row] + 1..<starts[row] + counts[row] }

    /// The weighed features of hashed documents. O(entries).
    package init(_ pieces: [HashedDocuments], vocabulary: TextVocabulary, team: WorkerTeam) {
        var firstRows: [Int] = []
        var room = 0
        for piece in pieces {
            firstRows.append(starts.count)
            for document in 0..<piece.count {
                starts.append(room)
                room += piece.offsets[document + 1] - piece.offsets[document] + 1
            }
        }
        let indices = UnsafeMutablePointer<UInt32>.allocate(capacity: max(1, room))
        let values = UnsafeMutablePointer<Float>.allocate(capacity: max(1, room))
        var counts = [Int](repeating: 0, count: starts.count)
        let starts = starts
        counts.withUnsafeMutableBufferPointer { counts in
            nonisolated(unsafe) let counts = counts
            team.run(pieces.count) { number in
                let piece = pieces[number]
                piece.entries.withUnsafeBufferPointer { entries in
                    for document in 0..<piece.count {
                        let row = firstRows[number] + document
                        let range = piece.offsets[document]..<piece.offsets[document + 1]
                        counts[row] = vocabulary.weigh(
                            UnsafeBufferPointer(rebasing: entries[range]), indices: indices + starts[row],
                            values: values + starts[row])
                    }
                }
            }
        }
        self.indices = indices
        self.values = values
        self.counts = counts
    }

    /// The inputs of a table's rows, with the constant as input 0. O(rows · columns).
    init(_ matrix: FeatureMatrix, encoding: TableEncoding, team: WorkerTeam) {
        let columns = matrix.columnCount
        let width = columns + 1
        let rows = matrix.rowCount
        let indices = UnsafeMutablePointer<UInt32>.allocate(capacity: max(1, rows * width))
        let values = UnsafeMutablePointer<Float>.allocate(capacity: max(1, rows * width))
        var counts = [Int](repeating: 0, count: rows)
        counts.withUnsafeMutableBufferPointer { counts in
            nonisolated(unsafe) let counts = counts
            matrix.values.withUnsafeBufferPointer { source in
                guard let source = source.baseAddress else {
                    // Rows without features: the constant alone.
                    for row in 0..<rows {
                        indices[row] = 0
                        values[row] = 1
                        counts[row] = 1
                    }
                    return
                }
                team.forEachRange(rows, step: 1_024) { range in
                    for row in range {
                        counts[row] = encoding.sparse(
                            source + row * columns, indices: indices + row * width, values: values + row * width)
                    }
                }
            }
        }
        self.indices = indices
        self.values = values
        self.counts = counts
        starts = (0..<rows).map { $0 * width }
    }

    /// Rows of so many entries each, to be filled.
    init(counts: [Int]) {
        var room = 0
        for count in counts {
            starts.append(room)
            room += count
        }
        indices = UnsafeMutablePointer<UInt32>.allocate(capacity: max(1, room))
        values = UnsafeMutablePointer<Float>.allocate(capacity: max(1, room))
        self.counts = counts
    }

    deinit {
        indices.deallocate()
        values.deallocate()
    }
}
