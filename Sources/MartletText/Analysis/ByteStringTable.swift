// Byte strings numbered in the order in which they are first seen.

/// An interner: open addressing over an arena of bytes. Finding or adding costs one hash of the string.
struct ByteStringTable {
    private(set) var offsets: [UInt32] = [0]
    private(set) var arena: [UInt8] = []
    /// In each slot a string's hash in the upper half and its number + 1 in the lower; 0 when free. A power of two of
    /// slots, at most three quarters full.
    private var slots: [UInt64]

    init() {
        slots = [UInt64](repeating: 0, count: 1_024)
    }

    var count: Int { offsets.count - 1 }

    /// Whether adding more would break the 32-bit offsets.
    var isFull: Bool { arena.count > 1 << 31 }

    subscript(index: Int) -> ArraySlice<UInt8> {
        arena[Int(offsets[index])..<Int(offsets[index + 1])]
    }

    @inline(__always)
    func withBytes<R>(_ index: Int, _ body: (UnsafeRawBufferPointer) -> R) -> R {
        arena.withUnsafeBytes {
            body(UnsafeRawBufferPointer(rebasing: $0[Int(offsets[index])..<Int(offsets[index + 1])]))
        }
    }

    /// The string's number, if it was added.
    @inline(__always)
    func find(_ string: UnsafeBufferPointer<UInt8>, hash: UInt32) -> Int? {
        let mask = slots.count - 1
        var slot = Int(hash) & mask
        while true {
            let entry = slots[slot]
            if entry == 0 { return nil }
            let index = Int(UInt32(truncatingIfNeeded: entry)) - 1
            if UInt32(truncatingIfNeeded: entry >> 32) == hash, equals(index, string) { return index }
            slot = (slot + 1) & mask
        }
    }

    /// Adds a string that ``find`` did not find, and returns its number.
    mutating func add(_ string: UnsafeBufferPointer<UInt8>, hash: UInt32) -> Int {
        if (count + 1) * 4 > slots.count * 3 { grow() }
        let index = count
        arena.append(contentsOf: string)
        offsets.append(UInt32(arena.count))
        insert(UInt64(hash) << 32 | UInt64(index + 1))
        return index
    }

    mutating func findOrAdd(_ string: UnsafeBufferPointer<UInt8>) -> Int {
        let hash = Self.hash(string)
        return find(string, hash: hash) ?? add(string, hash: hash)
    }

    /// A mixing hash, eight bytes at a time; the same in every run.
    @inline(__always)
    static func hash(_ string: UnsafeBufferPointer<UInt8>) -> UInt32 {
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15 ^ UInt64(truncatingIfNeeded: string.count)
        let raw = UnsafeRawBufferPointer(string)
        var index = 0
        while index + 8 <= raw.count {
            let word = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            state = (state ^ word) &* 0xBF58_476D_1CE4_E5B9
            state ^= state >> 32
            index += 8
        }
        // What is left as one number, the first byte lowest.
        var word: UInt64 = 0
        var shift: UInt64 = 0
        let rest = raw.count - index
        if rest & 4 != 0 {
            word = UInt64(UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: index, as: UInt32.self)))
            shift = 32
            index += 4
        }
        if rest & 2 != 0 {
            word |= UInt64(UInt16(littleEndian: raw.loadUnaligned(fromByteOffset: index, as: UInt16.self))) << shift
            shift += 16
            index += 2
        }
        if rest & 1 != 0 { word |= UInt64(raw[index]) << shift }
        state = (state ^ word) &* 0x94D0_49BB_1331_11EB
        state ^= state >> 29
        return UInt32(truncatingIfNeeded: state ^ (state >> 32))
    }

    @inline(__always)
    private func equals(_ index: Int, _ string: UnsafeBufferPointer<UInt8>) -> Bool {
        let start = Int(offsets[index])
        guard Int(offsets[index + 1]) - start == string.count else { return false }
        return arena.withUnsafeBufferPointer { arena in
            for position in 0..<string.count where arena[start + position] != string[position] { return false }
            return true
        }
    }

    private mutating func insert(_ entry: UInt64) {
        let mask = slots.count - 1
        var slot = Int(entry >> 32) & mask
        while slots[slot] != 0 { slot = (slot + 1) & mask }
        slots[slot] = entry
    }

    private mutating func grow() {
        let entries = slots
        slots = [UInt64](repeating: 0, count: entries.count * 2)
        for entry in entries where entry != 0 { insert(entry) }
    }
}
