// Where expressions get the models that they predict with.

package import MartletCore

/// Gives the trained models of one statement. The models themselves are of a higher layer, which made the functions that
/// ask for them.
package protocol ModelSource: AnyObject {
    /// - Throws: `unknownVersion`, `corrupt`.
    func model(id: UInt32, version: Int) throws(Diagnostic) -> any AnyObject & Sendable

    /// Threads for one batch of predictions.
    var team: any AnyObject & Sendable { get }
}
