// The mean of several ensembles of trees.

import MartletKernels

extension BoostedTreesModel {
    /// A model whose scores are the mean of the others': of all their trees, with smaller leaves.
    ///
    /// - Precondition: at least one; all of the same objective and features.
    package init(meanOf models: [BoostedTreesModel]) {
        precondition(!models.isEmpty)
        if models.count == 1 {
            self = models[0]
            return
        }
        let share = 1 / Float(models.count)
        var nodes: [TreeNode] = []
        var sets: [UInt32] = []
        var firstNode: [UInt32] = [0]
        var firstLeaf: [UInt32] = [0]
        for model in models {
            precondition(model.kinds == models[0].kinds && model.objective == models[0].objective)
            firstNode += model.firstNode.dropFirst().map { $0 + UInt32(nodes.count) }
            let leaves = firstLeaf[firstLeaf.count - 1]
            firstLeaf += model.firstLeaf.dropFirst().map { $0 + leaves }
            for var node in model.nodes {
                if node.flags & TreeNode.category != 0 { node.set += UInt32(sets.count) }
                nodes.append(node)
            }
            sets += model.sets
        }
        self.init(
            objective: models[0].objective, kinds: models[0].kinds,
            initialScores: models[0].initialScores.indices.map { output in
                models.reduce(0) { $0 + share * $1.initialScores[output] }
            },
            nodes: nodes, sets: sets, firstNode: firstNode, firstLeaf: firstLeaf,
            leafValues: models.flatMap { $0.leafValues.map { share * $0 } },
            treeOutput: models.flatMap(\.treeOutput), gains: models.flatMap { $0.gains.map { share * $0 } },
            nodeValues: models.flatMap { $0.nodeValues.map { share * $0 } })
    }
}
