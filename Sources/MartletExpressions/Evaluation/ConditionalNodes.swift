// CASE and COALESCE: each branch is evaluated for the rows that take it, then the parts are put together.

import MartletCore

final class ConditionalNode: Node, @unchecked Sendable {
    private let branches: [(condition: Node, result: Node)]
    private let otherwise: Node?
    private let type: DataType

    init(_ branches: [(condition: Node, result: Node)], otherwise: Node?, _ type: DataType) {
        self.branches = branches
        self.otherwise = otherwise
        self.type = type
        let parts = branches.flatMap { [$0.condition, $0.result] } + (otherwise.map { [$0] } ?? [])
        super.init(
            columnsUsed: parts.reduce(into: []) { $0.formUnion($1.columnsUsed) },
            mustNotOvershoot: parts.contains(where: \.mustNotOvershoot))
    }

    override func evaluate(_ batch: Batch, _ context: EvaluationContext) throws(Diagnostic) -> Operand {
        var assembly = ColumnAssembly(type: type, count: batch.count)
        var open: [Int]?
        for branch in branches {
            let taken = try branch.condition.select(batch, context, among: open)
            if taken.isEmpty { continue }
            try assembly.add(branch.result, batch, context, rows: taken)
            if taken.count == (open?.count ?? batch.count) { return assembly.finish() }
            var isTaken = [Bool](repeating: false, count: batch.count)
            for row in taken { isTaken[row] = true }
            open = (open ?? Array(0..<batch.count)).filter { !isTaken[$0] }
        }
        if let otherwise { try assembly.add(otherwise, batch, context, rows: open ?? Array(0..<batch.count)) }
        return assembly.finish()
    }
}

final class CoalesceNode: Node, @unchecked Sendable {
    private let items: [Node]
    private let type: DataType

    init(_ items: [Node], _ type: DataType) {
        self.items = items
        self.type = type
        super.init(
            columnsUsed: items.reduce(into: []) { $0.formUnion($1.columnsUsed) },
            mustNotOvershoot: items.contains(where: \.mustNotOvershoot))
    }

    override func evaluate(_ batch: Batch, _ context: EvaluationContext) throws(Diagnostic) -> Operand {
        var assembly = ColumnAssembly(type: type, count: batch.count)
        var open = Array(0..<batch.count)
        for item in items {
            let whole = open.count == batch.count
            let operand = try item.evaluate(whole ? batch : item.restrict(batch, to: open), context)
            var hits: [Int] = []
            var still: [Int] = []
            for index in open.indices {
                if operand.isNull(at: index) { still.append(index) } else { hits.append(index) }
            }
            if still.isEmpty, whole { return operand }
            if !hits.isEmpty {
                let part: Operand =
                    switch operand {
                    case .scalar: operand
                    case .column(let column): .column(column.gather(hits))
                    }
                assembly.add(part, rows: hits.map { open[$0] })
            }
            open = still.map { open[$0] }
            if open.isEmpty { break }
        }
        return assembly.finish()
    }
}

/// A column put together from parts that hold different rows; rows in no part are NULL.
struct ColumnAssembly {
    private let type: DataType
    private let count: Int
    private var parts: [(operand: Operand, rows: [Int])] = []

    init(type: DataType, count: Int) {
        self.type = type
        self.count = count
    }

    mutating func add(
        _ node: Node, _ batch: Batch, _ context: EvaluationContext, rows: [Int]
    ) throws(Diagnostic) {
        if rows.isEmpty { return }
        if rows.count == batch.count {
            parts = [(try node.evaluate(batch, context), rows)]
        } else {
            parts.append((try node.evaluate(node.restrict(batch, to: rows), context), rows))
        }
    }

    mutating func add(_ operand: Operand, rows: [Int]) {
        parts.append((operand, rows))
    }

    func finish() -> Operand {
        guard let first = parts.first else { return .allNull(type) }
        if parts.count == 1, first.rows.count == count { return first.operand }
        var nulls = [Bool](repeating: true, count: count)
        for (operand, rows) in parts where !operand.isAllNull {
            for (index, row) in rows.enumerated() { nulls[row] = operand.isNull(at: index) }
        }
        let storage: Column.Storage
        switch type {
        case .null: return .allNull(type)
        case .integer, .timestamp: storage = .integers(scatter(0) { $0.integers })
        case .real: storage = .reals(scatter(0) { $0.reals })
        case .boolean: storage = .booleans(scatter(false) { $0.booleans })
        default: storage = .bytes(scatterBytes())
        }
        return .column(Column(type: type, storage: storage, nulls: nulls.contains(true) ? nulls : nil))
    }

    private func scatter<Element: Sendable>(
        _ placeholder: Element, _ lane: (Operand) -> Lane<Element>
    ) -> [Element] {
        var result = [Element](repeating: placeholder, count: count)
        for (operand, rows) in parts {
            switch lane(operand) {
            case .null: break
            case .single(let value): for row in rows { result[row] = value }
            case .values(let values, _): for (index, row) in rows.enumerated() { result[row] = values[index] }
            }
        }
        return result
    }

    private func scatterBytes() -> ByteColumn {
        var source = [(part: Int, index: Int)](repeating: (-1, 0), count: count)
        for (part, (_, rows)) in parts.enumerated() {
            for (index, row) in rows.enumerated() { source[row] = (part, index) }
        }
        let lanes = parts.map(\.operand.bytes)
        var result = ByteColumn(reserving: count, bytes: 0)
        for (part, index) in source {
            guard part >= 0 else {
                result.appendEmpty()
                continue
            }
            switch lanes[part] {
            case .null: result.appendEmpty()
            case .single(let bytes): result.append(bytes)
            case .values(let values, _): result.append(values[index])
            }
        }
        return result
    }
}
