// The order of single values, for where speed does not matter.

package import MartletCore

package enum ValueOrder {
    /// Negative, zero or positive; NULL is smaller than everything. Numbers compare exactly across types; of values of
    /// different types otherwise, the order is that of the types, so that it is total.
    package static func compare(_ a: Value, _ b: Value) -> Int {
        switch (a, b) {
        case (.null, .null): return 0
        case (.null, _): return -1
        case (_, .null): return 1
        case (.integer(let x), .integer(let y)), (.timestamp(let x), .timestamp(let y)):
            return x < y ? -1 : x == y ? 0 : 1
        case (.real(let x), .real(let y)): return x < y ? -1 : x == y ? 0 : 1
        case (.integer(let x), .real(let y)): return Comparison.order(x, y)
        case (.real(let x), .integer(let y)): return -Comparison.order(y, x)
        case (.boolean(let x), .boolean(let y)): return (x ? 1 : 0) - (y ? 1 : 0)
        case (.text(let x), .text(let y)), (.json(let x), .json(let y)): return compare(Array(x.utf8), Array(y.utf8))
        case (.blob(let x), .blob(let y)): return compare(x, y)
        case (.vector(let x), .vector(let y)): return compare(x.bytes, y.bytes)
        default: return rank(a) - rank(b)
        }
    }

    private static func compare(_ a: [UInt8], _ b: [UInt8]) -> Int {
        a.withUnsafeBytes { a in b.withUnsafeBytes { b in Comparison.order(a, b) } }
    }

    private static func rank(_ value: Value) -> Int {
        switch value {
        case .null: 0
        case .boolean: 1
        case .integer, .real: 2
        case .timestamp: 3
        case .text: 4
        case .json: 5
        case .blob: 6
        case .vector: 7
        }
    }
}
