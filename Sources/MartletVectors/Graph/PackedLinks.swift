// The links of a finished graph, in as few bytes as serve a walk.
//
//   u32 for each eight nodes: where their lists begin, in bytes behind these numbers
//   for each eight nodes: eight u8, the lengths of their lists; the neighbours of all, of as many bits as the level's
//   count of nodes asks for, up to a whole byte

import MartletKernels

/// One level. The bytes may say anything: what they cannot mean is a list without neighbours, or a number that names no
/// node.
struct PackedLinks: GraphLevel {
    private static let groupSize = 8
    static let longestList = 255

    private let bytes: UnsafeRawBufferPointer
    private let bits: Int
    private let groups: Int
    let width: Int
    let count: Int

    /// - Parameter bytes: followed by `PackedNumbers.slackBytes` that can be read.
    /// - Returns: nil if there are too few.
    init?(_ bytes: UnsafeRawBufferPointer, count: Int, width: Int) {
        let groups = (count + Self.groupSize - 1) / Self.groupSize
        guard bytes.count >= 4 * groups else { return nil }
        self.bytes = bytes
        self.groups = groups
        self.count = count
        self.width = min(width, Self.longestList)
        bits = Self.bits(count)
    }

    private static func bits(_ count: Int) -> Int { PackedNumbers.width(of: UInt64(max(0, count - 1))) }

    /// Where a group of eight begins.
    @inline(__always) private func start(_ group: Int) -> Int {
        4 * groups
            + Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * group, as: UInt32.self)))
    }

    @inline(__always)
    func list(_ node: Int, into memory: UnsafeMutablePointer<UInt32>) -> UnsafeBufferPointer<UInt32> {
        let start = start(node >> 3)
        guard start + Self.groupSize <= bytes.count, let base = bytes.baseAddress else {
            return UnsafeBufferPointer(start: memory, count: 0)
        }
        let lengths = UInt64(littleEndian: base.loadUnaligned(fromByteOffset: start, as: UInt64.self))
        let shift = UInt64(node & 7) << 3
        let before = lengths & (1 << shift - 1)
        // Four sums of two bytes each, added up in the highest sixteen bits.
        let pairs = before & 0x00FF_00FF_00FF_00FF + before >> 8 & 0x00FF_00FF_00FF_00FF
        let first = Int((pairs &* 0x0001_0001_0001_0001) >> 48)
        let length = Int(lengths >> shift & 255)
        guard length <= width,
            start + Self.groupSize + PackedNumbers.byteCount(first + length, width: bits) <= bytes.count
        else { return UnsafeBufferPointer(start: memory, count: 0) }
        let numbers = PackedNumbers(base + start + Self.groupSize, width: bits)
        for index in 0..<length { memory[index] = UInt32(truncatingIfNeeded: numbers[first + index]) }
        return UnsafeBufferPointer(start: memory, count: length)
    }

    @inline(__always) func prefetch(_ node: Int) {
        // Harmless for any address.
        CodeRows.prefetch(bytes.baseAddress! + min(start(node >> 3), bytes.count))
    }

    /// Whether the groups follow each other without gaps and all links lead somewhere. Full read.
    func isSound() -> Bool {
        var end = 4 * groups
        let memory = UnsafeMutablePointer<UInt32>.allocate(capacity: max(1, width))
        defer { memory.deallocate() }
        for group in 0..<groups {
            guard start(group) == end, end + Self.groupSize <= bytes.count else { return false }
            var total = 0
            for place in 0..<Self.groupSize {
                let length = Int(bytes[end + place])
                let node = group * Self.groupSize + place
                guard length <= width, node < count || length == 0 else { return false }
                total += length
            }
            end += Self.groupSize + PackedNumbers.byteCount(total, width: bits)
            guard end <= bytes.count else { return false }
            for node in group * Self.groupSize..<min(count, (group + 1) * Self.groupSize) {
                for neighbour in list(node, into: memory) where neighbour >= count { return false }
            }
        }
        return end == bytes.count
    }

    /// The bytes of one level.
    ///
    /// - Parameter list: a node's neighbours; those beyond `longestList` are left out.
    static func packed(count: Int, list: (Int) -> [UInt32]) -> [UInt8] {
        let groups = (count + groupSize - 1) / groupSize
        let bits = bits(count)
        var bytes = [UInt8](repeating: 0, count: 4 * groups)
        for group in 0..<groups {
            let start = UInt32(truncatingIfNeeded: bytes.count - 4 * groups)
            for place in 0..<4 { bytes[4 * group + place] = UInt8(truncatingIfNeeded: start >> UInt32(8 * place)) }
            var lengths = [UInt8](repeating: 0, count: groupSize)
            var numbers: [UInt32] = []
            for place in 0..<groupSize where group * groupSize + place < count {
                let neighbours = list(group * groupSize + place).prefix(longestList)
                lengths[place] = UInt8(neighbours.count)
                numbers += neighbours
            }
            bytes += lengths
            let byteCount = PackedNumbers.byteCount(numbers.count, width: bits)
            let first = bytes.count
            bytes += repeatElement(0, count: byteCount)
            bytes.withUnsafeMutableBytes { bytes in
                var writer = PackedNumbersWriter(
                    UnsafeMutableRawBufferPointer(rebasing: bytes[first..<first + byteCount]), width: bits)
                for number in numbers { writer.append(UInt64(number)) }
            }
        }
        return bytes
    }
}
