// Binds TRAIN … USING retriever.

import MartletCatalog
import MartletCore
import MartletLanguage

extension Binder {
    func bindRetriever(_ train: Train) throws(Diagnostic) -> TrainPlan {
        if let source = train.source { throw .notSupported("TRAIN … FROM examples", at: source.range) }
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
            self, train.options, known: Self.textOptionNames + ["seed", "threads", "weights"],
            of: "TRAIN … USING retriever")
        let weights = try reader.numbers("weights", count: columns.count, in: 0.001...1_000)
        return TrainPlan(
            name: train.name.name, kind: .retriever,
            subject: .documents(
                DocumentSubject(
                    table: table, columns: columns,
                    weights: weights ?? columns.indices.map { $0 == 0 && columns.count > 1 ? Self.leadWeight : 1 },
                    text: try textOptions(reader))), shards: try shardCount(train),
            seed: UInt64(try reader.integer("seed", in: 0...Int.max) ?? 0),
            threads: try reader.integer("threads", in: 1...256) ?? 0, statement: source(train.location.range))
    }

    /// How much a match in the first of several columns, usually a title, counts against one in the others.
    private static let leadWeight = 3.0
}
