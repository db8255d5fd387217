// DROP MODEL.

import MartletCatalog
import MartletCore
import MartletPlanning
import MartletStorage

enum ModelCommands {
    /// Drops one version, or all of them with the model, and the deployments that serve what is dropped.
    static func drop(_ model: Model, version: Int?, _ context: ExecutionContext) throws(Diagnostic) {
        let view = try context.writable()
        let dropped = model.versions.filter { version == nil || $0.number == version }
        for deployment in context.catalog.deployments(ofModel: model.id)
        where dropped.contains(where: { $0.number == deployment.version }) {
            try DeploymentCommands.undeploy(deployment, context)
        }
        var rest = model
        rest.versions.removeAll { old in dropped.contains { $0.number == old.number } }
        if version == nil {
            try CatalogStore.remove(model, view)
        } else {
            try CatalogStore.put(rest, view)
        }
        for id in Set(dropped.map(\.indexID)).sorted() where !rest.versions.contains(where: { $0.indexID == id }) {
            if let index = context.catalog.index(id: id) { try IndexCommands.drop(index, view) }
        }
    }
}
