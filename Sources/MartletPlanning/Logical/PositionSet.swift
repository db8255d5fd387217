// A set of positions, of columns or of terms.

import MartletExpressions

/// Positions below 64, nearly all there are, take no memory of their own: rules make such sets for every statement.
struct PositionSet: ExpressibleByArrayLiteral {
    private var low: UInt64 = 0
    private var high: Set<Int> = []

    init() {}

    init(_ positions: Range<Int>) {
        for position in positions { insert(position) }
    }

    init(arrayLiteral positions: Int...) {
        for position in positions { insert(position) }
    }

    init(_ positions: [Int]) {
        for position in positions { insert(position) }
    }

    init(of expressions: some Sequence<BoundExpression>) {
        for expression in expressions { insert(from: expression) }
    }

    func contains(_ position: Int) -> Bool {
        position < 64 ? low & 1 << UInt64(position) != 0 : high.contains(position)
    }

    var isEmpty: Bool { low == 0 && high.isEmpty }

    /// Ascending.
    var sorted: [Int] { (0..<64).filter(contains) + high.sorted() }

    mutating func formUnion(_ other: PositionSet) {
        low |= other.low
        high.formUnion(other.high)
    }

    func union(_ other: PositionSet) -> PositionSet {
        var set = self
        set.formUnion(other)
        return set
    }

    mutating func insert(_ position: Int) {
        if position < 64 { low |= 1 << UInt64(position) } else { high.insert(position) }
    }

    /// Adds the columns that an expression reads.
    mutating func insert(from expression: BoundExpression) {
        expression.visit { if case .column(let index, _, _) = $0 { insert(index) } }
    }

    mutating func insert(from keys: [OrderKey]) {
        for key in keys { insert(from: key.expression) }
    }

    func adding(_ expression: BoundExpression) -> PositionSet {
        var set = self
        set.insert(from: expression)
        return set
    }

    func adding(_ keys: [OrderKey]) -> PositionSet {
        var set = self
        set.insert(from: keys)
        return set
    }

    /// The members within `range`, counted from its start.
    func part(_ range: Range<Int>) -> PositionSet {
        var part = PositionSet()
        for position in range where contains(position) { part.insert(position - range.lowerBound) }
        return part
    }
}
