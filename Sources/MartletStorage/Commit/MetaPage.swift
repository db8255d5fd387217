// The two first pages of a file, each of which names the trees of a commit: the commits take turns.
//
//   | offset | bytes | what                                                                 |
//   | ------ | ----- | -------------------------------------------------------------------- |
//   | 16     | 4     | magic number                                                         |
//   | 40     | 96    | two trees, the free list and the data: page size 4, flags 2, depth 2 |
//   |        |       | then 8 each: branch, leaf and overflow pages, entries, root          |
//   | 136    | 8     | last page in use                                                     |
//   | 144    | 8     | transaction                                                          |
//   | 256    | 40    | Martlet's own record of the commit: see CommitRecord                 |

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

struct MetaPage {
    struct Tree {
        var flags: UInt16
        /// 1 for a single leaf.
        var depth: Int
        var entryCount: UInt64
        var root: UInt64
    }

    static let noPage = UInt64.max
    /// What LMDB writes with a commit.
    static let stored = 16..<152

    let number: Int
    let transaction: UInt64
    let lastPage: UInt64
    let freeList: Tree
    let data: Tree
    /// From the start of the page to the end of `stored`.
    let bytes: [UInt8]
    let record: CommitRecord?

    /// Reads page 0 or 1; nil if it is none.
    init?(file: Int32, number: Int, pageBytes: Int) {
        let end = CommitRecord.offset + CommitRecord.byteCount
        let page = [UInt8](unsafeUninitializedCapacity: end) { buffer, count in
            count = max(0, pread(file, buffer.baseAddress, end, off_t(number * pageBytes)))
        }
        guard page.count == end else { return nil }
        func load<T: FixedWidthInteger>(_ offset: Int, as type: T.Type) -> T {
            page.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: type) }
        }
        func tree(_ offset: Int) -> Tree {
            Tree(
                flags: load(offset + 4, as: UInt16.self), depth: Int(load(offset + 6, as: UInt16.self)),
                entryCount: load(offset + 32, as: UInt64.self), root: load(offset + 40, as: UInt64.self))
        }
        guard load(16, as: UInt32.self) == 0xBEEF_C0DE else { return nil }
        self.number = number
        transaction = load(144, as: UInt64.self)
        lastPage = load(136, as: UInt64.self)
        freeList = tree(40)
        data = tree(88)
        bytes = Array(page[..<Self.stored.upperBound])
        record = CommitRecord(page[CommitRecord.offset...])
    }

    /// The record, if it is of this page's commit.
    var ownRecord: CommitRecord? {
        guard let record, record.transaction == transaction else { return nil }
        return record
    }

    /// Both pages; nil if one is none.
    static func both(file: Int32, pageBytes: Int) -> (newer: MetaPage, older: MetaPage)? {
        guard let first = MetaPage(file: file, number: 0, pageBytes: pageBytes),
            let second = MetaPage(file: file, number: 1, pageBytes: pageBytes)
        else { return nil }
        // After a commit was taken back both have the same; that of an even number is at home in the first page.
        if first.transaction == second.transaction {
            return first.transaction % 2 == 0 ? (first, second) : (second, first)
        }
        return first.transaction > second.transaction ? (first, second) : (second, first)
    }
}
