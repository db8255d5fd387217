// Nodes without parts: constants, columns, parameters, outer values.

import MartletCore

final class ConstantNode: Node, @unchecked Sendable {
    private let operand: Operand

    init(_ value: Value, _ type: DataType) {
        operand = .scalar(value, type)
        super.init(columnsUsed: [], mustNotOvershoot: false)
    }

    override func evaluate(_ batch: Batch, _ context: EvaluationContext) throws(Diagnostic) -> Operand { operand }
}

final class ColumnNode: Node, @unchecked Sendable {
    let index: Int
    private let type: DataType
    private let range: SourceRange

    init(_ index: Int, _ type: DataType, _ range: SourceRange) {
        self.index = index
        self.type = type
        self.range = range
        super.init(columnsUsed: [index], mustNotOvershoot: false)
    }

    override func evaluate(_ batch: Batch, _ context: EvaluationContext) throws(Diagnostic) -> Operand {
        precondition(index >= 0 && index < batch.columns.count, "column \(index) of \(batch.columns.count)")
        return .column(batch.columns[index])
    }
}

final class ParameterNode: Node, @unchecked Sendable {
    private let source: DirectValue
    private let type: DataType

    init(_ index: Int, _ type: DataType, _ range: SourceRange) {
        source = .parameter(index, type, range)
        self.type = type
        super.init(columnsUsed: [], mustNotOvershoot: false)
    }

    override func evaluate(_ batch: Batch, _ context: EvaluationContext) throws(Diagnostic) -> Operand {
        .scalar(try source.value(context.parameters), type)
    }
}

final class OuterNode: Node, @unchecked Sendable {
    private let level: Int
    private let index: Int
    private let type: DataType

    init(level: Int, index: Int, _ type: DataType) {
        self.level = level
        self.index = index
        self.type = type
        super.init(columnsUsed: [], mustNotOvershoot: false)
    }

    override func evaluate(_ batch: Batch, _ context: EvaluationContext) throws(Diagnostic) -> Operand {
        let position = context.outerRows.count - 1 - level
        precondition(position >= 0 && index < context.outerRows[position].count, "no outer row at level \(level)")
        return .scalar(context.outerRows[position][index], type)
    }
}
