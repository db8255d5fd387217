// The terms of words that were met before.

/// A hash table whose slots hold words of up to eight bytes themselves: most words cost one look into memory.
///
/// Its memory is its own and looked into for every word, so that nothing is counted or checked there.
struct WordTable: ~Copyable {
    private struct Slot {
        /// The bytes, the first lowest.
        var text: UInt64
        var term: Int32
        /// 0 when free.
        var length: UInt32
    }

    /// A power of two of slots, at most three quarters full.
    private var slots: UnsafeMutableBufferPointer<Slot>
    private var shortCount = 0
    private var longWords = ByteStringTable()
    private var longTerms: [Int32] = []

    init() { slots = Self.room(1_024) }

    deinit { slots.deallocate() }

    private static func room(_ count: Int) -> UnsafeMutableBufferPointer<Slot> {
        let room = UnsafeMutableBufferPointer<Slot>.allocate(capacity: count)
        room.initialize(repeating: Slot(text: 0, term: 0, length: 0))
        return room
    }

    /// About how much memory the words take.
    var byteCount: Int { shortCount * MemoryLayout<Slot>.size + longWords.byteCount }

    /// The term that was noted for a word of at least one byte.
    @inline(__always)
    func find(_ word: UnsafeBufferPointer<UInt8>) -> Int32? {
        if word.count > 8 { return findLong(word) }
        let text = Self.packed(word)
        let mask = slots.count - 1
        var place = Self.hash(text, word.count) & mask
        while true {
            let slot = slots[place]
            if slot.text == text, slot.length == UInt32(truncatingIfNeeded: word.count) { return slot.term }
            if slot.length == 0 { return nil }
            place = (place + 1) & mask
        }
    }

    private func findLong(_ word: UnsafeBufferPointer<UInt8>) -> Int32? {
        longWords.find(word, hash: ByteStringTable.hash(word)).map { longTerms[$0] }
    }

    /// Notes the term of a word that ``find(_:)`` did not find.
    mutating func add(_ word: UnsafeBufferPointer<UInt8>, term: Int32) {
        if word.count > 8 {
            _ = longWords.add(word, hash: ByteStringTable.hash(word))
            longTerms.append(term)
            return
        }
        if (shortCount + 1) * 4 > slots.count * 3 { grow() }
        shortCount += 1
        insert(Slot(text: Self.packed(word), term: term, length: UInt32(truncatingIfNeeded: word.count)))
    }

    private func insert(_ slot: Slot) {
        let mask = slots.count - 1
        var place = Self.hash(slot.text, Int(slot.length)) & mask
        while slots[place].length != 0 { place = (place + 1) & mask }
        slots[place] = slot
    }

    private mutating func grow() {
        let known = slots
        slots = Self.room(known.count * 2)
        for slot in known where slot.length != 0 { insert(slot) }
        known.deallocate()
    }

    /// Up to eight bytes as a number.
    @inline(__always)
    private static func packed(_ word: UnsafeBufferPointer<UInt8>) -> UInt64 {
        let raw = UnsafeRawBufferPointer(word)
        if raw.count == 8 { return UInt64(littleEndian: raw.loadUnaligned(as: UInt64.self)) }
        var text: UInt64 = 0
        var shift: UInt64 = 0
        var index = 0
        if raw.count & 4 != 0 {
            text = UInt64(UInt32(littleEndian: raw.loadUnaligned(as: UInt32.self)))
            shift = 32
            index = 4
        }
        if raw.count & 2 != 0 {
            text |= UInt64(UInt16(littleEndian: raw.loadUnaligned(fromByteOffset: index, as: UInt16.self))) << shift
            shift += 16
            index += 2
        }
        if raw.count & 1 != 0 { text |= UInt64(raw[index]) << shift }
        return text
    }

    @inline(__always)
    private static func hash(_ text: UInt64, _ length: Int) -> Int {
        var state = (text ^ UInt64(truncatingIfNeeded: length)) &* 0x9E37_79B9_7F4A_7C15
        state ^= state >> 32
        return Int(truncatingIfNeeded: (state &* 0x94D0_49BB_1331_11EB) >> 32)
    }
}
