// The pages that a commit wrote, told from its trees and those of the commit before it.
//
// LMDB never changes a page that a commit reaches, so a page of the new trees is old if and only if the old trees have
// it too. It is then at the same height in both, and as its only parent in a tree is either shared as well or new here
// and gone there, comparing the children of new pages with the children of gone ones, level by level, finds all.

import CKernels

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Reads about twice as many pages as were written.
struct ChangedPages {
    /// How many pages of either commit are looked at: with more, a second flush costs less than summing them.
    static let limit = 256
    private static let maximumDepth = 32

    private let file: Int32
    private let pageBytes: Int
    private var readCount = 0
    private var page: [UInt8]
    private(set) var pageCount: UInt32 = 0
    /// Of the meta page's own words, and of the pages.
    private(set) var checksum: UInt32

    /// nil if they are too many, or not the pages that they should be.
    init?(file: Int32, pageBytes: Int, from older: MetaPage, to newer: MetaPage) {
        guard pageBytes >= 256 else { return nil }
        self.file = file
        self.pageBytes = pageBytes
        page = [UInt8](repeating: 0, count: pageBytes)
        checksum = newer.bytes[MetaPage.stored].withUnsafeBytes { ck_crc32c(0, $0.baseAddress, $0.count) }
        guard compare(older.freeList, newer.freeList), compare(older.data, newer.data) else { return nil }
    }

    private mutating func compare(_ old: MetaPage.Tree, _ new: MetaPage.Tree) -> Bool {
        guard max(old.depth, new.depth) <= Self.maximumDepth else { return false }
        var gone = old.root == MetaPage.noPage ? [] : [old.root]
        var fresh = new.root == MetaPage.noPage ? [] : [new.root]
        var goneValues: [UInt64] = []
        var freshValues: [UInt64] = []
        for height in stride(from: max(old.depth, new.depth), to: 0, by: -1) {
            if height <= old.depth, height <= new.depth { Self.removeShared(&gone, &fresh) }
            if height <= old.depth {
                guard let children = children(of: gone, height, isFresh: false, &goneValues) else { return false }
                gone = children
            }
            if height <= new.depth {
                guard let children = children(of: fresh, height, isFresh: true, &freshValues) else { return false }
                fresh = children
            }
        }
        Self.removeShared(&goneValues, &freshValues)
        for first in freshValues where !addValue(first) { return false }
        return true
    }

    /// The pages below those of a level; of leaves, `values` gets the pages that long values begin on.
    private mutating func children(
        of numbers: [UInt64], _ height: Int, isFresh: Bool, _ values: inout [UInt64]
    ) -> [UInt64]? {
        var children: [UInt64] = []
        for number in numbers {
            guard read(number), half(10) & 0x0F == (height == 1 ? 2 : 1) else { return nil }
            if isFresh { addPage() }
            let lower = Int(half(12))
            guard lower >= 16, lower <= pageBytes else { return nil }
            for index in 0..<(lower - 16) / 2 {
                let node = Int(half(16 + 2 * index))
                guard node >= lower, node + 8 <= pageBytes else { return nil }
                let flags = half(node + 4)
                if height > 1 {
                    children.append(UInt64(half(node)) | UInt64(half(node + 2)) << 16 | UInt64(flags) << 32)
                } else if flags & 1 != 0 {
                    let value = node + 8 + Int(half(node + 6))
                    guard value + 8 <= pageBytes else { return nil }
                    values.append(word(value))
                }
            }
        }
        return children
    }

    /// The pages of one long value.
    private mutating func addValue(_ first: UInt64) -> Bool {
        guard read(first), half(10) & 0x0F == 4 else { return false }
        let count = UInt64(half(12)) | UInt64(half(14)) << 16
        guard count > 0, count <= Self.limit else { return false }
        addPage()
        for number in (first + 1)..<(first + count) {
            guard read(number, isWithinValue: true) else { return false }
            addPage()
        }
        return true
    }

    private mutating func addPage() {
        pageCount += 1
        checksum = page.withUnsafeBytes { ck_crc32c(checksum, $0.baseAddress, $0.count) }
    }

    private mutating func read(_ number: UInt64, isWithinValue: Bool = false) -> Bool {
        readCount += 1
        guard readCount <= 2 * Self.limit, number < 1 << 48 else { return false }
        let place = off_t(number) * off_t(pageBytes)
        let count = page.withUnsafeMutableBytes { pread(file, $0.baseAddress, $0.count, place) }
        return count == pageBytes && (isWithinValue || word(0) == number)
    }

    // Callers stay within the page.
    private func word(_ offset: Int) -> UInt64 {
        page.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: UInt64.self) }
    }

    private func half(_ offset: Int) -> UInt16 {
        page.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: UInt16.self) }
    }

    /// Takes away what both have. Mostly one in the midst of many differs.
    private static func removeShared(_ first: inout [UInt64], _ second: inout [UInt64]) {
        var start = 0
        while start < min(first.count, second.count), first[start] == second[start] { start += 1 }
        var end = 0
        while end < min(first.count, second.count) - start,
            first[first.count - 1 - end] == second[second.count - 1 - end]
        { end += 1 }
        first = Array(first[start..<first.count - end])
        second = Array(second[start..<second.count - end])
        guard !first.isEmpty, !second.isEmpty else { return }
        let shared = Set(first).intersection(second)
        first.removeAll { shared.contains($0) }
        second.removeAll { shared.contains($0) }
    }
}
