// Threads for work that is never urgent.

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A thread that yields to all others.
package enum BackgroundThread {
    /// False if the system gives no thread.
    package static func start(_ run: @escaping @Sendable () -> Void) -> Bool {
        let task = BackgroundTask(run)
        return task.start()
    }
}

private final class BackgroundTask: Sendable {
    let run: @Sendable () -> Void

    init(_ run: @escaping @Sendable () -> Void) { self.run = run }

    func start() -> Bool {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        pthread_attr_setstacksize(&attributes, 8 << 20)
        defer { pthread_attr_destroy(&attributes) }
        let argument = Unmanaged.passRetained(self)
        #if canImport(Darwin)
            var thread: pthread_t?
            let code = pthread_create(&thread, &attributes, backgroundMain, argument.toOpaque())
        #else
            var thread = pthread_t()
            let code = pthread_create(&thread, &attributes, backgroundMain, argument.toOpaque())
        #endif
        if code != 0 { argument.release() }
        return code == 0
    }
}

#if canImport(Darwin)
    private func backgroundMain(_ argument: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
        pthread_set_qos_class_self_np(QOS_CLASS_UTILITY, 0)
        Unmanaged<BackgroundTask>.fromOpaque(argument).takeRetainedValue().run()
        return nil
    }
#else
    private func backgroundMain(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        guard let argument else { return nil }
        // On Linux this is the priority of the calling thread.
        setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 10)
        Unmanaged<BackgroundTask>.fromOpaque(argument).takeRetainedValue().run()
        return nil
    }
#endif
