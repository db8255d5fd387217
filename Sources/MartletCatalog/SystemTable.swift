// The system tables that are stored as rows: facts that grow with use.

import MartletCore

package enum SystemTable {
    /// The schema name under which every engine fact is found.
    package static let schema = "sys"

    /// Ids from 1 to 99 belong to the engine.
    package static let firstUserID: UInt32 = 100

    package static let runs = Table(
        id: 1, name: "runs",
        columns: [
            TableColumn(name: "run", type: .integer, isNotNull: true),
            TableColumn(name: "model", type: .text, isNotNull: true),
            TableColumn(name: "version", type: .integer),
            TableColumn(name: "kind", type: .text, isNotNull: true),
            TableColumn(name: "state", type: .text, isNotNull: true),
            TableColumn(name: "statement", type: .text, isNotNull: true),
            TableColumn(name: "seed", type: .integer),
            TableColumn(name: "shards", type: .integer),
            TableColumn(name: "rows", type: .integer),
            TableColumn(name: "hyperparameters", type: .json),
            TableColumn(name: "metrics", type: .json),
            TableColumn(name: "dataset_hash", type: .text),
            TableColumn(name: "started", type: .timestamp, isNotNull: true),
            TableColumn(name: "seconds", type: .real),
            TableColumn(name: "engine", type: .text, isNotNull: true),
            TableColumn(name: "error", type: .text),
            TableColumn(name: "process", type: .integer),
        ], primaryKey: [0])

    package static let shards = Table(
        id: 2, name: "shards",
        columns: [
            TableColumn(name: "run", type: .integer, isNotNull: true),
            TableColumn(name: "shard", type: .integer, isNotNull: true),
            TableColumn(name: "rows", type: .integer, isNotNull: true),
            TableColumn(name: "tokens", type: .integer),
            TableColumn(name: "terms", type: .integer),
            TableColumn(name: "bytes", type: .integer),
            TableColumn(name: "digest", type: .text),
            TableColumn(name: "seconds", type: .real),
            TableColumn(name: "candidate", type: .integer),
            TableColumn(name: "attempts", type: .integer),
        ])

    /// Figures of runs while they go on: of each shard and epoch.
    package static let observations = Table(
        id: 4, name: "observations",
        columns: [
            TableColumn(name: "run", type: .integer, isNotNull: true),
            TableColumn(name: "candidate", type: .integer),
            TableColumn(name: "shard", type: .integer),
            TableColumn(name: "round", type: .integer),
            TableColumn(name: "epoch", type: .integer),
            TableColumn(name: "metric", type: .text, isNotNull: true),
            TableColumn(name: "value", type: .real),
            TableColumn(name: "at", type: .timestamp, isNotNull: true),
        ])

    /// Which class was taken for which, by the last EVALUATE of each model version.
    package static let confusion = Table(
        id: 5, name: "confusion",
        columns: [
            TableColumn(name: "model", type: .text, isNotNull: true),
            TableColumn(name: "version", type: .integer, isNotNull: true),
            TableColumn(name: "actual", type: .text),
            TableColumn(name: "predicted", type: .text, isNotNull: true),
            TableColumn(name: "rows", type: .integer, isNotNull: true),
        ])

    /// What people said of the answers of deployments.
    package static let feedback = Table(
        id: 6, name: "feedback",
        columns: [
            TableColumn(name: "id", type: .integer, isNotNull: true),
            TableColumn(name: "deployment", type: .text, isNotNull: true),
            TableColumn(name: "model", type: .text, isNotNull: true),
            TableColumn(name: "kind", type: .text, isNotNull: true),
            TableColumn(name: "query", type: .text, isNotNull: true),
            TableColumn(name: "document", type: .text),
            TableColumn(name: "phrase", type: .text),
            TableColumn(name: "rank", type: .integer),
            TableColumn(name: "at", type: .timestamp, isNotNull: true),
            TableColumn(name: "user", type: .text),
            TableColumn(name: "key", type: .blob),
        ], primaryKey: [0])

    package static let deploymentEvents = Table(
        id: 3, name: "deployment_events",
        columns: [
            TableColumn(name: "event", type: .integer, isNotNull: true),
            TableColumn(name: "deployment", type: .text, isNotNull: true),
            TableColumn(name: "kind", type: .text, isNotNull: true),
            TableColumn(name: "model", type: .text),
            TableColumn(name: "version", type: .integer),
            TableColumn(name: "at", type: .timestamp, isNotNull: true),
        ], primaryKey: [0])

    package static let stored: [Table] = [runs, shards, observations, confusion, deploymentEvents, feedback]

    /// Tables whose rows are made when they are read, from the catalog and the engine's state.
    package static let computed: [Table] = [
        computed("tables", [("name", .text), ("id", .integer), ("columns", .integer), ("rows", .integer)]),
        computed(
            "columns",
            [
                ("table", .text), ("position", .integer), ("name", .text), ("type", .text), ("not_null", .boolean),
                ("default", .text), ("primary_key", .integer),
            ]),
        computed(
            "indexes",
            [
                ("name", .text), ("table", .text), ("method", .text), ("columns", .text), ("unique", .boolean),
                ("state", .text), ("internal", .boolean), ("options", .json), ("filter", .text),
            ]),
        computed(
            "models",
            [
                ("model", .text), ("version", .integer), ("kind", .text), ("table", .text), ("run", .integer),
                ("rows", .integer), ("shards", .integer), ("bytes", .integer), ("digest", .text),
                ("created", .timestamp), ("deployed_as", .text),
            ]),
        computed(
            "deployments",
            [
                ("deployment", .text), ("model", .text), ("version", .integer), ("state", .text),
                ("min_replicas", .integer), ("max_replicas", .integer), ("queue", .integer),
                ("timeout_ms", .integer), ("created", .timestamp), ("previous", .text),
            ]),
        computed(
            "deployment_stats", [("deployment", .text), ("metric", .text), ("rank", .integer), ("value", .integer)]),
        computed("functions", [("name", .text), ("kind", .text), ("signature", .text), ("summary", .text)]),
        computed(
            "reference",
            [("id", .text), ("kind", .text), ("title", .text), ("keywords", .text), ("body", .text)]),
        computed("checks", [("table", .text), ("expression", .text)]),
        computed(
            "foreign_keys",
            [
                ("table", .text), ("columns", .text), ("references", .text), ("target_columns", .text),
                ("on_delete", .text), ("on_update", .text),
            ]),
        computed(
            "statistics",
            [
                ("table", .text), ("column", .text), ("rows", .integer), ("nulls", .real), ("distinct", .real),
                ("minimum", .text), ("maximum", .text), ("common", .integer), ("buckets", .integer),
            ]),
        computed("kernels", [("family", .text), ("kernels", .text), ("instruction_set", .text)]),
        computed("views", [("name", .text), ("columns", .text), ("sql", .text)]),
        computed("settings", [("name", .text), ("value", .text)]),
        computed("status", [("name", .text), ("value", .text)]),
    ]

    /// Facts that the language names and this version does not keep yet.
    package static let planned = [
        "alerts", "artifacts", "audit", "dataset_versions", "datasets", "experiments",
        "history", "job_log", "jobs", "monitor_series", "monitors", "projects",
        "schedules", "servers", "teams", "users", "versions",
    ]

    package static var all: [Table] { (stored + computed).sorted { $0.name < $1.name } }

    package static func computed(named name: String) -> Table? { computed.first { $0.name.matches(name) } }

    private static func computed(_ name: String, _ columns: [(String, DataType)]) -> Table {
        Table(id: 0, name: name, columns: columns.map { TableColumn(name: $0.0, type: $0.1) })
    }

    package static func stored(named name: String) -> Table? { stored.first { $0.name.matches(name) } }
}
