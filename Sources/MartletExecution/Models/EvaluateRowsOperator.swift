// EVALUATE of models that predict a label: the figures of all rows, of each group, or of each class.

import MartletCatalog
import MartletCore
import MartletExpressions
import MartletKernels
import MartletLearning
import MartletPlanning
import MartletStorage

final class EvaluateRowsOperator: Operator {
    private let context: ExecutionContext
    private let input: any Operator
    private let plan: EvaluateRowsPlan
    private var isDone = false

    init(_ context: ExecutionContext, _ input: any Operator, _ plan: EvaluateRowsPlan) {
        self.context = context
        self.input = input
        self.plan = plan
    }

    /// The figures of the rows with equal values of the columns of BY.
    private struct Group {
        var key: [Value]
        var classes: ClassificationEvaluation
        var numbers = RegressionEvaluation()
    }

    func next() throws(Diagnostic) -> Batch? {
        if isDone { return nil }
        isDone = true
        guard let source = context.evaluation.models,
            let model = try source.model(id: plan.modelID, version: plan.version) as? TrainedModel,
            let label = model.label
        else { throw Diagnostic(.misplaced, "EVALUATE of a model cannot run here") }
        let team = source.team as? WorkerTeam ?? WorkerTeam(threads: 1)
        let classCount = model.classes?.count ?? 0
        var groups: [Group] = []
        var places: [[Value]: Int] = [:]
        let positions = Array(0..<plan.featureCount)
        var done = 0
        while let batch = try input.next() {
            if batch.count == 0 { continue }
            try context.cancellation.check()
            let rows = try model.encode(batch, at: positions)
            let labels = EncodedLabels.codes(batch.columns[plan.featureCount], label)
            let outputs = try plan.classifies ? model.probabilities(rows, team: team) : model.numbers(rows, team: team)
            let width = plan.classifies ? classCount : 1
            var members: [Int: [Int]] = [:]
            var order: [Int] = []
            for row in 0..<batch.count {
                let key = plan.by.indices.map { batch.columns[plan.featureCount + 1 + $0][row] }
                let place: Int
                if let known = places[key] {
                    place = known
                } else {
                    place = groups.count
                    places[key] = place
                    groups.append(Group(key: key, classes: ClassificationEvaluation(classes: classCount)))
                    guard groups.count <= Self.groupLimit else {
                        throw Diagnostic(.limitExceeded, "BY makes more than \(Self.groupLimit) groups")
                    }
                }
                if members[place] == nil { order.append(place) }
                members[place, default: []].append(row)
            }
            for place in order {
                let chosen = members[place] ?? []
                let isWhole = chosen.count == batch.count
                let values = isWhole ? outputs : chosen.flatMap { outputs[$0 * width..<($0 + 1) * width] }
                let wanted = isWhole ? labels : chosen.map { labels[$0] }
                if plan.classifies {
                    groups[place].classes.add(probabilities: values, labels: wanted)
                } else {
                    groups[place].numbers.add(predictions: values, labels: wanted)
                }
            }
            done += batch.count
            context.progress?(Progress(stage: "evaluate", rowsDone: done))
        }
        if plan.by.isEmpty, groups.isEmpty {
            throw Diagnostic(.nothingToTrain, "there are no rows to evaluate \(plan.modelLabel) on")
        }
        if plan.classifies { try recordConfusion(groups.map(\.classes), label) }
        return Batch(rows: rows(groups, label), types: plan.output.map(\.type))
    }

    private static let groupLimit = 10_000

    private func rows(_ groups: [Group], _ label: LabelEncoding) -> [[Value]] {
        var rows: [[Value]] = []
        for group in groups {
            let head: [Value] = [.text(plan.modelLabel)] + group.key
            let classes = group.classes
            if plan.isPerClass {
                for code in 0..<classes.classes {
                    rows.append(
                        head + [
                            label.value(ofClass: code), .integer(Int64(classes.support(code))),
                            .real(classes.precision(code)), .real(classes.recall(code)), .real(classes.f1(code)),
                            classes.auc(code).map { .real($0) } ?? .null,
                        ])
                }
            } else if plan.classifies {
                // Of single labels, every micro average is the accuracy.
                let accuracy = Value.real(classes.accuracy)
                rows.append(
                    head + [
                        .integer(Int64(classes.rowCount)), accuracy, .real(classes.macroPrecision),
                        .real(classes.macroRecall), .real(classes.macroF1), accuracy, accuracy, accuracy,
                        .real(classes.logLoss), classes.auc.map { .real($0) } ?? .null,
                    ])
            } else {
                let numbers = group.numbers
                rows.append(
                    head + [
                        .integer(Int64(numbers.rowCount)), .real(numbers.mae), .real(numbers.rmse), .real(numbers.r2),
                    ])
            }
        }
        return rows
    }

    /// Replaces what sys.confusion tells of this version.
    private func recordConfusion(_ evaluations: [ClassificationEvaluation], _ label: LabelEncoding) throws(Diagnostic) {
        guard let classes = label.classes, var total = evaluations.first else { return }
        for other in evaluations.dropFirst() { total.addCounts(of: other) }
        var rows: [[Value]] = []
        for truth in 0...classes.count {
            for predicted in classes.indices where total.confusion[truth * classes.count + predicted] > 0 {
                rows.append([
                    .text(plan.modelName), .integer(Int64(plan.version)),
                    truth < classes.count ? .text(classes[truth]) : .null, .text(classes[predicted]),
                    .integer(Int64(total.confusion[truth * classes.count + predicted])),
                ])
            }
        }
        let recorded = rows
        if let view = context.view as? WriteView {
            try ConfusionRows.replace(plan.modelName, plan.version, with: recorded, context, view)
        } else {
            try context.writeApart? { [plan, context] (view) throws(Diagnostic) in
                let own = ExecutionContext(
                    view: view, catalog: try CatalogStore.read(view), statementTime: context.evaluation.statementTime)
                try ConfusionRows.replace(plan.modelName, plan.version, with: recorded, own, view)
            }
        }
    }
}

/// The rows of sys.confusion.
enum ConfusionRows {
    static func replace(
        _ model: String, _ version: Int?, with rows: [[Value]], _ context: ExecutionContext, _ view: WriteView
    ) throws(Diagnostic) {
        let table = SystemTable.confusion
        let writer = try TableWriter(context, WriteTarget(table: table, indexes: [], checks: []))
        var old: [(rowID: Int64, values: [Value])] = []
        var cursor = try view.cursor(KeyPrefix(.row, table.id))
        var found = try cursor.first()
        let layout = table.layout
        while found {
            let values = try RowReader(cursor.value, layout: layout).values()
            if values[0] == .text(model), version == nil || values[1] == .integer(Int64(version ?? 0)) {
                old.append((try RowKey.rowID(cursor.keySuffix), values))
            }
            found = try cursor.next()
        }
        for (rowID, values) in old { try writer.delete(values, rowID: rowID) }
        try writer.finish()
        if !rows.isEmpty { try SystemWriter.append(rows, to: table, context) }
    }
}
