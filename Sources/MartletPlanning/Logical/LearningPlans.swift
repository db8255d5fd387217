// Bound EVALUATE of retrievers, and DEPLOY.

package import MartletCatalog
import MartletCore
package import MartletLearning

package struct EvaluatePlan: Sendable {
    package var modelLabel: String
    /// What is searched for each query; its leg's text is the parameter-free placeholder that execution replaces.
    package var search: SearchPlan
    /// The column that holds the documents' names.
    package var documentColumn: Int
    /// Gives query, document, grade.
    package var source: LogicalPlan
    package var metrics: [RetrievalMetric]
    /// How many hits of each query are judged.
    package var depth: Int

    package init(
        modelLabel: String, search: SearchPlan, documentColumn: Int, source: LogicalPlan, metrics: [RetrievalMetric],
        depth: Int
    ) {
        self.modelLabel = modelLabel
        self.search = search
        self.documentColumn = documentColumn
        self.source = source
        self.metrics = metrics
        self.depth = depth
    }

    package var output: [OutputColumn] {
        [OutputColumn(name: "model", type: .text), OutputColumn(name: "queries", type: .integer)]
            + metrics.map { OutputColumn(name: $0.name, type: .real) }
    }
}

package struct DeployPlan: Sendable {
    package var model: Model
    package var version: ModelVersion
    package var name: String
    package var minimumReplicas: Int
    package var maximumReplicas: Int
    package var queueLimit: Int
    package var timeoutMilliseconds: Int

    package init(
        model: Model, version: ModelVersion, name: String, minimumReplicas: Int, maximumReplicas: Int,
        queueLimit: Int, timeoutMilliseconds: Int
    ) {
        self.model = model
        self.version = version
        self.name = name
        self.minimumReplicas = minimumReplicas
        self.maximumReplicas = maximumReplicas
        self.queueLimit = queueLimit
        self.timeoutMilliseconds = timeoutMilliseconds
    }
}
