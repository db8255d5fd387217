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
    /// What it is compared with.
    package var baseline: Baseline?
    /// Whether there is a row for each query instead of the means.
    package var isPerQuery: Bool

    package init(
        modelLabel: String, search: SearchPlan, documentColumn: Int, source: LogicalPlan, metrics: [RetrievalMetric],
        depth: Int, baseline: Baseline? = nil, isPerQuery: Bool = false
    ) {
        self.baseline = baseline
        self.isPerQuery = isPerQuery
        self.modelLabel = modelLabel
        self.search = search
        self.documentColumn = documentColumn
        self.source = source
        self.metrics = metrics
        self.depth = depth
    }

    /// Another ranking of the same table.
    package struct Baseline: Sendable {
        package var part: SearchPlan.TextPart
        /// Before the names of its columns.
        package var prefix: String
        /// Those whose k1 and b count instead of its index's.
        package var parameters: TextOptions?

        package init(part: SearchPlan.TextPart, prefix: String, parameters: TextOptions?) {
            self.part = part
            self.prefix = prefix
            self.parameters = parameters
        }

        /// The words alone, all columns counting the same.
        package static func words(_ index: Index) -> Baseline {
            Baseline(
                part: SearchPlan.TextPart(index: index, weights: index.parts.map { _ in 1 }), prefix: "bm25_",
                parameters: TextOptions())
        }
    }

    package var output: [OutputColumn] {
        func columns(_ prefix: String) -> [OutputColumn] {
            metrics.map { OutputColumn(name: prefix + $0.name, type: .real) }
        }
        let compared = baseline.map { columns($0.prefix) } ?? []
        if isPerQuery { return [OutputColumn(name: "query", type: .text)] + columns("") + compared }
        let test = baseline == nil ? [] : columns("difference_") + columns("p_value_")
        return [OutputColumn(name: "model", type: .text), OutputColumn(name: "queries", type: .integer)]
            + columns("") + compared + test
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
