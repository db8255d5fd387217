// Rows of codes, floats, halves or bits and their distances from a query.

import CKernels

/// A matrix in memory. Of 8-bit codes, c stands for c − 128.
///
/// The memory must outlive the value. `@unchecked Sendable`: the memory is only read.
package struct CodeRows: @unchecked Sendable {
    private let rows: ck_code_rows
    /// The same rows, where they are not 8-bit codes.
    private let others: ck_vector_rows
    package let kind: CodeKind
    private let dimension: Int
    package var count: Int { Int(rows.row_count) }
    /// Bytes from a row to the next.
    package var stride: Int { rows.stride }

    /// The bytes of a query.
    package var queryByteCount: Int { kind == .i8 ? stride : kind.queryByteCount(dimension: dimension) }

    /// Rows of 8-bit codes.
    ///
    /// - Parameters:
    ///   - norms: the sum of (c − 128)² of each row as little-endian Int32; nil for inner products.
    /// - Returns: nil if the memory is too small or the stride is no multiple of 16.
    package init?(
        codes: UnsafeRawBufferPointer, norms: UnsafeRawBufferPointer?, count: Int, stride: Int
    ) {
        guard count >= 0, count < UInt32.max, stride > 0, stride % 16 == 0, codes.count / stride >= count,
            norms.map({ $0.count / 4 >= count }) ?? true
        else { return nil }
        kind = .i8
        dimension = stride
        others = ck_vector_rows()
        let base = codes.baseAddress ?? UnsafeRawPointer(bitPattern: 64)!
        rows = ck_code_rows(
            codes: base.assumingMemoryBound(to: UInt8.self), stride: stride, row_count: UInt32(count),
            norms: norms?.baseAddress?.assumingMemoryBound(to: Int32.self))
    }

    /// Rows of another kind: distances are squared ones, negated inner products, or for bits Hamming's.
    ///
    /// - Returns: nil if the memory is too small.
    package init?(_ bytes: UnsafeRawBufferPointer, kind: CodeKind, isDot: Bool, dimension: Int, count: Int) {
        let stride = kind.stride(dimension: dimension)
        guard kind != .i8, dimension > 0, count >= 0, count < UInt32.max, bytes.count / stride >= count else {
            return nil
        }
        self.kind = kind
        self.dimension = dimension
        let base = (bytes.baseAddress ?? UnsafeRawPointer(bitPattern: 64)!).assumingMemoryBound(to: UInt8.self)
        rows = ck_code_rows(codes: base, stride: stride, row_count: UInt32(count), norms: nil)
        let wanted =
            switch kind {
            case .f32, .i8: isDot ? CK_ROWS_F32_DOT : CK_ROWS_F32_L2
            case .f16: isDot ? CK_ROWS_F16_DOT : CK_ROWS_F16_L2
            case .bit: CK_ROWS_BITS
            }
        others = ck_vector_rows(
            rows: base, stride: stride, dimension: dimension, row_count: UInt32(count),
            kind: Int32(wanted))
    }

    /// Of 8-bit codes `base + norm − 2 · Σ query · code`; infinity for a row that does not exist.
    @inline(__always)
    package func distances(
        _ query: CodeQuery, of ids: UnsafeBufferPointer<UInt32>, into out: UnsafeMutableBufferPointer<Float>
    ) {
        precondition(out.count >= ids.count && query.codes.count >= queryByteCount)
        guard let ids = ids.baseAddress.map({ UnsafeBufferPointer(start: $0, count: ids.count) }), !ids.isEmpty else {
            return
        }
        if kind != .i8 {
            withUnsafePointer(to: others) {
                ck_vector_distances($0, query.codes.baseAddress!, ids.baseAddress!, ids.count, out.baseAddress!)
            }
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
                && query.codes.count >= queryByteCount)
        guard !range.isEmpty else { return }
        if kind != .i8 {
            withUnsafePointer(to: others) {
                ck_vector_scan(
                    $0, query.codes.baseAddress!, UInt32(range.lowerBound), range.count, out.baseAddress!)
            }
            return
        }
        withUnsafePointer(to: rows) {
            ck_code_scan(
                $0, query.codes.baseAddress!, query.base, UInt32(range.lowerBound), range.count, out.baseAddress!)
        }
    }

    /// The same for several queries, a row of `out` each.
    ///
    /// - Parameter queries: `bases.count` times `queryByteCount` bytes.
    package func distances(
        queries: UnsafeBufferPointer<Int8>, bases: UnsafeBufferPointer<Int32>, of range: Range<Int>,
        into out: UnsafeMutableBufferPointer<Float>
    ) {
        precondition(
            range.lowerBound >= 0 && range.upperBound <= count && out.count >= range.count * bases.count
                && queries.count >= queryByteCount * bases.count)
        guard !range.isEmpty, !bases.isEmpty else { return }
        if kind != .i8 {
            for query in bases.indices {
                let codes = queries[query * queryByteCount..<(query + 1) * queryByteCount]
                distances(
                    CodeQuery(codes: UnsafeBufferPointer(rebasing: codes), base: 0), of: range,
                    into: UnsafeMutableBufferPointer(rebasing: out[(query * range.count)...]))
            }
            return
        }
        withUnsafePointer(to: rows) {
            ck_code_tile(
                $0, queries.baseAddress!, bases.baseAddress!, bases.count, UInt32(range.lowerBound), range.count,
                out.baseAddress!)
        }
    }

    /// The bytes of a row, and what lies behind them up to the next.
    package func codes(ofRow row: Int) -> UnsafeRawBufferPointer {
        precondition(row >= 0 && row < count)
        return UnsafeRawBufferPointer(start: rows.codes + row * stride, count: stride)
    }

    /// Makes a row of `dimension` codes a query, in the memory given, `queryByteCount` of it.
    package func query(
        ofRow row: Int, dimension: Int, in memory: UnsafeMutableBufferPointer<Int8>
    ) -> CodeQuery {
        precondition(memory.count >= queryByteCount)
        let place = codes(ofRow: row)
        switch kind {
        case .i8: break
        case .f32, .bit:
            UnsafeMutableRawBufferPointer(memory).copyMemory(from: place)
            return CodeQuery(codes: UnsafeBufferPointer(memory), base: 0)
        case .f16:
            UnsafeMutableRawBufferPointer(memory).withMemoryRebound(to: Float.self) {
                VectorConversion.widenHalves(place, into: UnsafeMutableBufferPointer(rebasing: $0[..<self.dimension]))
            }
            return CodeQuery(codes: UnsafeBufferPointer(memory), base: 0)
        }
        precondition(dimension <= stride)
        let sum = ck_code_row_as_query(rows.codes + row * stride, dimension, stride, memory.baseAddress!)
        let norm = rows.norms.map { $0[row] } ?? 0
        return CodeQuery(codes: UnsafeBufferPointer(memory), base: norm &+ 256 &* sum)
    }

    /// Zeroed memory for a query, at the beginning of a cache line.
    package static func queryMemory(_ byteCount: Int) -> UnsafeMutableBufferPointer<Int8> {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: (byteCount + 63) / 64 * 64, alignment: 64)
        memory.initializeMemory(as: Int8.self, repeating: 0)
        return memory.bindMemory(to: Int8.self)
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

/// A query as the rows' kind asks for it, in memory that must outlive it, at a multiple of 4.
package struct CodeQuery {
    package let codes: UnsafeBufferPointer<Int8>
    /// For 8-bit codes, what is added to every distance: 256 · Σ codes for the offset of the rows' codes, and for squared distances the sum
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
