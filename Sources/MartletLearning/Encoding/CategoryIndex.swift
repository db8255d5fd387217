// Byte strings and their numbers.

/// Gives each byte string that it has not seen the next number. Lookups make no object. O(bytes).
package struct CategoryIndex: Hashable, Sendable {
    /// All strings, end to end.
    private(set) var bytes: [UInt8] = []
    private(set) var offsets: [Int] = [0]
    /// An open-addressed table of numbers plus one; its size is a power of two.
    private var slots: [Int32] = [Int32](repeating: 0, count: 64)

    var count: Int { offsets.count - 1 }

    init() {}

    package init(_ names: some Sequence<String>) {
        for name in names {
            let utf8 = Array(name.utf8)
            _ = utf8.withUnsafeBufferPointer { insert($0) }
        }
    }

    func name(_ number: Int) -> String { String(decoding: bytes[offsets[number]..<offsets[number + 1]], as: UTF8.self) }

    /// The number of a string; nil if it is new.
    package func find(_ key: UnsafeBufferPointer<UInt8>) -> Int? {
        let number = slots[slot(of: key)]
        return number == 0 ? nil : Int(number) - 1
    }

    /// The number of a string, a new one if need be.
    mutating func insert(_ key: UnsafeBufferPointer<UInt8>) -> Int {
        let place = slot(of: key)
        if slots[place] != 0 { return Int(slots[place]) - 1 }
        bytes.append(contentsOf: key)
        offsets.append(bytes.count)
        slots[place] = Int32(truncatingIfNeeded: count)
        let number = count - 1
        if count * 2 > slots.count { grow() }
        return number
    }

    private mutating func grow() {
        slots = [Int32](repeating: 0, count: slots.count * 4)
        bytes.withUnsafeBufferPointer { all in
            for number in 0..<count {
                let key = UnsafeBufferPointer(rebasing: all[offsets[number]..<offsets[number + 1]])
                slots[slot(of: key)] = Int32(truncatingIfNeeded: number + 1)
            }
        }
    }

    /// Where a string is, or would be.
    private func slot(of key: UnsafeBufferPointer<UInt8>) -> Int {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in key { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        hash ^= hash >> 32
        let mask = slots.count - 1
        var place = Int(truncatingIfNeeded: hash) & mask
        while slots[place] != 0 {
            let number = Int(slots[place]) - 1
            let start = offsets[number]
            if offsets[number + 1] - start == key.count, equals(start, key) { break }
            place = (place + 1) & mask
        }
        return place
    }

    private func equals(_ start: Int, _ key: UnsafeBufferPointer<UInt8>) -> Bool {
        for index in 0..<key.count where bytes[start + index] != key[index] { return false }
        return true
    }

    package static func == (left: CategoryIndex, right: CategoryIndex) -> Bool {
        left.bytes == right.bytes && left.offsets == right.offsets
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(bytes) }
}
