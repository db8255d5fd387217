// The functions of a database: the built-in ones, and those that a program has registered.

package import MartletCore

/// What the statements of one database can call. A value, so that a statement keeps the functions that it was bound to.
package struct FunctionSet: Sendable {
    package private(set) var scalars = FunctionRegistry.standard
    package private(set) var aggregates = AggregateRegistry.standard
    /// Grows with each change: a plan is good for one version only.
    package private(set) var version = 0

    /// The built-in functions alone.
    package static let standard = FunctionSet()

    private init() {}

    /// Adds a function; one with the same name and parameters is replaced.
    ///
    /// - Throws: `alreadyExists` for the name of a built-in function, or of a registered aggregate.
    package mutating func register(_ function: ScalarFunction) throws(Diagnostic) {
        try checkName(function.name, isTaken: aggregates.contains(function.name))
        scalars.register(function)
        version += 1
    }

    /// Adds an aggregate; one with the same name is replaced.
    ///
    /// - Throws: `alreadyExists` for the name of a built-in function, or of a registered scalar function.
    package mutating func register(_ function: AggregateFunction) throws(Diagnostic) {
        try checkName(function.name, isTaken: scalars.contains(function.name))
        aggregates.register(function)
        version += 1
    }

    /// Removes all registered functions of a name. False if there is none.
    package mutating func remove(_ name: String) -> Bool {
        guard isRegistered(name) else { return false }
        scalars.remove(name)
        aggregates.remove(name)
        version += 1
        return true
    }

    /// Whether a name is that of a function which is not built in.
    package func isRegistered(_ name: String) -> Bool {
        !Self.isBuiltIn(name) && (scalars.contains(name) || aggregates.contains(name))
    }

    private static func isBuiltIn(_ name: String) -> Bool {
        FunctionRegistry.standard.contains(name) || AggregateRegistry.standard.contains(name)
    }

    private func checkName(_ name: String, isTaken: Bool) throws(Diagnostic) {
        if isTaken || Self.isBuiltIn(name) {
            throw Diagnostic(.alreadyExists, "a function \(name)() exists already", hint: "choose another name")
        }
    }
}
