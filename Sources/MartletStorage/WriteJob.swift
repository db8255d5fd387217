// One piece of work that waits for the writer.

import MartletCore

/// A job's body, its outcome, and whoever waits for it.
///
/// `@unchecked Sendable`: handed over by its maker and touched only by the thread that writes until
/// `complete` has handed it back.
class WriteJob: @unchecked Sendable {
    let wantsSnapshot: Bool

    init(wantsSnapshot: Bool) { self.wantsSnapshot = wantsSnapshot }

    func run(_ transaction: borrowing WriteTransaction) throws(Diagnostic) {}

    /// Called once, with the failure of the job or of its commit.
    func complete(_ failure: Diagnostic?, snapshot: TransactionView?) {}
}

struct JobOutcome<R> {
    var result: Result<R, Diagnostic>
    var snapshot: TransactionView?
}

final class TypedJob<R>: WriteJob, @unchecked Sendable {
    private var body: ((borrowing WriteTransaction) throws(Diagnostic) -> R)?
    private var value: R?
    private var notify: ((JobOutcome<R>) -> Void)?

    init(
        wantsSnapshot: Bool, body: @escaping (borrowing WriteTransaction) throws(Diagnostic) -> R,
        notify: @escaping (JobOutcome<R>) -> Void
    ) {
        self.body = body
        self.notify = notify
        super.init(wantsSnapshot: wantsSnapshot)
    }

    override func run(_ transaction: borrowing WriteTransaction) throws(Diagnostic) {
        value = try body?(transaction)
    }

    override func complete(_ failure: Diagnostic?, snapshot: TransactionView?) {
        let outcome: JobOutcome<R>
        if let failure {
            outcome = JobOutcome(result: .failure(failure))
        } else if let value {
            outcome = JobOutcome(result: .success(value), snapshot: snapshot)
        } else {
            outcome = JobOutcome(result: .failure(Diagnostic(.closed, "the database was closed")))
        }
        let notify = notify
        // The caller's closure must be gone before the caller goes on.
        body = nil
        value = nil
        self.notify = nil
        notify?(outcome)
    }
}
