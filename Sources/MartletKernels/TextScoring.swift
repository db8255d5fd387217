// BM25F over decoded postings, with bounds checked here.

import CKernels

/// What makes a contribution of a term's weighted frequency in a document and the document's weighted length.
package struct TermModel: Sendable {
    /// Contributions are rounded to multiples of a unit so large that sums up to the query's greatest possible score are
    /// exact: the order of addition then does not matter.
    package struct Grid: Hashable, Sendable {
        fileprivate let magic: Float
        package let unit: Float

        /// For scores up to `total`: 2²³ units and more, fewer than 2²⁴.
        package init(total: Float) {
            let bounded = min(max(total, .leastNormalMagnitude * 0x1p30), .greatestFiniteMagnitude / 4)
            magic = Float(sign: .plus, exponent: Int(bounded.exponent) + 1, significand: 1)
            unit = magic * 0x1p-23
        }
    }

    package let factor: Float
    package let grid: Grid
    let constant: Float
    let slope: Float

    package init(factor: Float, constant: Float, slope: Float, grid: Grid) {
        self.factor = factor
        self.constant = constant
        self.slope = slope
        self.grid = grid
    }

    /// The contribution of one posting, the same float as ``TextScoring/parts(documents:weighted:lengths:_:into:)``.
    @inline(__always)
    package func part(weighted: Float, length: Float) -> Float {
        guard weighted > 0 else { return 0 }
        let norm = constant + slope * length
        let part = factor * weighted / (weighted + norm)
        return max((part + grid.magic) - grid.magic, grid.unit)
    }

    /// At least the contribution of any posting whose weighted frequency is at most `weighted` and whose length is at least
    /// `length`.
    @inline(__always)
    package func bound(weighted: Float, length: Float) -> Float {
        part(weighted: weighted, length: length) * (1 + 0x1p-20) + grid.unit
    }

    /// At least any contribution.
    package var bound: Float { factor * (1 + 0x1p-20) + grid.unit }

    fileprivate var kernel: ck_bm25 {
        ck_bm25(factor: factor, constant: constant, slope: slope, magic: grid.magic, unit: grid.unit)
    }
}

package enum TextScoring {
    /// `weighted[i] (+)= weight · frequencies[i]`.
    package static func weigh(
        frequencies: UnsafeBufferPointer<UInt32>, weight: Float, adding: Bool,
        into weighted: UnsafeMutableBufferPointer<Float>
    ) {
        precondition(weighted.count >= frequencies.count)
        guard let source = frequencies.baseAddress, let target = weighted.baseAddress else { return }
        ck_weigh_frequencies(source, frequencies.count, weight, adding ? 1 : 0, target)
    }

    /// The contributions of at most 128 postings; false, having changed nothing, if a document has no length.
    package static func parts(
        documents: UnsafeBufferPointer<UInt32>, weighted: UnsafeBufferPointer<Float>,
        lengths: UnsafeBufferPointer<Float>, _ model: TermModel, into parts: UnsafeMutableBufferPointer<Float>
    ) -> Bool {
        precondition(weighted.count >= documents.count && parts.count >= documents.count)
        guard let documentsStart = documents.baseAddress, let weightedStart = weighted.baseAddress,
            let lengthsStart = lengths.baseAddress, let target = parts.baseAddress
        else { return documents.isEmpty }
        var kernel = model.kernel
        return ck_bm25_parts(
            documentsStart, weightedStart, documents.count, lengthsStart, UInt32(clamping: lengths.count), &kernel,
            target) == 1
    }

    /// `scores[d - base] += part` for each document, and a mark if there are marks (one bit a score); false, having changed
    /// nothing, if a document is outside.
    package static func add(
        documents: UnsafeBufferPointer<UInt32>, parts: UnsafeBufferPointer<Float>, base: Int,
        to scores: UnsafeMutableBufferPointer<Float>, marks: UnsafeMutableBufferPointer<UInt64>? = nil
    ) -> Bool {
        precondition(parts.count >= documents.count)
        guard let documentsStart = documents.baseAddress, let partsStart = parts.baseAddress,
            let target = scores.baseAddress
        else { return documents.isEmpty }
        let room = UInt32(clamping: scores.count)
        if let marks {
            precondition(marks.count * 64 >= scores.count)
            guard let marksStart = marks.baseAddress else { return false }
            return ck_add_marked_scores(
                documentsStart, partsStart, documents.count, UInt32(clamping: base), room, target, marksStart) == 1
        }
        return ck_add_scores(documentsStart, partsStart, documents.count, UInt32(clamping: base), room, target) == 1
    }

    /// Takes the scores above zero and at least `threshold` with their positions, clearing all; with marks, looks at marked
    /// ones only and clears the marks. Returns how many.
    ///
    /// - Precondition: `positions` and `found` have room for 16 more than `scores`; with marks, the number of scores is a
    ///   multiple of 64.
    package static func take(
        _ scores: UnsafeMutableBufferPointer<Float>, marks: UnsafeMutableBufferPointer<UInt64>? = nil, threshold: Float,
        positions: UnsafeMutableBufferPointer<UInt32>, found: UnsafeMutableBufferPointer<Float>
    ) -> Int {
        precondition(positions.count >= scores.count + 16 && found.count >= scores.count + 16)
        guard let source = scores.baseAddress, let positionsStart = positions.baseAddress,
            let foundStart = found.baseAddress
        else { return 0 }
        if let marks {
            precondition(scores.count % 64 == 0 && marks.count * 64 >= scores.count)
            guard let marksStart = marks.baseAddress else { return 0 }
            return ck_take_marked_scores(source, marksStart, scores.count, threshold, positionsStart, foundStart)
        }
        return ck_take_scores(source, scores.count, threshold, positionsStart, foundStart)
    }

    /// The first position from `from` on whose value is at least `wanted`, in ascending values.
    @inline(__always)
    package static func find(_ wanted: UInt32, in values: UnsafeBufferPointer<UInt32>, from: Int) -> Int {
        guard from >= 0, from < values.count, let source = values.baseAddress else { return values.count }
        return ck_find_from(source, from, values.count, wanted)
    }
}
