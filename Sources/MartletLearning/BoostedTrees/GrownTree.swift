// One tree as it grows, over bins.

import MartletKernels

/// Children below 0 are leaves, ~index.
struct GrownTree {
    struct Node {
        var feature: Int
        var rule: SplitCandidate.Rule
        var goesLeft: [UInt8]
        var left: Int32
        var right: Int32
        /// What the split adds over its leaf.
        var gain: Float
        /// What the node would say if it were a leaf, and its rows.
        var value: Float
        var rowCount: Int
    }

    var nodes: [Node] = []
    var leafValues: [Float] = [0]
    var leafRowCounts: [Int] = [0]

    /// Whether it has learned nothing.
    var isBare: Bool { nodes.isEmpty }

    /// The leaf that a row of bins reaches. O(depth).
    func leaf(of row: Int, in matrix: BinnedMatrix) -> Int {
        var at: Int32 = nodes.isEmpty ? -1 : 0
        while at >= 0 {
            let node = nodes[Int(at)]
            at = node.goesLeft[Int(matrix.lane(node.feature)[8 * row])] != 0 ? node.left : node.right
        }
        return Int(~at)
    }

    /// Adds each row's leaf value to its score.
    func add(to scores: UnsafeMutablePointer<Float>, rows: BinnedMatrix, team: WorkerTeam) {
        team.forEachRange(rows.rowCount, step: 4_096) { range in
            for row in range { scores[row] += leafValues[leaf(of: row, in: rows)] }
        }
    }
}
