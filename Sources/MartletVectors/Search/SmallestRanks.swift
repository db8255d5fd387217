// The k smallest of many ranks.

/// A heap with the greatest of them first.
struct SmallestRanks {
    private let k: Int
    private var heap: [Float] = []

    init(_ k: Int) { self.k = k }

    /// The k-th smallest; infinity until there are k.
    var limit: Float { heap.count < k ? .infinity : heap.first ?? -.infinity }

    mutating func offer(_ rank: Float) {
        if heap.count < k {
            heap.append(rank)
            var child = heap.count - 1
            while child > 0, heap[(child - 1) / 2] < heap[child] {
                heap.swapAt(child, (child - 1) / 2)
                child = (child - 1) / 2
            }
        } else if rank < limit {
            heap[0] = rank
            var parent = 0
            while true {
                var largest = 2 * parent + 1
                guard largest < heap.count else { return }
                if largest + 1 < heap.count, heap[largest] < heap[largest + 1] { largest += 1 }
                guard heap[parent] < heap[largest] else { return }
                heap.swapAt(parent, largest)
                parent = largest
            }
        }
    }
}
