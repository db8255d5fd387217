// Growing one tree, best leaf first.

import MartletKernels

/// Grows trees leaf by leaf (Shi 2007), each split where it gains most, over histograms of quantised gradients: the smaller
/// child's are counted, the larger's are the difference (Ke et al. 2017).
///
/// Work is divided by blocks of features; integers make every sum exact, so threads change nothing.
///
/// `@unchecked Sendable`: the buffers are this object's own; parallel parts touch disjoint blocks of them.
final class TreeGrower: @unchecked Sendable {
    struct Leaf {
        /// Its rows: a range of `rows`.
        var start: Int
        var count: Int
        var total: Int64
        var depth: Int
        var histogram: Int?
        var split: SplitCandidate?
        var splitGain: Float = 0
        var lowerBound: Float = -.infinity
        var upperBound: Float = .infinity
        /// The node whose child it is, and on which side.
        var parent = -1
        var isLeft = false
    }

    let matrix: BinnedMatrix
    let options: BoostedTreesOptions
    let team: WorkerTeam
    private let nobody = WorkerTeam(threads: 1)
    private let isConstrained: Bool
    private let usualBins: [UInt64?]
    /// The rows of the bag and their gradients, leaf after leaf.
    let rows: UnsafeMutablePointer<UInt32>
    let gradients: UnsafeMutablePointer<Int64>
    private let spareRows: UnsafeMutablePointer<UInt32>
    private let spareGradients: UnsafeMutablePointer<Int64>
    private var histograms: [UnsafeMutablePointer<Int64>] = []
    private var freeHistograms: [Int] = []
    private(set) var leaves: [Leaf] = []

    init(matrix: BinnedMatrix, options: BoostedTreesOptions, team: WorkerTeam) {
        self.matrix = matrix
        self.options = options
        self.team = team
        usualBins = matrix.usualBins()
        isConstrained = options.monotone.contains { $0 != 0 }
        let capacity = max(1, matrix.rowCount)
        rows = .allocate(capacity: capacity)
        gradients = .allocate(capacity: capacity)
        spareRows = .allocate(capacity: capacity)
        spareGradients = .allocate(capacity: capacity)
    }

    deinit {
        rows.deallocate()
        gradients.deallocate()
        spareRows.deallocate()
        spareGradients.deallocate()
        for histogram in histograms { histogram.deallocate() }
    }

    /// Grows a tree from the first `count` of `rows`, whose gradients are in place.
    ///
    /// - Parameters:
    ///   - isWhole: whether `rows` are all rows in order.
    ///   - features: which features may be used.
    func grow(count: Int, isWhole: Bool, scale: GradientScale, features: [Bool]) -> GrownTree {
        var tree = GrownTree()
        var total: Int64 = 0
        for index in 0..<count { total &+= gradients[index] }
        freeHistograms = Array(histograms.indices.reversed())
        leaves = [Leaf(start: 0, count: count, total: total, depth: 0)]
        var root = leaves[0]
        if canSplit(root) {
            root.histogram = takeHistogram()
            search(smaller: &root, larger: nil, isWhole: isWhole, scale: scale, features: features)
        }
        leaves[0] = root
        while leaves.count < options.leaves {
            var best = -1
            for index in leaves.indices where leaves[index].split != nil {
                if best < 0 || leaves[index].splitGain > leaves[best].splitGain { best = index }
            }
            guard best >= 0 else { break }
            split(best, in: &tree, scale: scale, features: features)
        }
        tree.leafValues = leaves.map { value(of: $0, scale) * Float(options.learningRate) }
        tree.leafRowCounts = leaves.map(\.count)
        return tree
    }

    private func canSplit(_ leaf: Leaf) -> Bool {
        leaf.count >= 2 * options.minimumRowsPerLeaf && leaf.count >= 2
            && (options.maximumDepth == 0 || leaf.depth < options.maximumDepth)
            && GradientScale.hessian(leaf.total) > 0
    }

    private func value(of leaf: Leaf, _ scale: GradientScale) -> Float {
        let hessian: Float = scale.hessian(leaf.total)
        guard hessian > 0 else { return 0 }
        let output = -scale.gradient(leaf.total) / (hessian + Float(options.l2))
        return min(max(output, leaf.lowerBound), leaf.upperBound)
    }

    private func context(_ leaf: Leaf, _ scale: GradientScale) -> SplitContext {
        let hessian: Float = scale.hessian(leaf.total)
        let rowsPerHessian = Float(leaf.count) / hessian
        let byRows = (Float(options.minimumRowsPerLeaf) - 0.5) / rowsPerHessian
        return SplitContext(
            scale: scale, total: leaf.total, rowsPerHessian: rowsPerHessian, l2: Float(options.l2),
            minimumHessian: max(byRows, Float(options.minimumHessianPerLeaf), scale.hessianUnit),
            lowerBound: leaf.lowerBound, upperBound: leaf.upperBound, isConstrained: isConstrained)
    }

    // MARK: Splitting

    private func split(_ index: Int, in tree: inout GrownTree, scale: GradientScale, features: [Bool]) {
        var parent = leaves[index]
        guard let candidate = parent.split else { return }
        let table = candidate.goesLeft
        let leftCount = partition(parent.start, parent.count, feature: candidate.feature, goesLeft: table)

        let node = tree.nodes.count
        let right = leaves.count
        tree.nodes.append(
            GrownTree.Node(
                feature: candidate.feature, rule: candidate.rule, goesLeft: table, left: ~Int32(index),
                right: ~Int32(right), gain: parent.splitGain,
                value: value(of: parent, scale) * Float(options.learningRate),
                rowCount: parent.count))
        if parent.parent >= 0 {
            if parent.isLeft {
                tree.nodes[parent.parent].left = Int32(node)
            } else {
                tree.nodes[parent.parent].right = Int32(node)
            }
        }
        let histogram = parent.histogram
        parent.histogram = nil
        parent.split = nil
        parent.parent = node
        parent.depth += 1
        var left = parent
        left.isLeft = true
        left.count = leftCount
        left.total = candidate.left
        var other = parent
        other.isLeft = false
        other.start = parent.start + leftCount
        other.count = parent.count - leftCount
        other.total = parent.total - candidate.left
        bound(&left, &other, feature: candidate.feature, scale)

        let isLast = leaves.count + 1 >= options.leaves
        if !isLast, canSplit(left) || canSplit(other), let histogram {
            let fresh = takeHistogram()
            if left.count <= other.count {
                left.histogram = fresh
                other.histogram = histogram
                search(smaller: &left, larger: &other, isWhole: false, scale: scale, features: features)
            } else {
                other.histogram = fresh
                left.histogram = histogram
                search(smaller: &other, larger: &left, isWhole: false, scale: scale, features: features)
            }
            giveBackUnused(&left)
            giveBackUnused(&other)
        } else if let histogram {
            freeHistograms.append(histogram)
        }
        leaves[index] = left
        leaves.append(other)
    }

    /// Outputs below a split on a monotone feature stay on their side of its middle.
    private func bound(_ left: inout Leaf, _ right: inout Leaf, feature: Int, _ scale: GradientScale) {
        guard isConstrained, options.monotone[feature] != 0 else { return }
        let middle = (value(of: left, scale) + value(of: right, scale)) / 2
        if options.monotone[feature] > 0 {
            left.upperBound = middle
            right.lowerBound = middle
        } else {
            left.lowerBound = middle
            right.upperBound = middle
        }
    }

    private func giveBackUnused(_ leaf: inout Leaf) {
        guard leaf.split == nil, let histogram = leaf.histogram else { return }
        freeHistograms.append(histogram)
        leaf.histogram = nil
    }

    private func takeHistogram() -> Int {
        if let free = freeHistograms.popLast() { return free }
        histograms.append(.allocate(capacity: matrix.blockCount * TreeKernels.blockHistogramCount))
        return histograms.count - 1
    }

    /// Stable, in pieces that are put together in order.
    private func partition(_ start: Int, _ count: Int, feature: Int, goesLeft: [UInt8]) -> Int {
        let lane = matrix.lane(feature)
        let step = 16_384
        let pieces = (count + step - 1) / step
        var leftCounts = [Int](repeating: 0, count: pieces)
        leftCounts.withUnsafeMutableBufferPointer { leftCounts in
            nonisolated(unsafe) let leftCounts = leftCounts
            team.forEachRange(count, step: step) { range in
                let at = start + range.lowerBound
                leftCounts[range.lowerBound / step] = TreeKernels.partition(
                    bins: lane, stride: 8, goesLeft: goesLeft, rows: rows + at, gradients: gradients + at,
                    count: range.count, rightRows: spareRows + at, rightGradients: spareGradients + at)
            }
        }
        var left = leftCounts[0]
        for piece in 1..<max(1, pieces) {
            let from = start + piece * step
            (rows + start + left).update(from: rows + from, count: leftCounts[piece])
            (gradients + start + left).update(from: gradients + from, count: leftCounts[piece])
            left += leftCounts[piece]
        }
        var right = start + left
        for piece in 0..<pieces {
            let from = start + piece * step
            let rightCount = min(step, count - piece * step) - leftCounts[piece]
            (rows + right).update(from: spareRows + from, count: rightCount)
            (gradients + right).update(from: spareGradients + from, count: rightCount)
            right += rightCount
        }
        return left
    }

    // MARK: Searching

    /// Fills the smaller leaf's histogram, subtracts it from the parent's, which is the larger one's then, and finds both
    /// leaves' best splits; a block of features at a time, while it is in the cache.
    private func search(
        smaller: inout Leaf, larger: UnsafeMutablePointer<Leaf>?, isWhole: Bool, scale: GradientScale,
        features: [Bool]
    ) {
        guard let smallerIndex = smaller.histogram else { return }
        let small = histograms[smallerIndex]
        let large = larger?.pointee.histogram.map { histograms[$0] }
        let smallContext = canSplit(smaller) ? context(smaller, scale) : nil
        let largeContext = larger.flatMap { canSplit($0.pointee) ? context($0.pointee, scale) : nil }
        let blocks = matrix.blockCount
        var found = [(SplitCandidate, SplitCandidate)](
            repeating: (SplitCandidate(), SplitCandidate()), count: blocks)
        let start = smaller.start
        let count = smaller.count
        found.withUnsafeMutableBufferPointer { found in
            nonisolated(unsafe) let found = found
            // Waking threads would take longer than a few rows do.
            let isShort = count * blocks < 8_192
            (isShort ? nobody : team).run(blocks) { block in
                let lanes = block * 8..<min(matrix.featureCount, block * 8 + 8)
                guard lanes.contains(where: { features[$0] }) else { return }
                let size = TreeKernels.blockHistogramCount
                let mine = small + block * size
                mine.update(repeating: 0, count: size)
                TreeKernels.addToHistograms(
                    bins: matrix.blocks[block], usual: usualBins[block], rows: isWhole ? nil : rows + start,
                    count: count, gradients: gradients + start, histogram: mine)
                var best = (SplitCandidate(), SplitCandidate())
                if let smallContext { bestOfBlock(lanes, mine, smallContext, features, &best.0) }
                if let large {
                    let theirs = large + block * size
                    for bin in 0..<size { theirs[bin] &-= mine[bin] }
                    if let largeContext { bestOfBlock(lanes, theirs, largeContext, features, &best.1) }
                }
                found[block] = best
            }
        }
        choose(found.map(\.0), smallContext, for: &smaller)
        if let larger { choose(found.map(\.1), largeContext, for: &larger.pointee) }
    }

    private func bestOfBlock(
        _ lanes: Range<Int>, _ histogram: UnsafePointer<Int64>, _ context: SplitContext, _ features: [Bool],
        _ best: inout SplitCandidate
    ) {
        for feature in lanes where features[feature] {
            let mine = histogram + (feature % 8) * TreeKernels.binCount
            var candidate: SplitCandidate
            switch matrix.binning.features[feature] {
            case .numeric(let bounds):
                candidate = SplitSearch.numeric(
                    mine, bins: bounds.count + 1, context, monotone: isConstrained ? options.monotone[feature] : 0)
            case .category(_, let bins):
                candidate = SplitSearch.categorical(mine, bins: bins, context, options: options)
            }
            if candidate.gain > best.gain {
                candidate.feature = feature
                best = candidate
            }
        }
    }

    /// The best of all blocks, if it gains anything; of equal ones the first.
    private func choose(_ candidates: [SplitCandidate], _ context: SplitContext?, for leaf: inout Leaf) {
        leaf.split = nil
        guard let context else { return }
        var best = SplitCandidate()
        for candidate in candidates where candidate.gain > best.gain { best = candidate }
        let gain = best.gain - context.ownGain
        guard best.feature >= 0, gain > Float(options.minimumGain), gain > 0, gain.isFinite else { return }
        leaf.split = best
        leaf.splitGain = gain
    }
}
