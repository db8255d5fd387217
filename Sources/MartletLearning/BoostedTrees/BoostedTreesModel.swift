// Trained boosted trees: predictions, importance, contributions.

package import MartletCore
package import MartletKernels

/// An ensemble of decision trees. Features are as in training: numbers, codes of categories, NaN for what is missing.
///
/// A number that was never missing in training goes, when missing, to the side with more training rows; a category that was
/// never seen goes where rare ones do.
package struct BoostedTreesModel: Equatable, StoredModel {
    package let objective: BoostedTreesOptions.Objective
    package let kinds: [FeatureKind]
    package let initialScores: [Float]
    /// The trees' nodes one after the other; children are numbered within their tree.
    let nodes: [TreeNode]
    let sets: [UInt32]
    let firstNode: [UInt32]
    let firstLeaf: [UInt32]
    let leafValues: [Float]
    let treeOutput: [UInt32]
    /// Of each node: what its split gained, what it would say as a leaf.
    let gains: [Float]
    let nodeValues: [Float]

    /// The same trees as their kernels want them.
    private let evaluator: TreeEvaluator

    package var treeCount: Int { treeOutput.count }
    package var outputCount: Int { initialScores.count }
    package var featureCount: Int { kinds.count }

    /// - Precondition: the parts fit each other; `init(bytes:)` checks it.
    init(
        objective: BoostedTreesOptions.Objective, kinds: [FeatureKind], initialScores: [Float], nodes: [TreeNode],
        sets: [UInt32], firstNode: [UInt32], firstLeaf: [UInt32], leafValues: [Float], treeOutput: [UInt32],
        gains: [Float], nodeValues: [Float]
    ) {
        self.objective = objective
        self.kinds = kinds
        self.initialScores = initialScores
        self.nodes = nodes
        self.sets = sets
        self.firstNode = firstNode
        self.firstLeaf = firstLeaf
        self.leafValues = leafValues
        self.treeOutput = treeOutput
        self.gains = gains
        self.nodeValues = nodeValues
        evaluator = TreeEvaluator(
            nodes: nodes, sets: sets, firstNode: firstNode, firstLeaf: firstLeaf, leafValues: leafValues,
            treeOutput: treeOutput)
    }

    package static func == (left: Self, right: Self) -> Bool {
        left.objective == right.objective && left.kinds == right.kinds && left.initialScores == right.initialScores
            && left.nodes == right.nodes && left.sets == right.sets && left.firstNode == right.firstNode
            && left.firstLeaf == right.firstLeaf && left.leafValues == right.leafValues
            && left.treeOutput == right.treeOutput && left.gains == right.gains
            && left.nodeValues == right.nodeValues
    }

    init(
        objective: BoostedTreesOptions.Objective, binning: FeatureBinning, initialScores: [Float], trees: [GrownTree]
    ) {
        var nodes: [TreeNode] = []
        var sets: [UInt32] = []
        var firstNode: [UInt32] = [0]
        var firstLeaf: [UInt32] = [0]
        var leafValues: [Float] = []
        var gains: [Float] = []
        var values: [Float] = []
        for tree in trees {
            for node in tree.nodes {
                nodes.append(Self.node(node, in: tree, binning, &sets))
                gains.append(node.gain)
                values.append(node.value)
            }
            leafValues += tree.leafValues
            firstNode.append(UInt32(nodes.count))
            firstLeaf.append(UInt32(leafValues.count))
        }
        let outputs = initialScores.count
        self.init(
            objective: objective,
            kinds: binning.features.map {
                if case .category(let bins, _) = $0 { .category(count: bins.count) } else { .numeric }
            },
            initialScores: initialScores, nodes: nodes, sets: sets, firstNode: firstNode, firstLeaf: firstLeaf,
            leafValues: leafValues, treeOutput: trees.indices.map { UInt32($0 % outputs) }, gains: gains,
            nodeValues: values)
    }

    private static func node(
        _ node: GrownTree.Node, in tree: GrownTree, _ binning: FeatureBinning, _ sets: inout [UInt32]
    ) -> TreeNode {
        var result = TreeNode(
            threshold: 0, feature: UInt32(node.feature), left: node.left, right: node.right, flags: 0)
        func rowCount(_ child: Int32) -> Int {
            child < 0 ? tree.leafRowCounts[Int(~child)] : tree.nodes[Int(child)].rowCount
        }
        switch binning.features[node.feature] {
        case .numeric(let bounds):
            guard case .threshold(let last, var missingLeft, let sawMissing) = node.rule else { break }
            result.threshold = last == 0 ? -.infinity : bounds[min(last, bounds.count) - 1]
            if !sawMissing { missingLeft = rowCount(node.left) >= rowCount(node.right) }
            if missingLeft { result.flags |= TreeNode.missingLeft }
        case .category(let binOfCode, _):
            result.flags = TreeNode.category | (node.goesLeft[0] != 0 ? TreeNode.missingLeft : 0)
            result.threshold = Float(binOfCode.count)
            result.set = UInt32(sets.count)
            var words = [UInt32](repeating: 0, count: (binOfCode.count + 31) / 32)
            for (code, bin) in binOfCode.enumerated() where node.goesLeft[Int(bin)] != 0 {
                words[code / 32] |= 1 << UInt32(code % 32)
            }
            sets += words
        }
        return result
    }

    // MARK: Predictions

    /// The scores of each row, `outputCount` numbers a row: a prediction, log odds, or scores to rank by.
    /// O(rows · trees · depth).
    ///
    /// - Throws: `wrongColumnCount` if the features are not those of the training.
    package func scores(_ matrix: FeatureMatrix, team: WorkerTeam) throws(Diagnostic) -> [Float] {
        guard matrix.columnCount == featureCount else {
            throw Diagnostic(
                .wrongColumnCount, "rows of \(matrix.columnCount) features for a model of \(featureCount)")
        }
        let outputs = outputCount
        var scores = [Float](repeating: 0, count: matrix.rowCount * outputs)
        scores.withUnsafeMutableBufferPointer { scores in
            matrix.values.withUnsafeBufferPointer { values in
                guard let to = scores.baseAddress, let from = values.baseAddress else { return }
                nonisolated(unsafe) let target = to
                nonisolated(unsafe) let source = from
                team.forEachRange(matrix.rowCount, step: 256) { range in
                    let output = target + range.lowerBound * outputs
                    for row in 0..<range.count {
                        for index in 0..<outputs { output[row * outputs + index] = initialScores[index] }
                    }
                    evaluator.add(
                        source + range.lowerBound * featureCount, columns: featureCount, rows: range.count,
                        to: output, outputs: outputs)
                }
            }
        }
        return scores
    }

    /// The probabilities of the classes, `classes` numbers a row, two for a binary model.
    ///
    /// - Throws: `wrongModelKind` for a model that does not classify.
    package func probabilities(_ matrix: FeatureMatrix, team: WorkerTeam) throws(Diagnostic) -> [Float] {
        switch objective {
        case .binary:
            return Probabilities.ofLogOdds(try scores(matrix, team: team))
        case .multiclass(let classes):
            var scores = try scores(matrix, team: team)
            Probabilities.softmax(&scores, classes: classes)
            return scores
        case .regression, .lambdaRank:
            throw Diagnostic(.wrongModelKind, "a model that does not classify has no probabilities")
        }
    }

    /// What the splits of each feature gained in all, as shares of 1 (0 if nothing was split).
    package var importance: [Double] {
        var sums = [Double](repeating: 0, count: featureCount)
        for (node, gain) in zip(nodes, gains) { sums[Int(node.feature)] += Double(gain) }
        let total = sums.reduce(0, +)
        return total > 0 ? sums.map { $0 / total } : sums
    }

    /// What each feature adds to one output of a row, by the change of a node's value on the way down (Saabas 2014), and
    /// last what remains without any feature: together they are the score.
    ///
    /// - Parameter row: one value a feature.
    package func contributions(_ row: [Float], output: Int = 0) throws(Diagnostic) -> [Float] {
        guard row.count == featureCount, output >= 0, output < outputCount else {
            throw Diagnostic(.wrongColumnCount, "a row of \(row.count) features for a model of \(featureCount)")
        }
        var parts = [Float](repeating: 0, count: featureCount + 1)
        parts[featureCount] = initialScores[output]
        for tree in 0..<treeCount where Int(treeOutput[tree]) == output {
            let base = Int(firstNode[tree])
            guard Int(firstNode[tree + 1]) > base else {
                parts[featureCount] += leafValues[Int(firstLeaf[tree])]
                continue
            }
            var at = 0
            parts[featureCount] += nodeValues[base]
            while at >= 0 {
                let node = nodes[base + at]
                let next = Int(goesLeft(node, row[Int(node.feature)]) ? node.left : node.right)
                let value = next < 0 ? leafValues[Int(firstLeaf[tree]) + ~next] : nodeValues[base + next]
                parts[Int(node.feature)] += value - nodeValues[base + at]
                at = next
            }
        }
        return parts
    }

    private func goesLeft(_ node: TreeNode, _ value: Float) -> Bool {
        let missingLeft = node.flags & TreeNode.missingLeft != 0
        guard node.flags & TreeNode.category != 0 else {
            return value <= node.threshold || (missingLeft && value.isNaN)
        }
        guard value >= 0, value < node.threshold else { return missingLeft }
        let code = UInt32(value)
        return sets[Int(node.set + code / 32)] >> (code % 32) & 1 != 0
    }
}
