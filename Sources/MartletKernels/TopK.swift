// The best k of many scored items.

/// The `k` best items by score descending, then ordinal ascending: the order is total, so that the result does not depend
/// on the order of insertion. Few are kept in a heap: offering costs O(log k). Of many, half as many more are gathered
/// before those beyond the k best are dropped, by quickselect: O(1) an item. An item that is not good enough costs one
/// comparison.
package struct TopK: Sendable {
    package struct Item: Hashable, Sendable {
        package var score: Float
        package var ordinal: UInt32

        package init(score: Float, ordinal: UInt32) {
            self.score = score
            self.ordinal = ordinal
        }

        /// Whether this item ranks before the other.
        @inline(__always)
        package func precedes(_ other: Item) -> Bool {
            score > other.score || (score == other.score && ordinal < other.ordinal)
        }
    }

    /// Up to so many are kept in a heap.
    private static let heapLimit = 64
    /// After so many rounds of a selection the pivots are unlucky, and what is left is sorted.
    private static let selectionLimit = 64

    package let capacity: Int
    private let isHeap: Bool
    /// When others than the best are dropped.
    private let gatheredLimit: Int
    /// A binary heap with the worst item first; or in any order.
    private var items: [Item] = []
    private var bound: Float = -.infinity

    /// - Parameter k: how many to keep; nothing is reserved for it, so it may be as large as all items.
    package init(_ k: Int) {
        capacity = max(0, k)
        isHeap = capacity <= Self.heapLimit
        gatheredLimit = isHeap ? capacity : capacity.addingReportingOverflow(capacity / 2).partialValue
        items.reserveCapacity(min(isHeap ? capacity : 2_048, 2_048))
    }

    package var count: Int { min(capacity, items.count) }
    package var isFull: Bool { items.count >= capacity }

    /// The score that an item must reach to have a chance: minus infinity until full, then at most the worst one kept; of
    /// few, just that.
    package var threshold: Float {
        if capacity == 0 { return .infinity }
        return isHeap && isFull ? items[0].score : bound
    }

    package mutating func offer(score: Float, ordinal: UInt32) {
        let item = Item(score: score, ordinal: ordinal)
        guard isHeap else {
            if score < bound { return }
            items.append(item)
            if items.count == capacity {
                bound = items.reduce(Float.infinity) { min($0, $1.score) }
            } else if items.count == gatheredLimit, gatheredLimit > capacity {
                dropWorst()
            }
            return
        }
        if items.count < capacity {
            items.append(item)
            siftUp(items.count - 1)
        } else if let worst = items.first, item.precedes(worst) {
            replaceWorst(by: item)
        }
    }

    /// The kept items, best first. O(k log k), or O(k) with many.
    package consuming func sorted() -> [Item] {
        if items.count > capacity { dropWorst() }
        guard items.count > Self.heapLimit else { return items.sorted { $0.precedes($1) } }
        return Self.sortedByDigits(items)
    }

    // MARK: Heap

    private mutating func siftUp(_ start: Int) {
        items.withUnsafeMutableBufferPointer { items in
            let item = items[start]
            var child = start
            while child > 0 {
                let parent = (child - 1) / 2
                guard items[parent].precedes(item) else { break }
                items[child] = items[parent]
                child = parent
            }
            items[child] = item
        }
    }

    private mutating func replaceWorst(by item: Item) {
        items.withUnsafeMutableBufferPointer { items in
            var parent = 0
            while true {
                var worst = 2 * parent + 1
                guard worst < items.count else { break }
                if worst + 1 < items.count, items[worst].precedes(items[worst + 1]) { worst += 1 }
                guard item.precedes(items[worst]) else { break }
                items[parent] = items[worst]
                parent = worst
            }
            items[parent] = item
        }
    }

    // MARK: Many

    /// Leaves the best `capacity`.
    private mutating func dropWorst() {
        let capacity = capacity
        items.withUnsafeMutableBufferPointer { items in
            // Hoare's selection; what is before `low` is among the best, what is from `high` on is not.
            var low = 0
            var high = items.count
            var rounds = 0
            while high - low > 1 {
                rounds += 1
                if rounds > Self.selectionLimit {
                    items[low..<high].sort { $0.precedes($1) }
                    break
                }
                let pivot = Self.median(items[low], items[low + (high - low) / 2], items[high - 1])
                var left = low
                var right = high - 1
                while left <= right {
                    while items[left].precedes(pivot) { left += 1 }
                    while pivot.precedes(items[right]) { right -= 1 }
                    guard left <= right else { break }
                    items.swapAt(left, right)
                    left += 1
                    right -= 1
                }
                if capacity < right + 1 {
                    high = right + 1
                } else if capacity > left {
                    low = left
                } else {
                    break
                }
            }
        }
        items.removeLast(items.count - capacity)
        bound = items.reduce(Float.infinity) { min($0, $1.score) }
    }

    private static func median(_ a: Item, _ b: Item, _ c: Item) -> Item {
        let (first, second) = a.precedes(b) ? (a, b) : (b, a)
        if c.precedes(first) { return first }
        return c.precedes(second) ? c : second
    }

    /// Sorts digit by digit of the scores' order (least significant first), then what has equal scores by ordinal.
    private static func sortedByDigits(_ items: [Item]) -> [Item] {
        var from = items
        var to = items
        var places = [Int](repeating: 0, count: 256)
        for shift in stride(from: 0, to: UInt32(32), by: 8) {
            for digit in places.indices { places[digit] = 0 }
            for item in from { places[Int(rank(item.score) >> shift & 255)] += 1 }
            if places.contains(from.count) { continue }
            var sum = 0
            for digit in places.indices {
                let count = places[digit]
                places[digit] = sum
                sum += count
            }
            to.withUnsafeMutableBufferPointer { to in
                places.withUnsafeMutableBufferPointer { places in
                    for item in from {
                        let digit = Int(rank(item.score) >> shift & 255)
                        to[places[digit]] = item
                        places[digit] += 1
                    }
                }
            }
            swap(&from, &to)
        }
        var start = 0
        while start < from.count {
            var end = start + 1
            var isOrdered = true
            while end < from.count, from[end].score == from[start].score {
                isOrdered = isOrdered && from[end - 1].ordinal < from[end].ordinal
                end += 1
            }
            if !isOrdered { from[start..<end].sort { $0.ordinal < $1.ordinal } }
            start = end
        }
        return from
    }

    /// Ascending where scores descend.
    @inline(__always)
    private static func rank(_ score: Float) -> UInt32 {
        // Adding 0 makes one zero of both.
        let bits = (score + 0).bitPattern
        return bits >> 31 == 0 ? ~bits ^ 0x8000_0000 : bits
    }
}
