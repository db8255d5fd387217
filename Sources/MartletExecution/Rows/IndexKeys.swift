// The keys of a new ordered index, sorted before they are written.

import MartletCore
import MartletStorage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Collects the encoded columns of an index's entries with their row ids, in the order of the rows, and sorts them.
///
/// The sort is stable, so that entries of equal columns stay in the order of their row ids, as in the index. Eight bytes
/// behind what all keys have in common are sorted by their digits (LSD radix sort, skipping digits that are all the
/// same); only entries that are equal in these are compared.
struct IndexKeys {
    /// The encoded columns, end to end, without the index's prefix.
    private var bytes: [UInt8] = []
    private var ends: [Int] = []
    private var rows: [Row] = []
    /// How many bytes at the start all keys have in common.
    private var sharedCount = 0
    private var longest = 0

    /// The row of an entry.
    struct Row {
        var id: Int64
        /// Whether its key ends in the row id, so that no other entry has it.
        var isInKey: Bool
    }

    /// Takes the columns of an entry, and whether they are those of the entry before it.
    typealias Body = (
        _ columns: UnsafeRawBufferPointer, _ row: Row, _ isRepeated: Bool
    ) throws(Diagnostic) -> Void

    private typealias Item = WordSort.Item

    /// The most entries that may be collected.
    static let countLimit = Int(Int32.max)

    var count: Int { rows.count }

    /// About the memory that the entries take, and take again for the sort.
    var byteCount: Int {
        bytes.count
            + count * (MemoryLayout<Int>.stride + MemoryLayout<Row>.stride + 2 * MemoryLayout<Item>.stride)
    }

    /// - Parameter key: starts with the index's prefix, which is left out, and does not have the row id.
    mutating func append(_ key: KeyWriter, _ row: Row) {
        let start = bytes.count
        key.withUnsafeBytes { bytes.append(contentsOf: $0.dropFirst(KeyPrefix.byteCount)) }
        let length = bytes.count - start
        sharedCount = count == 0 ? length : min(sharedCount, length)
        longest = max(longest, length)
        if sharedCount > 0, start > 0 {
            let (shared, limit) = (sharedCount, sharedCount)
            sharedCount = bytes.withUnsafeBufferPointer { bytes in
                (0..<limit).first { bytes[$0] != bytes[start + $0] } ?? shared
            }
        }
        ends.append(bytes.count)
        rows.append(row)
    }

    /// Calls `body` with each entry, ascending. The collection is then empty.
    mutating func drain(_ body: Body) throws(Diagnostic) {
        let items = sorted()
        let (all, ends, rows) = (bytes, ends, rows)
        self = IndexKeys()
        try all.withRawBytes { (raw) throws(Diagnostic) in
            var before = UnsafeRawBufferPointer(start: nil, count: 0)
            var isFirst = true
            for item in items {
                let index = Int(item.payload)
                let columns = UnsafeRawBufferPointer(rebasing: raw[(index == 0 ? 0 : ends[index - 1])..<ends[index]])
                try body(columns, rows[index], !isFirst && Self.compare(before, columns) == 0)
                before = columns
                isFirst = false
            }
        }
    }

    // MARK: The sort

    private func sorted() -> [Item] {
        var items = words()
        WordSort.sort(&items)
        if longest <= sharedCount + 8 { return items }
        // Longer keys whose words are equal are not in order yet.
        bytes.withUnsafeBytes { raw in
            var start = 0
            while start < items.count {
                var end = start + 1
                while end < items.count, items[end].word == items[start].word { end += 1 }
                if end - start > 1 {
                    items[start..<end].sort { left, right in
                        let difference = Self.compare(columns(raw, left), columns(raw, right))
                        return difference != 0 ? difference < 0 : left.payload < right.payload
                    }
                }
                start = end
            }
        }
        return items
    }

    /// The eight bytes behind the shared ones, as a number.
    private func words() -> [Item] {
        bytes.withUnsafeBytes { raw in
            var start = 0
            return (0..<count).map { index in
                defer { start = ends[index] }
                let place = start + sharedCount
                if place + 8 <= ends[index] {
                    let word = UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: place, as: UInt64.self))
                    return Item(word: word, payload: UInt64(index))
                }
                var word: UInt64 = 0
                for offset in 0..<8 {
                    word = word << 8 | (place + offset < ends[index] ? UInt64(raw[place + offset]) : 0)
                }
                return Item(word: word, payload: UInt64(index))
            }
        }
    }

    private func columns(_ raw: UnsafeRawBufferPointer, _ item: Item) -> UnsafeRawBufferPointer {
        let index = Int(item.payload)
        return UnsafeRawBufferPointer(rebasing: raw[(index == 0 ? 0 : ends[index - 1])..<ends[index]])
    }

    private static func compare(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Int {
        guard let start = left.baseAddress, let other = right.baseAddress else { return left.count - right.count }
        let shared = Int(memcmp(start, other, min(left.count, right.count)))
        return shared != 0 ? shared : left.count - right.count
    }
}
