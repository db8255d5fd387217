// Memory in large pages.

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Large pages for long arrays that are read at random: they are entered once for 512 small ones, and their addresses stay in
/// the processor's table.
package enum HugePages {
    /// Of x86-64 and most ARMv8 systems.
    package static let pageBytes = 2 << 20
    /// From this many bytes on they are worth asking for.
    package static let leastBytes = 2 * pageBytes

    /// Asks the system for large pages under memory that has not been used yet. A hint: contents are the same without it.
    package static func advise(_ base: UnsafeMutableRawPointer?, byteCount: Int) {
        #if os(Linux)
            guard byteCount >= leastBytes, let base else { return }
            let page = 4_096
            let start = (Int(bitPattern: base) + page - 1) / page * page
            let end = (Int(bitPattern: base) + byteCount) / page * page
            guard let first = UnsafeMutableRawPointer(bitPattern: start), end > start else { return }
            _ = madvise(first, end - start, MADV_HUGEPAGE)
        #endif
    }
}
