// Ctrl-C: cancels the statement that runs.

import Synchronization

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Takes SIGINT on a thread of its own, so that nothing has to be done inside a signal handler.
final class Interrupts: Sendable {
    private struct State {
        var isRunning = false
        var cancel: (@Sendable () -> Void)?
        /// Whether the process ends when nothing runs: in a batch.
        var endsProcess = true
    }

    private let state = Mutex(State())

    static let exitCode: Int32 = 130

    /// Must be called before any other thread is started: they inherit the blocked signal.
    static func start() -> Interrupts {
        let interrupts = Interrupts()
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGINT)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        let argument = Unmanaged.passRetained(interrupts).toOpaque()
        #if canImport(Darwin)
            var thread: pthread_t?
        #else
            var thread = pthread_t()
        #endif
        let result = pthread_create(
            &thread, nil,
            { argument in
                #if canImport(Darwin)
                    let pointer: UnsafeMutableRawPointer? = argument
                #else
                    let pointer = argument
                #endif
                if let pointer { Unmanaged<Interrupts>.fromOpaque(pointer).takeUnretainedValue().wait() }
                return nil
            }, argument)
        // Without the thread Ctrl-C does what it does to any program.
        if result != 0 { pthread_sigmask(SIG_UNBLOCK, &signals, nil) }
        return interrupts
    }

    func configure(endsProcess: Bool, cancel: @escaping @Sendable () -> Void) {
        state.withLock {
            $0.cancel = cancel
            $0.endsProcess = endsProcess
        }
    }

    func setRunning(_ isRunning: Bool) { state.withLock { $0.isRunning = isRunning } }

    private func wait() {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGINT)
        while true {
            var signal: Int32 = 0
            guard sigwait(&signals, &signal) == 0, signal == SIGINT else { continue }
            let (cancel, ends) = state.withLock { ($0.isRunning ? $0.cancel : nil, $0.endsProcess) }
            if let cancel {
                cancel()
            } else if ends {
                _exit(Self.exitCode)
            }
        }
    }
}
