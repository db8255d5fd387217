// A file without a name, for what does not fit into memory.

package import MartletCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Bytes on disk that are gone when this is, however the process ends: the name is removed as soon as the file is made.
package final class TemporaryFile {
    /// Where temporary files go unless the caller says otherwise.
    package static var systemDirectory: String { getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp" }

    private let file: Int32
    private let directory: String
    package private(set) var byteCount = 0

    /// - Throws: `cannotWriteFile` if there cannot be a file in the directory.
    package init(directory: String) throws(Diagnostic) {
        var template = Array("\(directory)/martlet-XXXXXX".utf8CString)
        file = mkstemp(&template)
        self.directory = directory
        guard file >= 0 else {
            throw Diagnostic(
                .cannotWriteFile, "cannot make a temporary file: \(String(cString: strerror(errno)))",
                hint: "TMPDIR names the folder for temporary files", place: directory)
        }
        unlink(template)
        _ = fcntl(file, F_SETFD, FD_CLOEXEC)
    }

    deinit { if file >= 0 { close(file) } }

    /// Writes bytes at the end, and returns where they begin.
    ///
    /// - Throws: `diskFull`, `inputOutput`.
    package func append(_ bytes: [UInt8]) throws(Diagnostic) -> Int {
        let start = byteCount
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { bytes in
                pwrite(file, bytes.baseAddress.map { $0 + done }, bytes.count - done, off_t(start + done))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failure("write", count < 0 ? errno : ENOSPC) }
            done += count
        }
        byteCount = start + done
        return start
    }

    /// The bytes of a part that was written.
    ///
    /// - Throws: `inputOutput`.
    package func read(_ range: Range<Int>) throws(Diagnostic) -> [UInt8] {
        var code: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: range.count) { buffer, initialized in
            while initialized < range.count {
                let count = pread(
                    file, buffer.baseAddress.map { $0 + initialized }, range.count - initialized,
                    off_t(range.lowerBound + initialized))
                if count < 0, errno == EINTR { continue }
                guard count > 0 else {
                    code = count < 0 ? errno : EIO
                    return
                }
                initialized += count
            }
        }
        if bytes.count < range.count { throw failure("read", code) }
        return bytes
    }

    var descriptor: Int32 { file }

    /// Makes the file so long, with blocks on disk for all of it.
    func reserve(_ count: Int) throws(Diagnostic) {
        #if canImport(Darwin)
            var store = fstore_t(
                fst_flags: UInt32(F_ALLOCATEALL), fst_posmode: F_PEOFPOSMODE, fst_offset: 0, fst_length: off_t(count),
                fst_bytesalloc: 0)
            guard fcntl(file, F_PREALLOCATE, &store) >= 0, ftruncate(file, off_t(count)) == 0 else {
                throw failure("reserve", errno)
            }
        #else
            var code = posix_fallocate(file, 0, off_t(max(1, count)))
            while code == EINTR { code = posix_fallocate(file, 0, off_t(max(1, count))) }
            guard code == 0 else { throw failure("reserve", code) }
        #endif
        byteCount = max(byteCount, count)
    }

    private func failure(_ doing: String, _ code: Int32) -> Diagnostic {
        let isFull = code == ENOSPC || code == EDQUOT || code == EFBIG
        return Diagnostic(
            isFull ? .diskFull : .inputOutput,
            "cannot \(doing) a temporary file: \(isFull ? "no space is left on the device" : String(cString: strerror(code)))",
            place: directory)
    }
}
