// IN with a list.

import MartletCore

/// IN with a constant list: one look-up per row.
final class InSetNode: Node, @unchecked Sendable {
    private let operand: Node
    private let set: ValueSet
    private let negated: Bool

    init(_ operand: Node, _ set: ValueSet, negated: Bool) {
        self.operand = operand
        self.set = set
        self.negated = negated
        super.init(columnsUsed: operand.columnsUsed, mustNotOvershoot: operand.mustNotOvershoot)
    }

    override func evaluate(_ batch: Batch, _ context: EvaluationContext) throws(Diagnostic) -> Operand {
        Self.membership(try operand.evaluate(batch, context), set, negated: negated, count: batch.count)
    }

    static func membership(_ operand: Operand, _ set: ValueSet, negated: Bool, count: Int) -> Operand {
        if set.isEmpty { return .scalar(.boolean(negated), .boolean) }
        if case .scalar(let value, _) = operand {
            guard let hit = set.contains(value) else { return .allNull(.boolean) }
            return .scalar(.boolean(hit != negated), .boolean)
        }
        if operand.type == .integer, let integers = set.integers, !set.containsNull {
            if integers.count <= 4 {
                let few = integers.sorted()
                return .booleans(
                    map(operand.integers, count: count) { value in
                        var hit = false
                        for item in few { hit = hit || item == value }
                        return hit != negated
                    })
            }
            return .booleans(map(operand.integers, count: count) { integers.contains($0) != negated })
        }
        var builder = ColumnBuilder(type: .boolean, reserving: count)
        for row in 0..<count {
            if let hit = set.contains(operand.value(at: row)) {
                builder.append(boolean: hit != negated)
            } else {
                builder.appendNull()
            }
        }
        return .column(builder.finish())
    }
}

/// IN with a list of expressions; later items are evaluated only for rows without a hit.
final class InListNode: Node, @unchecked Sendable {
    private let operand: Node
    private let items: [Node]
    private let negated: Bool

    init(_ operand: Node, _ items: [Node], negated: Bool, _ range: SourceRange) {
        self.operand = operand
        self.items = items
        self.negated = negated
        let parts = [operand] + items
        super.init(
            columnsUsed: parts.reduce(into: []) { $0.formUnion($1.columnsUsed) },
            mustNotOvershoot: parts.contains(where: \.mustNotOvershoot))
    }

    override func evaluate(_ batch: Batch, _ context: EvaluationContext) throws(Diagnostic) -> Operand {
        let count = batch.count
        let wanted = try operand.evaluate(batch, context)
        // 0 no hit, 1 NULL, 2 hit
        var found = (0..<count).map { row -> UInt8 in !items.isEmpty && wanted.isNull(at: row) ? 1 : 0 }
        for item in items {
            let open = (0..<count).filter { found[$0] != 2 && !wanted.isNull(at: $0) }
            if open.isEmpty { break }
            let whole = open.count == count
            let values = try item.evaluate(whole ? batch : item.restrict(batch, to: open), context)
            for (index, row) in open.enumerated() {
                let left = wanted.value(at: row)
                let right = values.value(at: index)
                if left.isNull || right.isNull {
                    found[row] = 1
                } else if ValueSet.normalised(left) == ValueSet.normalised(right) {
                    found[row] = 2
                }
            }
        }
        let flags = found.map { ($0 == 2) != negated }
        let nulls = found.contains(1) ? found.map { $0 == 1 } : nil
        return .column(Column(type: .boolean, storage: .booleans(flags), nulls: nulls))
    }
}
