// Binds TRAIN of the kinds that learn from rows: features, label and options, by name.

import MartletCatalog
import MartletCore
import MartletExpressions
import MartletLanguage
import MartletLearning

extension Binder {
    func bindTrain(_ train: Train, _ kind: Model.Kind, _ learner: LearnerKind) throws(Diagnostic) -> TrainPlan {
        let source = try trainingSource(train)
        let reader = try optionReader(train, learner)
        var request = TrainingRequest(kind: learner)
        request.seed = UInt64(try reader.integer("seed", in: 0...Int.max) ?? 0)
        request.task = try task(reader, learner)
        request.isSharded = train.shards != nil
        request.split = try reader.real("split", in: 0...0.9) ?? 0
        request.classWeights = try reader.classWeights()
        try bindAggregate(train, learner, &request)

        var columns = source.columns
        let label = try label(train, learner, &columns, source.range)
        let group = try groupColumn(reader, request.task, &columns, source.range)
        var shardColumn: InputColumn?
        if let by = train.shardsBy {
            shardColumn = try column(by, among: source.columns)
        }
        try check(columns, learner, source.range)
        request.columns = columns
        request.positions = Array(columns.indices)
        request.label = label
        var wanted = columns
        func place(_ column: InputColumn?) -> Int? {
            guard let column else { return nil }
            if let known = wanted.firstIndex(of: column) { return known }
            wanted.append(column)
            return wanted.count - 1
        }
        request.monotone = try monotone(reader, columns)
        request.labelPosition = place(label)
        request.groupPosition = place(group)
        request.shardPosition = place(shardColumn)

        let base = try reader.hyperparameters(of: learner)
        request.candidates = try reader.candidates(
            of: learner, base: base, trials: try reader.integer("trials", in: 1...1_000), seed: request.seed)
        let shards = try shardCount(train)
        // AUTO is settled where the threads are known.
        if shards > 0 { request.settle(shards: shards) }
        let chooses =
            request.candidates.count > 1
            || request.candidates.contains {
                if case .integer(let patience) = $0["patience"] { patience > 0 } else { false }
            }
        if chooses, !reader.contains("split") { request.split = Self.standardSplit }
        if chooses, request.split == 0 {
            throw Diagnostic(
                .invalidOption, "a grid and patience need rows held out: split must be above 0",
                at: reader.range("split"))
        }
        var expressions: [BoundExpression] = []
        var outputs: [OutputColumn] = []
        for column in wanted {
            guard let position = source.plan.output.firstIndex(where: { !$0.isHidden && $0.name == column.name }) else {
                continue
            }
            expressions.append(.column(position, column.type, source.range))
            outputs.append(OutputColumn(name: column.name, type: column.type))
        }
        var plan = TrainPlan(
            name: train.name.name, kind: kind,
            subject: .rows(
                RowSubject(
                    source: .project(source.plan, expressions, columns: outputs), request: request,
                    groupColumn: group?.name, shardColumn: shardColumn?.name)),
            shards: shards, seed: request.seed,
            threads: try reader.integer("threads", in: 1...256) ?? 0, statement: self.source(train.location.range))
        if let interval = try reader.milliseconds("checkpoint") { plan.checkpointMilliseconds = interval }
        return plan
    }

    /// The share of rows that is held out where something has to be chosen by them.
    private static let standardSplit = 0.1

    private struct TrainingSource {
        var plan: LogicalPlan
        /// In their order, each name once.
        var columns: [InputColumn]
        var range: SourceRange
    }

    /// `FROM …`, or `ON table (columns)`. Of a table the primary key is left out: it names rows, and says nothing.
    private func trainingSource(_ train: Train) throws(Diagnostic) -> TrainingSource {
        let plan: LogicalPlan
        let range: SourceRange
        var leftOut: Set<String> = []
        if let source = train.source {
            if let target = train.target {
                throw Diagnostic(
                    .misplaced, "a \(train.kind.name) learns from the rows of FROM; ON is for retrievers",
                    at: target.table.range)
            }
            plan = try bindSource(source)
            range = source.range
            if case .table(let name, _, _) = source, case .user(let table)? = try? self.table(name) {
                leftOut = Set(table.primaryKey.map { table.columns[$0].name })
                if let label = train.label { leftOut.remove(label.name) }
            }
        } else if let target = train.target {
            let table = try writableTable(target.table)
            let columns = try targetColumns(target.columns, of: table)
            plan = .scan(Scan(table: table, alias: table.name, columns: columns, includesRowID: false))
            range = target.table.range
        } else {
            throw Diagnostic(
                .misplaced, "a \(train.kind.name) needs rows: FROM table, or FROM (SELECT …)", at: train.location.range)
        }
        var columns: [InputColumn] = []
        for output in plan.output where !output.isHidden {
            if columns.contains(where: { $0.name.matches(output.name) }) {
                throw Diagnostic(
                    .duplicateName, "column '\(output.name)' occurs twice in the rows to learn from", at: range,
                    hint: "name one of them anew: … AS name")
            }
            columns.append(InputColumn(name: output.name, type: output.type))
        }
        columns.removeAll { leftOut.contains($0.name) }
        return TrainingSource(plan: plan, columns: columns, range: range)
    }

    private func optionReader(_ train: Train, _ learner: LearnerKind) throws(Diagnostic) -> OptionReader {
        var known = learner.hyperparameters.flatMap { [$0.name] + ($0.alias.map { [$0] } ?? []) }
        known += ["seed", "threads", "checkpoint"]
        if learner.hasLabel { known += ["split", "grid", "trials"] }
        if learner.tasks.count > 1 { known.append("task") }
        if learner.tasks.contains(.classification) { known.append("class_weights") }
        if learner.tasks.contains(.ranking) { known.append("group") }
        if learner == .boostedTrees { known.append("monotone") }
        return try OptionReader(self, train.options, known: known, of: "TRAIN … USING \(learner.rawValue)")
    }

    private func task(_ reader: OptionReader, _ learner: LearnerKind) throws(Diagnostic) -> LearningTask? {
        if learner.tasks == [.classification] { return .classification }
        guard let (text, range) = try reader.text("task") else { return nil }
        guard let task = LearningTask(rawValue: text.foldedName), learner.tasks.contains(task) else {
            throw reader.mismatch(
                "task", learner.tasks.map { "'\($0.rawValue)'" }.joined(separator: " or "), range)
        }
        return task
    }

    private func bindAggregate(
        _ train: Train, _ learner: LearnerKind, _ request: inout TrainingRequest
    ) throws(Diagnostic) {
        let range = train.location.range
        request.aggregate = learner.standardAggregate
        switch train.aggregate {
        case nil: break
        case .mean:
            guard learner.hasMean else {
                throw Diagnostic(
                    .misplaced, "models of the kind \(learner.rawValue) have no mean", at: range,
                    hint: "AGGREGATE ensemble is their default")
            }
            request.aggregate = .mean
        case .ensemble:
            guard learner.tasks.contains(.classification) else {
                throw Diagnostic(.misplaced, "models of the kind \(learner.rawValue) make no ensemble", at: range)
            }
            request.aggregate = .ensemble
        }
        if let rounds = train.rounds {
            guard request.aggregate == .mean, (1...10_000).contains(rounds) else {
                throw Diagnostic(
                    request.aggregate == .mean ? .outOfRange : .misplaced,
                    request.aggregate == .mean ? "ROUNDS must be from 1 to 10000" : "an ensemble has no ROUNDS",
                    at: range)
            }
            request.rounds = rounds
        }
    }

    /// The direction of each feature column; empty without the option.
    private func monotone(_ reader: OptionReader, _ columns: [InputColumn]) throws(Diagnostic) -> [Int8] {
        let signs = try reader.monotone()
        guard !signs.isEmpty else { return [] }
        var result = [Int8](repeating: 0, count: columns.count)
        for (name, sign) in signs {
            let column = try column(name, among: columns)
            guard [.integer, .real, .boolean].contains(column.type) else {
                throw Diagnostic(
                    .typeMismatch, "column '\(column.name)' is \(column.type); only numbers have an order",
                    at: name.range)
            }
            if let place = columns.firstIndex(of: column) { result[place] = sign }
        }
        return result
    }

    private func column(_ name: Identifier, among columns: [InputColumn]) throws(Diagnostic) -> InputColumn {
        if let found = columns.first(where: { $0.name.matches(name.name) }) { return found }
        throw Diagnostic(
            .unknownColumn, "the rows to learn from have no column '\(name.name)'", at: name.range,
            hint: Suggestion.hint(for: name.name, among: columns.map(\.name))
                ?? "they have \(columns.map(\.name).joined(separator: ", "))")
    }

    /// Takes the label out of the columns.
    private func label(
        _ train: Train, _ learner: LearnerKind, _ columns: inout [InputColumn], _ range: SourceRange
    ) throws(Diagnostic) -> InputColumn? {
        guard let name = train.label else {
            guard learner.hasLabel else { return nil }
            throw Diagnostic(
                .misplaced, "a \(learner.rawValue) learns to predict a column: say which with LABEL column",
                at: train.location.range)
        }
        guard learner.hasLabel else {
            throw Diagnostic(.misplaced, "a \(learner.rawValue) has no LABEL", at: name.range)
        }
        let label = try column(name, among: columns)
        guard [.text, .boolean, .integer, .real].contains(label.type) else {
            throw Diagnostic(
                .typeMismatch, "label '\(label.name)' is \(label.type); labels are TEXT, BOOLEAN, INTEGER or REAL",
                at: name.range)
        }
        columns.removeAll { $0 == label }
        return label
    }

    private func groupColumn(
        _ reader: OptionReader, _ task: LearningTask?, _ columns: inout [InputColumn], _ range: SourceRange
    ) throws(Diagnostic) -> InputColumn? {
        guard let (name, nameRange) = try reader.text("group") else {
            guard task == .ranking else { return nil }
            throw Diagnostic(
                .invalidOption, "a ranking needs its groups: WITH (task = 'ranking', group = column)", at: range)
        }
        guard task == .ranking else {
            throw Diagnostic(.invalidOption, "option 'group' is for task = 'ranking'", at: nameRange)
        }
        guard let found = columns.first(where: { $0.name.matches(name) }) else {
            throw Diagnostic(
                .unknownColumn, "the rows to learn from have no column '\(name)'", at: nameRange,
                hint: Suggestion.hint(for: name, among: columns.map(\.name)))
        }
        columns.removeAll { $0 == found }
        return found
    }

    private func check(
        _ columns: [InputColumn], _ learner: LearnerKind, _ range: SourceRange
    ) throws(Diagnostic) {
        guard !columns.isEmpty else {
            throw Diagnostic(.wrongColumnCount, "there is no column left to learn from", at: range)
        }
        for column in columns {
            switch column.type {
            case .blob, .null:
                throw Diagnostic(
                    .typeMismatch, "column '\(column.name)' is \(column.type), of which nothing can be learned",
                    at: range, hint: "leave it out: FROM (SELECT …)")
            case .text where learner == .cnn:
                throw Diagnostic(
                    .typeMismatch, "column '\(column.name)' is TEXT; a cnn reads the pixels of images", at: range,
                    hint: "leave it out: FROM (SELECT …)")
            case .text: continue
            default:
                guard learner.readsTexts else { continue }
                throw Diagnostic(
                    .typeMismatch, "a \(learner.rawValue) reads TEXT columns; '\(column.name)' is \(column.type)",
                    at: range, hint: "leave it out, or CAST it: FROM (SELECT …)")
            }
        }
        if learner == .embedding, columns.count > 2 {
            throw Diagnostic(
                .wrongColumnCount, "an embedding learns from one column, or from two whose texts belong together",
                at: range, hint: "FROM (SELECT question, answer FROM …)")
        }
    }
}
