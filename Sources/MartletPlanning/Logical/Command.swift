// Statements that do one thing and have no inputs: definitions, deployments, settings.

package import MartletCatalog
import MartletCore
package import MartletExpressions

package enum Command: Sendable {
    /// The table without its id, and the unique constraints as column lists.
    case createTable(Table, uniques: [[Int]], ifNotExists: Bool)
    case createIndex(Index, ifNotExists: Bool)
    /// The view without its id.
    case createView(View)
    /// With the views that read it, which are dropped too.
    case dropView(View, dependents: [View])
    /// With the views that read it, which are dropped too.
    case dropTable(Table, views: [View])
    /// The table with one more column, what earlier rows have in it, and the CHECKs that came with it.
    case addColumn(WriteTarget, value: BoundExpression)
    /// The table without the column, whose rows are written anew, its indexes, and the tables that refer to it.
    case dropColumn(Int, from: Table, Table, [Index], referring: [Table])
    /// A table with other names in it; its rows stay as they are.
    case renamed(Table, indexes: [Index], what: String)
    case dropIndex(Index)
    /// Makes the indexes anew from their tables' rows.
    case reindex([Index])
    case dropModel(Model, version: Int?, cascade: Bool)
    case exportModel(Model, ModelVersion, path: String)
    case importModel(String, path: String, statement: String)
    /// IF EXISTS, and it does not; CREATE … IF NOT EXISTS, and it does.
    case nothing(String)
    case undeploy(Deployment)
    case rollbackDeployment(Deployment)
    indirect case feedback(FeedbackPlan)
    case pragma(Pragma)
    case analyze([Table])
    /// BEGIN, COMMIT, ROLLBACK and savepoints: run by the session, here only to be explained.
    case transaction(String)

    package enum Pragma: Sendable {
        case integrityCheck
        case formatVersion
        case durability(set: String?)
        /// Whether a session's divisions by zero give NULL; nil asks.
        case divisionByZero(isNull: Bool?)
        /// Whether a session's grouped queries take columns that are neither grouped nor aggregated; nil asks.
        case ungroupedColumns(areTaken: Bool?)
    }

    package var output: [OutputColumn] {
        switch self {
        case .pragma(.integrityCheck): [OutputColumn(name: "integrity_check", type: .text)]
        case .pragma(.formatVersion): [OutputColumn(name: "format_version", type: .integer)]
        case .pragma(.ungroupedColumns): [OutputColumn(name: "ungrouped_columns", type: .text)]
        case .pragma(.divisionByZero): [OutputColumn(name: "division_by_zero", type: .text)]
        case .pragma(.durability): [OutputColumn(name: "durability", type: .text)]
        case .rollbackDeployment: StatementResult.deploy
        case .feedback: StatementResult.feedback
        default: StatementResult.status
        }
    }

    /// As EXPLAIN shows it.
    package var label: String {
        switch self {
        case .createTable(let table, _, _): "Create table \(table.name)"
        case .createIndex(let index, _): "Create index \(index.name)"
        case .createView(let view): "Create view \(view.name)"
        case .dropView(let view, _): "Drop view \(view.name)"
        case .dropTable(let table, _): "Drop table \(table.name)"
        case .addColumn(let target, _):
            "Alter table \(target.table.name): add column \(target.table.columns.last?.name ?? "")"
        case .dropColumn(let column, let old, _, _, _):
            "Alter table \(old.name): drop column \(old.columns[column].name)"
        case .renamed(_, _, let what): "Alter table: \(what)"
        case .reindex(let indexes): "Reindex \(indexes.map(\.name).joined(separator: ", "))"
        case .dropIndex(let index): "Drop index \(index.name)"
        case .dropModel(let model, let version, _): "Drop model \(model.name)\(version.map { "@\($0)" } ?? "")"
        case .exportModel(let model, let version, let path): "Export model \(model.name)@\(version.number) to '\(path)'"
        case .importModel(let name, let path, _): "Import model \(name) from '\(path)'"
        case .nothing(let reason): "Nothing: \(reason)"
        case .undeploy(let deployment): "Undeploy \(deployment.name)"
        case .rollbackDeployment(let deployment): "Roll back deployment \(deployment.name)"
        case .feedback(let plan): "Record \(plan.kind) for \(plan.deployment)"
        case .pragma(.integrityCheck): "Check integrity"
        case .pragma(.formatVersion): "Read format version"
        case .pragma(.divisionByZero): "Division by zero"
        case .pragma(.ungroupedColumns): "Ungrouped columns"
        case .pragma(.durability): "Durability"
        case .analyze: "Analyze"
        case .transaction(let verb): verb
        }
    }
}

/// The columns of statements that are not queries: every statement returns rows.
package enum StatementResult {
    package static let rowCount = [OutputColumn(name: "rows", type: .integer)]
    package static let status = [OutputColumn(name: "status", type: .text)]
    package static let deploy = [
        OutputColumn(name: "deployment", type: .text), OutputColumn(name: "model", type: .text),
        OutputColumn(name: "version", type: .integer),
    ]
    package static let feedback = [
        OutputColumn(name: "id", type: .integer), OutputColumn(name: "deployment", type: .text),
        OutputColumn(name: "kind", type: .text),
    ]
    package static let train = [
        OutputColumn(name: "model", type: .text), OutputColumn(name: "version", type: .integer),
        OutputColumn(name: "run", type: .integer), OutputColumn(name: "rows", type: .integer),
        OutputColumn(name: "shards", type: .integer), OutputColumn(name: "seconds", type: .real),
    ]
}
