// Halves and bits: against double precision and single bits, with every instruction set.

import MartletCore
import MartletKernels
import Testing

extension DistanceTests {
    private static func bits(_ state: inout UInt64) -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state >> 16
    }

    /// Any finite half, subnormal ones too.
    private static func half(_ state: inout UInt64) -> UInt16 {
        while true {
            let half = UInt16(truncatingIfNeeded: bits(&state))
            if half & 0x7C00 != 0x7C00 { return half }
        }
    }

    @Test func halvesWithinTheirBound() {
        var state: UInt64 = 77
        defer { InstructionSet.best.use() }
        for count in Self.counts {
            for _ in 0..<10 {
                let halves = (0..<count).map { _ in Self.half(&state) }
                let a = (0..<count).map { _ in Float(Int64(Self.bits(&state) & 0xFFFFF) - 0x80000) / 97 }
                var widened = [Float](repeating: 0, count: count)
                halves.withUnsafeBytes { halves in
                    widened.withUnsafeMutableBufferPointer { VectorConversion.widenHalves(halves, into: $0) }
                }
                let terms = zip(a, widened).reduce(0.0) { $0 + abs(Double($1.0) * Double($1.1)) }
                let bound = Double(count / 32 + 8) * 0x1p-24
                var dots: Set<Float> = []
                var distances: Set<Float> = []
                a.withUnsafeBytes { a in
                    halves.withUnsafeBytes { b in
                        for set in Self.sets {
                            set.use()
                            dots.insert(HalfDistances.dot(a, b))
                            distances.insert(HalfDistances.squaredDistance(a, b))
                        }
                        let dot = HalfDistances.dotReference(a, b)
                        let distance = HalfDistances.squaredDistanceReference(a, b)
                        for value in dots { #expect(abs(Double(value) - dot) <= bound * terms) }
                        for value in distances { #expect(abs(Double(value) - distance) <= bound * distance) }
                    }
                }
                #expect(dots.count == 1 && distances.count == 1, "instruction sets differ at \(count)")
            }
        }
    }

    /// Every half becomes its float with every instruction set, and comes back from it.
    @Test func everyHalf() {
        defer { InstructionSet.best.use() }
        let halves = (0...UInt16.max).filter { $0 & 0x7C00 != 0x7C00 }
        for set in Self.sets {
            set.use()
            var floats = [Float](repeating: 0, count: halves.count)
            var back = [UInt16](repeating: 0, count: halves.count)
            halves.withUnsafeBytes { halves in
                floats.withUnsafeMutableBufferPointer { VectorConversion.widenHalves(halves, into: $0) }
            }
            floats.withUnsafeBufferPointer { floats in
                back.withUnsafeMutableBytes { VectorConversion.halves(floats, into: $0) }
            }
            #expect(back == halves, "\(set)")
            #expect(floats[1] == 0x1p-24 && floats[0x3C00] == 1 && floats[0x7BFF] == 65_504)
            #expect(floats[0x400] == 0x1p-14 && floats[0x8000 - 0x400] == 0 && floats[0x8000 - 0x400].sign == .minus)
        }
        var clamped = [UInt16](repeating: 0, count: 4)
        [Float](arrayLiteral: 1e6, -1e30, 65_519, 1e-9).withUnsafeBufferPointer { floats in
            clamped.withUnsafeMutableBytes { VectorConversion.halves(floats, into: $0) }
        }
        #expect(clamped == [0x7BFF, 0xFBFF, 0x7BFF, 0])
    }

    @Test func differingBits() {
        var state: UInt64 = 3
        defer { InstructionSet.best.use() }
        for count in [0, 1, 7, 8, 9, 16, 48, 63, 64, 65, 128, 200, 2_048] {
            for round in 0..<8 {
                let a = (0..<count).map { _ in UInt8(truncatingIfNeeded: Self.bits(&state)) }
                let b =
                    round == 0 ? a.map { ~$0 } : (0..<count).map { _ in UInt8(truncatingIfNeeded: Self.bits(&state)) }
                a.withUnsafeBytes { a in
                    b.withUnsafeBytes { b in
                        let expected = BitDistances.hammingReference(a, b)
                        if round == 0 { #expect(expected == 8 * count) }
                        for set in Self.sets {
                            set.use()
                            #expect(BitDistances.hamming(a, b) == expected, "\(set) \(count)")
                        }
                    }
                }
            }
        }
    }

    @Test(arguments: [CodeKind.f32, .f16, .bit], [false, true]) func rowsOfOtherKinds(kind: CodeKind, isDot: Bool)
        throws
    {
        var state: UInt64 = 21
        defer { InstructionSet.best.use() }
        for dimension in [1, 9, 64, 100, 128, 784] {
            let count = 9
            let stride = kind.stride(dimension: dimension)
            var bytes = [UInt8](repeating: 0, count: count * stride)
            for row in 0..<count {
                for column in 0..<dimension {
                    let place = row * stride
                    switch kind {
                    case .bit: bytes[place + column / 8] |= UInt8(Self.bits(&state) & 1) << UInt8(column % 8)
                    case .f16:
                        let half = UInt16(0x3000 + Self.bits(&state) & 0x0FFF)
                        bytes[place + 2 * column] = UInt8(truncatingIfNeeded: half)
                        bytes[place + 2 * column + 1] = UInt8(half >> 8)
                    default:
                        withUnsafeBytes(of: Float(Self.bits(&state) & 0xFFF) / 512) {
                            bytes.replaceSubrange(place + 4 * column..<place + 4 * column + 4, with: $0)
                        }
                    }
                }
            }
            try bytes.withUnsafeBytes { raw in
                let rows = try #require(CodeRows(raw, kind: kind, isDot: isDot, dimension: dimension, count: count))
                #expect(CodeRows(raw, kind: kind, isDot: isDot, dimension: dimension, count: count + 1) == nil)
                let memory = CodeRows.queryMemory(rows.queryByteCount)
                let out = UnsafeMutableBufferPointer<Float>.allocate(capacity: count)
                defer {
                    memory.deallocate()
                    out.deallocate()
                }
                var seen: Set<[Float]> = []
                for set in Self.sets {
                    set.use()
                    let query = rows.query(ofRow: 4, dimension: dimension, in: memory)
                    rows.distances(query, of: 0..<count, into: out)
                    let scanned = Array(out)
                    seen.insert(scanned)
                    if !isDot || kind == .bit { #expect(scanned[4] == 0 && scanned.allSatisfy { $0 >= 0 }) }
                    let ids: [UInt32] = [4, 0, 8, 9, .max, 1]
                    ids.withUnsafeBufferPointer { rows.distances(query, of: $0, into: out) }
                    for (index, id) in ids.enumerated() {
                        #expect(out[index] == (id < 9 ? scanned[Int(id)] : .infinity))
                    }
                    [Int32](arrayLiteral: 0).withUnsafeBufferPointer {
                        rows.distances(queries: query.codes, bases: $0, of: 1..<count, into: out)
                    }
                    #expect(Array(out[..<(count - 1)]) == Array(scanned[1...]))
                }
                #expect(seen.count == 1, "instruction sets differ at \(dimension)")
            }
        }
    }
}
