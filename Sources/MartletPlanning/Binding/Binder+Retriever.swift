// Binds TRAIN … USING retriever.

import MartletCatalog
import MartletCore
import MartletLanguage

extension Binder {
    func bindRetriever(_ train: Train) throws(Diagnostic) -> TrainPlan {
        if let label = train.label {
            throw Diagnostic(.misplaced, "a retriever has no LABEL", at: label.range)
        }
        if train.aggregate != nil || train.rounds != nil {
            throw Diagnostic(
                .misplaced, "a retriever's shards are merged whole: AGGREGATE does not apply", at: train.location.range)
        }
        if let by = train.shardsBy { throw .notSupported("SHARDS … BY", at: by.range) }
        guard let target = train.target else {
            throw Diagnostic(
                .misplaced, "a retriever needs its documents: ON table (columns)", at: train.location.range)
        }
        let table = try writableTable(target.table)
        let columns = try targetColumns(target.columns, of: table)
        for (column, name) in zip(columns, target.columns) where table.columns[column].type != .text {
            throw Diagnostic(
                .typeMismatch, "a retriever reads TEXT columns, not \(table.columns[column].type)", at: name.range)
        }
        if target.columns.isEmpty {
            throw Diagnostic(
                .wrongColumnCount, "name the TEXT columns to search: ON \(table.name) (…)", at: target.table.range)
        }
        let reader = try OptionReader(
            self, train.options,
            known: Self.textOptionNames + [
                "seed", "threads", "weights", "unknown_documents", "feedback", "models", "base", "checkpoint",
            ],
            of: "TRAIN … USING retriever")
        let weights = try reader.numbers("weights", count: columns.count, in: 0.001...1_000)
        let text = try textOptions(reader)
        var plan = TrainPlan(
            name: train.name.name, kind: .retriever,
            subject: .documents(
                DocumentSubject(
                    table: table, columns: columns,
                    weights: weights ?? columns.indices.map { $0 == 0 && columns.count > 1 ? Self.leadWeight : 1 },
                    text: text, examples: try examples(train, table),
                    refusesUnknown: try refusesUnknown(reader),
                    usesFeedback: try reader.boolean("feedback") ?? false,
                    models: try reader.integer("models", in: 1...Self.modelLimit) ?? DocumentSubject.standardModels,
                    base: try base(reader, table, columns, text))), shards: try shardCount(train),
            seed: UInt64(try reader.integer("seed", in: 0...Int.max) ?? 0),
            threads: try reader.integer("threads", in: 1...256) ?? 0, statement: source(train.location.range))
        if let interval = try reader.milliseconds("checkpoint") { plan.checkpointMilliseconds = interval }
        return plan
    }

    /// The source of a retriever's examples: questions, and documents by their primary key.
    private func examples(_ train: Train, _ table: Table) throws(Diagnostic) -> LogicalPlan? {
        guard let source = train.source else { return nil }
        guard table.primaryKey.count == 1 else {
            throw Diagnostic(
                .misplaced, "examples name documents by the PRIMARY KEY of \(table.name), which must be one column",
                at: source.range)
        }
        return try judgements(source, keyType: table.columns[table.primaryKey[0]].type, as: "examples")
    }

    /// A version that has read the same columns of the same table in the same way.
    private func base(
        _ reader: OptionReader, _ table: Table, _ columns: [Int], _ text: TextOptions
    ) throws(Diagnostic) -> DocumentSubject.Base? {
        guard let reference = try reader.model("base") else { return nil }
        let model = try model(reference)
        guard model.kind == .retriever else {
            throw Diagnostic(
                .wrongModelKind, "model \(model.name) is a \(model.kind.rawValue), and no base of a retriever",
                at: reference.range)
        }
        let version = try version(reference, of: model)
        let label = "\(model.name)@\(version.number)"
        guard version.tableID == table.id, let index = version.indexID.flatMap({ catalog.index(id: $0) }),
            let read = index.textOptions
        else {
            throw Diagnostic(
                .invalidOption, "the base \(label) was not trained on table \(table.name)", at: reference.range)
        }
        guard index.columns == columns else {
            let names = index.columns.map { table.columns[$0].name }.joined(separator: ", ")
            throw Diagnostic(
                .invalidOption, "the base \(label) was trained on other columns: (\(names))", at: reference.range)
        }
        guard read.language == text.language, read.stemming == text.stemming, read.stopwords == text.stopwords,
            read.stopwordList == text.stopwordList
        else {
            throw Diagnostic(
                .invalidOption, "the base \(label) reads words in another way", at: reference.range,
                hint: "language, stemming and stopwords must be those of the base")
        }
        return DocumentSubject.Base(version: version, label: label, range: reference.range)
    }

    private func refusesUnknown(_ reader: OptionReader) throws(Diagnostic) -> Bool {
        guard let (text, range) = try reader.text("unknown_documents") else { return false }
        switch text {
        case "skip": return false
        case "error": return true
        default: throw Diagnostic(.invalidOption, "unknown_documents must be 'skip' or 'error'", at: range)
        }
    }

    /// How much a match in the first of several columns, usually a title, counts against one in the others.
    private static let leadWeight = 3.0
    private static let modelLimit = 16
}
