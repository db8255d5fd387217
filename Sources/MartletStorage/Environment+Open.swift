// Opening a file: ours or not, whole or not, and making a new one.

import CLMDB
package import MartletCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

extension Environment {
    /// Opens a database file, or makes one.
    ///
    /// The lock file is `path` with `-lock` added. A file that may only be read is opened for reading.
    ///
    /// - Throws: `cannotOpenDatabase`, `notADatabase`, `newerFormat`, `corrupt`, `readOnlyDatabase` (open for reading in
    ///   this process already, and now to be written), `outOfMemory`, `diskFull`, `inputOutput`.
    package static func open(
        _ path: String, options: EnvironmentOptions = EnvironmentOptions()
    ) throws(Diagnostic) -> Environment {
        try EnvironmentRegistry.shared.whileOpening { () throws(Diagnostic) in
            var options = options
            let header = try FileHeader.read(path, options: &options)
            if let open = EnvironmentRegistry.shared.open(header.identity) {
                if open.core.isReadOnly, !options.isReadOnly {
                    throw Diagnostic(
                        .readOnlyDatabase, "the file is open for reading only in this process", place: path)
                }
                if options.isReadOnly {
                    try FormatRecord.check(open.core, mayCreate: false)
                    if open.core.isReadOnly, let environment = open.environment { return environment }
                    return Environment(core: open.core, isReadOnly: true)
                }
                if let environment = open.environment { return environment }
                // A reader or the last writer still holds the file open, but nobody could have seen these options.
                let environment = register(Environment(core: open.core, isReadOnly: false), header.identity)
                try FormatRecord.check(open.core, mayCreate: true)
                try environment.setDurability(options.durability)
                return environment
            }
            try CommitRecovery.run(path, isReadOnly: options.isReadOnly)
            let core = try openCore(path, header: header, options: options)
            try checkFile(core)
            core.noteChecked()
            try FormatRecord.check(core, mayCreate: !options.isReadOnly)
            return register(Environment(core: core, isReadOnly: options.isReadOnly), header.identity)
        }
    }

    /// A database that nobody else sees and that is gone when it is closed.
    package static func temporary(mapBytes: Int? = nil) throws(Diagnostic) -> Environment {
        let directory = TemporaryFile.systemDirectory
        var template = Array("\(directory)/martlet-XXXXXX".utf8CString)
        let file = mkstemp(&template)
        let path = String(decoding: template.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        guard file >= 0 else { throw Diagnostic(.cannotOpenDatabase, "cannot make a temporary file", place: directory) }
        close(file)
        defer {
            unlink(path)
            unlink(path + "-lock")
        }
        var options = EnvironmentOptions()
        options.durability = .none
        if let mapBytes { options.mapBytes = mapBytes }
        return try open(path, options: options)
    }

    private static func register(_ environment: Environment, _ identity: FileIdentity) -> Environment {
        EnvironmentRegistry.shared.opened(identity, core: environment.core, environment: environment)
        return environment
    }

    private static func openCore(
        _ path: String, header: FileHeader, options: EnvironmentOptions
    ) throws(Diagnostic) -> EnvironmentCore {
        var flags = UInt32(MDB_NOSUBDIR | MDB_NOTLS) | options.durability.flags
        if options.isReadOnly { flags |= UInt32(MDB_RDONLY) }
        var mapBytes = max(options.mapBytes, 1 << 20)
        while true {
            var environment: OpaquePointer?
            try StorageError.check(mdb_env_create(&environment), "open the database")
            guard let environment else { throw StorageError.diagnostic(ENOMEM, "open the database", path: path) }
            mdb_env_set_mapsize(environment, mapBytes)
            mdb_env_set_maxreaders(environment, UInt32(clamping: options.maximumReaders))
            let code = mdb_env_open(environment, path, flags, 0o644)
            if code == MDB_SUCCESS {
                var dead: Int32 = 0
                mdb_reader_check(environment, &dead)
                var information = MDB_envinfo()
                mdb_env_info(environment, &information)
                return try EnvironmentCore(
                    adopting: environment, path: path, identity: header.identity, isReadOnly: options.isReadOnly,
                    durability: options.durability, mapBytes: information.me_mapsize,
                    maximumMapBytes: max(options.maximumMapBytes, mapBytes))
            }
            mdb_env_close(environment)
            // The address space or the file system may not allow so large a map.
            if code == ENOMEM || code == EINVAL || code == EFBIG, mapBytes > 64 << 20, mapBytes / 2 >= header.byteCount
            {
                mapBytes /= 2
                continue
            }
            var failure = StorageError.diagnostic(code, "open the database", path: path)
            if code == EACCES || code == EPERM { failure.code = .cannotOpenDatabase }
            throw failure
        }
    }

    /// LMDB trusts its pages: one that lies beyond the end of a cut file would end the process.
    private static func checkFile(_ core: EnvironmentCore) throws(Diagnostic) {
        var information = MDB_envinfo()
        mdb_env_info(core.environment, &information)
        var status = stat()
        guard fstat(core.file, &status) == 0 else { return }
        try checkStart(core)
        let (expected, overflow) = (information.me_last_pgno + 1).multipliedReportingOverflow(by: core.pageBytes)
        if !overflow, Int(status.st_size) >= expected { return }
        // Pages at the end that were taken and freed in one transaction may never have been written; look.
        var walker = PageWalker(file: core.file, pageBytes: core.pageBytes)
        if let problem = walker.walk(transactionID: nil)?.first {
            throw Diagnostic(.corrupt, "the database file has been cut off: \(problem)", place: core.path)
        }
    }
}

extension Environment {
    /// Opening reads the format record and the catalog through LMDB, which trusts the pages on the way to them.
    private static func checkStart(_ core: EnvironmentCore) throws(Diagnostic) {
        // Another process may write meanwhile: the transaction keeps this commit's pages as they are.
        let view = try TransactionView(reading: core)
        defer { view.end() }
        var walker = PageWalker(file: core.file, pageBytes: core.pageBytes)
        if let problem = walker.walkStart(transactionID: view.transactionID)?.first {
            throw Diagnostic(.corrupt, "the database file is damaged: \(problem)", place: core.path)
        }
    }
}

/// The first bytes of a file, looked at before LMDB touches it.
struct FileHeader {
    var identity: FileIdentity
    var byteCount: Int

    /// Where LMDB 0.9 has its magic number and data version on 64-bit machines: after the first page's header.
    private static let magicOffset = 16
    private static let magic: UInt32 = 0xBEEF_C0DE
    private static let pageSizeOffset = 40
    private static let dataVersion: UInt32 = 1

    /// Makes the file if it is missing and may be made; turns `isReadOnly` on if it may only be read.
    static func read(_ path: String, options: inout EnvironmentOptions) throws(Diagnostic) -> FileHeader {
        var file: Int32 = -1
        if !options.isReadOnly {
            file = posixOpen(path, O_RDWR | (options.createsFile ? O_CREAT : 0))
            if file < 0, errno == EACCES || errno == EROFS || errno == EPERM { options.isReadOnly = true }
        }
        if options.isReadOnly { file = posixOpen(path, O_RDONLY) }
        guard file >= 0 else {
            throw Diagnostic(
                .cannotOpenDatabase, "cannot open the database: \(String(cString: strerror(errno)))", place: path)
        }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw Diagnostic(.cannotOpenDatabase, "cannot open the database: not a regular file", place: path)
        }
        let byteCount = Int(status.st_size)
        if byteCount > 0 { try checkMagic(file, path) }
        if byteCount == 0, options.isReadOnly { throw notOurs(path) }
        return FileHeader(
            identity: FileIdentity(device: UInt64(truncatingIfNeeded: status.st_dev), inode: UInt64(status.st_ino)),
            byteCount: byteCount)
    }

    private static func checkMagic(_ file: Int32, _ path: String) throws(Diagnostic) {
        var header = [UInt8](repeating: 0, count: magicOffset + 8)
        let count = header.withUnsafeMutableBytes { pread(file, $0.baseAddress, $0.count, 0) }
        guard count == header.count else { throw notOurs(path) }
        let (magic, version) = header.withUnsafeBytes { bytes in
            (
                bytes.loadUnaligned(fromByteOffset: magicOffset, as: UInt32.self),
                bytes.loadUnaligned(fromByteOffset: magicOffset + 4, as: UInt32.self)
            )
        }
        guard magic == Self.magic else { throw notOurs(path) }
        guard version == dataVersion else {
            throw Diagnostic(.newerFormat, "the file was written by another version of LMDB (\(version))", place: path)
        }
        try checkPageSize(file, path)
    }

    /// Both meta pages name the size of pages; LMDB believes the newer one.
    private static func checkPageSize(_ file: Int32, _ path: String) throws(Diagnostic) {
        var place = 0
        for _ in 0..<2 {
            var bytes: UInt32 = 0
            let count = pread(file, &bytes, 4, off_t(place + pageSizeOffset))
            // A file of less than two pages is LMDB's to refuse.
            guard count == 4 else { return }
            guard (256...32_768).contains(bytes), bytes & (bytes - 1) == 0, place == 0 || place == Int(bytes) else {
                throw Diagnostic(.corrupt, "the database file is damaged: pages of \(bytes) bytes", place: path)
            }
            place = Int(bytes)
        }
    }

    private static func posixOpen(_ path: String, _ flags: Int32) -> Int32 {
        open(path, flags | O_CLOEXEC, 0o644)
    }

    static func notOurs(_ path: String) -> Diagnostic {
        Diagnostic(.notADatabase, "the file is not a Martlet database", place: path)
    }
}
