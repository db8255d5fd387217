// Binds EVALUATE of models that predict a label.

import MartletCatalog
import MartletCore
import MartletExpressions
import MartletLanguage

extension Binder {
    func bindEvaluateRows(_ evaluate: Evaluate, _ target: ModelTarget) throws(Diagnostic) -> LogicalPlan {
        let reader = try OptionReader(
            self, evaluate.options, known: ["per_class"], of: "EVALUATE of a \(target.kind.rawValue)")
        guard let label = target.signature.label else {
            throw Diagnostic(
                .wrongModelKind, "\(target.label) is a \(target.kind.rawValue), which has no label to compare with",
                at: evaluate.model.range)
        }
        guard let dataSource = evaluate.source else {
            throw Diagnostic(
                .misplaced, "EVALUATE needs rows with the label '\(label.name)': FROM table",
                at: evaluate.location.range)
        }
        let isPerClass = try reader.boolean("per_class") ?? false
        if isPerClass, target.signature.classCount == nil {
            throw Diagnostic(.invalidOption, "a regression has no classes", at: reader.range("per_class"))
        }
        let plan = try bindSource(dataSource)
        let output = plan.output
        func position(_ name: String) -> Int? { output.firstIndex { !$0.isHidden && $0.name.matches(name) } }
        let wanted = target.signature.features + [label]
        let missing = wanted.filter { position($0.name) == nil }
        guard missing.isEmpty else {
            throw Diagnostic(
                .unknownColumn,
                "model \(target.label) also needs \(missing.map { "\($0.name) (\($0.type))" }.joined(separator: ", "))",
                at: dataSource.range)
        }
        var expressions: [BoundExpression] = []
        var columns: [OutputColumn] = []
        for column in wanted {
            guard let place = position(column.name) else { continue }
            let type = output[place].type
            guard type == column.type || type == .null || (type.isNumeric && column.type.isNumeric) else {
                throw Diagnostic(
                    .typeMismatch,
                    "column '\(column.name)' must be \(column.type) for model \(target.label), not \(type)",
                    at: dataSource.range, hint: "CAST(\(column.name) AS \(column.type))")
            }
            expressions.append(.column(place, type, dataSource.range))
            columns.append(OutputColumn(name: column.name, type: type))
        }
        var by: [OutputColumn] = []
        for name in evaluate.by {
            guard let place = position(name.name) else {
                throw Diagnostic(
                    .unknownColumn, "the rows to evaluate on have no column '\(name.name)'", at: name.range,
                    hint: Suggestion.hint(for: name.name, among: output.filter { !$0.isHidden }.map(\.name)))
            }
            expressions.append(.column(place, output[place].type, name.range))
            by.append(OutputColumn(name: output[place].name, type: output[place].type))
        }
        return .evaluateRows(
            EvaluateRowsPlan(
                modelID: target.id, modelName: target.name, modelLabel: target.label, version: target.version.number,
                source: .project(plan, expressions, columns: columns + by),
                featureCount: target.signature.features.count,
                by: by, classifies: target.signature.classCount != nil, classType: label.type, isPerClass: isPerClass))
    }
}
