// Calls of trained models as expressions: each is a function of its own, bound to one version.

import MartletCatalog
import MartletCore
import MartletExpressions
import MartletKernels
import MartletLearning

enum ModelCalls {
    static func predict(
        _ target: Binder.ModelTarget, _ features: [BoundExpression], at range: SourceRange
    ) -> BoundExpression {
        call("predict", target, features, target.signature.resultType, at: range) {
            (model, operands, count, context) throws(Diagnostic) in
            try model.eachPart(operands, count, team(context)) { (rows, count) throws(Diagnostic) in
                try model.predictions(rows, count: count)
            }
        }
    }

    /// The probability of a class; NULL as the class means the one that is predicted.
    static func probability(
        _ target: Binder.ModelTarget, _ code: BoundExpression, _ features: [BoundExpression], at range: SourceRange
    ) -> BoundExpression {
        call("probability", target, [code] + features, .real, at: range) {
            (model, operands, count, context) throws(Diagnostic) in
            let wanted = operands[0]
            let single: Value? = if case .scalar(let value, _) = wanted { value } else { nil }
            guard let classes = model.classes?.count, let label = model.label else {
                return Column(type: .real, storage: .nulls(count: count))
            }
            var singleCode: Int?
            if let single, !single.isNull {
                singleCode = label.code(of: single)
                guard singleCode != nil else { throw unknownClass(single, label, target.label) }
            }
            let wantedColumn = single == nil ? wanted.column(count: count) : nil
            var codes: [Float]?
            if let wantedColumn { codes = EncodedLabels.codes(wantedColumn, label) }
            let probabilities = try model.eachPart(Array(operands.dropFirst()), count, team(context)) {
                (rows, _) throws(Diagnostic) in try model.probabilities(rows)
            }
            var values = [Double](repeating: 0, count: count)
            for row in 0..<count {
                let start = row * classes
                var code = singleCode
                if let codes, !codes[row].isNaN {
                    guard codes[row] >= 0 else {
                        throw unknownClass(wantedColumn?[row] ?? .null, label, target.label)
                    }
                    code = Int(codes[row])
                }
                if let code {
                    values[row] = Double(probabilities[start + code])
                } else {
                    values[row] = Double(probabilities[start..<start + classes].max() ?? 0)
                }
            }
            return Column(type: .real, storage: .reals(values))
        }
    }

    private static func unknownClass(_ value: Value, _ label: LabelEncoding, _ model: String) -> Diagnostic {
        let known = label.classes ?? []
        return Diagnostic(
            .outOfRange, "model \(model) knows no class '\(LabelEncoding.name(of: value))'",
            hint: "it knows \(known.prefix(20).joined(separator: ", "))\(known.count > 20 ? ", …" : "")")
    }

    static func embed(
        _ target: Binder.ModelTarget, _ arguments: [BoundExpression], at range: SourceRange
    ) -> BoundExpression {
        let dimension = target.signature.dimension ?? 1
        let type = DataType.vector(dimension: dimension, element: .f32)
        return call("embed", target, arguments, type, at: range) {
            (model, operands, count, context) throws(Diagnostic) in
            var side = EmbeddingSide.both
            if operands.count > 1, case .text(let word) = operands[1].value(at: 0) {
                switch word {
                case "left": side = .left
                case "right": side = .right
                case "both": break
                default:
                    throw Diagnostic(
                        .outOfRange, "the side of an embedding is 'left', 'right' or 'both', not '\(word)'")
                }
            }
            let texts = operands[0].column(count: count)
            let vectors = try model.embed(TextDocuments([texts], count: count), side: side, team: team(context))
            var builder = ColumnBuilder(type: type, reserving: count)
            vectors.withUnsafeBytes { bytes in
                for row in 0..<count {
                    let part = row * 4 * dimension..<(row + 1) * 4 * dimension
                    if texts.isNull(row) {
                        builder.appendNull()
                    } else {
                        builder.append(bytes: UnsafeRawBufferPointer(rebasing: bytes[part]))
                    }
                }
            }
            return builder.finish()
        }
    }

    /// What each feature adds to the score of the predicted class, or to the predicted number, as a JSON object.
    static func explain(
        _ target: Binder.ModelTarget, _ features: [BoundExpression], at range: SourceRange
    ) -> BoundExpression {
        call("explain", target, features, .json, at: range) {
            (model, operands, count, context) throws(Diagnostic) in
            let batch = Batch(columns: operands.map { $0.column(count: count) }, count: count)
            let rows = try model.encode(batch)
            var builder = ColumnBuilder(type: .json, reserving: count)
            for text in try model.explanations(rows, team: team(context)) { builder.append(text: text) }
            return builder.finish()
        }
    }

    private typealias Body =
        @Sendable (TrainedModel, [Operand], Int, EvaluationContext) throws(Diagnostic) -> Column

    private static func call(
        _ name: String, _ target: Binder.ModelTarget, _ arguments: [BoundExpression], _ type: DataType,
        at range: SourceRange, _ body: @escaping Body
    ) -> BoundExpression {
        let id = target.id
        let version = target.version.number
        let function = ScalarFunction(
            "\(name)[\(target.name)@\(version)]", arguments.map { _ in .any }, returns: .type(type),
            volatility: .stable, summary: "",
            .batch { (operands, count, context) throws(Diagnostic) in
                guard let model = try context.models?.model(id: id, version: version) as? TrainedModel else {
                    throw Diagnostic(.misplaced, "\(name)() cannot be computed here")
                }
                return .column(try body(model, operands, count, context))
            })
        return .call(function, arguments, type, range)
    }

    private static func team(_ context: EvaluationContext) -> WorkerTeam {
        context.models?.team as? WorkerTeam ?? WorkerTeam(threads: 1)
    }
}

extension TrainedModel {
    func encode(_ batch: Batch) throws(Diagnostic) -> TrainingSet {
        try encode(batch, at: Array(batch.columns.indices))
    }

    func probabilities(_ rows: TrainingSet) throws(Diagnostic) -> [Float] {
        try probabilities(rows, team: Self.alone)
    }

    func predictions(_ rows: TrainingSet, count: Int) throws(Diagnostic) -> Column {
        try predictions(rows, count: count, team: Self.alone)
    }

    /// A team without threads of its own: parts of a batch are shared out as a whole.
    private static let alone = WorkerTeam(threads: 1)

    /// Encodes and predicts parts of a batch, by several threads, and puts the results together.
    func eachPart<Part: PredictionPart>(
        _ operands: [Operand], _ count: Int, _ team: WorkerTeam,
        _ body: @escaping @Sendable (TrainingSet, Int) throws(Diagnostic) -> Part
    ) throws(Diagnostic) -> Part {
        let columns = operands.map { $0.column(count: count) }
        let rowsPerPart = 256
        guard team.threads > 1, count > rowsPerPart else {
            return try body(try encode(Batch(columns: columns, count: count)), count)
        }
        let parts = (count + rowsPerPart - 1) / rowsPerPart
        var results = [Result<Part, Diagnostic>?](repeating: nil, count: parts)
        results.withUnsafeMutableBufferPointer { results in
            nonisolated(unsafe) let results = results
            team.run(parts) { part in
                let range = part * rowsPerPart..<min(count, (part + 1) * rowsPerPart)
                do throws(Diagnostic) {
                    let rows = try self.encode(
                        Batch(columns: columns.map { $0.slice(range) }, count: range.count))
                    results[part] = .success(try body(rows, range.count))
                } catch {
                    results[part] = .failure(error)
                }
            }
        }
        var all: [Part] = []
        for case let result? in results { all.append(try result.get()) }
        return Part.joined(all)
    }
}

/// What predicting a part of a batch gives.
protocol PredictionPart: Sendable {
    static func joined(_ parts: [Self]) -> Self
}

extension Column: PredictionPart {
    static func joined(_ parts: [Column]) -> Column { Column.concatenated(parts) }
}

extension [Float]: PredictionPart {
    static func joined(_ parts: [[Float]]) -> [Float] { Array(parts.joined()) }
}
