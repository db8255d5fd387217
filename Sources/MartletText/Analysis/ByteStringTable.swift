// Byte strings numbered in the order in which they are first seen.

/// An interner: open addressing over an arena of bytes. Finding or adding costs one hash of the string.
///
/// Its memory is its own and looked into for every word, so that nothing is counted or checked there.
struct ByteStringTable: ~Copyable {
    private(set) var count = 0
    /// Ends of the strings in the arena, from the second on; the first is 0.
    private var offsets: UnsafeMutableBufferPointer<UInt32>
    private var arena: UnsafeMutableBufferPointer<UInt8>
    /// In each slot a string's hash in the upper half and its number + 1 in the lower; 0 when free. A power of two of
    /// slots, at most three quarters full.
    private var slots: UnsafeMutableBufferPointer<UInt64>

    init() {
        offsets = Self.room(257)
        offsets[0] = 0
        arena = Self.room(4_096)
        slots = Self.room(1_024)
    }

    deinit {
        offsets.deallocate()
        arena.deallocate()
        slots.deallocate()
    }

    private static func room<T: FixedWidthInteger>(_ count: Int) -> UnsafeMutableBufferPointer<T> {
        let room = UnsafeMutableBufferPointer<T>.allocate(capacity: count)
        room.initialize(repeating: 0)
        return room
    }

    /// The bytes of all strings.
    var byteCount: Int { Int(offsets[count]) }

    /// Whether adding more would break the 32-bit offsets.
    var isFull: Bool { byteCount > 1 << 31 }

    /// Good until another string is added.
    subscript(index: Int) -> UnsafeBufferPointer<UInt8> {
        precondition(index >= 0 && index < count)
        return UnsafeBufferPointer(rebasing: arena[Int(offsets[index])..<Int(offsets[index + 1])])
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
        if (count + 1) * 4 > slots.count * 3 { growSlots() }
        let start = byteCount
        let end = start + string.count
        if end > arena.count { Self.grow(&arena, to: end) }
        if count + 2 > offsets.count { Self.grow(&offsets, to: count + 2) }
        for position in 0..<string.count { arena[start + position] = string[position] }
        count += 1
        offsets[count] = UInt32(end)
        insert(UInt64(hash) << 32 | UInt64(count))
        return count - 1
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
        let known = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(arena)[start..<start + string.count])
        let other = UnsafeRawBufferPointer(string)
        var position = 0
        while position + 8 <= other.count {
            if known.loadUnaligned(fromByteOffset: position, as: UInt64.self)
                != other.loadUnaligned(fromByteOffset: position, as: UInt64.self)
            {
                return false
            }
            position += 8
        }
        while position < other.count {
            if known[position] != other[position] { return false }
            position += 1
        }
        return true
    }

    private func insert(_ entry: UInt64) {
        let mask = slots.count - 1
        var slot = Int(entry >> 32) & mask
        while slots[slot] != 0 { slot = (slot + 1) & mask }
        slots[slot] = entry
    }

    private mutating func growSlots() {
        let entries = slots
        slots = Self.room(entries.count * 2)
        for entry in entries where entry != 0 { insert(entry) }
        entries.deallocate()
    }

    private static func grow<T: FixedWidthInteger>(_ buffer: inout UnsafeMutableBufferPointer<T>, to needed: Int) {
        let larger: UnsafeMutableBufferPointer<T> = room(max(needed, buffer.count * 2))
        for position in buffer.indices { larger[position] = buffer[position] }
        buffer.deallocate()
        buffer = larger
    }
}
