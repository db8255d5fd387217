// DEPLOY, UNDEPLOY and ROLLBACK DEPLOYMENT.

import MartletCatalog
import MartletCore
import MartletExpressions
import MartletPlanning
import MartletStorage

enum DeploymentCommands {
    /// How many earlier versions a deployment can go back to.
    private static let historyLimit = 100

    static func deploy(_ plan: DeployPlan, _ context: ExecutionContext) throws(Diagnostic) -> Batch {
        let view = try context.writable()
        let known = context.catalog.deployment(named: plan.name)
        let id = if let known { known.id } else { try CatalogStore.nextID(view) }
        var deployment =
            known
            ?? Deployment(
                id: id, name: plan.name, modelID: plan.model.id, version: plan.version.number,
                created: context.evaluation.statementTime)
        if let known, known.modelID != plan.model.id || known.version != plan.version.number {
            deployment.history.append(Deployment.Target(modelID: known.modelID, version: known.version))
            deployment.history.removeFirst(max(0, deployment.history.count - historyLimit))
        }
        deployment.modelID = plan.model.id
        deployment.version = plan.version.number
        deployment.minimumReplicas = plan.minimumReplicas
        deployment.maximumReplicas = plan.maximumReplicas
        deployment.queueLimit = plan.queueLimit
        deployment.timeoutMilliseconds = plan.timeoutMilliseconds
        try CatalogStore.put(deployment, view)
        try record(known == nil ? "deploy" : "swap", deployment, plan.model.name, context)
        return row(deployment, plan.model.name)
    }

    static func undeploy(_ deployment: Deployment, _ context: ExecutionContext) throws(Diagnostic) {
        try CatalogStore.remove(deployment, context.writable())
        try record("undeploy", deployment, context.catalog.model(id: deployment.modelID)?.name, context)
    }

    static func rollBack(_ deployment: Deployment, _ context: ExecutionContext) throws(Diagnostic) -> Batch {
        var deployment = deployment
        // Versions that were dropped meanwhile are passed over.
        while let target = deployment.history.popLast() {
            guard let model = context.catalog.model(id: target.modelID), model.version(target.version) != nil else {
                continue
            }
            deployment.modelID = target.modelID
            deployment.version = target.version
            try CatalogStore.put(deployment, context.writable())
            try record("rollback", deployment, model.name, context)
            return row(deployment, model.name)
        }
        throw Diagnostic(.nothingToRollBack, "deployment \(deployment.name) has no earlier version")
    }

    private static func row(_ deployment: Deployment, _ model: String) -> Batch {
        Batch(
            rows: [[.text(deployment.name), .text(model), .integer(Int64(deployment.version))]],
            types: [.text, .text, .integer])
    }

    private static func record(
        _ kind: String, _ deployment: Deployment, _ model: String?, _ context: ExecutionContext
    ) throws(Diagnostic) {
        try SystemWriter.append(
            [
                .null, .text(deployment.name), .text(kind), model.map { .text($0) } ?? .null,
                .integer(Int64(deployment.version)), .timestamp(context.evaluation.statementTime),
            ], to: SystemTable.deploymentEvents, context)
    }
}
