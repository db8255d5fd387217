// Sorting the few different numbers that a document's terms are.

package enum ShortSort {
    private typealias Lanes = SIMD16<Int32>
    private static let laneCount = 16
    /// Longer ones are sorted as others.
    private static let limit = 64

    /// Sorts different numbers below 2³¹, none of which is the highest. Of few numbers each one's place is how many are
    /// below it: all of that without a branch to guess.
    package static func sort(_ numbers: UnsafeMutableBufferPointer<UInt32>) {
        switch numbers.count {
        case ...1: return
        case ...16: sort(numbers, blocks: 1)
        case ...32: sort(numbers, blocks: 2)
        case ...48: sort(numbers, blocks: 3)
        case ...limit: sort(numbers, blocks: 4)
        default:
            var numbers = numbers
            numbers.sort()
        }
    }

    @inline(__always)
    private static func sort(_ numbers: UnsafeMutableBufferPointer<UInt32>, blocks: Int) {
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: 2 * limit) { room in
            let copy = room.baseAddress.unsafelyUnwrapped
            for place in 0..<numbers.count { copy[place] = Int32(bitPattern: numbers[place]) }
            for place in numbers.count..<blocks * laneCount { copy[place] = .max }
            let ranks = copy + limit
            for block in 0..<blocks {
                let own = load(copy, block)
                var below = Lanes()
                // A mask is -1 where it is set.
                for place in 0..<numbers.count {
                    below &-= unsafeBitCast(Lanes(repeating: copy[place]) .< own, to: Lanes.self)
                }
                UnsafeMutableRawPointer(ranks + block * laneCount).storeBytes(of: below, as: Lanes.self)
            }
            for place in 0..<numbers.count { numbers[Int(ranks[place])] = UInt32(bitPattern: copy[place]) }
        }
    }

    @inline(__always)
    private static func load(_ numbers: UnsafeMutablePointer<Int32>, _ block: Int) -> Lanes {
        UnsafeRawPointer(numbers + block * laneCount).loadUnaligned(as: Lanes.self)
    }
}
