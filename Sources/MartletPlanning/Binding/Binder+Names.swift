// Looking up tables, columns, models and deployments, with suggestions.

import MartletCatalog
import MartletCore
import MartletLanguage

extension Binder {
    /// What a name in FROM, or the table of a write, stands for.
    enum TableTarget {
        case user(Table)
        /// A system table whose rows are stored.
        case storedSystem(Table)
        case computedSystem(Table)
    }

    func table(_ name: QualifiedName) throws(Diagnostic) -> TableTarget {
        if let schema = name.schema {
            if schema.name.matches(SystemTable.schema) {
                if let table = SystemTable.stored(named: name.name.name) { return .storedSystem(table) }
                if let table = SystemTable.computed(named: name.name.name) { return .computedSystem(table) }
                if SystemTable.planned.contains(name.name.name.foldedName) {
                    throw .notSupported("sys.\(name.name.name)", at: name.range)
                }
                let known = SystemTable.all.map(\.name)
                throw Diagnostic(
                    .unknownTable, "unknown system table '\(name.text)'", at: name.range,
                    hint: Suggestion.hint(for: name.name.name, among: known)
                        ?? "there are \(known.joined(separator: ", "))")
            }
            guard schema.name.matches("main") else {
                throw Diagnostic(
                    .unknownTable, "unknown schema '\(schema.name)'", at: schema.range, hint: "there are main and sys")
            }
        }
        if let table = catalog.table(named: name.name.name) { return .user(table) }
        throw noTable(name.name)
    }

    /// A table that statements may change.
    func writableTable(_ name: QualifiedName) throws(Diagnostic) -> Table {
        switch try table(name) {
        case .user(let table): return table
        case .storedSystem, .computedSystem:
            throw Diagnostic(.readOnlyTransaction, "\(name.text) is written by the engine only", at: name.range)
        }
    }

    /// A table of which DELETE takes rows: those of `sys.feedback` too, which undoes it.
    func deletableTable(_ name: QualifiedName) throws(Diagnostic) -> Table {
        if case .storedSystem(let table) = try table(name), table.id == SystemTable.feedback.id { return table }
        return try writableTable(name)
    }

    /// What is wrong with a name that should be a table's: a view has it, or nothing.
    ///
    /// - Parameter advice: What to do with a view instead.
    func noTable(_ name: Identifier, ifView advice: String? = nil) -> Diagnostic {
        if let view = catalog.view(named: name.name) {
            return Diagnostic(
                .misplaced, "'\(view.name)' is a view, and only SELECT reads views", at: name.range, hint: advice)
        }
        return Diagnostic(
            .unknownTable, "unknown table '\(name.name)'", at: name.range,
            hint: Suggestion.hint(for: name.name, among: catalog.tables.map(\.name) + catalog.views.map(\.name)))
    }

    func columnIndex(_ name: Identifier, in table: Table) throws(Diagnostic) -> Int {
        if let index = table.columnIndex(named: name.name) { return index }
        throw Diagnostic(
            .unknownColumn, "unknown column '\(name.name)' in table \(table.name)", at: name.range,
            hint: Suggestion.hint(for: name.name, among: table.columns.map(\.name)))
    }

    func unknownDeployment(_ name: Identifier) -> Diagnostic {
        let known = catalog.deployments.map(\.name)
        return Diagnostic(
            .unknownDeployment, "unknown deployment '\(name.name)'", at: name.range,
            hint: Suggestion.hint(for: name.name, among: known)
                ?? (known.isEmpty ? "nothing is deployed" : "there are \(known.joined(separator: ", "))"))
    }

    func model(_ reference: ModelReference) throws(Diagnostic) -> Model {
        if let model = catalog.model(named: reference.name.name) { return model }
        throw Diagnostic(
            .unknownModel, "unknown model '\(reference.name.name)'", at: reference.name.range,
            hint: Suggestion.hint(for: reference.name.name, among: catalog.models.map(\.name)))
    }

    /// The version that a reference means. Without one: the version deployed under the model's own name or, if there is
    /// exactly one deployment of it, that one's; else the latest.
    func version(_ reference: ModelReference, of model: Model) throws(Diagnostic) -> ModelVersion {
        func unknown(_ shown: String) -> Diagnostic {
            let known = model.versions.map { String($0.number) }.joined(separator: ", ")
            return Diagnostic(
                .unknownVersion, "model \(model.name) has no version \(shown)", at: reference.range,
                hint: known.isEmpty ? "it has no version yet" : "it has \(known)")
        }
        switch reference.version {
        case .number(let number):
            guard let version = model.version(number) else { throw unknown(String(number)) }
            return version
        case .alias(let alias) where alias.name.matches("latest"):
            guard let version = model.latest else { throw unknown("yet") }
            return version
        case .alias(let alias):
            guard let deployment = catalog.deployment(named: alias.name), deployment.modelID == model.id,
                let version = model.version(deployment.version)
            else { throw unknown("'\(alias.name)'") }
            return version
        case nil:
            let deployed = catalog.deployments(ofModel: model.id)
            let chosen = deployed.first { $0.name.matches(model.name) } ?? (deployed.count == 1 ? deployed[0] : nil)
            if let chosen, let version = model.version(chosen.version) { return version }
            guard let version = model.latest else { throw unknown("yet") }
            return version
        }
    }
}
