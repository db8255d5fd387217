// A set of column positions.

import MartletExpressions

/// Positions below 64, nearly all there are, take no memory of their own: rules make such sets for every statement.
struct ColumnSet {
    private var low: UInt64 = 0
    private var high: Set<Int> = []

    init() {}

    init(_ positions: Range<Int>) {
        for position in positions { insert(position) }
    }

    init(of expressions: some Sequence<BoundExpression>) {
        for expression in expressions { insert(from: expression) }
    }

    func contains(_ position: Int) -> Bool {
        position < 64 ? low & 1 << UInt64(position) != 0 : high.contains(position)
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

    func adding(_ expression: BoundExpression) -> ColumnSet {
        var set = self
        set.insert(from: expression)
        return set
    }

    func adding(_ keys: [OrderKey]) -> ColumnSet {
        var set = self
        set.insert(from: keys)
        return set
    }

    /// The members within `range`, counted from its start.
    func part(_ range: Range<Int>) -> ColumnSet {
        var part = ColumnSet()
        for position in range where contains(position) { part.insert(position - range.lowerBound) }
        return part
    }
}
