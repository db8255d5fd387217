// A permutation that can be read in both directions, in little more than the numbers of one.

/// Numbers 0 ..< count, each once. What stands at a place is read at once; the place of a number is found by following its
/// cycle, in which every `step`th number has a shortcut to the last such one before it (Munro, Raman, Raman and Rao 2003).
///
///   for each 64 numbers: u32 how many shortcuts come before; u64, which of them have one
///   the shortcuts by number, as wide as the numbers
package struct PackedPermutation {
    /// One more than so many numbers are looked at to find a place.
    private static let step = 8
    private static let blockSize = 64
    private static let headBytes = 12

    private let numbers: PackedNumbers
    private let heads: UnsafeRawPointer
    private let shortcuts: PackedNumbers
    private let count: Int
    private let shortcutCount: Int

    static func headByteCount(_ count: Int) -> Int {
        headBytes * ((count + blockSize - 1) / blockSize)
    }

    /// - Parameters:
    ///   - heads: `headByteCount` bytes.
    ///   - shortcuts: `shortcutCount` of them.
    package init(
        _ numbers: PackedNumbers, heads: UnsafeRawPointer, shortcuts: PackedNumbers, count: Int,
        shortcutCount: Int
    ) {
        self.numbers = numbers
        self.heads = heads
        self.shortcuts = shortcuts
        self.count = count
        self.shortcutCount = shortcutCount
    }

    /// The number at a place; nil if the bytes are damaged.
    @inline(__always) func number(at place: Int) -> Int? {
        let number = numbers[place]
        return number < count ? Int(number) : nil
    }

    /// The place of a number; nil if the bytes are damaged. O(1).
    package func place(of wanted: Int) -> Int? {
        var current = wanted
        var isNear = false
        for _ in 0...Self.step {
            guard let next = number(at: current) else { return nil }
            if next == wanted { return current }
            if !isNear, let before = shortcut(current) {
                guard before < count else { return nil }
                current = before
                isNear = true
            } else {
                current = next
            }
        }
        return nil
    }

    @inline(__always) private func shortcut(_ number: Int) -> Int? {
        let head = heads + number / Self.blockSize * Self.headBytes
        let bits = UInt64(littleEndian: head.loadUnaligned(fromByteOffset: 4, as: UInt64.self))
        let bit = UInt64(1) << UInt64(number % Self.blockSize)
        guard bits & bit != 0 else { return nil }
        let before = Int(UInt32(littleEndian: head.loadUnaligned(as: UInt32.self)))
        let index = before + (bits & (bit - 1)).nonzeroBitCount
        return index < shortcutCount ? Int(shortcuts[index]) : count
    }

    /// What is stored beside the numbers.
    package struct Shortcuts {
        package var heads: [UInt8]
        package var numbers: [UInt32] = []
    }

    /// - Parameter numbers: a permutation.
    package static func shortcuts(of numbers: [UInt32]) -> Shortcuts {
        let none = UInt32.max
        var targets = [UInt32](repeating: none, count: numbers.count)
        var isSeen = [Bool](repeating: false, count: numbers.count)
        for start in numbers.indices where !isSeen[start] {
            var length = 0
            var marked = start
            var current = start
            repeat {
                isSeen[current] = true
                if length > 0, length % step == 0 {
                    targets[current] = UInt32(marked)
                    marked = current
                }
                length += 1
                current = Int(numbers[current])
            } while current != start
            if length > step { targets[start] = UInt32(marked) }
        }
        var result = Shortcuts(heads: [])
        result.heads.reserveCapacity(headByteCount(numbers.count))
        for block in stride(from: 0, to: numbers.count, by: blockSize) {
            var bits: UInt64 = 0
            withUnsafeBytes(of: UInt32(result.numbers.count).littleEndian) {
                result.heads.append(contentsOf: $0)
            }
            for number in block..<min(numbers.count, block + blockSize) where targets[number] != none {
                bits |= 1 << UInt64(number - block)
                result.numbers.append(targets[number])
            }
            withUnsafeBytes(of: bits.littleEndian) { result.heads.append(contentsOf: $0) }
        }
        return result
    }
}
