// What shards keep from round to round.

import MartletCore
import Synchronization

/// The state of a shard's training between epochs: moments, order, randomness.
protocol ShardSession: AnyObject {
    /// All that later epochs depend on.
    func write(to writer: inout ModelWriter)

    /// - Throws: `corrupt` for the state of another training.
    func restore(from reader: inout ModelReader) throws(Diagnostic)
}

/// The sessions of all shards.
///
/// `@unchecked Sendable`: the dictionaries are guarded; a shard's session is used by one thread at a time.
final class ShardSessions<Session: ShardSession>: @unchecked Sendable {
    private let lock = Mutex<(boxes: [Int: Box], saved: [Int: [UInt8]])>(([:], [:]))

    /// `@unchecked Sendable`: see above.
    private struct Box: @unchecked Sendable { let session: Session }

    /// The shard's session: the one that is known, or a new one, with the state that another process left.
    func session(_ shard: Int, make: () throws(Diagnostic) -> Session) throws(Diagnostic) -> Session {
        let (known, saved) = lock.withLock { ($0.boxes[shard], $0.saved[shard]) }
        if let known { return known.session }
        let session = try make()
        if let saved {
            var reader = try ModelReader(saved, .checkpoint)
            try session.restore(from: &reader)
            try reader.finish()
        }
        let made = Box(session: session)
        lock.withLock {
            $0.boxes[shard] = made
            $0.saved[shard] = nil
        }
        return session
    }

    /// Those of shards 0 ..< count that have been fitted.
    func all(_ count: Int) -> [Session] {
        lock.withLock { known in (0..<count).compactMap { known.boxes[$0]?.session } }
    }

    /// The shard's session, if it has been fitted.
    func known(_ shard: Int) -> Session? { lock.withLock { $0.boxes[shard] }?.session }

    func bytes(_ shard: Int) -> [UInt8]? {
        guard let session = known(shard) else { return nil }
        var writer = ModelWriter(.checkpoint)
        session.write(to: &writer)
        return writer.finished()
    }

    func restore(_ shard: Int, _ session: [UInt8]) { lock.withLock { $0.saved[shard] = session } }

    /// Forgets what a failed round has done. False if rounds before it are in the session too: they cannot be told apart.
    func takeBack(_ shard: Int, round: Int) -> Bool {
        lock.withLock {
            guard round == 1 || $0.boxes[shard] == nil else { return false }
            $0.boxes[shard] = nil
            return true
        }
    }
}
