// Memory in a file without a name.

package import MartletCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Bytes that can be read and written as memory, and that the system keeps on disk when it needs the room. The file is gone
/// when this is, however the process ends.
///
/// `@unchecked Sendable`: what happens in the memory is its users' matter; the mapping itself never changes.
package final class MappedFile: @unchecked Sendable {
    package let base: UnsafeMutableRawPointer
    package let byteCount: Int

    /// All of the file's blocks are reserved at once, so that no later write can fail for want of room.
    ///
    /// - Throws: `cannotWriteFile`, `diskFull`, `outOfMemory`.
    package init(directory: String, byteCount: Int) throws(Diagnostic) {
        let file = try TemporaryFile(directory: directory)
        try file.reserve(byteCount)
        let protection = PROT_READ | PROT_WRITE
        let address = mmap(nil, max(1, byteCount), protection, MAP_SHARED, file.descriptor, 0)
        guard let address, address != MAP_FAILED else {
            throw Diagnostic(.outOfMemory, "cannot map a temporary file of \(byteCount) bytes", place: directory)
        }
        base = address
        self.byteCount = byteCount
    }

    deinit { munmap(base, max(1, byteCount)) }
}
