// What a SEARCH searches: a table, a deployment, or a version of a model.

import MartletCatalog
import MartletCore
import MartletLanguage

/// A table with its own indexes, or a model version with its own.
struct SearchTarget {
    var table: Table
    var indexes: [Index]
    var label: String
    /// Of a model: the version.
    var version: ModelVersion?
    /// The deployment by whose name it is searched.
    var deployment: String?
}

extension Binder {
    func searchTarget(_ reference: ModelReference) throws(Diagnostic) -> SearchTarget {
        let name = reference.name
        if reference.version == nil {
            if let deployment = catalog.deployment(named: name.name) {
                guard let model = catalog.model(id: deployment.modelID), let version = model.version(deployment.version)
                else {
                    throw Diagnostic(
                        .unknownVersion, "deployment \(deployment.name) has lost its model", at: name.range)
                }
                var target = try searchTarget(
                    model, version, "\(deployment.name) = \(model.name)@\(version.number)", name)
                target.deployment = deployment.name
                return target
            }
            if let table = catalog.table(named: name.name) {
                let indexes = catalog.indexes(of: table.id).filter { $0.textOptions != nil && !$0.isInternal }
                return SearchTarget(table: table, indexes: indexes, label: table.name)
            }
        }
        guard let model = catalog.model(named: name.name) else {
            if reference.version != nil { _ = try self.model(reference) }
            if catalog.view(named: name.name) != nil {
                throw noTable(name, ifView: "search a table that it reads, and join what SEARCH finds with the view")
            }
            let known = catalog.tables.map(\.name) + catalog.deployments.map(\.name) + catalog.models.map(\.name)
            throw Diagnostic(
                .unknownTable, "unknown table or deployment '\(name.name)'", at: name.range,
                hint: Suggestion.hint(for: name.name, among: known))
        }
        let version = try version(reference, of: model)
        return try searchTarget(model, version, "\(model.name)@\(version.number)", name)
    }

    private func searchTarget(
        _ model: Model, _ version: ModelVersion, _ label: String, _ name: Identifier
    ) throws(Diagnostic) -> SearchTarget {
        guard model.kind == .retriever else {
            throw Diagnostic(
                .wrongModelKind, "\(model.name) is a \(model.kind.rawValue), which cannot be searched", at: name.range)
        }
        guard let table = version.tableID.flatMap({ catalog.table(id: $0) }),
            let index = version.indexID.flatMap({ catalog.index(id: $0) })
        else {
            throw Diagnostic(.corrupt, "model \(label) has lost its table or index", at: name.range)
        }
        return SearchTarget(table: table, indexes: [index], label: label, version: version)
    }
}
