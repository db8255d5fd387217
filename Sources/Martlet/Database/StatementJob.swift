// A Task's piece of work on a statement thread.

import Synchronization

/// One piece of work that a Task awaits; dropped if the Task is cancelled before a thread takes it.
final class StatementJob: Sendable {
    private enum State {
        case new
        case waiting(run: @Sendable () -> Void, drop: @Sendable () -> Void)
        case over
    }

    private let state = Mutex(State.new)

    /// Says what to do, exactly one of the two. False if the job was cancelled before: nothing will be done then.
    func arm(run: @escaping @Sendable () -> Void, drop: @escaping @Sendable () -> Void) -> Bool {
        state.withLock { state in
            guard case .new = state else { return false }
            state = .waiting(run: run, drop: drop)
            return true
        }
    }

    func run() { take()?.run() }

    /// Nothing if a thread has taken the job.
    func cancel() { take()?.drop() }

    private func take() -> (run: @Sendable () -> Void, drop: @Sendable () -> Void)? {
        state.withLock { state in
            defer { state = .over }
            guard case .waiting(let run, let drop) = state else { return nil }
            return (run, drop)
        }
    }
}

extension StatementThreads {
    /// Runs `body` on one of the threads.
    ///
    /// - Throws: what `body` throws; `CancellationError` if the Task is cancelled, whether before or meanwhile.
    func run<R: Sendable>(
        onCancel: @escaping @Sendable () -> Void, _ body: @escaping @Sendable () throws -> R
    ) async throws -> R {
        let job = StatementJob()
        do {
            return try await withTaskCancellationHandler {
                try Task.checkCancellation()
                return try await withCheckedThrowingContinuation { continuation in
                    let isArmed = job.arm(
                        run: { continuation.resume(with: Result { try body() }) },
                        drop: { continuation.resume(throwing: CancellationError()) })
                    if isArmed {
                        submit(job)
                    } else {
                        continuation.resume(throwing: CancellationError())
                    }
                }
            } onCancel: {
                onCancel()
                job.cancel()
            }
        } catch let error as MartletError where error.isCancellation && Task.isCancelled {
            throw CancellationError()
        }
    }
}
