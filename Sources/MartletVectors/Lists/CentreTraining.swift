// Centres that rows gather around (Lloyd 1982), in the rows' own form: codes are averaged to codes.

import MartletCore
import MartletKernels

/// Codes of centres, and of each row the nearest centre: by the Euclidean distance, that of bits by Hamming's.
///
/// `@unchecked Sendable`: while parts run in parallel, they only read.
struct CentreTraining: @unchecked Sendable {
    /// Rows of the sample for each centre, and how often centres are moved.
    private static let sampleRows = 64
    private static let rounds = 10
    private static let portion = 1_024
    /// Rows that are compared with the centres together.
    private static let block = 16

    private let rows: CodeRows
    private let dimension: Int
    private let threads: Int
    private let memory: CentreMemory

    /// - Parameters:
    ///   - rows: with norms, in an order that has nothing to do with what they are like. The centres outlive them.
    ///   - threads: the result is the same for any number.
    init(_ rows: CodeRows, dimension: Int, count: Int, threads: Int) {
        precondition(count > 0 && count <= rows.count)
        self.rows = rows
        self.dimension = dimension
        self.threads = threads
        memory = CentreMemory(rows, dimension: dimension, count: count)
        for centre in 0..<count { memory.set(centre, rows.codes(ofRow: centre)) }
    }

    /// The codes of all centres, and their norms.
    var codes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(memory.codes) }
    var norms: UnsafeRawBufferPointer { UnsafeRawBufferPointer(memory.norms) }

    /// Moves the centres to the middles of the rows that are nearest to them.
    ///
    /// - Throws: what `check`, called now and then, throws.
    func train(check: () throws(Diagnostic) -> Void) throws(Diagnostic) {
        let sampled = min(rows.count, Self.sampleRows * memory.count)
        for _ in 0..<Self.rounds {
            let nearest = try nearestCentres(of: 0..<sampled, check: check)
            let (order, starts) = lists(nearest)
            let portion = max(1, memory.count / (4 * max(1, threads)))
            let portions = (memory.count + portion - 1) / portion
            let means = try Parallel.map(count: portions, threads: threads) {
                (part) throws(Diagnostic) -> [[UInt8]] in
                (part * portion..<min(memory.count, (part + 1) * portion)).map {
                    mean(of: order[starts[$0]..<starts[$0 + 1]])
                }
            }
            // One without rows stays where it is.
            for (centre, mean) in means.joined().enumerated() where !mean.isEmpty {
                mean.withUnsafeBytes { memory.set(centre, $0) }
            }
        }
    }

    /// The nearest centre of each row, the first of equal ones.
    ///
    /// - Parameters:
    ///   - progress: called now and then with the number of rows done.
    ///   - check: called now and then.
    func nearestCentres(
        of range: Range<Int>, progress: ((Int) -> Void)? = nil, check: () throws(Diagnostic) -> Void
    ) throws(Diagnostic) -> [UInt32] {
        var nearest: [UInt32] = []
        nearest.reserveCapacity(range.count)
        let step = 16 * Self.portion
        for start in stride(from: range.lowerBound, to: range.upperBound, by: step) {
            try check()
            let end = min(range.upperBound, start + step)
            let portions = (end - start + Self.portion - 1) / Self.portion
            let found = try Parallel.map(count: portions, threads: threads) { (part) throws(Diagnostic) -> [UInt32] in
                let first = start + part * Self.portion
                return nearestCentres(first..<min(end, first + Self.portion))
            }
            for part in found { nearest += part }
            progress?(nearest.count)
        }
        return nearest
    }

    private func nearestCentres(_ range: Range<Int>) -> [UInt32] {
        guard let centres = memory.rows else { return range.map { _ in 0 } }
        let queryBytes = rows.queryByteCount
        let queries = CodeRows.queryMemory(Self.block * queryBytes)
        defer { queries.deallocate() }
        var bases = [Int32](repeating: 0, count: Self.block)
        var distances = [Float](repeating: 0, count: Self.block * memory.count)
        var nearest: [UInt32] = []
        for first in stride(from: range.lowerBound, to: range.upperBound, by: Self.block) {
            let block = first..<min(range.upperBound, first + Self.block)
            for row in block {
                let place = (row - first) * queryBytes
                let memory = UnsafeMutableBufferPointer(rebasing: queries[place..<place + queryBytes])
                bases[row - first] = rows.query(ofRow: row, dimension: dimension, in: memory).base
            }
            distances.withUnsafeMutableBufferPointer { distances in
                bases.withUnsafeBufferPointer { bases in
                    centres.distances(
                        queries: UnsafeBufferPointer(queries),
                        bases: UnsafeBufferPointer(rebasing: bases[..<block.count]), of: 0..<memory.count,
                        into: distances)
                }
                for row in block.indices {
                    let own = (row - first) * memory.count
                    var best = own
                    for place in own..<own + memory.count where distances[place] < distances[best] { best = place }
                    nearest.append(UInt32(truncatingIfNeeded: best - own))
                }
            }
        }
        return nearest
    }

    /// The rows list by list, in the order in which they are given, and where each list begins; at last their number.
    func lists(_ nearest: [UInt32]) -> (order: [Int], starts: [Int]) {
        var members = [[Int]](repeating: [], count: memory.count)
        for (row, centre) in nearest.enumerated() { members[Int(centre)].append(row) }
        var starts = [0]
        for list in members { starts.append(starts[starts.count - 1] + list.count) }
        return (Array(members.joined()), starts)
    }

    /// The codes in the middle of some rows; empty without any.
    private func mean(of members: ArraySlice<Int>) -> [UInt8] {
        guard !members.isEmpty else { return [] }
        var sums = [Double](repeating: 0, count: dimension)
        var elements = [Float](repeating: 0, count: dimension)
        for row in members {
            let codes = rows.codes(ofRow: row)
            elements.withUnsafeMutableBufferPointer { elements in
                switch rows.kind {
                case .i8: for index in elements.indices { elements[index] = Float(codes[index]) }
                case .f32: UnsafeMutableRawBufferPointer(elements).copyBytes(from: codes[..<(4 * dimension)])
                case .f16: VectorConversion.widenHalves(codes, into: elements)
                case .bit: VectorConversion.widenBits(codes, into: elements)
                }
            }
            for index in elements.indices { sums[index] += Double(elements[index]) }
        }
        for index in sums.indices { elements[index] = Float(sums[index] / Double(members.count)) }
        var bytes = [UInt8](repeating: 0, count: rows.stride)
        bytes.withUnsafeMutableBytes { bytes in
            elements.withUnsafeBufferPointer { elements in
                switch rows.kind {
                case .i8:
                    for index in elements.indices {
                        bytes[index] = UInt8(max(0, min(255, elements[index].rounded(.toNearestOrEven))))
                    }
                case .f32: bytes.copyMemory(from: UnsafeRawBufferPointer(elements))
                case .f16: VectorConversion.halves(elements, into: bytes)
                case .bit:
                    for index in elements.indices where elements[index] > 0.5 {
                        bytes[index / 8] |= 1 << UInt8(index % 8)
                    }
                }
            }
        }
        return bytes
    }
}

/// Centres while they are trained.
private final class CentreMemory {
    let count: Int
    let codes: UnsafeMutableRawBufferPointer
    let norms: UnsafeMutableRawBufferPointer
    private let kind: CodeKind
    private let stride: Int
    private let dimension: Int

    init(_ rows: CodeRows, dimension: Int, count: Int) {
        self.count = count
        self.dimension = dimension
        kind = rows.kind
        stride = rows.stride
        codes = .allocate(byteCount: stride * count, alignment: 64)
        norms = .allocate(byteCount: 4 * count, alignment: 64)
        norms.initializeMemory(as: UInt8.self, repeating: 0)
    }

    deinit {
        codes.deallocate()
        norms.deallocate()
    }

    func set(_ centre: Int, _ bytes: UnsafeRawBufferPointer) {
        UnsafeMutableRawBufferPointer(rebasing: codes[(centre * stride)..<(centre + 1) * stride])
            .copyMemory(from: bytes)
        guard kind == .i8 else { return }
        let norm = CodeScale.norm(UnsafeRawBufferPointer(rebasing: bytes[..<dimension]))
        norms.storeBytes(of: norm.littleEndian, toByteOffset: 4 * centre, as: Int32.self)
    }

    var rows: CodeRows? {
        CodeRows(
            UnsafeRawBufferPointer(codes), norms: UnsafeRawBufferPointer(norms), kind: kind, metric: .l2,
            dimension: dimension, count: count)
    }
}
