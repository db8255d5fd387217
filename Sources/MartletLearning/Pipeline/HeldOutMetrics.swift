// How well a model does on the rows held out.

import MartletCore
import MartletKernels

enum HeldOutMetrics {
    static func metrics(
        _ model: TrainedModel, _ set: TrainingSet, _ task: LearningTask?, team: WorkerTeam
    ) throws(Diagnostic) -> [(name: String, value: Double)] {
        switch task {
        case nil, .ranking: return []
        case .classification:
            var evaluation = ClassificationEvaluation(classes: model.classes?.count ?? 0)
            evaluation.add(probabilities: try model.probabilities(set, team: team), labels: set.labels)
            return [
                ("validation_accuracy", evaluation.accuracy), ("validation_log_loss", evaluation.logLoss),
                ("validation_macro_f1", evaluation.macroF1),
            ]
        case .regression:
            var evaluation = RegressionEvaluation()
            evaluation.add(predictions: try model.numbers(set, team: team), labels: set.labels)
            return [
                ("validation_rmse", evaluation.rmse), ("validation_mae", evaluation.mae),
                ("validation_r2", evaluation.r2),
            ]
        }
    }

    /// Higher is better: accuracy, or the root mean squared error below 0.
    static func score(_ metrics: [(name: String, value: Double)]) -> Double {
        guard let first = metrics.first else { return 0 }
        return first.name == "validation_rmse" ? -first.value : first.value
    }
}
