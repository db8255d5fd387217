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

    /// Rounded up, and only once, whatever the greatest is.
    @Test func errors() {
        let greatest = RoundedError.rounded(3.14159)
        #expect(greatest >= 3.14159 && greatest < 3.14159 * 1.016)
        for error in [0.28, 0.3, 0.5, 1, 2.999, 3.14159, greatest] as [Float] {
            let value = RoundedError.value(RoundedError.code(error, greatest: greatest), greatest: greatest)
            #expect(value >= error && value <= error * 1.016)
            let wider = RoundedError.rounded(3.9)
            #expect(RoundedError.value(RoundedError.code(value, greatest: wider), greatest: wider) == value)
        }
        for greatest in [0, Float.leastNonzeroMagnitude, 1e-20, 1, 7e30].map(RoundedError.rounded) {
            for part in [0, 1e-6, 0.01, 1] as [Float] {
                let error = greatest * part
                let value = RoundedError.value(RoundedError.code(error, greatest: greatest), greatest: greatest)
                #expect(value >= error && value <= greatest && (error > 0 || value == 0))
            }
        }
    }

    /// The numbers and their shortcuts end to end, as a segment has them.
    private func withPermutation(
        _ numbers: [UInt32], damage: (inout UInt8) -> Void, _ body: (PackedPermutation) -> Void
    ) {
        let shortcuts = PackedPermutation.shortcuts(of: numbers)
        #expect(shortcuts.numbers.count <= 2 * numbers.count / 9)
        let width = PackedNumbers.width(of: UInt64(max(0, numbers.count - 1)))
        let start = PackedNumbers.byteCount(numbers.count, width: width)
        let end = start + shortcuts.heads.count
        let last = end + PackedNumbers.byteCount(shortcuts.numbers.count, width: width)
        var bytes = [UInt8](repeating: 0, count: last + PackedNumbers.slackBytes)
        bytes.withUnsafeMutableBytes { raw in
            var writer = PackedNumbersWriter(UnsafeMutableRawBufferPointer(rebasing: raw[..<start]), width: width)
            for number in numbers { writer.append(UInt64(number)) }
            UnsafeMutableRawBufferPointer(rebasing: raw[start..<end]).copyBytes(from: shortcuts.heads)
            writer = PackedNumbersWriter(UnsafeMutableRawBufferPointer(rebasing: raw[end...]), width: width)
            for number in shortcuts.numbers { writer.append(UInt64(number)) }
            for index in start..<last { damage(&raw[index]) }
            let base = UnsafeRawPointer(raw.baseAddress!)
            body(
                PackedPermutation(
                    PackedNumbers(base, width: width), heads: base + start,
                    shortcuts: PackedNumbers(base + end, width: width), count: numbers.count,
                    shortcutCount: shortcuts.numbers.count))
        }
    }

    /// Cycles of one number, of all numbers, and of lengths between are followed back.
    @Test(arguments: [0, 1, 7, 8, 9, 63, 64, 65, 1_000, 5_000]) func permutations(count: Int) {
        var random = SeededRandom(seed: UInt64(count))
        let identity = (0..<count).map { UInt32($0) }
        var blocks: [UInt32] = []
        while blocks.count < count {
            let (first, length) = (blocks.count, min(count - blocks.count, 1 + blocks.count % 23))
            blocks += (1...length).map { UInt32(first + $0 % length) }
        }
        let rotated = identity.map { UInt32((Int($0) + 1) % max(1, count)) }
        for numbers in [identity, rotated, blocks, identity.shuffled(using: &random)] {
            withPermutation(numbers, damage: { _ in }) { permutation in
                #expect(identity.allSatisfy { permutation.place(of: Int(numbers[Int($0)])) == Int($0) })
            }
            // Damaged shortcuts lead nowhere, or to the place.
            withPermutation(numbers, damage: { $0 = UInt8.random(in: 0...255, using: &random) }) { permutation in
                for place in identity {
                    let found = permutation.place(of: Int(numbers[Int(place)]))
                    #expect(found == nil || found == Int(place))
                }
            }
        }
    }

    /// Beside its codes, a row without a gap before it takes its links and little else.
    @Test func bytesOfARow() throws {
        let builder = VectorSegmentBuilder(metric: .l2, dimension: 16, scale: nil)
        let vectors = MadeVectors(count: 1_000, dimension: 16, seed: 8)
        for (index, row) in vectors.rows.enumerated() {
            try row.withFloats { (row) throws(Diagnostic) in try builder.add(rowID: Int64(index), row) }
        }
        // Code, norm and error.
        let flat = try builder.finish(.flat)
        #expect(flat.count <= VectorSegmentLayout.headerBytes + 1_000 * (16 + 4 + 1) + 8)
        let linked = try builder.finish(.graph(GraphParameters(m: 8, constructionSize: 40)), threads: 2)
        // Nodes of 10 bits, a shortcut for each eighth, links.
        let nodes = 1_250 + 16 * 12 + 140 * 10 / 8
        #expect(linked.count - flat.count <= nodes + 1_000 * (16 * 10 / 8 + 2) + 125 * 14)
    }

    @Test func otherFormats() throws {
        let definition = VectorIndexDefinition(metric: .l2, dimension: 4, structure: .flat)
        for (version, code) in [(UInt8(1), ErrorCode.olderFormat), (2, .olderFormat), (5, .newerFormat)] {
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
