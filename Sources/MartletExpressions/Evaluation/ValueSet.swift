// A set of values for IN, with SQL's NULL.

package import MartletCore

/// The values on the right of IN, hashed. Numbers are compared as numbers: 1 and 1.0 are equal.
package struct ValueSet: Sendable {
    private var values: Set<Value> = []
    private(set) var containsNull = false
    private(set) var isEmpty = true
    /// All values, when every one is an INTEGER: the fast path.
    private(set) var integers: Set<Int64>?

    package init(_ items: [Value]) {
        var allIntegers: Set<Int64>? = []
        for item in items {
            isEmpty = false
            if item.isNull {
                containsNull = true
                continue
            }
            if case .integer(let number) = item { allIntegers?.insert(number) } else { allIntegers = nil }
            values.insert(Self.normalised(item))
        }
        integers = allIntegers
    }

    /// A form in which values that `=` finds equal are equal: a REAL that is a whole number becomes that INTEGER; texts
    /// become their bytes, since Swift's strings are equal when only their canonical forms are.
    static func normalised(_ value: Value) -> Value {
        switch value {
        case .real(let real): Int64(exactly: real).map { .integer($0) } ?? value
        case .text(let text), .json(let text): .blob(Array(text.utf8))
        default: value
        }
    }

    /// TRUE, FALSE or nil for NULL.
    package func contains(_ value: Value) -> Bool? {
        if isEmpty { return false }
        if value.isNull { return nil }
        if values.contains(Self.normalised(value)) { return true }
        return containsNull ? nil : false
    }
}
