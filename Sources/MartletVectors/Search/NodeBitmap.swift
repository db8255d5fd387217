// A set of a segment's nodes.

/// One bit a node.
package struct NodeBitmap: Hashable, Sendable {
    package let nodeCount: Int
    package private(set) var words: [UInt64]

    package init(nodeCount: Int) {
        self.nodeCount = nodeCount
        words = [UInt64](repeating: 0, count: (nodeCount + 63) / 64)
    }

    @inline(__always) package func contains(_ node: Int) -> Bool {
        let word = node >> 6
        guard node >= 0, word < words.count else { return false }
        return words[word] & (1 << UInt64(node & 63)) != 0
    }

    /// Adds a node; false if it was there or does not exist.
    @discardableResult
    package mutating func insert(_ node: Int) -> Bool {
        guard node >= 0, node < nodeCount, !contains(node) else { return false }
        words[node >> 6] |= 1 << UInt64(node & 63)
        return true
    }

    package var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

    // Stored in chunks: 64-bit words, little-endian.

    /// Adds the nodes of a stored chunk that begins at `start`, a multiple of 64.
    mutating func formUnion(littleEndian bytes: UnsafeRawBufferPointer, from start: Int) {
        var word = start / 64
        var offset = 0
        while offset + 8 <= bytes.count, word < words.count {
            words[word] |= UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            word += 1
            offset += 8
        }
    }

    /// The stored form of `count` nodes from `start`, a multiple of 64.
    func littleEndian(from start: Int, count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        for word in words[start / 64..<min(words.count, (start + count) / 64)] {
            withUnsafeBytes(of: word.littleEndian) { bytes.append(contentsOf: $0) }
        }
        return bytes
    }
}
