// Working memory that threads hand to each other.

import Synchronization

/// Idle objects; each is lent to one thread at a time.
final class IdleObjects<Object: AnyObject>: Sendable {
    /// `@unchecked Sendable`: an object is either here, under the mutex, or with the one that took it.
    private struct Idle: @unchecked Sendable {
        var objects: [Object] = []
    }

    private let limit: Int
    private let idle = Mutex(Idle())

    init(count: Int) { limit = count }

    func take() -> Object? {
        idle.withLock { idle in Idle(objects: idle.objects.popLast().map { [$0] } ?? []) }.objects.first
    }

    func put(_ object: Object) {
        let returned = Idle(objects: [object])
        idle.withLock { idle in
            if idle.objects.count < limit { idle.objects += returned.objects }
        }
    }
}
