// Two pieces of work side by side, one of which must stay on its thread.

package import MartletCore
import Synchronization

extension Parallel {
    /// Runs `other` on a thread of its own while `own` runs on the calling one, and waits for both. Where the system gives
    /// no thread, `other` runs first.
    ///
    /// - Throws: the error of `own`, else that of `other`.
    package static func pair<Own, Other: Sendable>(
        _ own: () throws(Diagnostic) -> Own, beside other: @Sendable () throws(Diagnostic) -> Other
    ) throws(Diagnostic) -> (Own, Other) {
        let outcome = Mutex<Result<Other, Diagnostic>?>(nil)
        // The thread is joined before this closure returns, so `other` does not outlive the call.
        let mine = withoutActuallyEscaping(other) { other -> Result<Own, Diagnostic> in
            let task = ThreadTask {
                let result: Result<Other, Diagnostic>
                do throws(Diagnostic) {
                    result = .success(try other())
                } catch {
                    result = .failure(error)
                }
                outcome.withLock { $0 = result }
            }
            let thread = task.start()
            if thread == nil { task.body() }
            let result: Result<Own, Diagnostic>
            do throws(Diagnostic) {
                result = .success(try own())
            } catch {
                result = .failure(error)
            }
            if let thread { ThreadTask.join(thread) }
            return result
        }
        let first = try mine.get()
        guard let second = outcome.withLock({ $0 }) else {
            throw Diagnostic(.outOfMemory, "a part of parallel work was not run")
        }
        return (first, try second.get())
    }
}
