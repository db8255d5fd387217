// How often the buckets of one document occur.

/// Counts buckets in an open-addressed table, and keeps them in the order of first occurrence.
///
/// A slot is a document's number (20 bits), a bucket (22) and the place of its entry (22), so that one comparison tells
/// whether it is the bucket's, and nothing is cleared between documents.
final class FeatureCounter {
    /// A bucket in the lower 22 bits, a count in the upper 10.
    private(set) var entries: UnsafeMutablePointer<UInt32>
    private(set) var count = 0
    private var slots: UnsafeMutablePointer<UInt64>
    private var mask: Int
    private var document: UInt64 = 0

    private static let documentLimit: UInt64 = 1 << 20
    private static let bits = UInt64(TextFeatureHasher.bucketBits)

    init() {
        mask = 1_023
        slots = .allocate(capacity: mask + 1)
        slots.initialize(repeating: 0, count: mask + 1)
        entries = .allocate(capacity: (mask + 1) / 2)
    }

    deinit {
        slots.deallocate()
        entries.deallocate()
    }

    /// Begins another document.
    func begin() {
        count = 0
        document += 1
        guard document == Self.documentLimit else { return }
        slots.update(repeating: 0, count: mask + 1)
        document = 1
    }

    @inline(__always)
    func add(_ bucket: UInt32) {
        let key = document << Self.bits | UInt64(bucket)
        var slot = Self.slot(of: bucket) & mask
        while true {
            let here = slots[slot]
            if here >> Self.bits == key {
                let entry = entries + Int(truncatingIfNeeded: here & (1 << Self.bits - 1))
                if entry.pointee >> UInt32(Self.bits) < TextFeatureHasher.largestCount {
                    entry.pointee &+= 1 << UInt32(Self.bits)
                }
                return
            }
            if here >> (2 * Self.bits) != document { break }
            slot = (slot &+ 1) & mask
        }
        slots[slot] = key << Self.bits | UInt64(truncatingIfNeeded: count)
        entries[count] = bucket | 1 << UInt32(Self.bits)
        count &+= 1
        if count &* 2 > mask { grow() }
    }

    @inline(__always)
    private static func slot(of bucket: UInt32) -> Int { Int(bucket &* 0x9E37_79B1 >> 7) }

    private func grow() {
        let size = (mask + 1) * 4
        let larger = UnsafeMutablePointer<UInt32>.allocate(capacity: size / 2)
        larger.initialize(from: entries, count: count)
        entries.deallocate()
        entries = larger
        slots.deallocate()
        slots = .allocate(capacity: size)
        slots.initialize(repeating: 0, count: size)
        mask = size - 1
        for index in 0..<count {
            let bucket = entries[index] & TextFeatureHasher.bucketMask
            var slot = Self.slot(of: bucket) & mask
            while slots[slot] != 0 { slot = (slot + 1) & mask }
            slots[slot] = (document << Self.bits | UInt64(bucket)) << Self.bits | UInt64(index)
        }
    }
}
