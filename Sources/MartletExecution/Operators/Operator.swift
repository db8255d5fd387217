// The interface of operators.

package import MartletCore

/// A source of batches. Asked from one thread; after nil it is not asked again. Empty batches may occur.
package protocol Operator: AnyObject {
    func next() throws(Diagnostic) -> Batch?
}
