// Running the parts of a piece of work on several threads, with the results in the parts' order.

package import MartletCore
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

package enum Parallel {
    /// The processors that this process may use, at least 1.
    package static var processorCount: Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }

    /// Calls `body` for 0..<count on up to `threads` threads (the calling one among them) and returns the results in
    /// order. Parts are handed out one at a time, lowest first.
    ///
    /// - Throws: the error of the lowest part that failed; parts not yet begun are then left out.
    package static func map<R: Sendable>(
        count: Int, threads: Int, _ body: @Sendable (Int) throws(Diagnostic) -> R
    ) throws(Diagnostic) -> [R] {
        guard count > 0 else { return [] }
        let helpers = min(max(1, threads), count) - 1
        if helpers == 0 {
            var results: [R] = []
            results.reserveCapacity(count)
            for index in 0..<count { results.append(try body(index)) }
            return results
        }
        let outcomes = withoutActuallyEscaping(body) { body in
            // The threads are joined before this closure returns, so `body` does not outlive the call.
            let work = Work(count: count, body: body)
            var started: [pthread_t] = []
            for _ in 0..<helpers {
                if let thread = work.start() { started.append(thread) }
            }
            work.run()
            for thread in started { pthread_join(thread, nil) }
            return work.outcomes.withLock { $0 }
        }
        return try results(outcomes)
    }

    /// The same on the threads of a team, which know the memory that they used before.
    package static func map<R: Sendable>(
        count: Int, on team: WorkerTeam, _ body: @Sendable (Int) throws(Diagnostic) -> R
    ) throws(Diagnostic) -> [R] {
        let outcomes = withoutActuallyEscaping(body) { body in
            let work = Work(count: count, body: body)
            team.run(min(count, team.threads)) { _ in work.run() }
            return work.outcomes.withLock { $0 }
        }
        return try results(outcomes)
    }

    private static func results<R>(_ outcomes: [Result<R, Diagnostic>?]) throws(Diagnostic) -> [R] {
        var results: [R] = []
        results.reserveCapacity(outcomes.count)
        for outcome in outcomes {
            switch outcome {
            case .success(let result): results.append(result)
            case .failure(let error): throw error
            case nil: throw Diagnostic(.outOfMemory, "a part of parallel work was not run")
            }
        }
        return results
    }
}

/// What the threads of one call share.
private final class Work<R: Sendable>: Sendable {
    let next = Atomic<Int>(0)
    let failed = Atomic<Bool>(false)
    let count: Int
    let body: @Sendable (Int) throws(Diagnostic) -> R
    let outcomes: Mutex<[Result<R, Diagnostic>?]>

    init(count: Int, body: @escaping @Sendable (Int) throws(Diagnostic) -> R) {
        self.count = count
        self.body = body
        outcomes = Mutex([Result<R, Diagnostic>?](repeating: nil, count: count))
    }

    func run() {
        while !failed.load(ordering: .relaxed) {
            let index = next.add(1, ordering: .relaxed).oldValue
            guard index < count else { return }
            let outcome: Result<R, Diagnostic>
            do throws(Diagnostic) {
                outcome = .success(try body(index))
            } catch {
                outcome = .failure(error)
                failed.store(true, ordering: .relaxed)
            }
            outcomes.withLock { $0[index] = outcome }
        }
    }

    /// nil when the system gives no thread: the others then do its share.
    func start() -> pthread_t? { ThreadTask { self.run() }.start() }
}

/// What a thread does.
final class ThreadTask: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }

    /// Runs on a new thread; nil when the system gives none.
    func start() -> pthread_t? {
        let box = Unmanaged.passRetained(self)
        #if canImport(Darwin)
            var thread: pthread_t?
        #else
            var thread = pthread_t()
        #endif
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setstacksize(&attributes, 8 << 20)
        let status = pthread_create(&thread, &attributes, threadMain, box.toOpaque())
        guard status == 0 else {
            box.release()
            return nil
        }
        return thread
    }

    static func join(_ thread: pthread_t) { pthread_join(thread, nil) }
}

#if canImport(Darwin)
    private func threadMain(_ argument: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
        Unmanaged<ThreadTask>.fromOpaque(argument).takeRetainedValue().body()
        return nil
    }
#else
    private func threadMain(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        if let argument { Unmanaged<ThreadTask>.fromOpaque(argument).takeRetainedValue().body() }
        return nil
    }
#endif
