// A piece of work on a thread of its own, waited for later.

import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Begins at once; who began it must wait for it once.
///
/// `@unchecked Sendable`: the thread's handle is only read, and the flag is atomic.
package final class ParallelTask: @unchecked Sendable {
    private final class Flag: Sendable {
        let isDone = Atomic<Bool>(false)
    }

    private let thread: pthread_t
    private let flag: Flag

    /// nil when the system gives no thread: the work is then not done.
    package init?(_ work: @escaping @Sendable () -> Void) {
        let flag = Flag()
        let task = ThreadTask {
            work()
            flag.isDone.store(true, ordering: .releasing)
        }
        guard let thread = task.start() else { return nil }
        self.thread = thread
        self.flag = flag
    }

    package var isDone: Bool { flag.isDone.load(ordering: .acquiring) }

    package func wait() { ThreadTask.join(thread) }
}
