// The one thread that writes: LMDB has a single writer, and callers that wait for it share a commit. A caller that is
// alone writes in the thread's place: handing a job over and back costs as much as a third of its flush to disk.
//
// Jobs are taken in the order they came. One that is alone runs in a transaction of its own; several run in one, each
// nested in it, so that a failing job takes only itself, and one flush to disk makes all of them durable (group commit,
// DeWitt et al. 1984). If the map is full, the batch is undone, the map doubled, and the batch run again: a job may
// run more than once, and must only change what it would want to set again.

import CLMDB
import MartletCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

final class Writer: Sendable {
    enum Work: Sendable {
        case job(WriteJob)
        case interactive(InteractiveSession)
        /// Runs between transactions.
        case control(@Sendable () -> Void)
    }

    struct Queue {
        var waiting: [Work] = []
        /// Whether a transaction runs, on the thread or in its place.
        var isBusy = false
        /// Whether the last batch had several jobs: the next that come will be many too, and the thread shall gather them.
        var isCrowded = false
        var isStarted = false
        var isStopping = false
    }

    static let jobsPerBatch = 1_024
    /// Statements are evaluated on this thread; deep expressions need room.
    static let stackBytes = 64 << 20

    private let core: EnvironmentCore
    private let queue = Monitor(Queue())

    init(core: EnvironmentCore) { self.core = core }

    /// Puts work at the end of the queue. False if the writer has stopped.
    func enqueue(_ work: Work) -> Bool {
        queue.signal { queue in
            if queue.isStopping { return false }
            if !queue.isStarted { queue.isStarted = start() }
            guard queue.isStarted else { return false }
            queue.waiting.append(work)
            return true
        }
    }

    /// Runs a job on the calling thread if nobody else writes or waits to. False if the job is to be put in the queue.
    func runAtOnce(_ job: WriteJob) -> Bool {
        let isFree = queue.withLock { queue in
            guard !queue.isBusy, !queue.isCrowded, !queue.isStopping, queue.waiting.isEmpty else { return false }
            queue.isBusy = true
            return true
        }
        guard isFree else { return false }
        run([job])
        queue.update { queue in
            queue.isBusy = false
            return !queue.waiting.isEmpty || queue.isStopping
        }
        return true
    }

    /// Lets the thread finish what waits, and end.
    func stop() {
        queue.signal { $0.isStopping = true }
    }

    private func start() -> Bool {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setstacksize(&attributes, Self.stackBytes)
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        defer { pthread_attr_destroy(&attributes) }
        let argument = Unmanaged.passRetained(self)
        #if canImport(Darwin)
            var thread: pthread_t?
            let code = pthread_create(&thread, &attributes, writerMain, argument.toOpaque())
        #else
            var thread = pthread_t()
            let code = pthread_create(&thread, &attributes, writerMain, argument.toOpaque())
        #endif
        if code != 0 { argument.release() }
        return code == 0
    }

    fileprivate func run() {
        while true {
            let batch = queue.wait { queue -> [Work]? in
                if queue.isBusy { return nil }
                if queue.waiting.isEmpty { return queue.isStopping ? [] : nil }
                queue.isBusy = true
                let batch = Self.takeBatch(&queue.waiting)
                queue.isCrowded = batch.count > 1
                return batch
            }
            defer { queue.withLock { $0.isBusy = false } }
            switch batch.first {
            case nil: return
            case .control(let action): action()
            case .interactive(let session): session.runOnWriter(core)
            case .job:
                run(
                    batch.compactMap { work in
                        if case .job(let job) = work { job } else { nil }
                    })
            }
        }
    }

    /// All jobs up to the first other work, or that work alone.
    private static func takeBatch(_ waiting: inout [Work]) -> [Work] {
        var count = 0
        for work in waiting {
            guard case .job = work, count < jobsPerBatch else { break }
            count += 1
        }
        let batch = Array(waiting.prefix(max(1, count)))
        waiting.removeFirst(batch.count)
        return batch
    }

    private func run(_ jobs: [WriteJob]) {
        while true {
            var failures = [Diagnostic?](repeating: nil, count: jobs.count)
            _ = core.takeMapFull()
            do throws(Diagnostic) {
                let transaction = WriteTransaction(try WriteView(writing: core))
                if jobs.count == 1 {
                    try jobs[0].run(transaction)
                } else {
                    for (index, job) in jobs.enumerated() {
                        do throws(Diagnostic) {
                            try transaction.nested { (child) throws(Diagnostic) in try job.run(child) }
                        } catch {
                            failures[index] = error
                        }
                    }
                    if core.takeMapFull() { throw StorageError.diagnostic(MDB_MAP_FULL, "write", path: core.path) }
                }
                try commit(transaction.view)
            } catch {
                if error.code == .databaseFull || core.takeMapFull() {
                    do throws(Diagnostic) {
                        if try core.grow() { continue }
                    } catch let growth {
                        for job in jobs { job.complete(growth, snapshot: nil) }
                        return
                    }
                }
                for (job, failure) in zip(jobs, failures) { job.complete(failure ?? error, snapshot: nil) }
                return
            }
            complete(jobs, failures)
            return
        }
    }

    /// Commits, and runs the hooks of what was committed.
    private func commit(_ view: WriteView) throws(Diagnostic) {
        let transactionID = view.transactionID
        for hook in try view.commit() { hook(transactionID) }
    }

    private func complete(_ jobs: [WriteJob], _ failures: [Diagnostic?]) {
        for (job, failure) in zip(jobs, failures) {
            guard failure == nil, job.wantsSnapshot else {
                job.complete(failure, snapshot: nil)
                continue
            }
            do throws(Diagnostic) {
                job.complete(nil, snapshot: try TransactionView(reading: core))
            } catch {
                job.complete(error, snapshot: nil)
            }
        }
    }
}

#if canImport(Darwin)
    private func writerMain(_ argument: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
        Unmanaged<Writer>.fromOpaque(argument).takeRetainedValue().run()
        return nil
    }
#else
    private func writerMain(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        if let argument { Unmanaged<Writer>.fromOpaque(argument).takeRetainedValue().run() }
        return nil
    }
#endif
