// Byte strings numbered in the order in which they are first seen.

/// An interner: open addressing over an arena of bytes. Finding or adding costs one hash of the string.
struct ByteStringTable {
    private(set) var offsets: [UInt32] = [0]
    private(set) var arena: [UInt8] = []
    private var hashes: [UInt32] = []
    /// Number + 1 of the string in each slot; 0 when free. A power of two, at most three quarters full.
    private var slots: [UInt32]

    init() {
        slots = [UInt32](repeating: 0, count: 1_024)
    }

    var count: Int { hashes.count }

    /// Whether adding more would break the 32-bit offsets.
    var isFull: Bool { arena.count > 1 << 31 }

    subscript(index: Int) -> ArraySlice<UInt8> {
        arena[Int(offsets[index])..<Int(offsets[index + 1])]
    }

    /// The string's number, if it was added.
    @inline(__always)
    func find(_ string: UnsafeBufferPointer<UInt8>, hash: UInt32) -> Int? {
        let mask = slots.count - 1
        var slot = Int(hash) & mask
        while true {
            let entry = slots[slot]
            if entry == 0 { return nil }
            let index = Int(entry) - 1
            if hashes[index] == hash, equals(index, string) { return index }
            slot = (slot + 1) & mask
        }
    }

    /// Adds a string that ``find`` did not find, and returns its number.
    mutating func add(_ string: UnsafeBufferPointer<UInt8>, hash: UInt32) -> Int {
        if (count + 1) * 4 > slots.count * 3 { grow() }
        let index = count
        arena.append(contentsOf: string)
        offsets.append(UInt32(arena.count))
        hashes.append(hash)
        insert(index, hash)
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
        var word: UInt64 = 0
        var shift: UInt64 = 0
        while index < raw.count {
            word |= UInt64(raw[index]) << shift
            shift += 8
            index += 1
        }
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

    private mutating func insert(_ index: Int, _ hash: UInt32) {
        let mask = slots.count - 1
        var slot = Int(hash) & mask
        while slots[slot] != 0 { slot = (slot + 1) & mask }
        slots[slot] = UInt32(index + 1)
    }

    private mutating func grow() {
        slots = [UInt32](repeating: 0, count: slots.count * 2)
        for (index, hash) in hashes.enumerated() { insert(index, hash) }
    }
}
