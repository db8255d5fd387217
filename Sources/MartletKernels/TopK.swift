// The best k of many scored items.

/// A bounded heap of the `k` best items by score descending, then ordinal ascending: the order is total, so that the
/// result does not depend on the order of insertion. Offering costs O(log k), or O(1) when the item is not good enough.
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

    package let capacity: Int
    /// A binary heap with the worst item first.
    private var heap: [Item] = []

    /// - Parameter k: how many to keep; nothing is reserved for it, so it may be as large as all items.
    package init(_ k: Int) {
        capacity = max(0, k)
        heap.reserveCapacity(min(capacity, 1_024))
    }

    package var count: Int { heap.count }
    package var isFull: Bool { heap.count >= capacity }

    /// The score that an item must reach to have a chance: the worst kept when full, else minus infinity.
    package var threshold: Float {
        isFull ? (heap.first?.score ?? .infinity) : -.infinity
    }

    package mutating func offer(score: Float, ordinal: UInt32) {
        let item = Item(score: score, ordinal: ordinal)
        if heap.count < capacity {
            heap.append(item)
            siftUp(heap.count - 1)
        } else if let worst = heap.first, item.precedes(worst) {
            heap[0] = item
            siftDown(0)
        }
    }

    /// The kept items, best first. O(k log k).
    package consuming func sorted() -> [Item] {
        heap.sorted { $0.precedes($1) }
    }

    private mutating func siftUp(_ start: Int) {
        var child = start
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[parent].precedes(heap[child]) else { return }
            heap.swapAt(parent, child)
            child = parent
        }
    }

    private mutating func siftDown(_ start: Int) {
        var parent = start
        while true {
            var worst = 2 * parent + 1
            guard worst < heap.count else { return }
            if worst + 1 < heap.count, heap[worst].precedes(heap[worst + 1]) { worst += 1 }
            guard heap[parent].precedes(heap[worst]) else { return }
            heap.swapAt(parent, worst)
            parent = worst
        }
    }
}
