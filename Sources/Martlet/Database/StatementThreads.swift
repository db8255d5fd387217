// Threads for statements: they block on files and on the writer, which threads of Swift's cooperative pool must not.

import Dispatch
import Foundation
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A bounded number of threads that take jobs in the order they came. Made when needed, gone after a while without work.
///
/// A database has two: one for statements that read and one for those that may wait for the writer, so that any number
/// of waiting writes leaves the readers their threads. A job never waits for another job, so a bound cannot deadlock.
///
/// `@unchecked Sendable`: the state is only touched under `condition`'s lock.
final class StatementThreads: @unchecked Sendable {
    /// Parsing and evaluating deep expressions takes stack; untouched pages of it cost nothing.
    static let stackBytes = 64 << 20
    static let idleSeconds = 5.0

    private let limit: Int
    private let condition = NSCondition()
    private var waiting: [StatementJob] = []
    /// Of `waiting`, the first that is not taken.
    private var head = 0
    private var threadCount = 0
    private var idleCount = 0
    private var isStopped = false

    init(limit: Int) { self.limit = limit }

    /// Threads that are alive now.
    var count: Int { condition.withLock { threadCount } }

    func submit(_ job: StatementJob) {
        let needsThread = condition.withLock {
            waiting.append(job)
            if idleCount >= waiting.count - head || threadCount >= limit {
                condition.signal()
                return false
            }
            threadCount += 1
            return true
        }
        if needsThread { startThread() }
    }

    /// Lets idle threads go; jobs that wait are still done.
    func stop() {
        condition.withLock {
            isStopped = true
            condition.broadcast()
        }
    }

    private func startThread() {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setstacksize(&attributes, Self.stackBytes)
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        defer { pthread_attr_destroy(&attributes) }
        let argument = Unmanaged.passRetained(self)
        #if canImport(Darwin)
            var thread: pthread_t?
        #else
            var thread = pthread_t()
        #endif
        if pthread_create(&thread, &attributes, statementThreadMain, argument.toOpaque()) != 0 {
            argument.release()
            // Out of threads or address space: share those of the system.
            DispatchQueue.global().async { [self] in work() }
        }
    }

    fileprivate func work() {
        while let job = next() { job.run() }
    }

    /// The next job; nil if there was none for a while: the thread is no longer counted then.
    private func next() -> StatementJob? {
        condition.withLock {
            let deadline = Date(timeIntervalSinceNow: Self.idleSeconds)
            while head == waiting.count {
                if isStopped {
                    threadCount -= 1
                    return nil
                }
                idleCount += 1
                let isInTime = condition.wait(until: deadline)
                idleCount -= 1
                if !isInTime, head == waiting.count {
                    threadCount -= 1
                    return nil
                }
            }
            let job = waiting[head]
            head += 1
            if head > 64, head * 2 > waiting.count {
                waiting.removeFirst(head)
                head = 0
            } else if head == waiting.count {
                waiting.removeAll(keepingCapacity: true)
                head = 0
            }
            return job
        }
    }
}

#if canImport(Darwin)
    private func statementThreadMain(_ argument: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
        Unmanaged<StatementThreads>.fromOpaque(argument).takeRetainedValue().work()
        return nil
    }
#else
    private func statementThreadMain(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        if let argument { Unmanaged<StatementThreads>.fromOpaque(argument).takeRetainedValue().work() }
        return nil
    }
#endif
