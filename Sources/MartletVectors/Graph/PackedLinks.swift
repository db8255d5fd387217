// The links of a finished graph, in as few bytes as serve a walk.
//
//   for each eight nodes: u32 where their lists begin, in bytes behind these; eight u8, the lengths of their lists
//   for each eight nodes: the neighbours of all, of as many bits as the level's count of nodes asks for, up to a whole
//   byte
//
// What comes first is small enough to stay near, so that a walk knows where a list lies before it needs it.

import MartletKernels

/// One level. The bytes may say anything: what they cannot mean is a list without neighbours, or a number that names no
/// node.
package struct PackedLinks: GraphLevel {
    private static let groupSize = 8
    private static let headBytes = 12
    static let longestList = 255

    private let base: UnsafeRawPointer
    /// Behind the heads.
    private let lists: UnsafeRawPointer
    private let listBytes: Int
    private let bits: Int
    let width: Int
    let count: Int

    /// - Parameter bytes: followed by `PackedNumbers.slackBytes` that can be read.
    /// - Returns: nil if there are too few.
    package init?(_ bytes: UnsafeRawBufferPointer, count: Int, width: Int) {
        let headBytes = Self.headBytes * Self.groups(count)
        guard let base = bytes.baseAddress, bytes.count >= headBytes else { return nil }
        self.base = base
        lists = base + headBytes
        listBytes = bytes.count - headBytes
        self.count = count
        self.width = min(width, Self.longestList)
        bits = Self.bits(count)
    }

    private static func groups(_ count: Int) -> Int { (count + groupSize - 1) / groupSize }

    private static func bits(_ count: Int) -> Int { PackedNumbers.width(of: UInt64(max(0, count - 1))) }

    /// Where a group's lists begin, in bytes behind the heads.
    @inline(__always) private func start(_ group: Int) -> Int {
        Int(UInt32(littleEndian: base.loadUnaligned(fromByteOffset: Self.headBytes * group, as: UInt32.self)))
    }

    /// A byte for each node of a group.
    @inline(__always) private func lengths(_ group: Int) -> UInt64 {
        UInt64(littleEndian: base.loadUnaligned(fromByteOffset: Self.headBytes * group + 4, as: UInt64.self))
    }

    /// A node's list: where its group's begin, how many numbers come before it there, its length.
    @inline(__always) private func place(_ node: Int) -> (start: Int, first: Int, length: Int) {
        let lengths = lengths(node >> 3)
        let shift = UInt64(node & 7) << 3
        let before = lengths & (1 << shift - 1)
        // Four sums of two bytes each, added up in the highest sixteen bits.
        let pairs = before & 0x00FF_00FF_00FF_00FF + before >> 8 & 0x00FF_00FF_00FF_00FF
        return (start(node >> 3), Int((pairs &* 0x0001_0001_0001_0001) >> 48), Int(lengths >> shift & 255))
    }

    @inline(__always)
    package func list(_ node: Int, into memory: UnsafeMutablePointer<UInt32>) -> UnsafeBufferPointer<UInt32> {
        let (start, first, length) = place(node)
        guard length <= width, start + PackedNumbers.byteCount(first + length, width: bits) <= listBytes else {
            return UnsafeBufferPointer(start: memory, count: 0)
        }
        PackedNumbers(lists + start, width: bits).copy(from: first, count: length, into: memory)
        return UnsafeBufferPointer(start: memory, count: length)
    }

    @inline(__always) func prefetch(_ node: Int) {
        let (start, first, _) = place(node)
        // Harmless for any address.
        CodeRows.prefetch(lists + start + (first * bits) >> 3)
    }

    /// Whether the groups follow each other without gaps and all links lead somewhere. Full read.
    package func isSound() -> Bool {
        var end = 0
        let memory = UnsafeMutablePointer<UInt32>.allocate(capacity: max(1, width))
        defer { memory.deallocate() }
        for group in 0..<Self.groups(count) {
            guard start(group) == end else { return false }
            let lengths = lengths(group)
            var total = 0
            for place in 0..<Self.groupSize {
                let length = Int(lengths >> UInt64(8 * place) & 255)
                guard length <= width, group * Self.groupSize + place < count || length == 0 else { return false }
                total += length
            }
            end += PackedNumbers.byteCount(total, width: bits)
            guard end <= listBytes else { return false }
            for node in group * Self.groupSize..<min(count, (group + 1) * Self.groupSize) {
                for neighbour in list(node, into: memory) where neighbour >= count { return false }
            }
        }
        return end == listBytes
    }

    /// The bytes of one level.
    ///
    /// - Parameter list: a node's neighbours; those beyond `longestList` are left out.
    package static func packed(count: Int, list: (Int) -> [UInt32]) -> [UInt8] {
        let headBytes = headBytes * groups(count)
        let bits = bits(count)
        var bytes = [UInt8](repeating: 0, count: headBytes)
        for group in 0..<groups(count) {
            let head = Self.headBytes * group
            let first = bytes.count
            for place in 0..<4 {
                bytes[head + place] = UInt8(truncatingIfNeeded: (first - headBytes) >> (8 * place))
            }
            var numbers: [UInt32] = []
            for place in 0..<groupSize where group * groupSize + place < count {
                let neighbours = list(group * groupSize + place).prefix(longestList)
                bytes[head + 4 + place] = UInt8(neighbours.count)
                numbers += neighbours
            }
            bytes += repeatElement(0, count: PackedNumbers.byteCount(numbers.count, width: bits))
            bytes.withUnsafeMutableBytes { bytes in
                var writer = PackedNumbersWriter(UnsafeMutableRawBufferPointer(rebasing: bytes[first...]), width: bits)
                for number in numbers { writer.append(UInt64(number)) }
            }
        }
        return bytes
    }
}
