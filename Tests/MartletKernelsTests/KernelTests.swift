// Kernels against their scalar references.

import MartletCore
import MartletKernels
import Testing

@Suite struct KernelTests {
    @Test func checksumHasTheKnownValue() {
        #expect(Checksum.crc32c(Array("123456789".utf8)) == 0xE306_9283)
        #expect(Checksum.crc32c([]) == 0)
    }

    @Test(arguments: [UInt64(1), 2, 3]) func checksumEqualsItsReference(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for count in Array(0..<200) + [3_071, 3_072, 3_080, 9_000, 20_003] {
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            let split = count / 3
            bytes.withUnsafeBytes { all in
                let expected = Checksum.crc32cReference(all)
                #expect(Checksum.crc32c(all) == expected)
                let first = Checksum.crc32c(UnsafeRawBufferPointer(rebasing: all[..<split]))
                #expect(Checksum.crc32c(UnsafeRawBufferPointer(rebasing: all[split...]), seed: first) == expected)
            }
        }
    }

    @Test(arguments: 0...32) func packedBlocksComeBack(bits: Int) {
        var random = SeededRandom(seed: UInt64(bits))
        let limit = bits == 32 ? UInt32.max : (1 << UInt32(bits)) - 1
        var values = (0..<128).map { _ in UInt32.random(in: 0...limit, using: &random) }
        values[random.next() % 2 == 0 ? 0 : 127] = limit
        var bytes: [UInt8] = [7]
        values.withUnsafeBufferPointer {
            #expect(BlockPacking.bits(for: $0) == bits)
            BlockPacking.pack($0, bits: bits, to: &bytes)
        }
        #expect(bytes.count == 1 + 16 * bits)
        let base = UInt32(truncatingIfNeeded: random.next())
        var sums: [UInt32] = []
        for value in values { sums.append((sums.last ?? base) &+ value) }
        for (expected, sumsAfter) in [(values, UInt32?.none), (sums, base)] {
            var fast = [UInt32](repeating: 1, count: 128)
            var slow = fast
            bytes.withUnsafeBytes { bytes in
                fast.withUnsafeMutableBufferPointer { fast in
                    if let sumsAfter {
                        #expect(BlockPacking.unpackSums(bytes, at: 1, bits: bits, after: sumsAfter, into: fast))
                    } else {
                        #expect(BlockPacking.unpack(bytes, at: 1, bits: bits, into: fast))
                    }
                }
                slow.withUnsafeMutableBufferPointer {
                    #expect(
                        BlockPacking.unpackReference(bytes, at: 1, bits: bits, sumsAfter: sumsAfter, into: $0))
                }
            }
            #expect(fast == expected)
            #expect(slow == expected)
        }
    }

    @Test func unpackingRefusesWhatDoesNotFit() {
        var values = [UInt32](repeating: 0, count: 128)
        [UInt8](repeating: 0, count: 31).withUnsafeBytes { bytes in
            values.withUnsafeMutableBufferPointer { values in
                #expect(!BlockPacking.unpack(bytes, at: 0, bits: 2, into: values))
                #expect(!BlockPacking.unpack(bytes, at: 16, bits: 1, into: values))
                #expect(!BlockPacking.unpack(bytes, at: 0, bits: 33, into: values))
                #expect(!BlockPacking.unpack(bytes, at: -1, bits: 1, into: values))
                #expect(!BlockPacking.unpack(bytes, at: .max, bits: 1, into: values))
                #expect(BlockPacking.unpack(bytes, at: 15, bits: 1, into: values))
            }
        }
    }
}
