// Calls of functions, and CAST.

import MartletCore

final class CallNode: Node, @unchecked Sendable {
    private let function: ScalarFunction
    private let arguments: [Node]
    private let type: DataType
    private let range: SourceRange
    private let body: ScalarFunction.BatchBody

    init(
        _ function: ScalarFunction, _ arguments: [Node], _ type: DataType, _ range: SourceRange,
        _ body: @escaping ScalarFunction.BatchBody
    ) {
        self.function = function
        self.arguments = arguments
        self.type = type
        self.range = range
        self.body = body
        super.init(
            columnsUsed: arguments.reduce(into: []) { $0.formUnion($1.columnsUsed) },
            mustNotOvershoot: function.canFail || function.volatility == .volatile
                || arguments.contains(where: \.mustNotOvershoot))
    }

    override func evaluate(_ batch: Batch, _ context: EvaluationContext) throws(Diagnostic) -> Operand {
        if batch.count == 0 { return .allNull(type) }
        var operands: [Operand] = []
        operands.reserveCapacity(arguments.count)
        var allSingle = function.volatility != .volatile
        for argument in arguments {
            let operand = try argument.evaluate(batch, context)
            if case .column = operand { allSingle = false }
            operands.append(operand)
        }
        do {
            // One value for all rows is computed once.
            if allSingle {
                return .scalar(try body(operands, 1, context).value(at: 0), type)
            }
            return try body(operands, batch.count, context)
        } catch {
            throw error.located(at: range)
        }
    }
}

/// Batches for functions that are written row by row.
enum RowAdapter {
    static func batchBody(
        _ type: DataType, nullIfAnyNull: Bool, _ body: @escaping ScalarFunction.RowBody
    ) -> ScalarFunction.BatchBody {
        { (operands, count, context) throws(Diagnostic) in
            var builder = ColumnBuilder(type: type, reserving: count)
            var values = [Value](repeating: .null, count: operands.count)
            for row in 0..<count {
                var hasNull = false
                for (index, operand) in operands.enumerated() {
                    values[index] = operand.value(at: row)
                    if values[index].isNull { hasNull = true }
                }
                if hasNull, nullIfAnyNull {
                    builder.appendNull()
                    continue
                }
                let value = try body(values, context)
                guard value.isNull || value.type == type || (type == .real && value.type == .integer) else {
                    throw Diagnostic(
                        .typeMismatch, "a function that returns \(type) returned a value of type \(value.type)")
                }
                builder.append(value)
            }
            return .column(builder.finish())
        }
    }
}

final class CastNode: Node, @unchecked Sendable {
    private let operand: Node
    private let type: DataType
    private let range: SourceRange

    init(_ operand: Node, _ type: DataType, canFail: Bool, _ range: SourceRange) {
        self.operand = operand
        self.type = type
        self.range = range
        super.init(columnsUsed: operand.columnsUsed, mustNotOvershoot: canFail || operand.mustNotOvershoot)
    }

    override func evaluate(_ batch: Batch, _ context: EvaluationContext) throws(Diagnostic) -> Operand {
        let input = try operand.evaluate(batch, context)
        if input.type == type { return input }
        if input.isAllNull { return .allNull(type) }
        do {
            switch input {
            case .scalar(let value, _):
                // Nothing is computed for no rows.
                return batch.count == 0 ? .allNull(type) : .scalar(try ValueConversion.convert(value, to: type), type)
            case .column(var column):
                switch (column.storage, type) {
                case (.integers(let values), .real) where column.type == .integer:
                    return .column(Column(type: .real, storage: .reals(values.map { Double($0) }), nulls: column.nulls))
                case (.bytes, .text) where column.type == .json:
                    column.type = .text
                    return .column(column)
                default: break
                }
                var builder = ColumnBuilder(type: type, reserving: batch.count)
                for row in 0..<batch.count { builder.append(try ValueConversion.convert(column[row], to: type)) }
                return .column(builder.finish())
            }
        } catch {
            throw error.located(at: range)
        }
    }
}
