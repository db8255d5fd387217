// DROP MODEL.

import MartletCatalog
import MartletCore
import MartletPlanning
import MartletStorage

enum ModelCommands {
    /// Drops one version, or all of them with the model, and the deployments that serve what is dropped.
    static func drop(_ model: Model, version: Int?, _ context: ExecutionContext) throws(Diagnostic) {
        try drop(model, context, keepingModel: version != nil) { version == nil || $0.number == version }
    }

    /// Drops the versions that were trained on a table; the model goes with its last version.
    static func drop(_ model: Model, trainedOn table: Table, _ context: ExecutionContext) throws(Diagnostic) {
        let keepsModel = model.versions.contains { $0.tableID != table.id }
        try drop(model, context, keepingModel: keepsModel) { $0.tableID == table.id }
    }

    private static func drop(
        _ model: Model, _ context: ExecutionContext, keepingModel: Bool, where isDropped: (ModelVersion) -> Bool
    ) throws(Diagnostic) {
        let view = try context.writable()
        let dropped = model.versions.filter(isDropped)
        for deployment in context.catalog.deployments(ofModel: model.id)
        where dropped.contains(where: { $0.number == deployment.version }) {
            try DeploymentCommands.undeploy(deployment, context)
        }
        var rest = model
        rest.versions.removeAll { old in dropped.contains { $0.number == old.number } }
        if keepingModel {
            try CatalogStore.put(rest, view)
        } else {
            try CatalogStore.remove(model, view)
        }
        for version in dropped where version.signature != nil {
            try ConfusionRows.replace(model.name, version.number, with: [], context, view)
        }
        for version in dropped { try ModelBytes.delete(version, view) }
        for id in Set(dropped.compactMap(\.indexID)).sorted() where !rest.versions.contains(where: { $0.indexID == id })
        {
            if let index = context.catalog.index(id: id) { try IndexCommands.drop(index, view) }
        }
    }
}
