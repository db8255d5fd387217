// The key parts of a column of numbers, as numbers.

package struct KeyWords: Sendable {
    /// The first byte of each part but that of NULL.
    package let tag: UInt8
    /// The eight bytes behind it, big-endian; they order as unsigned integers. Of a NULL, anything.
    package let words: [UInt64]
}

extension Column {
    /// The parts that a `KeyWriter` makes of the elements; nil if the column is none of INTEGER, REAL and TIMESTAMP.
    package func keyWords(_ order: KeyOrder = .ascending) -> KeyWords? {
        let mask: UInt64 = order == .ascending ? 0 : .max
        let words: [UInt64]
        let tag: UInt8
        switch storage {
        case .integers(let values):
            words = values.map { KeyNumber.bits(of: $0) ^ mask }
            tag = type == .timestamp ? KeyTag.timestamp : KeyTag.integer
        case .reals(let values):
            words = values.map { KeyNumber.bits(of: $0) ^ mask }
            tag = KeyTag.real
        case .nulls(let count) where type == .integer || type == .real || type == .timestamp:
            words = [UInt64](repeating: 0, count: count)
            tag = type == .integer ? KeyTag.integer : type == .real ? KeyTag.real : KeyTag.timestamp
        default: return nil
        }
        return KeyWords(tag: tag ^ UInt8(truncatingIfNeeded: mask), words: words)
    }
}
