// Predictions for batches of rows.

package import MartletCore
package import MartletKernels

extension TrainedModel {
    /// The rows of a batch as numbers; the texts for kinds that read texts.
    ///
    /// - Parameter positions: where the model's columns are in the batch.
    package func encode(_ batch: Batch, at positions: [Int]) throws(Diagnostic) -> TrainingSet {
        guard kind.readsTexts else {
            return TrainingSet(
                matrix: try FeatureMatrix(kinds: features.kinds, rowCount: batch.count) { target in
                    features.encode(batch, at: positions, into: target)
                })
        }
        var set = TrainingSet(matrix: .empty)
        set.documents = TextDocuments(positions.map { batch.columns[$0] }, count: batch.count)
        return set
    }

    /// The probabilities of the classes, a row of them for each row of the batch.
    ///
    /// - Throws: `wrongModelKind` for a model that does not classify.
    package func probabilities(_ rows: TrainingSet, team: WorkerTeam) throws(Diagnostic) -> [Float] {
        guard classes != nil else {
            throw Diagnostic(.wrongModelKind, "a \(kind.rawValue) model without classes has no probabilities")
        }
        return try mean { (model) throws(Diagnostic) in
            switch model {
            case .linear(let model): try model.probabilities(rows.matrix, team: team)
            case .boostedTrees(let model): try model.probabilities(rows.matrix, team: team)
            case .network(let model): try model.probabilities(rows.matrix, team: team)
            case .textClassifier(let model): model.probabilities(rows.documents, team: team)
            case .embedding, .kMeans: throw Diagnostic(.wrongModelKind, "the model does not classify")
            }
        }
    }

    /// The numbers that a regression predicts, or the scores of a ranking; of clusters their numbers, from 0.
    package func numbers(_ rows: TrainingSet, team: WorkerTeam) throws(Diagnostic) -> [Float] {
        try mean { (model) throws(Diagnostic) in
            switch model {
            case .linear(let model): try model.scores(rows.matrix, team: team)
            case .boostedTrees(let model): try model.scores(rows.matrix, team: team)
            case .network(let model): try model.scores(rows.matrix, team: team)
            case .kMeans(let model): try model.predict(rows.matrix, team: team).clusters.map { Float($0) }
            case .textClassifier, .embedding: throw Diagnostic(.wrongModelKind, "the model gives no numbers")
            }
        }
    }

    private func mean(_ outputs: (FittedModel) throws(Diagnostic) -> [Float]) throws(Diagnostic) -> [Float] {
        if members.count == 1 { return try outputs(members[0].model) }
        let total = members.reduce(0) { $0 + $1.weight }
        var sums: [Float] = []
        for member in members {
            let share = Float(total > 0 ? member.weight / total : 1 / Double(members.count))
            let values = try outputs(member.model)
            if sums.isEmpty { sums = [Float](repeating: 0, count: values.count) }
            for index in sums.indices { sums[index] += share * values[index] }
        }
        return sums
    }

    /// The most probable class of each row, of equally probable ones the first.
    package func bestClasses(_ probabilities: [Float]) -> [Int] {
        guard let count = classes?.count, count > 0 else { return [] }
        return probabilities.withUnsafeBufferPointer { values in
            (0..<values.count / count).map { row in
                var best = 0
                for code in 1..<max(1, count) where values[row * count + code] > values[row * count + best] {
                    best = code
                }
                return best
            }
        }
    }

    /// What predict() gives for each row.
    package func predictions(_ rows: TrainingSet, count: Int, team: WorkerTeam) throws(Diagnostic) -> Column {
        guard let label else {
            return Column(
                type: .integer, storage: .integers(try numbers(rows, team: team).map { Int64($0) }))
        }
        guard label.classes != nil else {
            return Column(type: .real, storage: .reals(try numbers(rows, team: team).map { Double($0) }))
        }
        let best = bestClasses(try probabilities(rows, team: team))
        var builder = ColumnBuilder(type: label.resultType, reserving: count)
        for code in best { builder.append(label.value(ofClass: code)) }
        return builder.finish()
    }

    /// The vectors of texts, `dimension` numbers each.
    package func embed(_ documents: TextDocuments, side: EmbeddingSide, team: WorkerTeam) throws(Diagnostic) -> [Float]
    {
        guard case .embedding(let model) = members[0].model else {
            throw Diagnostic(.wrongModelKind, "a \(kind.rawValue) model gives no vectors of texts")
        }
        return model.embed(documents, side: side, team: team)
    }

    package var dimension: Int? {
        if case .embedding(let model) = members[0].model { model.dimension } else { nil }
    }
}

extension TextDocuments {
    /// A document a row: the texts of its columns, each on a line of its own. NULL is an empty text.
    package init(_ columns: [Column], count: Int) {
        self.init()
        if columns.count == 1, case .bytes(let values) = columns[0].storage {
            values.withEach { row, text in
                if columns[0].isNull(row) { append(EmptyCollection<UInt8>()) } else { append(text) }
            }
            return
        }
        var line: [UInt8] = []
        for row in 0..<count {
            line.removeAll(keepingCapacity: true)
            for (number, column) in columns.enumerated() {
                if number > 0 { line.append(10) }
                if case .bytes(let values) = column.storage, !column.isNull(row) { line += values[row] }
            }
            append(line)
        }
    }
}
