// Bound EVALUATE of models that predict a label.

package import MartletCore

package struct EvaluateRowsPlan: Sendable {
    package var modelID: UInt32
    package var modelName: String
    package var modelLabel: String
    package var version: Int
    /// Gives the model's columns, then the label, then the columns of BY.
    package var source: LogicalPlan
    package var featureCount: Int
    package var by: [OutputColumn]
    package var classifies: Bool
    package var classType: DataType
    /// A row for each class instead of one for all.
    package var isPerClass: Bool

    package init(
        modelID: UInt32, modelName: String, modelLabel: String, version: Int, source: LogicalPlan, featureCount: Int,
        by: [OutputColumn], classifies: Bool, classType: DataType, isPerClass: Bool
    ) {
        self.modelID = modelID
        self.modelName = modelName
        self.modelLabel = modelLabel
        self.version = version
        self.source = source
        self.featureCount = featureCount
        self.by = by
        self.classifies = classifies
        self.classType = classType
        self.isPerClass = isPerClass
    }

    /// The figures of a row, in their order.
    package var figures: [String] {
        if isPerClass { return ["precision", "recall", "f1", "auc"] }
        if !classifies { return ["mae", "rmse", "r2"] }
        return [
            "accuracy", "macro_precision", "macro_recall", "macro_f1", "micro_precision", "micro_recall", "micro_f1",
            "log_loss", "auc",
        ]
    }

    package var output: [OutputColumn] {
        var columns = [OutputColumn(name: "model", type: .text)]
        columns += by.map { OutputColumn(name: $0.name, type: $0.type) }
        if isPerClass { columns.append(OutputColumn(name: "class", type: classType)) }
        columns.append(OutputColumn(name: "rows", type: .integer))
        return columns + figures.map { OutputColumn(name: $0, type: .real) }
    }
}
