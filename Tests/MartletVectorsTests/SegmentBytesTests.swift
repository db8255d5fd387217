// What a segment's bytes hold, and how few they are.

import MartletCore
import MartletKernels
import MartletVectors
import Testing

@Suite struct SegmentBytesTests {
    @Test(arguments: [0, 1, 7, 20, 31, 56, 64]) func packedNumbers(width: Int) {
        let mask: UInt64 = width == 64 ? .max : 1 << UInt64(width) - 1
        let numbers = (0..<100).map { UInt64($0) &* 0x9E37_79B9_7F4A_7C15 & mask }
        let byteCount = PackedNumbers.byteCount(numbers.count, width: width)
        #expect(byteCount == (100 * width + 7) / 8)
        var bytes = [UInt8](repeating: 0, count: byteCount + PackedNumbers.slackBytes)
        bytes.withUnsafeMutableBytes { raw in
            var writer = PackedNumbersWriter(UnsafeMutableRawBufferPointer(rebasing: raw[..<byteCount]), width: width)
            for number in numbers { writer.append(number) }
            let packed = PackedNumbers(UnsafeRawPointer(raw.baseAddress!), width: width)
            #expect(numbers.indices.map { packed[$0] } == numbers)
        }
    }

    @Test func widths() {
        let widths: [(UInt64, Int)] = [
            (0, 0), (1, 1), (255, 8), (256, 9), (1 << 56 - 1, 56), (1 << 56, 64), (.max, 64),
        ]
        for (greatest, width) in widths { #expect(PackedNumbers.width(of: greatest) == width) }
    }

    @Test(arguments: [1, 8, 9, 300]) func packedLinks(count: Int) {
        // Of lengths from none to more than are kept.
        let lists = (0..<count).map { node in
            (0..<(node * 13 % 40 == 26 ? 256 : node * 13 % 40)).map { UInt32(($0 * 7 + node) % count) }
        }
        let bytes = PackedLinks.packed(count: count) { lists[$0] }
        let memory = UnsafeMutablePointer<UInt32>.allocate(capacity: 256)
        defer { memory.deallocate() }
        (bytes + [UInt8](repeating: 0, count: PackedNumbers.slackBytes)).withUnsafeBytes { raw in
            let part = UnsafeRawBufferPointer(rebasing: raw[..<bytes.count])
            guard let links = PackedLinks(part, count: count, width: 256) else {
                Issue.record("its own bytes are refused")
                return
            }
            #expect(links.isSound())
            for node in 0..<count { #expect(Array(links.list(node, into: memory)) == Array(lists[node].prefix(255))) }
            let short = UnsafeRawBufferPointer(rebasing: raw[..<(bytes.count - 1)])
            #expect(PackedLinks(short, count: count, width: 256)?.isSound() != true)
        }
    }

    /// Row ids at any distance, and at the ends of what there is.
    @Test func rowIDs() throws {
        let patterns: [[Int64]] = [
            [5], Array(-3..<40), (0..<50).map { 3 * $0 }, (0..<30).map { 1 << 57 + $0 << 32 },
            [.min, -1, 0, .max], [.max - 1, .max], [.min, .min + 1, .min + 2],
        ]
        for rowIDs in patterns {
            let builder = VectorSegmentBuilder(metric: .l2, dimension: 4, scale: nil)
            for (index, rowID) in rowIDs.enumerated() {
                try [Float(index), 1, 2, 3].withFloats { (row) throws(Diagnostic) in try builder.add(rowID: rowID, row)
                }
            }
            let bytes = try builder.finish(.graph(GraphParameters(m: 4, constructionSize: 8)))
            try bytes.withRawBytes { (raw) throws(Diagnostic) in
                let reader = try VectorSegmentReader(raw)
                try reader.check()
                for rowID in rowIDs {
                    let node = try reader.node(ofRow: rowID)
                    #expect(try node.map { (node) throws(Diagnostic) in try reader.rowID(ofNode: node) } == rowID)
                    for near in [rowID &- 1, rowID &+ 1] where !rowIDs.contains(near) {
                        #expect(try reader.node(ofRow: near) == nil)
                    }
                }
            }
        }
    }

    /// Rounded up, and only once.
    @Test func errors() {
        for error in [0, Float.leastNonzeroMagnitude, 1e-20, 0.1, 1, 3.14159, 7e30, .infinity] {
            let code = RoundedError.code(error)
            let value = RoundedError.value(code)
            #expect(value >= error && (value <= error * 1.008 || error < 1e-37))
            #expect(RoundedError.code(value) == code)
        }
    }

    /// Beside its codes, a row without a gap before it takes its links and little else.
    @Test func bytesOfARow() throws {
        let builder = VectorSegmentBuilder(metric: .l2, dimension: 16, scale: nil)
        let vectors = MadeVectors(count: 1_000, dimension: 16, seed: 8)
        for (index, row) in vectors.rows.enumerated() {
            try row.withFloats { (row) throws(Diagnostic) in try builder.add(rowID: Int64(index), row) }
        }
        // Code, norm, error, place and node of 10 bits.
        let flat = try builder.finish(.flat)
        #expect(flat.count <= VectorSegmentLayout.headerBytes + 1_000 * (16 + 4 + 2) + 2 * 1_250 + 8)
        let linked = try builder.finish(.graph(GraphParameters(m: 8, constructionSize: 40)), threads: 2)
        #expect(linked.count - flat.count <= 1_000 * (16 * 10 / 8 + 2) + 125 * 14)
    }

    @Test func otherFormats() throws {
        let definition = VectorIndexDefinition(metric: .l2, dimension: 4, structure: .flat)
        for (version, code) in [(UInt8(1), ErrorCode.olderFormat), (3, .newerFormat)] {
            var bytes = VectorIndexManifest(definition: definition).encoded()
            bytes[0] = version
            bytes.removeLast(4)
            withUnsafeBytes(of: Checksum.crc32c(bytes).littleEndian) { bytes.append(contentsOf: $0) }
            do throws(Diagnostic) {
                try bytes.withRawBytes { (raw) throws(Diagnostic) in _ = try VectorIndexManifest(decoding: raw) }
                Issue.record("format \(version) was taken")
            } catch {
                #expect(error.code == code && error.hint != nil)
            }
        }
    }
}
