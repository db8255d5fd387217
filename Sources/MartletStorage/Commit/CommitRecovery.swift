// Opening a file whose last commit may not have reached the disk whole.

import MartletCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

enum CommitRecovery {
    private static let lockAttempts = 50

    /// Takes back a last commit whose flush a crash of the system has cut short; nobody was told that it is durable.
    /// Before LMDB opens the file. Reads some pages, and those of a small last commit if the system has run anew since.
    ///
    /// - Throws: `readOnlyDatabase` if there is something to take back and the file may not be written; `inputOutput`.
    static func run(_ path: String, isReadOnly: Bool) throws(Diagnostic) {
        let file = open(path, (isReadOnly ? O_RDONLY : O_RDWR) | O_CLOEXEC)
        guard file >= 0 else { return }
        // Lets go of the lock too.
        defer { close(file) }
        // Who keeps the lock for long is in a transaction: the system has not crashed since. Another may be recovering.
        var attempts = 1
        while flock(file, LOCK_EX | LOCK_NB) != 0 {
            // Where files cannot be locked, there is one process, or none is safe from another.
            guard errno == EWOULDBLOCK else { break }
            guard attempts < lockAttempts else { return }
            attempts += 1
            usleep(1_000)
        }
        var pageBytes: UInt32 = 0
        guard pread(file, &pageBytes, 4, 40) == 4, (512...32_768).contains(pageBytes),
            let pages = MetaPage.both(file: file, pageBytes: Int(pageBytes)),
            !isWhole(file, Int(pageBytes), pages.newer, pages.older)
        else { return }
        if isReadOnly {
            throw Diagnostic(
                .readOnlyDatabase, "the last commit did not reach the disk whole",
                hint: "open the file once for writing, which takes it back", place: path)
        }
        try takeBack(file, Int(pageBytes), pages.newer, pages.older, path)
    }

    private static func isWhole(_ file: Int32, _ pageBytes: Int, _ newer: MetaPage, _ older: MetaPage) -> Bool {
        // Nobody who leaves records has written to the file.
        if newer.record == nil, older.record == nil { return true }
        let boot = BootIdentity.current
        guard let record = newer.ownRecord else {
            // A process that died within a commit has left what it wrote to the system, if that still runs.
            return boot != 0 && older.ownRecord?.boot == boot
        }
        if record.kind == .flushed || boot != 0 && record.boot == boot { return true }
        let changes = ChangedPages(file: file, pageBytes: pageBytes, from: older, to: newer)
        return changes?.checksum == record.checksum && changes?.pageCount == record.pageCount
    }

    /// Makes both meta pages name the older commit, which was on disk before the newer one began.
    private static func takeBack(
        _ file: Int32, _ pageBytes: Int, _ newer: MetaPage, _ older: MetaPage, _ path: String
    ) throws(Diagnostic) {
        let record = CommitRecord(.flushed, transaction: older.transaction, boot: BootIdentity.current)
        guard older.write(file, pageBytes, to: newer.number), record.write(file, pageBytes, to: older.number),
            record.write(file, pageBytes, to: newer.number), fsync(file) == 0
        else { throw StorageError.diagnostic(errno, "take back the last commit", path: path) }
    }
}

extension MetaPage {
    /// Makes a meta page name this one's commit.
    func write(_ file: Int32, _ pageBytes: Int, to number: Int) -> Bool {
        let place = off_t(number * pageBytes + Self.stored.lowerBound)
        return bytes[Self.stored].withUnsafeBytes { pwrite(file, $0.baseAddress, $0.count, place) == $0.count }
    }
}

extension CommitRecord {
    func write(_ file: Int32, _ pageBytes: Int, to number: Int) -> Bool {
        let place = off_t(number * pageBytes + Self.offset)
        return bytes.withUnsafeBytes { pwrite(file, $0.baseAddress, $0.count, place) == $0.count }
    }
}
