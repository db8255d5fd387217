// A set of a segment's documents.

/// One bit a document.
package struct DocumentBitmap: Hashable, Sendable {
    package let documentCount: Int
    package private(set) var words: [UInt64]

    package init(documentCount: Int) {
        self.documentCount = documentCount
        words = [UInt64](repeating: 0, count: (documentCount + 63) / 64)
    }

    @inline(__always)
    package func contains(_ document: Int) -> Bool {
        let word = document >> 6
        guard document >= 0, word < words.count else { return false }
        return words[word] & (1 << UInt64(document & 63)) != 0
    }

    /// Adds a document; false if it was there or does not exist.
    @discardableResult
    package mutating func insert(_ document: Int) -> Bool {
        guard document >= 0, document < documentCount, !contains(document) else { return false }
        words[document >> 6] |= 1 << UInt64(document & 63)
        return true
    }

    /// The documents, ascending.
    var documents: [Int] {
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

// Stored in chunks: 64-bit words, little-endian.
extension DocumentBitmap {
    /// Adds the documents of a stored chunk that begins at `start`, a multiple of 64.
    mutating func formUnion(littleEndian bytes: UnsafeRawBufferPointer, from start: Int) {
        var word = start / 64
        var offset = 0
        while offset + 8 <= bytes.count, word < words.count {
            words[word] |= UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            word += 1
            offset += 8
        }
    }

    /// The stored form of `count` documents from `start`, a multiple of 64.
    func littleEndian(from start: Int, count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        for word in start / 64..<min(words.count, (start + count) / 64) { bytes.append(littleEndian: words[word]) }
        return bytes
    }
}
