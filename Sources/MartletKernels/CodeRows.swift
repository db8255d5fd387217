// Rows of 8-bit codes and their distances from a query of codes.

import CKernels

/// A matrix of unsigned codes in memory; code c stands for c − 128.
///
/// The memory must outlive the value. `@unchecked Sendable`: the memory is only read.
package struct CodeRows: @unchecked Sendable {
    private let rows: ck_code_rows
    package var count: Int { Int(rows.row_count) }
    /// Bytes from a row to the next.
    package var stride: Int { rows.stride }

    /// The bytes that a row of so many dimensions takes: a multiple of 16, and of 64 where that costs little.
    package static func stride(dimension: Int) -> Int {
        let wide = (dimension + 63) / 64 * 64
        return wide - dimension <= dimension / 8 ? wide : (dimension + 15) / 16 * 16
    }

    /// - Parameters:
    ///   - norms: the sum of (c − 128)² of each row as little-endian Int32; nil for inner products.
    /// - Returns: nil if the memory is too small or the stride is no multiple of 16.
    package init?(
        codes: UnsafeRawBufferPointer, norms: UnsafeRawBufferPointer?, count: Int, stride: Int
    ) {
        guard count >= 0, count < UInt32.max, stride > 0, stride % 16 == 0, codes.count / stride >= count,
            norms.map({ $0.count / 4 >= count }) ?? true
        else { return nil }
        let base = codes.baseAddress ?? UnsafeRawPointer(bitPattern: 64)!
        rows = ck_code_rows(
            codes: base.assumingMemoryBound(to: UInt8.self), stride: stride, row_count: UInt32(count),
            norms: norms?.baseAddress?.assumingMemoryBound(to: Int32.self))
    }

    /// `base + norm − 2 · Σ query · code` of the given rows; infinity for one that does not exist.
    @inline(__always)
    package func distances(
        _ query: CodeQuery, of ids: UnsafeBufferPointer<UInt32>, into out: UnsafeMutableBufferPointer<Float>
    ) {
        precondition(out.count >= ids.count && query.codes.count >= rows.stride)
        guard let ids = ids.baseAddress.map({ UnsafeBufferPointer(start: $0, count: ids.count) }), !ids.isEmpty else {
            return
        }
        withUnsafePointer(to: rows) {
            ck_code_distances($0, query.codes.baseAddress!, query.base, ids.baseAddress!, ids.count, out.baseAddress!)
        }
    }

    /// The same for a range of rows.
    package func distances(
        _ query: CodeQuery, of range: Range<Int>, into out: UnsafeMutableBufferPointer<Float>
    ) {
        precondition(
            range.lowerBound >= 0 && range.upperBound <= count && out.count >= range.count
                && query.codes.count >= rows.stride)
        guard !range.isEmpty else { return }
        withUnsafePointer(to: rows) {
            ck_code_scan(
                $0, query.codes.baseAddress!, query.base, UInt32(range.lowerBound), range.count, out.baseAddress!)
        }
    }

    /// The same for several queries, a row of `out` each.
    ///
    /// - Parameter queries: `bases.count` times `stride` codes.
    package func distances(
        queries: UnsafeBufferPointer<Int8>, bases: UnsafeBufferPointer<Int32>, of range: Range<Int>,
        into out: UnsafeMutableBufferPointer<Float>
    ) {
        precondition(
            range.lowerBound >= 0 && range.upperBound <= count && out.count >= range.count * bases.count
                && queries.count >= rows.stride * bases.count)
        guard !range.isEmpty, !bases.isEmpty else { return }
        withUnsafePointer(to: rows) {
            ck_code_tile(
                $0, queries.baseAddress!, bases.baseAddress!, bases.count, UInt32(range.lowerBound), range.count,
                out.baseAddress!)
        }
    }

    /// Makes a row of `dimension` codes a query, in the memory given.
    package func query(
        ofRow row: Int, dimension: Int, in memory: UnsafeMutableBufferPointer<Int8>
    ) -> CodeQuery {
        precondition(row >= 0 && row < count && dimension <= stride && memory.count >= stride)
        let sum = ck_code_row_as_query(rows.codes + row * stride, dimension, stride, memory.baseAddress!)
        let norm = rows.norms.map { $0[row] } ?? 0
        return CodeQuery(codes: UnsafeBufferPointer(memory), base: norm &+ 256 &* sum)
    }

    /// Asks for the two cache lines at an address to be brought near; harmless for any address.
    package static func prefetch(_ address: UnsafeRawPointer) {
        ck_prefetch(address)
        ck_prefetch(address + 64)
    }

    /// The distance without the query's base, in scalar arithmetic, for tests.
    package func reference(_ query: CodeQuery, _ row: Int) -> Int64 {
        precondition(row >= 0 && row < count && query.codes.count >= rows.stride)
        return withUnsafePointer(to: rows) { ck_code_distance_reference($0, query.codes.baseAddress!, UInt32(row)) }
    }
}

/// A query on the scale of code rows, in memory that must outlive it.
package struct CodeQuery {
    package let codes: UnsafeBufferPointer<Int8>
    /// What is added to every distance: 256 · Σ codes for the offset of the rows' codes, and for squared distances the sum
    /// of the squares.
    package let base: Int32

    package init(codes: UnsafeBufferPointer<Int8>, base: Int32) {
        self.codes = codes
        self.base = base
    }
}

package enum NearPositions {
    /// Collects the positions from `position` on whose distance is at most `limit`, until `positions` is full; moves
    /// `position` on (to the end when all are seen) and returns how many were found.
    package static func collect(
        _ distances: UnsafeBufferPointer<Float>, from position: inout Int, limit: Float,
        into positions: UnsafeMutableBufferPointer<UInt32>
    ) -> Int {
        precondition(position >= 0 && positions.count >= 16)
        guard position < distances.count else { return 0 }
        var next = 0
        let found = ck_collect_near(
            distances.baseAddress!, position, distances.count, limit, positions.baseAddress!, positions.count, &next)
        position = next
        return found
    }
}
