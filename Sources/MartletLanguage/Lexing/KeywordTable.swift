// Finds a keyword from the bytes of a word, in any case, without making a String.

/// A word's first sixteen bytes with the case bit set, little-endian, and its length.
struct WordKey: Hashable, Sendable {
    var low: UInt64 = 0
    var high: UInt64 = 0
    var count = 0

    @inline(__always)
    mutating func append(_ byte: UInt8) {
        // Setting bit 5 folds ASCII letters and keeps every other byte of a word apart from them.
        let folded = UInt64(byte | 0x20)
        if count < 8 {
            low |= folded << UInt64(count &* 8)
        } else if count < 16 {
            high |= folded << UInt64((count &- 8) &* 8)
        }
        count &+= 1
    }
}

/// An open-addressed hash table over every keyword; at most a few probes a word.
struct KeywordTable: Sendable {
    private struct Entry: Sendable {
        var key: WordKey
        var keyword: Keyword
    }

    private static let size = 1024
    private let entries: [Entry?]

    static let shared = KeywordTable()

    private init() {
        var entries = [Entry?](repeating: nil, count: Self.size)
        for keyword in Keyword.allCases {
            var key = WordKey()
            for byte in keyword.spelling.utf8 { key.append(byte) }
            var slot = Self.slot(of: key)
            while entries[slot] != nil { slot = (slot + 1) & (Self.size - 1) }
            entries[slot] = Entry(key: key, keyword: keyword)
        }
        self.entries = entries
    }

    private static func slot(of key: WordKey) -> Int {
        let mixed = (key.low &* 0x9E37_79B9_7F4A_7C15) ^ (key.high &* 0xC2B2_AE3D_27D4_EB4F) ^ UInt64(key.count)
        return Int((mixed ^ (mixed >> 29)) >> 20) & (size - 1)
    }

    /// `bytes` tell words apart that share their first sixteen bytes.
    func keyword(for key: WordKey, in bytes: [UInt8], at start: Int) -> Keyword? {
        if key.count < 2 || key.count > 17 { return nil }
        var slot = Self.slot(of: key)
        while let entry = entries[slot] {
            if entry.key == key {
                // CURRENT_TIMESTAMP alone is longer than the key.
                if key.count == 17 { return bytes[start + 16] | 0x20 == UInt8(ascii: "p") ? entry.keyword : nil }
                return entry.keyword
            }
            slot = (slot + 1) & (Self.size - 1)
        }
        return nil
    }
}

extension Keyword {
    /// The keyword that `word` spells in any case.
    package init?(word: String) {
        var key = WordKey()
        let bytes = Array(word.utf8)
        for byte in bytes { key.append(byte) }
        guard let keyword = KeywordTable.shared.keyword(for: key, in: bytes, at: 0) else { return nil }
        self = keyword
    }
}
