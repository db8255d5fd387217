// The 4-bit codes of a segment's rows, which a walk through its graph looks at instead of those of 8 bits.

import MartletKernels

/// A walk waits for memory: it looks at hundreds of rows that lie anywhere, and compares each once. Rows of many dimensions
/// lie in a similar order of distance when their codes are rounded to sixteen values (the errors of hundreds of
/// dimensions are orthogonal to nearly every difference between rows); what a walk brings home is compared by 8-bit codes
/// (two levels of quantization, as Aguerrebere et al. 2023 search graphs).
enum NibblePlane {
    /// Rows of fewer dimensions are few cache lines anyway.
    static let leastDimension = 256
    private static let sampleCount = 128
    private static let k = 10
    private static let walkSize = 48
    private static let truthSize = 192

    /// Whether rows like these can have one.
    static func suits(_ kind: CodeKind, dimension: Int) -> Bool { kind == .i8 && dimension >= leastDimension }

    /// The bytes of so many rows with their scale: f32 low, f32 step, rows as `NibbleRows` has them, its slack.
    static func byteCount(_ count: Int, dimension: Int) -> Int {
        headBytes + count * NibbleRows.stride(dimension: dimension) + NibbleRows.slackBytes
    }

    private static let headBytes = 8

    /// - Returns: nil if there are too few bytes, or they begin with no scale.
    static func rows(_ bytes: UnsafeRawBufferPointer, dimension: Int, count: Int) -> NibbleRows? {
        guard bytes.count >= headBytes else { return nil }
        func float(_ offset: Int) -> Float {
            Float(bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
        }
        return NibbleRows(
            UnsafeRawBufferPointer(rebasing: bytes[headBytes...]), scale: NibbleScale(low: float(0), step: float(4)),
            dimension: dimension, count: count)
    }

    /// - Parameters:
    ///   - hasNorms: false for inner products.
    ///   - target: zeros, `byteCount` of them.
    static func write(
        _ rows: CodeRows, dimension: Int, hasNorms: Bool, into target: UnsafeMutableRawBufferPointer
    ) {
        let scale = scale(of: rows, dimension: dimension)
        target.storeBytes(of: scale.low.bitPattern.littleEndian, as: UInt32.self)
        target.storeBytes(of: scale.step.bitPattern.littleEndian, toByteOffset: 4, as: UInt32.self)
        let stride = NibbleRows.stride(dimension: dimension)
        let table = NibbleTable(scale)
        for row in 0..<rows.count {
            let start = headBytes + row * stride
            NibbleRows.write(
                UnsafeRawBufferPointer(rebasing: rows.codes(ofRow: row)[..<dimension]), by: table,
                hasNorm: hasNorms, into: UnsafeMutableRawBufferPointer(rebasing: target[start..<start + stride]))
        }
    }

    private static func scale(of rows: CodeRows, dimension: Int) -> NibbleScale {
        var counts = [Int](repeating: 0, count: 256)
        for row in stride(from: 0, to: rows.count, by: max(1, rows.count / 4_096)) {
            for code in rows.codes(ofRow: row)[..<dimension] { counts[Int(code)] += 1 }
        }
        return NibbleScale.fitting(counts)
    }

    /// Whether walks by these codes find nearly as much as walks by the 8-bit ones, for a sample of the rows as queries.
    static func isGood(_ nibbles: NibbleRows, _ rows: CodeRows, dimension: Int, _ links: [GraphLinks]) -> Bool {
        let scratch = GraphScratch(nodeCount: rows.count)
        let memory = CodeRows.queryMemory(rows.queryByteCount)
        defer { memory.deallocate() }
        var found = 0
        var foundByNibbles = 0
        var wanted = 0
        for node in stride(from: 0, to: rows.count, by: max(1, rows.count / sampleCount)) {
            let query = rows.query(ofRow: node, dimension: dimension, in: memory)
            func nearest(size: Int) -> Set<UInt32> {
                let count = scratch.search(links, rows, query, size: size)
                return Set((0..<min(k, count)).map { PoolEntry.node(scratch.pool[$0]) })
            }
            let truth = nearest(size: truthSize)
            wanted += truth.count
            found += nearest(size: walkSize).intersection(truth).count
            let count = scratch.search(links, nibbles, rows, query, dimension: dimension, size: walkSize)
            let entries = (0..<count).map { scratch.pool[$0] }.sorted().prefix(k)
            foundByNibbles += truth.intersection(entries.map(PoolEntry.node)).count
        }
        return foundByNibbles >= found - wanted / 200
    }
}
