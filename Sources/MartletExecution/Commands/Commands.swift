// Runs the statements that change definitions or tell about the engine.

import MartletCatalog
import MartletCore
import MartletExpressions
import MartletPlanning
import MartletStorage

enum Commands {
    static func run(_ command: Command, _ context: ExecutionContext) throws(Diagnostic) -> Batch {
        switch command {
        case .createTable(let table, let uniques, _):
            try TableCommands.create(table, uniques: uniques, context)
            return StatementRows.status("table \(table.name) created")
        case .createIndex(let index, _):
            try IndexCommands.create(index, context)
            return StatementRows.status("index \(index.name) created")
        case .createView(let view):
            try ViewCommands.create(view, context)
            return StatementRows.status("view \(view.name) created")
        case .dropView(let view, let dependents):
            for view in [view] + dependents { try CatalogStore.remove(view, context.writable()) }
            return StatementRows.status("view \(view.name) dropped")
        case .dropTable(let table, let views):
            for view in views { try CatalogStore.remove(view, context.writable()) }
            try TableCommands.drop(table, context)
            return StatementRows.status("table \(table.name) dropped")
        case .addColumn(let target, let value):
            try AlterCommands.addColumn(target, value, context)
            return StatementRows.status("column \(target.table.columns.last?.name ?? "") added")
        case .dropColumn(let column, let old, let table, let indexes, let referring):
            try AlterCommands.dropColumn(column, from: old, table, indexes, context)
            for table in referring { try CatalogStore.put(table, context.writable()) }
            return StatementRows.status("column \(old.columns[column].name) dropped")
        case .renamed(let table, let indexes, let what):
            for index in indexes { try CatalogStore.put(index, context.writable()) }
            try CatalogStore.put(table, context.writable())
            return StatementRows.status(what)
        case .dropIndex(let index):
            try IndexCommands.drop(index, context.writable())
            return StatementRows.status("index \(index.name) dropped")
        case .reindex(let indexes):
            for index in indexes { try IndexCommands.rebuild(index, context) }
            return StatementRows.status("\(indexes.count) \(indexes.count == 1 ? "index" : "indexes") rebuilt")
        case .dropModel(let model, let version, _):
            try ModelCommands.drop(model, version: version, context)
            return StatementRows.status("model \(model.name)\(version.map { "@\($0)" } ?? "") dropped")
        case .exportModel(let model, let version, let path):
            try ModelFile.export(model, version, to: path, context)
            return StatementRows.status("model \(model.name)@\(version.number) exported")
        case .importModel(let name, let path, let statement):
            return try ModelFile.import(name, from: path, statement: statement, context)
        case .nothing(let reason): return StatementRows.status(reason)
        case .undeploy(let deployment):
            try DeploymentCommands.undeploy(deployment, context)
            return StatementRows.status("deployment \(deployment.name) removed")
        case .rollbackDeployment(let deployment): return try DeploymentCommands.rollBack(deployment, context)
        case .feedback(let plan): return try FeedbackCommands.record(plan, context)
        case .pragma(.integrityCheck): return try IntegrityCheck.rows(context)
        case .pragma(.formatVersion):
            return Batch(rows: [[.integer(Int64(Environment.formatVersion))]], types: [.integer])
        case .pragma(.divisionByZero):
            return StatementRows.status(context.evaluation.dividesByZeroToNull ? "null" : "error")
        case .pragma(.durability), .pragma(.ungroupedColumns):
            throw Diagnostic(.misplaced, "a setting of the session cannot change inside a statement")
        case .transaction(let verb):
            throw Diagnostic(.misplaced, "\(verb) can be explained, but not measured")
        case .analyze(let tables):
            for table in tables { try AnalyzeCommand.run(table, context) }
            return StatementRows.status("\(tables.count) \(tables.count == 1 ? "table" : "tables") analyzed")
        }
    }
}
