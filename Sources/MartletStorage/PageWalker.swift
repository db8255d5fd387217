// Checks LMDB's pages without trusting them: LMDB itself follows any page number that it reads.
//
// LMDB 0.9's format on 64-bit machines, all numbers in the machine's order:
//
//   | page header | bytes | what                                                                 |
//   | ----------- | ----- | -------------------------------------------------------------------- |
//   | 0           | 8     | the page's number                                                    |
//   | 10          | 2     | flags: 1 branch, 2 leaf, 4 overflow, 8 meta                          |
//   | 12          | 2     | end of the node offsets (overflow: 4 bytes, the number of pages)     |
//   | 14          | 2     | start of the nodes                                                   |
//   | 16          | 2 · n | node offsets, from the start of the page                             |
//
//   | node        | bytes | what                                                                 |
//   | ----------- | ----- | -------------------------------------------------------------------- |
//   | 0           | 4     | leaf: size of the value; branch: low bytes of the child's number     |
//   | 4           | 2     | leaf: flags, 1 if the value is on overflow pages; branch: high bytes |
//   | 6           | 2     | size of the key                                                      |
//   | 8           |       | key, then value or the number of the first overflow page             |
// The two meta pages are described in MetaPage.swift.

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Walks every page that one commit reaches, reading the file beside the map.
package struct PageWalker {
    private struct Tree {
        var depth: Int
        var entryCount: UInt64
        var root: UInt64
        var name: String

        init(_ tree: MetaPage.Tree, _ name: String) {
            depth = tree.depth
            entryCount = tree.entryCount
            root = tree.root
            self.name = name
        }
    }

    private static let maximumDepth = 32
    private static let maximumProblems = 100

    private let file: Int32
    private let pageBytes: Int
    private let filePageCount: UInt64
    private var lastPage: UInt64 = 0
    private var visited: [UInt64] = []
    private(set) var problems: [String] = []
    private(set) var pageCount = 0
    /// How many pages are visited at most.
    private var pageLimit = Int.max

    /// - Parameter file: stays open while the walker is used.
    package init(file: Int32, pageBytes: Int) {
        var status = stat()
        let byteCount = fstat(file, &status) == 0 ? Int(status.st_size) : 0
        self.file = file
        self.pageBytes = max(256, pageBytes)
        filePageCount = UInt64(byteCount / self.pageBytes)
    }

    /// Walks the trees of a commit; nil if the file no longer has its meta page. O(pages).
    package mutating func walk(transactionID: Int?) -> [String]? {
        guard let trees = trees(transactionID: transactionID) else { return nil }
        for tree in trees { walk(tree) }
        return problems
    }

    /// Walks only the first pages of the data in the order of keys, where the format record and the catalog are: with
    /// these sound, a file can be opened and asked for an integrity check. O(1).
    mutating func walkStart(transactionID: Int?) -> [String]? {
        guard let data = trees(transactionID: transactionID)?.last else { return nil }
        pageLimit = 64
        walk(data)
        return problems
    }

    /// The free list and the data; what is wrong with them is reported.
    private mutating func trees(transactionID: Int?) -> [Tree]? {
        let pages = (0..<2).compactMap { MetaPage(file: file, number: $0, pageBytes: pageBytes) }
            .filter { page in transactionID.map { page.transaction == UInt64($0) } ?? true }
        guard let meta = pages.max(by: { $0.transaction < $1.transaction }) else { return nil }
        lastPage = meta.lastPage
        guard lastPage < 1 << 40 else {
            report("the last page has the number \(lastPage)")
            return []
        }
        // Only pages of the file are visited, whatever the damaged number of the last page says.
        visited = [UInt64](repeating: 0, count: Int(filePageCount / 64) + 1)
        // Of the data, only plain keys and values; the free list's flags hold those of the file too.
        if meta.data.flags != 0 { report("the data has flags \(meta.data.flags)") }
        return [Tree(meta.freeList, "the free list"), Tree(meta.data, "the data")]
    }

    private mutating func walk(_ tree: Tree) {
        if tree.root == MetaPage.noPage {
            if tree.entryCount != 0 { report("\(tree.name) has no root and \(tree.entryCount) entries") }
            return
        }
        guard tree.depth <= Self.maximumDepth else { return report("\(tree.name) has a depth of \(tree.depth)") }
        var entryCount: UInt64 = 0
        walk(tree.root, depth: 1, of: tree, &entryCount)
        if entryCount != tree.entryCount, problems.isEmpty, pageCount < pageLimit {
            report("\(tree.name) has \(entryCount) entries instead of \(tree.entryCount)")
        }
    }

    private mutating func walk(_ number: UInt64, depth: Int, of tree: Tree, _ entryCount: inout UInt64) {
        guard problems.count < Self.maximumProblems, pageCount < pageLimit else { return }
        guard depth <= tree.depth else { return report("\(tree.name) is deeper than \(tree.depth)") }
        guard visit(number, tree), let page = read(number) else { return }
        guard word(page, 0) == number else { return report("page \(number) says that it is page \(word(page, 0))") }
        let flags = half(page, 10) & 0x0F
        let isLeaf = depth == tree.depth
        guard flags == (isLeaf ? 2 : 1) else { return report("page \(number) has flags \(flags)") }
        let lower = Int(half(page, 12))
        guard lower >= 16, lower <= pageBytes, lower % 2 == 0 else { return report("page \(number) has a bad header") }
        for index in 0..<(lower - 16) / 2 {
            let offset = Int(half(page, 16 + 2 * index))
            guard offset >= lower, offset + 8 <= pageBytes else {
                return report("page \(number) has a node at \(offset)")
            }
            let keyBytes = Int(half(page, offset + 6))
            let low = UInt64(half(page, offset)) | UInt64(half(page, offset + 2)) << 16
            let nodeFlags = half(page, offset + 4)
            guard isLeaf else {
                guard offset + 8 + keyBytes <= pageBytes else { return report("page \(number) has a long key") }
                walk(low | UInt64(nodeFlags) << 32, depth: depth + 1, of: tree, &entryCount)
                continue
            }
            entryCount += 1
            guard nodeFlags <= 1 else { return report("page \(number) has a node with flags \(nodeFlags)") }
            let isOverflow = nodeFlags & 1 != 0
            guard offset + 8 + keyBytes + (isOverflow ? 8 : Int(low)) <= pageBytes else {
                return report("page \(number) has a long node")
            }
            if isOverflow { walkOverflow(word(page, offset + 8 + keyBytes), valueBytes: Int(low), tree) }
        }
    }

    private mutating func walkOverflow(_ number: UInt64, valueBytes: Int, _ tree: Tree) {
        let needed = UInt64((16 + valueBytes + pageBytes - 1) / pageBytes)
        guard number <= lastPage, needed <= lastPage - number + 1, number + needed <= filePageCount else {
            return report("a value on pages \(number)… of \(tree.name) lies beyond the end of the file")
        }
        guard let page = read(number) else { return }
        let count = UInt64(half(page, 12)) | UInt64(half(page, 14)) << 16
        guard word(page, 0) == number, half(page, 10) & 0x0F == 4, count >= needed else {
            return report("page \(number) is not the start of a value")
        }
        for page in number..<number + needed where !visit(page, tree) { return }
    }

    private mutating func visit(_ number: UInt64, _ tree: Tree) -> Bool {
        guard number >= 2, number <= lastPage, number < filePageCount else {
            report("page \(number) of \(tree.name) lies beyond the end of the file")
            return false
        }
        let bit: UInt64 = 1 << (number % 64)
        guard visited[Int(number / 64)] & bit == 0 else {
            report("page \(number) is used twice")
            return false
        }
        visited[Int(number / 64)] |= bit
        pageCount += 1
        return true
    }

    private mutating func report(_ problem: String) { problems.append(problem) }

    private mutating func read(_ number: UInt64) -> [UInt8]? {
        let page = [UInt8](unsafeUninitializedCapacity: pageBytes) { buffer, count in
            count = max(0, pread(file, buffer.baseAddress, pageBytes, off_t(number) * off_t(pageBytes)))
        }
        if page.count == pageBytes { return page }
        report("page \(number) cannot be read")
        return nil
    }

    // Callers stay within a page; a page is always whole.
    private func word(_ page: [UInt8], _ offset: Int) -> UInt64 {
        page.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: UInt64.self) }
    }

    private func half(_ page: [UInt8], _ offset: Int) -> UInt16 {
        page.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: UInt16.self) }
    }
}
