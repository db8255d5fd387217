// Binds predict(), probability(), embed() and explain(): calls of trained models, whose features bind by name.

import MartletCatalog
import MartletCore
import MartletExpressions
import MartletKernels
import MartletLanguage
import MartletLearning

extension ExpressionBinder {
    func bindModelCall(_ call: FunctionCall) throws(Diagnostic) -> BoundExpression {
        let name = call.name.name.foldedName
        guard let function = ModelFunction(rawValue: name) else {
            throw .notSupported("\(name)()", at: call.location.range)
        }
        if call.isDistinct || call.filter != nil || !call.orderBy.isEmpty {
            throw Diagnostic(
                .misplaced, "\(name)() is not an aggregate: DISTINCT, ORDER BY and FILTER do not apply",
                at: call.location.range)
        }
        guard let first = call.arguments.first, let reference = Self.modelReference(first) else {
            throw Diagnostic(
                .wrongArgumentCount, "\(name)() takes a model first: \(function.signature)", at: call.location.range)
        }
        let target = try binder.modelTarget(reference)
        var rest = Array(call.arguments.dropFirst())
        var extra: BoundExpression?
        switch function {
        case .predict, .explain:
            guard target.signature.dimension == nil else {
                throw Diagnostic(
                    .wrongModelKind, "\(target.label) is an embedding, which predicts nothing", at: first.range,
                    hint: "embed(\(reference.text), text) gives the vectors of texts")
            }
        case .probability:
            guard target.signature.classCount != nil, let label = target.signature.label else {
                throw Diagnostic(
                    .wrongModelKind, "\(target.label) tells no classes apart, so it has no probabilities",
                    at: first.range)
            }
            guard !rest.isEmpty else {
                throw Diagnostic(
                    .wrongArgumentCount, "probability() takes a class behind the model: \(function.signature)",
                    at: call.location.range)
            }
            extra = try Coercion.coerce(try bind(rest.removeFirst()), to: label.type, purpose: .argument("probability"))
        case .embed:
            guard target.signature.dimension != nil else {
                throw Diagnostic(
                    .wrongModelKind, "\(target.label) is a \(target.kind.rawValue), which makes no vectors of texts",
                    at: first.range)
            }
            guard (1...2).contains(rest.count), !call.hasStar else {
                throw Diagnostic(
                    .wrongArgumentCount, "embed() is \(function.signature)", at: call.location.range)
            }
            var arguments = [try Coercion.coerce(try bind(rest[0]), to: .text, purpose: .argument("embed"))]
            if rest.count > 1 {
                arguments.append(try Coercion.coerce(try bind(rest[1]), to: .text, purpose: .argument("embed")))
            }
            return ModelCalls.embed(target, arguments, at: call.location.range)
        }
        let features = try bindFeatures(rest, hasStar: call.hasStar, target, call.location)
        switch function {
        case .predict, .embed: return ModelCalls.predict(target, features, at: call.location.range)
        case .probability:
            return ModelCalls.probability(target, extra ?? .constant(.null), features, at: call.location.range)
        case .explain: return ModelCalls.explain(target, features, at: call.location.range)
        }
    }

    /// `name`, or `name@version`, which the parser gives as a text.
    private static func modelReference(_ expression: Expression) -> ModelReference? {
        switch expression {
        case .column(let reference) where reference.table == nil:
            return ModelReference(name: reference.column, version: nil, location: reference.column.location)
        case .literal(.text(let text), let location): return modelReference(text, location)
        default: return nil
        }
    }

    /// `name` or `name@version`.
    static func modelReference(_ text: String, _ location: Location) -> ModelReference {
        let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        var version: ModelReference.Version?
        if parts.count == 2 {
            version = Int(parts[1]).map { .number($0) } ?? .alias(Identifier(parts[1], location))
        }
        return ModelReference(name: Identifier(parts[0], location), version: version, location: location)
    }

    /// An expression for each of the model's columns, in the model's order.
    ///
    /// A star takes the columns of the model's names from all that can be seen here, and leaves the others. Columns that
    /// are named must be the model's, all of them; an expression without a name may stand for the only column left.
    private func bindFeatures(
        _ arguments: [Expression], hasStar: Bool, _ target: Binder.ModelTarget, _ location: Location
    ) throws(Diagnostic) -> [BoundExpression] {
        let wanted = target.signature.features
        var given: [Expression?] = wanted.map { _ in nil }
        var unnamed: [Expression] = []
        var extra: [(name: String, range: SourceRange)] = []
        for argument in arguments {
            guard case .column(let reference) = argument else {
                unnamed.append(argument)
                continue
            }
            guard let place = wanted.firstIndex(where: { $0.name.matches(reference.column.name) }) else {
                extra.append((reference.column.name, argument.range))
                continue
            }
            if given[place] != nil {
                throw Diagnostic(
                    .duplicateName, "column '\(reference.column.name)' is given twice", at: argument.range)
            }
            given[place] = argument
        }
        if hasStar {
            for (place, column) in wanted.enumerated() where given[place] == nil {
                let reference = ColumnReference(column: Identifier(column.name, location))
                if columns.contains(where: { !$0.isHidden && $0.name.matches(column.name) }) {
                    given[place] = .column(reference)
                }
            }
        }
        var missing = wanted.indices.filter { given[$0] == nil }
        if missing.count == 1, unnamed.count == 1, extra.isEmpty {
            given[missing[0]] = unnamed[0]
            missing = []
            unnamed = []
        }
        let names = missing.map { "\(wanted[$0].name) (\(wanted[$0].type))" }.joined(separator: ", ")
        if let first = extra.first {
            let shown = extra.map { "'\($0.name)'" }.joined(separator: ", ")
            throw Diagnostic(
                .unknownColumn,
                "model \(target.label) does not read \(shown)"
                    + (missing.isEmpty ? "" : "; missing are \(names)"), at: first.range,
                hint: Suggestion.hint(for: first.name, among: missing.map { wanted[$0].name })
                    ?? "it reads \(wanted.map(\.name).joined(separator: ", "))")
        }
        if let first = unnamed.first {
            throw Diagnostic(
                .misplaced,
                "features bind by name, and this one has none"
                    + (missing.isEmpty ? "" : "; missing are \(names)"), at: first.range,
                hint:
                    "compute it in an inner query: FROM (SELECT … AS \(missing.first.map { wanted[$0].name } ?? "name"))"
            )
        }
        guard missing.isEmpty else {
            throw Diagnostic(
                .unknownColumn, "model \(target.label) also needs \(names)", at: location.range,
                hint: hasStar ? "no column here has that name" : "predict(\(target.name), *) takes them by name")
        }
        var features: [BoundExpression] = []
        for (column, argument) in zip(wanted, given) {
            guard let argument else { continue }
            let bound = try bind(argument)
            features.append(try Self.typed(bound, column, target))
        }
        return features
    }

    private static func typed(
        _ value: BoundExpression, _ column: ModelSignature.Column, _ target: Binder.ModelTarget
    ) throws(Diagnostic) -> BoundExpression {
        if value.type == column.type || value.type == .null { return value }
        if value.type.isNumeric, column.type.isNumeric { return value }
        if column.type == .timestamp || column.type.isVector, value.constantValue != nil {
            return try Coercion.coerce(value, to: column.type, purpose: .argument("predict"))
        }
        throw Diagnostic(
            .typeMismatch,
            "feature '\(column.name)' of model \(target.label) is \(column.type), not \(value.type)", at: value.range,
            hint: "CAST(\(column.name) AS \(column.type))")
    }
}

/// The functions that call a model.
enum ModelFunction: String, CaseIterable {
    case predict, probability, embed, explain

    var signature: String {
        switch self {
        case .predict: "predict(model, column, …) or predict(model, *)"
        case .probability: "probability(model, class, column, …) or probability(model, class, *)"
        case .embed: "embed(model, text [, 'left' or 'right'])"
        case .explain: "explain(model, column, …) or explain(model, *)"
        }
    }
}

extension Binder {
    /// A model version that predicts.
    struct ModelTarget {
        var id: UInt32
        var version: ModelVersion
        var kind: Model.Kind
        var signature: ModelSignature
        var name: String
        /// `income@3`, or `shop = income@3` for a deployment.
        var label: String
    }

    /// A deployment by its name, or a model.
    func modelTarget(_ reference: ModelReference) throws(Diagnostic) -> ModelTarget {
        if reference.version == nil, let deployment = catalog.deployment(named: reference.name.name),
            let model = catalog.model(id: deployment.modelID), let version = model.version(deployment.version)
        {
            return try modelTarget(model, version, "\(deployment.name) = \(model.name)@\(version.number)", reference)
        }
        let model = try self.model(reference)
        let version = try version(reference, of: model)
        return try modelTarget(model, version, "\(model.name)@\(version.number)", reference)
    }

    private func modelTarget(
        _ model: Model, _ version: ModelVersion, _ label: String, _ reference: ModelReference
    ) throws(Diagnostic) -> ModelTarget {
        guard let signature = version.signature else {
            throw Diagnostic(
                .wrongModelKind, "\(model.name) is a \(model.kind.rawValue), which predicts nothing",
                at: reference.range, hint: "SEARCH \(model.name) FOR '…'")
        }
        return ModelTarget(
            id: model.id, version: version, kind: model.kind, signature: signature, name: model.name, label: label)
    }
}
