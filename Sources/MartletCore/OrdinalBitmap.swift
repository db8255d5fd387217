// A set of ordinals: documents or rows of a segment, by their places.

/// One bit an ordinal.
package struct OrdinalBitmap: Hashable, Sendable {
    /// The ordinals that may be members are those below.
    package let capacity: Int
    @usableFromInline package private(set) var words: [UInt64]

    package init(capacity: Int) {
        self.capacity = capacity
        words = [UInt64](repeating: 0, count: (capacity + 63) / 64)
    }

    @inlinable @inline(__always)
    package func contains(_ ordinal: Int) -> Bool {
        let word = ordinal >> 6
        guard ordinal >= 0, word < words.count else { return false }
        return words[word] & (1 << UInt64(ordinal & 63)) != 0
    }

    /// Adds an ordinal; false if it was there or may not be a member.
    @discardableResult
    package mutating func insert(_ ordinal: Int) -> Bool {
        guard ordinal >= 0, ordinal < capacity, !contains(ordinal) else { return false }
        words[ordinal >> 6] |= 1 << UInt64(ordinal & 63)
        return true
    }

    /// The members, ascending.
    package var members: [Int] {
        var result: [Int] = []
        for (index, word) in words.enumerated() {
            var rest = word
            while rest != 0 {
                result.append(index * 64 + rest.trailingZeroBitCount)
                rest &= rest - 1
            }
        }
        return result
    }

    package var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }
}

// Sets made of others, of the same capacity.
extension OrdinalBitmap {
    package mutating func formIntersection(_ other: OrdinalBitmap) { combine(other) { $0 & $1 } }
    package mutating func formUnion(_ other: OrdinalBitmap) { combine(other) { $0 | $1 } }
    package mutating func subtract(_ other: OrdinalBitmap) { combine(other) { $0 & ~$1 } }

    private mutating func combine(_ other: OrdinalBitmap, _ operation: (UInt64, UInt64) -> UInt64) {
        precondition(capacity == other.capacity)
        for index in words.indices { words[index] = operation(words[index], other.words[index]) }
    }
}

// Stored in chunks: 64-bit words, little-endian.
extension OrdinalBitmap {
    /// Adds the members of a stored chunk that begins at `start`, a multiple of 64.
    package mutating func formUnion(littleEndian bytes: UnsafeRawBufferPointer, from start: Int) {
        var word = start / 64
        var offset = 0
        while offset + 8 <= bytes.count, word < words.count {
            words[word] |= UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            word += 1
            offset += 8
        }
    }

    /// The stored form of `count` ordinals from `start`, a multiple of 64.
    package func littleEndian(from start: Int, count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        for word in words[start / 64..<min(words.count, (start + count) / 64)] {
            withUnsafeBytes(of: word.littleEndian) { bytes.append(contentsOf: $0) }
        }
        return bytes
    }
}
