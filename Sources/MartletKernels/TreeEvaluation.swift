// Evaluating ensembles of decision trees.

import CKernels

/// Trees in the forms that their kernels want: those of up to 32 leaves as sets of leaves, others as they are.
///
/// Children, features, sets and leaves of the nodes are within their arrays, and children come after their parents; who
/// makes an evaluator has checked that.
package struct TreeEvaluator: Sendable {
    private let nodes: [TreeNode]
    private let sets: [UInt32]
    private let firstNode: [UInt32]
    private let firstLeaf: [UInt32]
    private let leafValues: [Float]
    private let treeOutput: [UInt32]
    private let smallTrees: [ck_bit_tree]
    private let smallNodes: [ck_bit_node]

    /// - Parameters:
    ///   - nodes: the trees' nodes one after the other; children are numbered within their tree.
    ///   - firstNode: for each tree, and the end: where its nodes begin; `firstLeaf` likewise.
    ///   - treeOutput: which of the outputs each tree adds to.
    package init(
        nodes: [TreeNode], sets: [UInt32], firstNode: [UInt32], firstLeaf: [UInt32], leafValues: [Float],
        treeOutput: [UInt32]
    ) {
        self.nodes = nodes
        self.sets = sets
        self.firstNode = firstNode
        self.firstLeaf = firstLeaf
        self.leafValues = leafValues
        self.treeOutput = treeOutput
        var smallTrees: [ck_bit_tree] = []
        var smallNodes: [ck_bit_node] = []
        for tree in treeOutput.indices {
            let values = leafValues[Int(firstLeaf[tree])..<Int(firstLeaf[tree + 1])]
            // One tree too large, and all of them take the general way.
            guard values.count <= 32 else {
                smallTrees = []
                smallNodes = []
                break
            }
            let range = nodes[Int(firstNode[tree])..<Int(firstNode[tree + 1])]
            smallTrees.append(
                Self.small(Array(range), Array(values), output: treeOutput[tree], into: &smallNodes))
        }
        self.smallTrees = smallTrees
        self.smallNodes = smallNodes
    }

    private static func small(
        _ nodes: [TreeNode], _ values: [Float], output: UInt32, into smallNodes: inout [ck_bit_node]
    ) -> ck_bit_tree {
        // Leaves from left to right: which leaves are below each node, from the last node up.
        var orders = [[Int]](repeating: [], count: nodes.count)
        func leaves(_ child: Int32) -> [Int] { child < 0 ? [Int(~child)] : orders[Int(child)] }
        for index in nodes.indices.reversed() { orders[index] = leaves(nodes[index].left) + leaves(nodes[index].right) }
        let order = nodes.isEmpty ? [0] : orders[0]
        var position = [UInt32](repeating: 0, count: values.count)
        for (place, leaf) in order.enumerated() { position[leaf] = UInt32(place) }

        var tree = ck_bit_tree()
        tree.first_node = UInt32(smallNodes.count)
        tree.output = output
        withUnsafeMutableBytes(of: &tree.leaves) { bytes in
            let table = bytes.assumingMemoryBound(to: Float.self)
            for (place, leaf) in order.enumerated() { table[place] = values[leaf] }
        }
        var groups: [[ck_bit_node]] = [[], [], []]
        for node in nodes {
            let isMissingLeft = node.flags & TreeNode.missingLeft != 0
            let bits = leaves(node.left).reduce(UInt32(0)) { $0 | 1 << position[$1] }
            let group = node.flags & TreeNode.category != 0 ? 2 : isMissingLeft ? 0 : 1
            groups[group].append(
                ck_bit_node(
                    threshold: node.threshold, feature: node.feature, left_leaves: bits, set: node.set,
                    missing: isMissingLeft ? 1 : 0))
        }
        tree.missing_left = UInt32(groups[0].count)
        tree.missing_right = UInt32(groups[1].count)
        tree.categories = UInt32(groups[2].count)
        smallNodes += groups.joined()
        return tree
    }

    /// Adds the leaf values of all trees to `output`, row by row `outputs` numbers. O(rows · nodes) without a branch for
    /// small trees, else O(rows · trees · depth).
    package func add(
        _ values: UnsafePointer<Float>, columns: Int, rows: Int, to output: UnsafeMutablePointer<Float>, outputs: Int
    ) {
        if !smallTrees.isEmpty {
            withUnsafeTemporaryAllocation(of: Float.self, capacity: 16 * max(1, columns)) { block in
                guard let block = block.baseAddress else { return }
                ck_score_small_trees(
                    smallTrees, smallTrees.count, smallNodes, sets, values, columns, rows, block, output, outputs)
            }
            return
        }
        precondition(MemoryLayout<TreeNode>.stride == MemoryLayout<ck_tree_node>.stride)
        nodes.withUnsafeBufferPointer { nodes in
            guard let address = UnsafeRawPointer(nodes.baseAddress) else { return }
            ck_predict_trees(
                address.assumingMemoryBound(to: ck_tree_node.self), firstNode, firstLeaf, leafValues, treeOutput,
                treeOutput.count, sets, values, columns, rows, output, outputs)
        }
    }
}
