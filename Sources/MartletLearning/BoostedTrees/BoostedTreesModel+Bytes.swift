// Boosted trees as bytes.

package import MartletCore
import MartletKernels

extension BoostedTreesModel {
    /// The model's bytes, the same for the same model. O(nodes).
    package static var storedKind: ModelKind { .boostedTrees }

    package func write(to writer: inout ModelWriter) {
        switch objective {
        case .regression: writer.write(UInt32(0))
        case .binary: writer.write(UInt32(1))
        case .multiclass(let classes): writer.write(UInt32(2) | UInt32(classes) << 8)
        case .lambdaRank: writer.write(UInt32(3))
        }
        writer.write(kinds: kinds)
        writer.write(initialScores)
        writer.write(firstNode)
        writer.write(firstLeaf)
        writer.write(treeOutput)
        writer.write(leafValues)
        writer.write(nodes.map(\.threshold))
        writer.write(nodes.map { $0.feature << 2 | $0.flags })
        writer.write(nodes.map(\.left))
        writer.write(nodes.map(\.right))
        writer.write(nodes.filter { $0.flags & TreeNode.category != 0 }.map(\.set))
        writer.write(sets)
        writer.write(gains)
        writer.write(nodeValues)
    }

    /// - Throws: `corrupt`, `newerFormat` or `wrongModelKind`; a model that is read is safe to evaluate.
    package init(bytes: [UInt8]) throws(Diagnostic) {
        var reader = try ModelReader(bytes, .boostedTrees)
        let code = try reader.read(UInt32.self)
        let objective: BoostedTreesOptions.Objective
        switch code & 255 {
        case 0: objective = .regression
        case 1: objective = .binary
        case 2: objective = .multiclass(Int(code >> 8))
        case 3: objective = .lambdaRank
        default: throw reader.corrupt("an unknown objective")
        }
        let kinds = try reader.readKinds()
        let initial = try reader.readFloats()
        try reader.require(initial.count == objective.outputCount && initial.count > 0, "a number of outputs")
        let firstNode = try reader.readNumbers(UInt32.self)
        let firstLeaf = try reader.readNumbers(UInt32.self)
        let treeOutput = try reader.readNumbers(UInt32.self)
        let leafValues = try reader.readFloats()
        let thresholds = try reader.readFloats(isFinite: false)
        let features = try reader.readNumbers(UInt32.self)
        let left = try reader.readNumbers(Int32.self)
        let right = try reader.readNumbers(Int32.self)
        var nodeSets = try reader.readNumbers(UInt32.self)[...]
        let sets = try reader.readNumbers(UInt32.self)
        let gains = try reader.readFloats(isFinite: false)
        let nodeValues = try reader.readFloats()
        try reader.finish()

        let count = thresholds.count
        let parts = [features.count, left.count, right.count, gains.count, nodeValues.count]
        try reader.require(parts.allSatisfy { $0 == count }, "arrays of different lengths")
        var nodes: [TreeNode] = []
        nodes.reserveCapacity(count)
        for index in 0..<count {
            var node = TreeNode(
                threshold: thresholds[index], feature: features[index] >> 2, left: left[index], right: right[index],
                flags: features[index] & 3)
            try reader.require(!node.threshold.isNaN && Int(node.feature) < kinds.count, "a node's feature")
            if node.flags & TreeNode.category != 0 {
                guard let set = nodeSets.popFirst(), case .category(let codes) = kinds[Int(node.feature)],
                    node.threshold >= 0, node.threshold <= Float(codes), Int(set) + (codes + 31) / 32 <= sets.count
                else { throw reader.corrupt("a node's categories") }
                node.set = set
            }
            nodes.append(node)
        }
        try reader.require(nodeSets.isEmpty, "categories without a node")
        try reader.require(
            firstNode.count == treeOutput.count + 1 && firstLeaf.count == firstNode.count
                && firstNode.first == 0 && firstLeaf.first == 0 && Int(firstNode[firstNode.count - 1]) == count
                && Int(firstLeaf[firstLeaf.count - 1]) == leafValues.count, "the trees' places")
        for tree in treeOutput.indices {
            try reader.require(
                firstNode[tree] <= firstNode[tree + 1] && firstLeaf[tree] < firstLeaf[tree + 1]
                    && Int(treeOutput[tree]) < initial.count, "a tree's place")
            let nodeCount = Int(firstNode[tree + 1] - firstNode[tree])
            let leafCount = Int(firstLeaf[tree + 1] - firstLeaf[tree])
            try reader.require(leafCount == nodeCount + 1, "a tree's leaves")
            // Every node but the root, and every leaf, has one parent.
            var hasParent = [Bool](repeating: false, count: nodeCount + leafCount)
            for number in 0..<nodeCount {
                let node = nodes[Int(firstNode[tree]) + number]
                for child in [node.left, node.right] {
                    // Children come after their parent, so that every way down ends.
                    let isFine = child < 0 ? Int(~child) < leafCount : Int(child) > number && Int(child) < nodeCount
                    try reader.require(isFine, "a node's child")
                    let place = child < 0 ? nodeCount + Int(~child) : Int(child)
                    try reader.require(!hasParent[place], "a child of two nodes")
                    hasParent[place] = true
                }
            }
        }
        self.init(
            objective: objective, kinds: kinds, initialScores: initial, nodes: nodes, sets: sets,
            firstNode: firstNode, firstLeaf: firstLeaf, leafValues: leafValues, treeOutput: treeOutput, gains: gains,
            nodeValues: nodeValues)
    }
}
