// One piece of work that waits for the writer.

import MartletCore

/// What became of a job.
struct WriteOutcome {
    /// Of the job or of its commit.
    var failure: Diagnostic?
    var snapshot: TransactionView?
}

/// A job's body, its outcome, and whoever waits for it. Not generic: what a body returns is its maker's business.
///
/// `@unchecked Sendable`: handed over by its maker and touched only by the thread that writes until
/// `complete` has handed it back.
final class WriteJob: @unchecked Sendable {
    let wantsSnapshot: Bool
    private var body: ((borrowing WriteTransaction) throws(Diagnostic) -> Void)?
    /// Called once, when the job is over; nil if its maker runs it itself.
    var notify: ((WriteOutcome) -> Void)?
    /// Once the job is over, unless somebody was notified.
    private(set) var outcome = WriteOutcome()

    init(wantsSnapshot: Bool, body: @escaping (borrowing WriteTransaction) throws(Diagnostic) -> Void) {
        self.wantsSnapshot = wantsSnapshot
        self.body = body
    }

    func run(_ transaction: borrowing WriteTransaction) throws(Diagnostic) { try body?(transaction) }

    /// Called once.
    func complete(_ failure: Diagnostic?, snapshot: TransactionView?) {
        let outcome = WriteOutcome(failure: failure, snapshot: snapshot)
        let notify = notify
        // The caller's closure must be gone before the caller goes on.
        body = nil
        self.notify = nil
        if let notify { notify(outcome) } else { self.outcome = outcome }
    }
}
