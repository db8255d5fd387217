// The terms of words that were met before.

/// A hash table whose slots hold words of up to sixteen bytes themselves: nearly every word costs one look into memory.
///
/// Its memory is its own and looked into for every word, so that nothing is counted or checked there. Sixteen bytes from
/// the start of each word must be readable, whatever its length.
struct WordTable: ~Copyable {
    private struct Text: Equatable {
        /// The first eight bytes, the first lowest, and the next eight.
        var low: UInt64
        var high: UInt64

        /// - Precondition: the length is 1 to 16.
        @inline(__always)
        init(_ word: UnsafeBufferPointer<UInt8>) {
            let bytes = UnsafeRawPointer(word.baseAddress.unsafelyUnwrapped)
            let length = UInt64(truncatingIfNeeded: word.count)
            let lowBits = 8 &* min(length, 8)
            let highBits = 8 &* length &- lowBits
            low = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self)) & (.max &>> (64 &- lowBits))
            let mask: UInt64 = highBits == 0 ? 0 : .max &>> (64 &- highBits)
            high = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)) & mask
        }

        init() { (low, high) = (0, 0) }

        @inline(__always)
        func hash(length: UInt32) -> Int {
            var state = (low ^ UInt64(length)) &* 0x9E37_79B9_7F4A_7C15
            state = (state ^ (state >> 32) ^ high) &* 0xBF58_476D_1CE4_E5B9
            return Int(truncatingIfNeeded: (state ^ (state >> 29)) >> 16)
        }
    }

    private struct Slot {
        var text = Text()
        var term: Int32 = 0
        /// 0 when free.
        var length: UInt32 = 0
    }

    private static let heldBytes = 16

    /// A power of two of slots, at most three quarters full.
    private var slots: UnsafeMutableBufferPointer<Slot>
    private var heldCount = 0
    private var longWords = ByteStringTable()
    private var longTerms: [Int32] = []

    init() { slots = Self.room(1_024) }

    deinit { slots.deallocate() }

    private static func room(_ count: Int) -> UnsafeMutableBufferPointer<Slot> {
        let room = UnsafeMutableBufferPointer<Slot>.allocate(capacity: count)
        room.initialize(repeating: Slot())
        return room
    }

    /// About how much memory the words take.
    var byteCount: Int { heldCount * MemoryLayout<Slot>.stride + longWords.byteCount }

    /// No term.
    static let elsewhere: Int32 = -2

    /// What the first slot looked at says of a word of at least one byte: its term, or ``elsewhere`` if the word is in
    /// another one or not here. Without a branch to guess, so that the waits for several words overlap.
    @inline(__always)
    func look(_ word: UnsafeBufferPointer<UInt8>) -> Int32 {
        let text = Text(word)
        // No slot has a length above sixteen.
        let length = UInt32(truncatingIfNeeded: word.count)
        let slot = slots[text.hash(length: length) & (slots.count - 1)]
        let difference =
            (slot.text.low ^ text.low) | (slot.text.high ^ text.high) | UInt64(slot.length ^ length)
        return difference == 0 ? slot.term : Self.elsewhere
    }

    /// The term that was noted for a word of at least one byte.
    @inline(__always)
    func find(_ word: UnsafeBufferPointer<UInt8>) -> Int32? {
        if word.count > Self.heldBytes { return findLong(word) }
        let text = Text(word)
        let length = UInt32(truncatingIfNeeded: word.count)
        let mask = slots.count - 1
        var place = text.hash(length: length) & mask
        while true {
            let slot = slots[place]
            if slot.text == text, slot.length == length { return slot.term }
            if slot.length == 0 { return nil }
            place = (place + 1) & mask
        }
    }

    private func findLong(_ word: UnsafeBufferPointer<UInt8>) -> Int32? {
        longWords.find(word, hash: ByteStringTable.hash(word)).map { longTerms[$0] }
    }

    /// Notes the term of a word that ``find(_:)`` did not find.
    mutating func add(_ word: UnsafeBufferPointer<UInt8>, term: Int32) {
        if word.count > Self.heldBytes {
            _ = longWords.add(word, hash: ByteStringTable.hash(word))
            longTerms.append(term)
            return
        }
        if (heldCount + 1) * 4 > slots.count * 3 { grow() }
        heldCount += 1
        insert(Slot(text: Text(word), term: term, length: UInt32(truncatingIfNeeded: word.count)))
    }

    private func insert(_ slot: Slot) {
        let mask = slots.count - 1
        var place = slot.text.hash(length: slot.length) & mask
        while slots[place].length != 0 { place = (place + 1) & mask }
        slots[place] = slot
    }

    private mutating func grow() {
        let known = slots
        slots = Self.room(known.count * 2)
        for slot in known where slot.length != 0 { insert(slot) }
        known.deallocate()
    }
}
