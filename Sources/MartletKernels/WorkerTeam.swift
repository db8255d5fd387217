// Threads that stay: short pieces of parallel work, thousands of times a second.

import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A fixed team of threads that run the parts of one piece of work after another, for loops that are too short to start
/// threads for (`Parallel.map`). The calling thread is one of the team; a team of one starts no thread.
///
/// Parts are handed out one at a time, lowest first. What a part computes must not depend on which thread runs it; then
/// results do not depend on the size of the team. Waiting threads spin for some 100 microseconds, then sleep.
package final class WorkerTeam: Sendable {
    package let threads: Int
    private let shared: TeamState
    private let handles: [TeamThread]

    /// - Parameter threads: at least 1 is used; fewer when the system gives no more.
    package init(threads: Int) {
        let state = TeamState()
        var handles: [TeamThread] = []
        for _ in 1..<max(1, threads) {
            guard let thread = TeamThread(state) else { break }
            handles.append(thread)
        }
        shared = state
        self.handles = handles
        self.threads = handles.count + 1
    }

    deinit {
        shared.stop()
        for handle in handles { handle.join() }
    }

    /// Calls `body` once for each of 0..<count and returns when all calls have returned.
    ///
    /// `body` runs on several threads at once and must be fit for that: parts write to places of their own. Calls do not
    /// nest, and one thread at a time uses a team.
    package func run(_ count: Int, _ body: (Int) -> Void) {
        guard count > 1, threads > 1 else {
            for index in 0..<max(0, count) { body(index) }
            return
        }
        withoutActuallyEscaping(body) { body in
            withUnsafePointer(to: body) { body in
                let job = TeamJob(count: count, body: body)
                shared.publish(job)
                job.work()
                job.waitUntilDone()
                shared.retire()
            }
        }
    }

    /// `run` over ranges of at most `step` items of 0..<count.
    package func forEachRange(_ count: Int, step: Int, _ body: (Range<Int>) -> Void) {
        let step = max(1, step)
        run((count + step - 1) / step) { part in
            body(part * step..<min(count, (part + 1) * step))
        }
    }
}

/// One piece of work.
///
/// `@unchecked Sendable`: the counters are atomic, and `body`, which its caller promises to be fit for several threads, is
/// only called for a part that is not done, while `run` waits and the closure lives.
private final class TeamJob: @unchecked Sendable {
    let count: Int
    /// Not retained: a thread may still hold the job, but not call it, after `run` has returned.
    private let body: UnsafePointer<(Int) -> Void>
    let next = Atomic<Int>(0)
    let done = Atomic<Int>(0)

    init(count: Int, body: UnsafePointer<(Int) -> Void>) {
        self.count = count
        self.body = body
    }

    func work() {
        while true {
            let index = next.add(1, ordering: .relaxed).oldValue
            guard index < count else { return }
            call(index)
            done.add(1, ordering: .releasing)
        }
    }

    /// Not inlined, so that the closure is let go before the part counts as done.
    @inline(never)
    private func call(_ index: Int) { body.pointee(index) }

    func waitUntilDone() {
        var spins = 0
        while done.load(ordering: .acquiring) < count {
            spins += 1
            if spins > 200_000 {
                usleep(100)
            } else if spins > 20_000 {
                sched_yield()
            }
        }
    }
}

/// What the threads of a team share: the job of the moment.
///
/// `@unchecked Sendable`: `job` and `isStopping` are only touched with the mutex held; the mutex and the condition are
/// made once and live as long as this object.
private final class TeamState: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var job: TeamJob?
    private var isStopping = false
    private var sleepers = 0
    let generation = Atomic<Int>(0)

    init() {
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(condition, nil)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    func publish(_ job: TeamJob) { change { self.job = job } }

    func retire() {
        pthread_mutex_lock(mutex)
        job = nil
        pthread_mutex_unlock(mutex)
    }

    func stop() { change { isStopping = true } }

    private func change(_ body: () -> Void) {
        pthread_mutex_lock(mutex)
        body()
        generation.add(1, ordering: .releasing)
        let wakes = sleepers > 0
        pthread_mutex_unlock(mutex)
        if wakes { pthread_cond_broadcast(condition) }
    }

    /// Runs jobs until the team ends.
    func serve() {
        var seen = 0
        while true {
            var spins = 0
            while generation.load(ordering: .acquiring) == seen, spins < 12_000 {
                spins += 1
                if spins & 63 == 0 { sched_yield() }
            }
            pthread_mutex_lock(mutex)
            sleepers += 1
            while generation.load(ordering: .relaxed) == seen { pthread_cond_wait(condition, mutex) }
            sleepers -= 1
            seen = generation.load(ordering: .relaxed)
            let current = job
            let ends = isStopping
            pthread_mutex_unlock(mutex)
            if ends { return }
            current?.work()
        }
    }
}

/// A joinable thread of the system. `@unchecked Sendable`: an identifier that is read once, by the team's end.
private final class TeamThread: @unchecked Sendable {
    private let thread: pthread_t

    /// nil when the system gives no thread.
    init?(_ state: TeamState) {
        guard let thread = ThreadTask({ state.serve() }).start() else { return nil }
        self.thread = thread
    }

    func join() { ThreadTask.join(thread) }
}
