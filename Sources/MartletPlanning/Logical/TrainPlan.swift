// Bound TRAIN.

package import MartletCatalog
package import MartletCore
package import MartletLearning

package struct TrainPlan: Sendable {
    package var name: String
    package var kind: Model.Kind
    package var subject: Subject
    /// 0: as many as there are worker threads.
    package var shards: Int
    package var seed: UInt64
    /// Worker threads; 0: as many as the machine has.
    package var threads: Int
    /// The time between two states that a run keeps.
    package var checkpointMilliseconds = 30_000
    /// The statement as written, for the run.
    package var statement: String

    /// What is learned from.
    package enum Subject: Sendable {
        case documents(DocumentSubject)
        case rows(RowSubject)
    }

    package init(
        name: String, kind: Model.Kind, subject: Subject, shards: Int, seed: UInt64, threads: Int, statement: String
    ) {
        self.name = name
        self.kind = kind
        self.subject = subject
        self.shards = shards
        self.seed = seed
        self.threads = threads
        self.statement = statement
    }

    /// The rows that it reads by a plan of their own; nil for the documents of a table.
    package var source: LogicalPlan? {
        get { if case .rows(let rows) = subject { rows.source } else { nil } }
        set {
            guard case .rows(var rows) = subject, let newValue else { return }
            rows.source = newValue
            subject = .rows(rows)
        }
    }
}

/// The documents of a table, for a retriever.
package struct DocumentSubject: Sendable {
    package var table: Table
    /// Indices into the table's columns.
    package var columns: [Int]
    /// One weight a column.
    package var weights: [Double]
    package var text: TextOptions
    /// Gives query, document, grade; nil: the documents alone.
    package var examples: LogicalPlan?
    /// Whether an example of an unknown document is an error, or is left out and counted.
    package var refusesUnknown: Bool
    /// Whether the stored feedback of the model's deployments is an example too.
    package var usesFeedback: Bool
    /// Rankers whose mean is the ranker.
    package var models: Int
    package static let standardModels = 1
    /// The version whose learned parts it begins with.
    package var base: Base?

    package struct Base: Sendable {
        package var version: ModelVersion
        /// `finder@3`
        package var label: String
        /// Where the statement names it.
        package var range: SourceRange

        package init(version: ModelVersion, label: String, range: SourceRange) {
            self.version = version
            self.label = label
            self.range = range
        }
    }

    package init(
        table: Table, columns: [Int], weights: [Double], text: TextOptions, examples: LogicalPlan? = nil,
        refusesUnknown: Bool = false, usesFeedback: Bool = false, models: Int = standardModels,
        base: Base? = nil
    ) {
        self.base = base
        self.models = models
        self.usesFeedback = usesFeedback
        self.examples = examples
        self.refusesUnknown = refusesUnknown
        self.table = table
        self.columns = columns
        self.weights = weights
        self.text = text
    }
}

/// Rows with features, and mostly a label.
package struct RowSubject: Sendable {
    /// Gives exactly the columns that the request has positions of.
    package var source: LogicalPlan
    package var request: TrainingRequest
    /// The column of the groups of a ranking, and the column that divides shards, by name.
    package var groupColumn: String?
    package var shardColumn: String?
    /// What the rows are like, if EXPLAIN has looked at them.
    package var profile: TrainingProfile?

    package init(source: LogicalPlan, request: TrainingRequest, groupColumn: String?, shardColumn: String?) {
        self.source = source
        self.request = request
        self.groupColumn = groupColumn
        self.shardColumn = shardColumn
    }
}
