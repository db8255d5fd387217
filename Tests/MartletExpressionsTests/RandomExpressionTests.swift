// Random expressions: batch kernels against a walk over the tree, row by row.

import MartletCore
import MartletExpressions
import Testing

struct RandomExpressionTests {
    /// Evaluates one row the slow and obvious way; nil stands for an error.
    private func reference(_ expression: BoundExpression, _ row: [Value]) -> Value? {
        switch expression {
        case .constant(let value, _, _): return value
        case .column(let index, _, _): return row[index]
        case .and(let terms, _): return logic(terms, row, deciding: false)
        case .or(let terms, _): return logic(terms, row, deciding: true)
        case .not(let operand, _):
            guard let value = reference(operand, row) else { return nil }
            if case .boolean(let flag) = value { return .boolean(!flag) }
            return .null
        case .isNull(let operand, let negated, _):
            return reference(operand, row).map { .boolean($0.isNull != negated) }
        case .conditional(let branches, let otherwise, _, _):
            for branch in branches {
                guard let condition = reference(branch.condition, row) else { return nil }
                if condition == .boolean(true) { return reference(branch.result, row) }
            }
            return otherwise.map { reference($0, row) } ?? .null
        case .cast(let operand, let type, _):
            return reference(operand, row).flatMap { try? ValueConversion.convert($0, to: type) }
        case .inList(let operand, let items, let negated, _):
            guard let value = reference(operand, row) else { return nil }
            if value.isNull { return .null }
            var hasNull = false
            for item in items {
                guard let other = reference(item, row) else { return nil }
                if other.isNull {
                    hasNull = true
                } else if ValueOrder.compare(value, other) == 0 {
                    return .boolean(!negated)
                }
            }
            return hasNull ? .null : .boolean(negated)
        case .call(let function, let arguments, _, _):
            var values: [Value] = []
            for argument in arguments {
                guard let value = reference(argument, row) else { return nil }
                values.append(value)
            }
            if values.contains(.null), function.name != "IS" { return .null }
            switch (function.name, values[0], values.count > 1 ? values[1] : .null) {
            case ("+", .integer(let a), .integer(let b)): return checked(a.addingReportingOverflow(b))
            case ("*", .integer(let a), .integer(let b)): return checked(a.multipliedReportingOverflow(by: b))
            case ("/", .integer(let a), .integer(let b)):
                return b == 0 ? nil : checked(a.dividedReportingOverflow(by: b))
            case ("+", .real(let a), .real(let b)): return (a + b).isFinite ? .real(a + b) : nil
            case ("/", .real(let a), .real(let b)): return b == 0 || !(a / b).isFinite ? nil : .real(a / b)
            case ("||", .text(let a), .text(let b)): return .text(a + b)
            case ("IS", let a, let b):
                return .boolean(a.isNull || b.isNull ? a.isNull && b.isNull : ValueOrder.compare(a, b) == 0)
            case (let name, let a, let b):
                let order = ValueOrder.compare(a, b)
                switch name {
                case "=": return .boolean(order == 0)
                case "<>": return .boolean(order != 0)
                case "<": return .boolean(order < 0)
                case ">=": return .boolean(order >= 0)
                default: return nil
                }
            }
        default: return nil
        }
    }

    private func checked(_ result: (partialValue: Int64, overflow: Bool)) -> Value? {
        result.overflow ? nil : .integer(result.partialValue)
    }

    private func logic(_ terms: [BoundExpression], _ row: [Value], deciding: Bool) -> Value? {
        var hasNull = false
        for term in terms {
            guard let value = reference(term, row) else { return nil }
            if value == .boolean(deciding) { return .boolean(deciding) }
            if value.isNull { hasNull = true }
        }
        return hasNull ? .null : .boolean(!deciding)
    }

    private static let types: [DataType] = [.integer, .integer, .real, .boolean, .text]

    private func make(_ type: DataType, _ depth: Int, _ random: inout SeededRandom) throws -> BoundExpression {
        let choice = depth <= 0 ? random.next() % 2 : random.next() % 8
        if choice == 0 {
            let columns = Self.types.indices.filter { Self.types[$0] == type }
            return column(columns[Int(random.next() % UInt64(columns.count))], type)
        }
        if choice == 1 {
            let small = Int64(random.next() % 5) - 1
            switch type {
            case .integer: return integer(small == 3 ? .max : small)
            case .real: return real(Double(small) / 2)
            case .boolean:
                return random.next() % 4 == 0 ? .constant(.null, .boolean, .none) : constant(.boolean(small > 0))
            default: return text(["", "a", "ab", "b", "ä"][Int(small + 1)])
            }
        }
        if choice == 2 {
            let branch = BoundExpression.Branch(
                condition: try make(.boolean, depth - 1, &random), result: try make(type, depth - 1, &random))
            let otherwise = random.next() % 3 == 0 ? nil : try make(type, depth - 1, &random)
            return .conditional([branch], otherwise: otherwise, type, .none)
        }
        func operation(_ names: [String], _ operand: DataType) throws -> BoundExpression {
            try call(
                names[Int(random.next() % UInt64(names.count))], make(operand, depth - 1, &random),
                make(operand, depth - 1, &random))
        }
        switch type {
        case .integer: return try operation(["+", "*", "/"], .integer)
        case .real:
            if choice == 3 { return .cast(try make(.integer, depth - 1, &random), .real, .none) }
            return try operation(["+", "/"], .real)
        case .text: return try operation(["||"], .text)
        default:
            switch choice {
            case 3: return .and(try (0..<3).map { _ in try make(.boolean, depth - 1, &random) }, .none)
            case 4: return .or(try (0..<2).map { _ in try make(.boolean, depth - 1, &random) }, .none)
            case 5: return .not(try make(.boolean, depth - 1, &random), .none)
            case 6:
                let operand = Self.types[Int(random.next() % 5)]
                if random.next() % 2 == 0 {
                    return .isNull(try make(operand, depth - 1, &random), negated: random.next() % 2 == 0, .none)
                }
                let items = try (0..<3).map { _ in try make(operand, random.next() % 2 == 0 ? 0 : 1, &random) }
                return .inList(try make(operand, depth - 1, &random), items, negated: random.next() % 2 == 0, .none)
            default:
                return try operation(["=", "<>", "<", ">=", "IS"], Self.types[Int(random.next() % 5)])
            }
        }
    }

    @Test(arguments: Array(1...8) as [UInt64]) func kernelsEqualTheReference(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        for _ in 0..<250 {
            let type = Self.types[Int(random.next() % 5)]
            let expression = try make(type, 4, &random)
            let rows = try (0..<12).map { _ in
                try Self.types.map { type -> Value in
                    if random.next() % 5 == 0 { return .null }
                    var made = try make(type, 0, &random)
                    while made.constantValue == nil { made = try make(type, 0, &random) }
                    return made.constantValue ?? .null
                }
            }
            let expected = rows.map { reference(expression, $0) }
            let compiled = try ExpressionCompiler.compile(expression)
            let context = EvaluationContext()
            let shown = "\(expression.description(columnNames: ["i", "j", "r", "b", "t"])), seed \(seed)"
            // A condition that is NULL already is not TRUE: the terms after it are left out, so that some errors that the
            // reference meets do not arise.
            let skipsTerms = expression.contains { node in
                guard case .conditional(let branches, _, _, _) = node else { return false }
                return branches.contains { branch in
                    branch.condition.contains { if case .and = $0 { true } else { false } }
                }
            }
            // Row by row: results and errors agree.
            for (row, wanted) in zip(rows, expected) {
                let result = try? compiled.evaluate(Batch(rows: [row], types: Self.types), context)[0]
                if wanted == nil, skipsTerms { continue }
                #expect(result == wanted, "\(shown) for \(row)")
            }
            // As one batch, of the rows that do not fail.
            let good = rows.indices.filter { expected[$0] != nil }
            let batch = Batch(rows: good.map { rows[$0] }, types: Self.types)
            let column = try compiled.evaluate(batch, context)
            #expect(column.count == good.count)
            for (index, row) in good.enumerated() { #expect(column[index] == expected[row], "\(shown), batch") }
            if type == .boolean {
                let selected = try compiled.select(batch, context)
                #expect(selected == good.indices.filter { expected[good[$0]] == .boolean(true) }, "\(shown), selection")
            }
        }
    }
}
