// The file system calls that readers and writers need: the only file here that touches the C library.

import MartletCore

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A failed call's errno.
struct SystemError: Error {
    let number: Int32

    /// The system's sentence for the error, without capital or period: `no such file or directory`.
    var sentence: String {
        guard let text = strerror(number) else { return "error \(number)" }
        let sentence = String(cString: text)
        return sentence.prefix(1).lowercased() + sentence.dropFirst()
    }

    var isDiskFull: Bool { number == ENOSPC || number == EDQUOT }

    static var last: SystemError { SystemError(number: errno) }
}

enum FileAccess {
    /// What a path leads to, as far as opening it matters.
    struct Status {
        let isDirectory: Bool
        let isRegular: Bool
        let permissions: UInt32
        let byteCount: Int
        /// Microseconds since 1970-01-01 UTC.
        let modified: Int64
    }

    static func status(ofPath path: String) -> Status? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return Status(status)
    }

    /// Opens a file to read. A directory is refused here, since reading it would fail later and less clearly.
    static func openToRead(_ path: String) throws(SystemError) -> Int32 {
        if path.utf8.contains(0) { throw SystemError(number: EINVAL) }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .last }
        var status = stat()
        if fstat(descriptor, &status) == 0, Status(status).isDirectory {
            _ = close(descriptor)
            throw SystemError(number: EISDIR)
        }
        return descriptor
    }

    /// The same of a symbolic link's target, but that a link to a folder is none.
    static func linkStatus(ofPath path: String) -> Status? {
        var link = stat()
        guard lstat(path, &link) == 0 else { return nil }
        if link.st_mode & S_IFMT != S_IFLNK { return Status(link) }
        guard let target = status(ofPath: path), !target.isDirectory else { return nil }
        return target
    }

    /// The names in a folder, but `.` and `..`, in no order.
    static func names(inFolder path: String) throws(SystemError) -> [[UInt8]] {
        guard let folder = opendir(path) else { throw .last }
        defer { closedir(folder) }
        var names: [[UInt8]] = []
        while true {
            errno = 0
            guard let entry = readdir(folder) else {
                if errno != 0 { throw .last }
                return names
            }
            let start = (UnsafeRawPointer(entry) + (MemoryLayout<dirent>.offset(of: \.d_name) ?? 0))
                .assumingMemoryBound(to: CChar.self)
            let name = Array(UnsafeRawBufferPointer(start: start, count: strlen(start)))
            if name != [UInt8(ascii: ".")], name != Array("..".utf8) { names.append(name) }
        }
    }

    /// The size of a regular file.
    static func byteCount(of descriptor: Int32) -> Int? {
        var status = stat()
        guard fstat(descriptor, &status) == 0, Status(status).isRegular else { return nil }
        return Int(status.st_size)
    }

    /// Opens what is there already: a device, a pipe.
    static func openToWrite(_ path: String) throws(SystemError) -> Int32 {
        let descriptor = open(path, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .last }
        return descriptor
    }

    /// Makes a new file; fails if the name is taken.
    static func create(_ path: String) throws(SystemError) -> Int32 {
        if path.utf8.contains(0) { throw SystemError(number: EINVAL) }
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw .last }
        return descriptor
    }

    static func setPermissions(_ permissions: UInt32, of descriptor: Int32) {
        _ = fchmod(descriptor, mode_t(truncatingIfNeeded: permissions))
    }

    /// Reads into `buffer[offset...]`; 0 at the end. Interrupted calls are repeated.
    static func read(_ descriptor: Int32, into buffer: inout [UInt8], at offset: Int) throws(SystemError) -> Int {
        while true {
            let count = buffer.withUnsafeMutableBytes { bytes -> Int in
                guard let base = bytes.baseAddress, offset >= 0, offset < bytes.count else { return 0 }
                #if canImport(Darwin)
                    return Darwin.read(descriptor, base + offset, bytes.count - offset)
                #elseif canImport(Glibc)
                    return Glibc.read(descriptor, base + offset, bytes.count - offset)
                #else
                    return Musl.read(descriptor, base + offset, bytes.count - offset)
                #endif
            }
            if count >= 0 { return count }
            let error = SystemError.last
            if error.number != EINTR { throw error }
        }
    }

    /// Writes all of `bytes`.
    static func write(_ descriptor: Int32, _ bytes: [UInt8]) throws(SystemError) {
        var offset = 0
        while offset < bytes.count {
            let count = bytes.withUnsafeBytes { bytes -> Int in
                guard let base = bytes.baseAddress else { return 0 }
                #if canImport(Darwin)
                    return Darwin.write(descriptor, base + offset, bytes.count - offset)
                #elseif canImport(Glibc)
                    return Glibc.write(descriptor, base + offset, bytes.count - offset)
                #else
                    return Musl.write(descriptor, base + offset, bytes.count - offset)
                #endif
            }
            if count > 0 {
                offset += count
            } else {
                let error = SystemError.last
                if count < 0, error.number == EINTR || error.number == EAGAIN { continue }
                throw count < 0 ? error : SystemError(number: EIO)
            }
        }
    }

    /// Writes all of `bytes` over a file's first ones.
    static func writeStart(_ descriptor: Int32, _ bytes: [UInt8]) throws(SystemError) {
        var offset = 0
        while offset < bytes.count {
            let count = bytes.withUnsafeBytes { bytes -> Int in
                guard let base = bytes.baseAddress else { return 0 }
                return pwrite(descriptor, base + offset, bytes.count - offset, off_t(offset))
            }
            if count > 0 {
                offset += count
            } else {
                let error = SystemError.last
                if count < 0, error.number == EINTR { continue }
                throw count < 0 ? error : SystemError(number: EIO)
            }
        }
    }

    /// Makes a file's bytes durable. Descriptors that cannot (pipes, terminals) are left alone.
    static func synchronize(_ descriptor: Int32) throws(SystemError) {
        guard fsync(descriptor) != 0 else { return }
        let error = SystemError.last
        if error.number != EINVAL, error.number != ENOTSUP, error.number != EROFS { throw error }
    }

    static func closeFile(_ descriptor: Int32) throws(SystemError) {
        guard close(descriptor) != 0 else { return }
        let error = SystemError.last
        if error.number != EINTR { throw error }
    }

    static func renameFile(_ path: String, to target: String) throws(SystemError) {
        guard rename(path, target) != 0 else { return }
        throw .last
    }

    static func remove(_ path: String) { _ = unlink(path) }

    /// The path with symbolic links followed, if it exists.
    static func resolved(_ path: String) -> String? {
        guard let text = realpath(path, nil) else { return nil }
        defer { free(text) }
        return String(cString: text)
    }

    static var processIdentifier: Int32 { getpid() }

    static var fileExists: Int32 { EEXIST }
}

extension FileAccess.Status {
    fileprivate init(_ status: stat) {
        let kind = status.st_mode & S_IFMT
        #if canImport(Darwin)
            let time = status.st_mtimespec
        #else
            let time = status.st_mtim
        #endif
        let (seconds, overflow) = Int64(time.tv_sec).multipliedReportingOverflow(by: 1_000_000)
        self.init(
            isDirectory: kind == S_IFDIR, isRegular: kind == S_IFREG, permissions: UInt32(status.st_mode & 0o7777),
            byteCount: Int(status.st_size), modified: overflow ? 0 : seconds &+ Int64(time.tv_nsec) / 1_000)
    }
}
