// Distances of 4-bit codes against the scalar reference, and how near they come to those of 8 bits.

import MartletKernels
import Testing

extension KernelTests {
    struct NibbleDistanceTests {
        /// Codes at the ends of their range too, where products are largest.
        private static func codes(_ count: Int, dimension: Int) -> [[UInt8]] {
            var state: UInt64 = UInt64(dimension)
            return (0..<count).map { row in
                (0..<dimension).map { _ in
                    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                    return row == 0 ? 0 : row == 1 ? 255 : UInt8(state >> 56)
                }
            }
        }

        @Test(arguments: [1, 2, 31, 32, 33, 63, 64, 65, 127, 256, 257, 784, 1_536, 16_384])
        func everySetAgrees(dimension: Int) throws {
            let before = InstructionSet.current
            defer { before.use() }
            let all = Self.codes(9, dimension: dimension)
            let scale = NibbleScale(low: 3.5, step: 16.25)
            let stride = NibbleRows.stride(dimension: dimension)
            for hasNorm in [true, false] {
                var bytes = [UInt8](repeating: 0, count: 9 * stride + NibbleRows.slackBytes)
                bytes.withUnsafeMutableBytes { raw in
                    for (row, codes) in all.enumerated() {
                        codes.withUnsafeBytes {
                            NibbleRows.write(
                                $0, by: NibbleTable(scale), hasNorm: hasNorm,
                                into: UnsafeMutableRawBufferPointer(rebasing: raw[row * stride..<(row + 1) * stride]))
                        }
                    }
                }
                // What lies behind the rows must not count.
                for index in (9 * stride)..<bytes.count { bytes[index] = 0xFF }
                try bytes.withUnsafeBytes { raw in
                    let rows = try #require(NibbleRows(raw, scale: scale, dimension: dimension, count: 9))
                    #expect(NibbleRows(raw, scale: scale, dimension: dimension, count: 10) == nil)
                    #expect(NibbleRows(raw, scale: NibbleScale(low: 0, step: 0), dimension: dimension, count: 9) == nil)
                    let memory = CodeRows.queryMemory(NibbleQuery.byteCount(dimension: dimension))
                    defer { memory.deallocate() }
                    for query in [all[0], all[1], all[7]] {
                        let signed = query.map { Int8(truncatingIfNeeded: Int($0) - 128) }
                        let sum = signed.reduce(Int32(0)) { $0 + Int32($1) }
                        let squares = hasNorm ? signed.reduce(Int32(0)) { $0 + Int32($1) * Int32($1) } : 0
                        try signed.withUnsafeBufferPointer { codes in
                            let whole = CodeQuery(codes: codes, base: squares &+ 256 &* sum)
                            let rough = NibbleQuery(whole, dimension: dimension, scale: scale, in: memory)
                            var first: [Float]?
                            for set in InstructionSet.allCases where set.isAvailable {
                                set.use()
                                var out = [Float](repeating: 0, count: 6)
                                let ids: [UInt32] = [4, 0, 8, 9, .max, 1]
                                ids.withUnsafeBufferPointer { ids in
                                    out.withUnsafeMutableBufferPointer { rows.distances(rough, of: ids, into: $0) }
                                }
                                #expect(first == nil || out == first, "\(set) \(dimension)")
                                first = out
                            }
                            let out = try #require(first)
                            for (index, id) in [4, 0, 8, 9, .max, 1].enumerated() {
                                guard id < 9 else {
                                    #expect(out[index] == .infinity)
                                    continue
                                }
                                var distance = 0.0
                                var products = 0
                                var size = 1.0
                                for (q, c) in zip(signed, all[id]) {
                                    let level = max(0, min(15, ((Float(c) - 3.5) / 16.25).rounded(.toNearestOrEven)))
                                    products += Int(q) * Int(level)
                                    let value = 3.5 + 16.25 * Double(level) - 128
                                    distance +=
                                        hasNorm
                                        ? (Double(q) - value) * (Double(q) - value) : -2 * Double(q) * value
                                    size += Double(q) * Double(q) + value * value
                                }
                                #expect(rows.reference(rough, id) == Int32(products))
                                #expect(abs(Double(out[index]) - distance) <= 1e-6 * size * 4, "\(dimension)")
                            }
                        }
                    }
                }
            }
        }

        /// Sixteen codes are kept as they are, and a few outliers do not spoil the scale of the rest.
        @Test func fitting() {
            var counts = [Int](repeating: 0, count: 256)
            for level in 0..<16 { counts[17 * level] = 10 }
            #expect(NibbleScale.fitting(counts) == NibbleScale(low: 0, step: 17))
            counts = [Int](repeating: 0, count: 256)
            for code in 100...155 { counts[code] = 1_000 }
            counts[0] = 1
            counts[255] = 1
            #expect(NibbleScale.fitting(counts).step < 8)
            #expect(NibbleScale.fitting([Int](repeating: 0, count: 256)).step > 0)
        }
    }
}
