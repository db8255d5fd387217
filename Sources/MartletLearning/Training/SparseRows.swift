// Sparse rows of numbers, one after the other.

package import MartletCore
package import MartletKernels

/// Rows of (index, value) pairs. `@unchecked Sendable`: written while it is made and when `FeaturePlaces`
/// numbers its features, only read after.
package final class SparseRows: @unchecked Sendable {
    let indices: UnsafeMutablePointer<UInt32>
    let values: UnsafeMutablePointer<Float>
    private let memory: (indices: MemoryBlock, values: MemoryBlock)
    /// Where each row begins and how many entries it has.
    let starts: [Int]
    let counts: [Int]

    package var rowCount: Int { counts.count }

    /// The entries of a row without the constant, which comes first.
    func features(ofRow row: Int) -> Range<Int> { starts[row] + 1..<starts[row] + counts[row] }

    /// Room for so many entries.
    private static func memory(
        _ room: Int, _ memory: TrainingMemory
    ) throws(Diagnostic) -> (indices: MemoryBlock, values: MemoryBlock) {
        (try memory.allocate(room, of: UInt32.self), try memory.allocate(room, of: Float.self))
    }

    private static func memory(_ room: Int) -> (indices: MemoryBlock, values: MemoryBlock) {
        (.heap(room * MemoryLayout<UInt32>.stride), .heap(room * MemoryLayout<Float>.stride))
    }

    private static func room(_ pieces: [HashedDocuments]) -> Int {
        pieces.reduce(0) { $0 + $1.offsets[$1.count] + $1.count }
    }

    /// The weighed features of hashed documents. O(entries).
    package convenience init(_ pieces: [HashedDocuments], vocabulary: TextVocabulary, team: WorkerTeam) {
        self.init(pieces, vocabulary, team, Self.memory(Self.room(pieces)))
    }

    /// The same, where the training has its memory.
    package convenience init(
        _ pieces: [HashedDocuments], vocabulary: TextVocabulary, team: WorkerTeam, memory: TrainingMemory
    ) throws(Diagnostic) {
        self.init(pieces, vocabulary, team, try Self.memory(Self.room(pieces), memory))
    }

    private init(
        _ pieces: [HashedDocuments], _ vocabulary: TextVocabulary, _ team: WorkerTeam,
        _ memory: (indices: MemoryBlock, values: MemoryBlock)
    ) {
        var firstRows: [Int] = []
        var starts: [Int] = []
        var room = 0
        for piece in pieces {
            firstRows.append(starts.count)
            for document in 0..<piece.count {
                starts.append(room)
                room += piece.offsets[document + 1] - piece.offsets[document] + 1
            }
        }
        let indices = memory.indices.bound(to: UInt32.self)
        let values = memory.values.bound(to: Float.self)
        let firstEntries = starts
        var counts = [Int](repeating: 0, count: starts.count)
        counts.withUnsafeMutableBufferPointer { counts in
            nonisolated(unsafe) let counts = counts
            team.run(pieces.count) { number in
                let piece = pieces[number]
                piece.entries.withUnsafeBufferPointer { entries in
                    for document in 0..<piece.count {
                        let row = firstRows[number] + document
                        let range = piece.offsets[document]..<piece.offsets[document + 1]
                        counts[row] = vocabulary.weigh(
                            UnsafeBufferPointer(rebasing: entries[range]), indices: indices + firstEntries[row],
                            values: values + firstEntries[row])
                    }
                }
            }
        }
        self.memory = memory
        self.indices = indices
        self.values = values
        self.starts = starts
        self.counts = counts
    }

    /// The inputs of a table's rows, with the constant as input 0. O(rows · columns).
    ///
    /// - Throws: what `memory` throws.
    init(
        _ matrix: FeatureMatrix, encoding: TableEncoding, team: WorkerTeam, memory: TrainingMemory = .heap
    ) throws(Diagnostic) {
        let columns = matrix.columnCount
        let width = columns + 1
        let rows = matrix.rowCount
        let memory = try Self.memory(rows * width, memory)
        let indices = memory.indices.bound(to: UInt32.self)
        let values = memory.values.bound(to: Float.self)
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
        self.memory = memory
        self.indices = indices
        self.values = values
        self.counts = counts
        starts = (0..<rows).map { $0 * width }
    }

    /// Rows of so many entries each, to be filled.
    init(counts: [Int]) {
        var starts: [Int] = []
        var room = 0
        for count in counts {
            starts.append(room)
            room += count
        }
        memory = Self.memory(room)
        indices = memory.indices.bound(to: UInt32.self)
        values = memory.values.bound(to: Float.self)
        self.starts = starts
        self.counts = counts
    }
}
