// Transactions as values that cannot be copied, so that each is ended exactly once.

package import MartletCore

/// One snapshot of the database. Ends when it goes out of scope.
///
/// Holds a reader slot and keeps the snapshot's pages from being reused: long ones make the file grow.
package struct ReadTransaction: ~Copyable, Sendable {
    package let view: TransactionView

    init(_ view: TransactionView) { self.view = view }

    deinit { view.end() }

    /// Ends the transaction now; its views and cursors throw from here on.
    package consuming func end() {}
}

/// Changes that become visible together, or not at all. Only the writer makes one; without a commit it is undone.
package struct WriteTransaction: ~Copyable {
    package let view: WriteView

    init(_ view: WriteView) { self.view = view }

    deinit { view.end() }

    /// Runs `body` in a nested transaction: if it throws, its changes alone are undone.
    package borrowing func nested<R>(
        _ body: (borrowing WriteTransaction) throws(Diagnostic) -> R
    ) throws(Diagnostic) -> R {
        let child = WriteTransaction(try WriteView(nestedIn: view))
        let result = try body(child)
        _ = try child.view.commit()
        return result
    }
}
