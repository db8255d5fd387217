// Which files this process has open: LMDB must not open a file twice in one process (closing one would drop the
// file locks of the other), so a second open shares the first.

/// A file, whatever its path.
struct FileIdentity: Hashable, Sendable {
    var device: UInt64
    var inode: UInt64
}

final class EnvironmentRegistry: Sendable {
    static let shared = EnvironmentRegistry()

    private struct Entry {
        weak var core: EnvironmentCore?
        weak var environment: Environment?
    }

    private let entries = Monitor<[FileIdentity: Entry]>([:])
    /// Held while a file is opened, so that two threads do not open it at once.
    private let opening = Monitor(false)

    func whileOpening<R, E: Error>(_ body: () throws(E) -> R) throws(E) -> R {
        try opening.withLock { (_: inout Bool) throws(E) -> R in try body() }
    }

    /// What is open for the file. Waits while its last user is closing it.
    func open(_ identity: FileIdentity) -> (core: EnvironmentCore, environment: Environment?)? {
        let found: (core: EnvironmentCore, environment: Environment?)?? = entries.wait { entries in
            guard let entry = entries[identity] else { return .some(nil) }
            // A core that is going away has no strong references, but is not closed yet.
            guard let core = entry.core else { return nil }
            return .some((core, entry.environment))
        }
        return found ?? nil
    }

    func opened(_ identity: FileIdentity, core: EnvironmentCore, environment: Environment) {
        entries.signal { $0[identity] = Entry(core: core, environment: environment) }
    }

    func closed(_ identity: FileIdentity) {
        entries.signal { entries in
            if entries[identity]?.core == nil { entries[identity] = nil }
        }
    }
}
