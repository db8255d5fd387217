// The best split of one feature of a leaf.

import MartletKernels

/// A division of a leaf's rows. Sums are in the units of histograms (see `GradientScale`).
struct SplitCandidate {
    var gain: Float = 0
    var feature = -1
    /// The sums of the left side.
    var left: Int64 = 0
    var rule: Rule = .threshold(0, missingLeft: false, sawMissing: false)

    enum Rule {
        /// Bins from 1 up to this one go left, and bin 0 if `missingLeft`.
        /// Whether the leaf had any is `sawMissing`.
        case threshold(Int, missingLeft: Bool, sawMissing: Bool)
        /// The bins that go left.
        case categories([UInt8])
    }

    /// A byte for each bin.
    var goesLeft: [UInt8] {
        var table = [UInt8](repeating: 0, count: TreeKernels.binCount)
        switch rule {
        case .threshold(let last, let missingLeft, _):
            if last >= 1 { for bin in 1...last { table[bin] = 1 } }
            table[0] = missingLeft ? 1 : 0
        case .categories(let bins):
            for bin in bins { table[Int(bin)] = 1 }
        }
        return table
    }
}

/// Sums of quantised gradients and hessians in one integer: adding them is exact, so that sums do not depend on the order
/// of rows or on threads, and the difference of parent and sibling is a leaf's own sum to the last bit.
struct GradientScale {
    /// What one step of the integers is worth.
    var gradientUnit: Float = 1
    var hessianUnit: Float = 1

    @inline(__always) static func gradient(_ sum: Int64) -> Int32 { Int32(truncatingIfNeeded: sum >> 32) }
    @inline(__always) static func hessian(_ sum: Int64) -> Int32 { Int32(truncatingIfNeeded: sum) }
    @inline(__always) func gradient(_ sum: Int64) -> Float { Float(Self.gradient(sum)) * gradientUnit }
    @inline(__always) func hessian(_ sum: Int64) -> Float { Float(Self.hessian(sum)) * hessianUnit }
}

/// What the search knows of a leaf.
struct SplitContext {
    var scale: GradientScale
    var total: Int64
    /// Rows in the leaf, over its hessian: how many rows a hessian stands for.
    var rowsPerHessian: Float
    var l2: Float
    var minimumHessian: Float
    /// The leaf's output must lie between.
    var lowerBound: Float = -.infinity
    var upperBound: Float = .infinity
    var isConstrained = false

    func output(_ gradient: Float, _ hessian: Float, l2: Float) -> Float {
        min(max(-gradient / (hessian + l2), lowerBound), upperBound)
    }

    /// The loss that an output takes away, twice.
    static func gain(_ gradient: Float, _ hessian: Float, _ output: Float, l2: Float) -> Float {
        -(2 * gradient * output + (hessian + l2) * output * output)
    }

    /// The gain of the leaf itself, that a split has to exceed.
    var ownGain: Float {
        let gradient = scale.gradient(total)
        let hessian = scale.hessian(total)
        guard isConstrained else { return gradient * gradient / (hessian + l2) }
        return Self.gain(gradient, hessian, output(gradient, hessian, l2: l2), l2: l2)
    }
}

enum SplitSearch {
    /// The best threshold of a feature of numbers; `gain` is the sum of both sides.
    static func numeric(_ histogram: UnsafePointer<Int64>, bins: Int, _ context: SplitContext, monotone: Int8)
        -> SplitCandidate
    {
        if context.isConstrained { return constrained(histogram, bins: bins, context, monotone: monotone) }
        let split = TreeKernels.bestSplit(
            histogram: histogram, bins: bins, total: context.total, gradientUnit: context.scale.gradientUnit,
            hessianUnit: context.scale.hessianUnit, l2: context.l2, minimumHessian: context.minimumHessian)
        return SplitCandidate(
            gain: split.gain, left: split.left,
            rule: .threshold(split.threshold, missingLeft: split.missingLeft, sawMissing: histogram[0] != 0))
    }

    /// The same where outputs are bounded, or must rise or fall with the feature.
    private static func constrained(
        _ histogram: UnsafePointer<Int64>, bins: Int, _ context: SplitContext, monotone: Int8
    ) -> SplitCandidate {
        var best = SplitCandidate()
        for missingLeft in histogram[0] == 0 ? [false] : [false, true] {
            var left = missingLeft ? histogram[0] : 0
            for bin in 0..<bins {
                if bin > 0 { left += histogram[bin] }
                let gain = gain(left, context, l2: context.l2, monotone: monotone)
                if gain > best.gain {
                    best = SplitCandidate(
                        gain: gain, left: left,
                        rule: .threshold(bin, missingLeft: missingLeft, sawMissing: histogram[0] != 0))
                }
            }
        }
        return best
    }

    /// Both sides' gain; 0 if the split is not allowed.
    @inline(__always)
    private static func gain(_ left: Int64, _ context: SplitContext, l2: Float, monotone: Int8) -> Float {
        let right = context.total - left
        let leftHessian = context.scale.hessian(left)
        let rightHessian = context.scale.hessian(right)
        guard leftHessian >= context.minimumHessian, rightHessian >= context.minimumHessian else { return 0 }
        let leftGradient = context.scale.gradient(left)
        let rightGradient = context.scale.gradient(right)
        guard context.isConstrained else {
            return leftGradient * leftGradient / (leftHessian + l2)
                + rightGradient * rightGradient / (rightHessian + l2)
        }
        let leftOutput = context.output(leftGradient, leftHessian, l2: l2)
        let rightOutput = context.output(rightGradient, rightHessian, l2: l2)
        if monotone > 0, leftOutput > rightOutput { return 0 }
        if monotone < 0, leftOutput < rightOutput { return 0 }
        return SplitContext.gain(leftGradient, leftHessian, leftOutput, l2: l2)
            + SplitContext.gain(rightGradient, rightHessian, rightOutput, l2: l2)
    }

    /// The best set of categories: one against the others when there are few, else a prefix of the categories in order of
    /// gradient over hessian (Fisher 1958), from either end.
    static func categorical(
        _ histogram: UnsafePointer<Int64>, bins: Int, _ context: SplitContext, options: BoostedTreesOptions
    ) -> SplitCandidate {
        var best = SplitCandidate()
        let used = (0..<bins).filter { histogram[$0] != 0 }
        guard used.count > 1 else { return best }
        if used.count <= 4 {
            for bin in used {
                let gain = gain(histogram[bin], context, l2: context.l2, monotone: 0)
                if gain > best.gain {
                    best = SplitCandidate(
                        gain: gain, left: histogram[bin], rule: .categories([UInt8(truncatingIfNeeded: bin)]))
                }
            }
            return best
        }
        let l2 = context.l2 + Float(options.categoryL2)
        let smoothing = Float(options.categorySmoothing)
        let sorted = used.filter { context.scale.hessian(histogram[$0]) * context.rowsPerHessian >= smoothing }
            .map { bin -> (bin: Int, key: Float) in
                let sum = histogram[bin]
                return (bin, context.scale.gradient(sum) / (context.scale.hessian(sum) + smoothing))
            }
            .sorted { $0.key != $1.key ? $0.key < $1.key : $0.bin < $1.bin }
        let limit = min(options.categoryLimit, (sorted.count + 1) / 2)
        let groupHessian = Float(options.minimumRowsPerCategory) / context.rowsPerHessian
        var bestCount = 0
        var bestFromEnd = false
        for fromEnd in [false, true] {
            var left: Int64 = 0
            var groupStart: Float = 0
            for index in 0..<min(limit, max(0, sorted.count)) {
                left += histogram[sorted[fromEnd ? sorted.count - 1 - index : index].bin]
                let hessian = context.scale.hessian(left)
                let rest = context.scale.hessian(context.total - left)
                if hessian < context.minimumHessian { continue }
                if rest < max(context.minimumHessian, groupHessian) { break }
                if hessian - groupStart < groupHessian { continue }
                groupStart = hessian
                let gain = gain(left, context, l2: l2, monotone: 0)
                if gain > best.gain {
                    best = SplitCandidate(gain: gain, left: left)
                    bestCount = index + 1
                    bestFromEnd = fromEnd
                }
            }
        }
        if bestCount > 0 {
            let chosen = bestFromEnd ? sorted.suffix(bestCount) : sorted.prefix(bestCount)
            best.rule = .categories(chosen.map { UInt8(truncatingIfNeeded: $0.bin) }.sorted())
        }
        return best
    }
}
