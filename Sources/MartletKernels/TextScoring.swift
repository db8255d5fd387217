// BM25F over decoded postings, with bounds checked here.

import CKernels

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

    /// `norms[i] (+)= weight · lengths[i]`; `lengths` holds a little-endian UInt32 for each norm.
    package static func weigh(
        lengths: UnsafeRawBufferPointer, weight: Float, adding: Bool, into norms: UnsafeMutableBufferPointer<Float>
    ) {
        precondition(lengths.count / 4 >= norms.count)
        guard let source = lengths.baseAddress, let target = norms.baseAddress else { return }
        ck_weigh_lengths(source.assumingMemoryBound(to: UInt8.self), norms.count, weight, adding ? 1 : 0, target)
    }

    /// `norms[i] = constant + slope · norms[i]`.
    package static func finish(norms: UnsafeMutableBufferPointer<Float>, constant: Float, slope: Float) {
        guard let target = norms.baseAddress else { return }
        ck_finish_norms(target, norms.count, constant, slope)
    }

    /// `scores[d] += factor · t / (t + norms[d])` for each posting (d, t) with t > 0; false, having changed nothing, if a
    /// document lies outside `scores`.
    package static func accumulate(
        documents: UnsafeBufferPointer<UInt32>, weighted: UnsafeBufferPointer<Float>, norms: UnsafeBufferPointer<Float>,
        factor: Float, scores: UnsafeMutableBufferPointer<Float>
    ) -> Bool {
        precondition(weighted.count >= documents.count && norms.count >= scores.count)
        guard let documentsStart = documents.baseAddress, let weightedStart = weighted.baseAddress,
            let normsStart = norms.baseAddress, let scoresStart = scores.baseAddress
        else { return documents.isEmpty }
        let limit = UInt32(clamping: scores.count)
        return ck_accumulate_bm25(
            documentsStart, weightedStart, documents.count, normsStart, factor, scoresStart, limit) == 1
    }

    /// Collects the positions from `position` on whose score is above zero and at least `threshold`, until `positions` is
    /// full; moves `position` on (to `scores.count` at the end) and returns how many were found.
    package static func collect(
        _ scores: UnsafeBufferPointer<Float>, from position: inout Int, threshold: Float,
        into positions: UnsafeMutableBufferPointer<UInt32>
    ) -> Int {
        precondition(position >= 0 && positions.count > 0)
        guard position < scores.count, let source = scores.baseAddress, let target = positions.baseAddress else {
            position = scores.count
            return 0
        }
        var next = 0
        let found = ck_collect_scores(source, position, scores.count, threshold, target, positions.count, &next)
        position = next
        return found
    }
}
