// Three-valued logic: AND, OR, NOT, IS NULL.

import MartletCore

/// AND or OR of several terms. A term that may fail is evaluated only for rows that the terms before it leave open.
final class LogicNode: Node, @unchecked Sendable {
    private let terms: [Node]
    private let isAnd: Bool

    init(_ terms: [Node], isAnd: Bool) {
        self.terms = terms
        self.isAnd = isAnd
        super.init(
            columnsUsed: terms.reduce(into: []) { $0.formUnion($1.columnsUsed) },
            mustNotOvershoot: terms.contains(where: \.mustNotOvershoot))
    }

    /// Truth of a row so far. The value that decides (FALSE for AND) wins over NULL, NULL over the neutral value.
    private enum Truth {
        static let neutral: UInt8 = 0
        static let null: UInt8 = 1
        static let decided: UInt8 = 2
    }

    override func evaluate(_ batch: Batch, _ context: EvaluationContext) throws(Diagnostic) -> Operand {
        let count = batch.count
        var truth = [UInt8](repeating: Truth.neutral, count: count)
        for (position, term) in terms.enumerated() {
            var rows: [Int]?
            if position > 0, term.mustNotOvershoot {
                let open = (0..<count).filter { truth[$0] != Truth.decided }
                if open.isEmpty { break }
                if open.count < count { rows = open }
            }
            let operand: Operand
            if let rows {
                operand = try term.evaluate(term.restrict(batch, to: rows), context)
            } else {
                operand = try term.evaluate(batch, context)
            }
            merge(operand, rows, into: &truth)
        }
        let result = [Bool](unsafeUninitializedCapacity: count) { output, initialized in
            // The decided value of AND is FALSE, that of OR is TRUE.
            for row in 0..<count { output.initializeElement(at: row, to: (truth[row] == Truth.decided) != isAnd) }
            initialized = count
        }
        let nulls = truth.contains(Truth.null) ? truth.map { $0 == Truth.null } : nil
        return .column(Column(type: .boolean, storage: .booleans(result), nulls: nulls))
    }

    private func merge(_ operand: Operand, _ rows: [Int]?, into truth: inout [UInt8]) {
        func set(_ index: Int, _ value: UInt8) {
            let row = rows.map { $0[index] } ?? index
            truth[row] = max(truth[row], value)
        }
        let count = rows?.count ?? truth.count
        switch operand.booleans {
        case .null: for index in 0..<count { set(index, Truth.null) }
        case .single(let flag): if flag != isAnd { for index in 0..<count { set(index, Truth.decided) } }
        case .values(let flags, let nulls):
            for index in 0..<count {
                if let nulls, nulls[index] {
                    set(index, Truth.null)
                } else if flags[index] != isAnd {
                    set(index, Truth.decided)
                }
            }
        }
    }

    override func select(
        _ batch: Batch, _ context: EvaluationContext, among rows: [Int]?
    ) throws(Diagnostic) -> [Int] {
        var open = rows
        if isAnd {
            for term in terms {
                open = try term.select(batch, context, among: open)
                if open?.isEmpty == true { return [] }
            }
            return open ?? Array(0..<batch.count)
        }
        var selected: [Int] = []
        for term in terms {
            let hits = try term.select(batch, context, among: open)
            if hits.isEmpty { continue }
            open = Self.subtract(hits, from: open ?? Array(0..<batch.count))
            selected = Self.merge(selected, hits)
            if open?.isEmpty == true { break }
        }
        return selected
    }

    /// Both ascending.
    private static func subtract(_ removed: [Int], from rows: [Int]) -> [Int] {
        var position = 0
        return rows.filter { row in
            while position < removed.count, removed[position] < row { position += 1 }
            return position >= removed.count || removed[position] != row
        }
    }

    /// Both ascending and disjoint.
    private static func merge(_ a: [Int], _ b: [Int]) -> [Int] {
        if a.isEmpty { return b }
        var merged: [Int] = []
        merged.reserveCapacity(a.count + b.count)
        var i = 0
        var j = 0
        while i < a.count || j < b.count {
            if j >= b.count || (i < a.count && a[i] < b[j]) {
                merged.append(a[i])
                i += 1
            } else {
                merged.append(b[j])
                j += 1
            }
        }
        return merged
    }
}

final class NotNode: Node, @unchecked Sendable {
    private let operand: Node

    init(_ operand: Node) {
        self.operand = operand
        super.init(columnsUsed: operand.columnsUsed, mustNotOvershoot: operand.mustNotOvershoot)
    }

    override func evaluate(_ batch: Batch, _ context: EvaluationContext) throws(Diagnostic) -> Operand {
        switch try operand.evaluate(batch, context) {
        case .scalar(.boolean(let flag), _): return .scalar(.boolean(!flag), .boolean)
        case .scalar: return .allNull(.boolean)
        case .column(let column):
            return .booleans(map(Operand.column(column).booleans, count: batch.count) { !$0 })
        }
    }
}

final class IsNullNode: Node, @unchecked Sendable {
    private let operand: Node
    private let negated: Bool

    init(_ operand: Node, negated: Bool) {
        self.operand = operand
        self.negated = negated
        super.init(columnsUsed: operand.columnsUsed, mustNotOvershoot: operand.mustNotOvershoot)
    }

    override func evaluate(_ batch: Batch, _ context: EvaluationContext) throws(Diagnostic) -> Operand {
        switch try operand.evaluate(batch, context) {
        case .scalar(let value, _): return .scalar(.boolean(value.isNull != negated), .boolean)
        case .column(let column):
            if case .nulls = column.storage { return .scalar(.boolean(!negated), .boolean) }
            guard let nulls = column.nulls else { return .scalar(.boolean(negated), .boolean) }
            let flags = negated ? nulls.map { !$0 } : nulls
            return .column(Column(type: .boolean, storage: .booleans(flags)))
        }
    }
}
