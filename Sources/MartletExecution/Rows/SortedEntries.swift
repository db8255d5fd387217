// Entries of an ordered index, sorted before they are written.

import MartletCore
import MartletStorage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Collects the keys of a new index's entries. Written in order they fill one page after the other, where entries in the
/// table's order would touch the whole index again and again.
struct SortedEntries {
    private struct Entry {
        /// The first sixteen bytes behind the index's prefix, as two numbers: most comparisons end here.
        var high: UInt64
        var low: UInt64
        var start: Int
        var rowID: Int64
        /// At most `Limits.keyBytes`.
        var byteCount: UInt16
    }

    private var bytes: [UInt8] = []
    private var entries: [Entry] = []

    /// About the memory that the entries take.
    var byteCount: Int { bytes.count + entries.count * MemoryLayout<Entry>.stride }

    mutating func append(_ key: KeyWriter, rowID: Int64) {
        let start = bytes.count
        key.withUnsafeBytes { key in
            bytes.append(contentsOf: key)
            func number(_ offset: Int) -> UInt64 {
                if offset + 8 <= key.count {
                    return UInt64(bigEndian: key.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
                }
                return (offset..<offset + 8).reduce(0) { $0 << 8 | UInt64($1 < key.count ? key[$1] : 0) }
            }
            entries.append(
                Entry(
                    high: number(KeyPrefix.byteCount), low: number(KeyPrefix.byteCount + 8), start: start,
                    rowID: rowID, byteCount: UInt16(clamping: key.count)))
        }
    }

    /// Calls `body` with every key, ascending, equal ones in the order of their rows; the collection is then empty.
    mutating func drain(
        _ body: (_ key: UnsafeRawBufferPointer, _ rowID: Int64) throws(Diagnostic) -> Void
    ) throws(Diagnostic) {
        var sorted = entries
        let all = bytes
        entries = []
        bytes = []
        try all.withRawBytes { (raw) throws(Diagnostic) in
            sorted.sort { left, right in
                if left.high != right.high { return left.high < right.high }
                if left.low != right.low { return left.low < right.low }
                let difference = Self.compare(raw, left, right)
                return difference != 0 ? difference < 0 : left.rowID < right.rowID
            }
            for entry in sorted {
                try body(
                    UnsafeRawBufferPointer(rebasing: raw[entry.start..<entry.start + Int(entry.byteCount)]), entry.rowID
                )
            }
        }
    }

    private static func compare(_ raw: UnsafeRawBufferPointer, _ left: Entry, _ right: Entry) -> Int {
        guard let base = raw.baseAddress else { return 0 }
        let shared = Int(memcmp(base + left.start, base + right.start, Int(min(left.byteCount, right.byteCount))))
        return shared != 0 ? shared : Int(left.byteCount) - Int(right.byteCount)
    }
}
