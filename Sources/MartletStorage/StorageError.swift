// LMDB's and the system's error numbers as diagnostics.

import CLMDB
import MartletCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

enum StorageError {
    /// What a non-zero return of an LMDB or system call means to a user.
    static func diagnostic(_ code: Int32, _ doing: String, path: String? = nil) -> Diagnostic {
        let (errorCode, what): (ErrorCode, String) =
            switch code {
            case MDB_MAP_FULL: (.databaseFull, "the database has reached the size of its map")
            case MDB_TXN_FULL: (.limitExceeded, transactionFull)
            case MDB_READERS_FULL: (.tooManyReaders, "too many read transactions are open")
            case MDB_INVALID: (.notADatabase, "the file is not a Martlet database")
            case MDB_VERSION_MISMATCH: (.newerFormat, "the file was written by another version of LMDB")
            case MDB_CORRUPTED, MDB_PAGE_NOTFOUND, MDB_BAD_RSLOT, MDB_CURSOR_FULL, MDB_PAGE_FULL:
                (.corrupt, "the database file is damaged")
            case MDB_PANIC: (.inputOutput, "an earlier write to the database file failed; open it again")
            case MDB_BAD_TXN: (.transactionAborted, "the transaction failed earlier")
            case MDB_BAD_VALSIZE: (.keyTooLong, "a key is empty or too long")
            case ENOSPC, EDQUOT, EFBIG: (.diskFull, "no space is left on the device")
            case EACCES, EROFS, EPERM: (.readOnlyDatabase, "the database may not be written")
            case ENOENT, ENOTDIR, EISDIR: (.cannotOpenDatabase, "no such file or directory")
            case ENOMEM: (.outOfMemory, "not enough memory or address space")
            default: (.inputOutput, String(cString: mdb_strerror(code)))
            }
        return Diagnostic(errorCode, "cannot \(doing): \(what)", place: path)
    }

    private static let transactionFull = "the transaction has changed too much"

    /// Whether LMDB can note no further changed page in a transaction.
    static func isTransactionFull(_ error: Diagnostic) -> Bool {
        error.code == .limitExceeded && error.message.hasSuffix(transactionFull)
    }

    static func check(_ code: Int32, _ doing: @autoclosure () -> String) throws(Diagnostic) {
        if code != MDB_SUCCESS { throw diagnostic(code, doing()) }
    }

    static func ended() -> Diagnostic {
        Diagnostic(.noTransaction, "the transaction has ended")
    }
}

/// Where a test may make an operation fail.
package enum FaultPoint: Hashable, Sendable {
    case put
    case commit
    case flush
}

/// Asked before each put, commit and flush; a returned error number makes the operation fail with it.
package typealias FaultHandler = @Sendable (FaultPoint) -> Int32?
