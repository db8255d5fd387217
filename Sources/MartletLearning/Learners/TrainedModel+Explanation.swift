// What each column adds to a prediction, and how much each matters to a model.

package import MartletCore
import MartletFormats
package import MartletKernels

extension TrainedModel {
    /// For each row a JSON object: what each column adds to the predicted number, or to the score of the predicted class
    /// (log odds), and `constant`, what remains without any column. Together they are the score.
    ///
    /// - Throws: `wrongModelKind` for kinds whose predictions are no sums over columns.
    package func explanations(_ rows: TrainingSet, team: WorkerTeam) throws(Diagnostic) -> [String] {
        let best = classes == nil ? [] : bestClasses(try probabilities(rows, team: team))
        let width = features.width
        var texts: [String] = []
        for row in 0..<rows.rowCount {
            let values = (0..<width).map { rows.matrix[row, $0] }
            var sums = [Double](repeating: 0, count: features.columns.count + 1)
            let total = members.reduce(0) { $0 + $1.weight }
            for member in members {
                let share = total > 0 ? member.weight / total : 1
                let code = best.isEmpty ? 0 : best[row]
                let isBinary = classes?.count == 2
                let parts = try Self.contributions(member.model, values, output: isBinary ? 0 : code)
                // The one output of two classes speaks for the second.
                let sign = isBinary && code == 0 ? -1.0 : 1.0
                for column in features.columns.indices {
                    for number in features.firstNumber[column]..<features.firstNumber[column + 1] {
                        sums[column] += sign * share * Double(parts[number])
                    }
                }
                sums[features.columns.count] += sign * share * Double(parts[width])
            }
            var members = zip(features.columns, sums).map { JSONMember(key: $0.name, value: .real($1)) }
            members.append(JSONMember(key: "constant", value: .real(sums[features.columns.count])))
            texts.append(JSONValue.object(members).description)
        }
        return texts
    }

    private static func contributions(
        _ model: FittedModel, _ row: [Float], output: Int
    ) throws(Diagnostic) -> [Float] {
        switch model {
        case .linear(let model): return try model.contributions(row, output: output)
        case .boostedTrees(let model): return try model.contributions(row, output: output)
        case .network, .textClassifier, .embedding, .kMeans:
            throw Diagnostic(
                .wrongModelKind, "the predictions of this kind of model are no sums over columns",
                hint: "explain() is for linear and boosted_trees")
        }
    }

    /// How much each column matters, as shares of 1: of trees what their splits gained, of linear models the size of the
    /// weights over standardised inputs; nil for other kinds.
    package var importance: [(column: String, share: Double)]? {
        var sums = [Double](repeating: 0, count: features.columns.count)
        for member in members {
            let parts: [Double]
            switch member.model {
            case .boostedTrees(let model): parts = model.importance
            case .linear(let model): parts = model.importance
            case .network, .textClassifier, .embedding, .kMeans: return nil
            }
            for column in sums.indices {
                for number in features.firstNumber[column]..<features.firstNumber[column + 1] {
                    sums[column] += parts[number]
                }
            }
        }
        let total = sums.reduce(0, +)
        return zip(features.columns, sums).map { ($0.name, total > 0 ? $1 / total : 0) }
    }
}
