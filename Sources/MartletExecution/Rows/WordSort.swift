// Sorting by 64-bit numbers, digit by digit.

/// LSD radix sort: stable, O(n) for each of the eight digits in which the numbers differ.
enum WordSort {
    struct Item {
        var word: UInt64
        /// What belongs to it.
        var payload: UInt64
    }

    static func sort(_ items: inout [Item]) {
        if items.count < 2 || isSorted(items) { return }
        let count = items.count
        var buckets = [Int](repeating: 0, count: 8 * 256)
        var other = [Item](repeating: Item(word: 0, payload: 0), count: count)
        buckets.withUnsafeMutableBufferPointer { buckets in
            items.withUnsafeMutableBufferPointer { items in
                other.withUnsafeMutableBufferPointer { other in
                    for index in 0..<count {
                        let word = items[index].word
                        for digit in 0..<8 { buckets[digit << 8 | Int(word >> UInt64(8 * digit) & 0xFF)] += 1 }
                    }
                    var isInOther = false
                    for digit in 0..<8 {
                        let counts = digit << 8..<(digit + 1) << 8
                        if counts.contains(where: { buckets[$0] == count }) { continue }
                        var place = 0
                        for bucket in counts {
                            let size = buckets[bucket]
                            buckets[bucket] = place
                            place += size
                        }
                        let (source, target) = isInOther ? (other, items) : (items, other)
                        move(source, target, buckets, digit)
                        isInOther.toggle()
                    }
                    if isInOther { for index in 0..<count { items[index] = other[index] } }
                }
            }
        }
    }

    private static func move(
        _ source: UnsafeMutableBufferPointer<Item>, _ target: UnsafeMutableBufferPointer<Item>,
        _ places: UnsafeMutableBufferPointer<Int>, _ digit: Int
    ) {
        let shift = UInt64(8 * digit)
        for index in 0..<source.count {
            let bucket = digit << 8 | Int(source[index].word >> shift & 0xFF)
            target[places[bucket]] = source[index]
            places[bucket] += 1
        }
    }

    private static func isSorted(_ items: [Item]) -> Bool {
        items.withUnsafeBufferPointer { items in
            for index in 1..<items.count where items[index].word < items[index - 1].word { return false }
            return true
        }
    }
}
