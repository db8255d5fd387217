// Binds SHOW and PRAGMA.

import MartletCatalog
import MartletCore
import MartletExpressions
import MartletLanguage

extension Binder {
    /// `SHOW models` is `SELECT * FROM sys.models`.
    func bindShow(_ name: Identifier) throws(Diagnostic) -> LogicalPlan {
        let schema = Identifier(SystemTable.schema, name.location)
        let from = TableReference.table(QualifiedName(schema: schema, name: name), alias: nil)
        let core = SelectCore(items: [.all(name.location)], from: from, location: name.location)
        return try bindSelect(Select(body: .core(core), location: name.location), context: nil)
    }

    func bindPragma(_ name: Identifier, _ value: Expression?) throws(Diagnostic) -> Command.Pragma {
        let known = ["integrity_check", "format_version", "durability"]
        switch name.name.foldedName {
        case "integrity_check": return .integrityCheck
        case "format_version": return .formatVersion
        case "durability":
            guard let value else { return .durability(set: nil) }
            var text: String?
            if case .column(let reference) = value { text = reference.column.name }
            if case .literal(.text(let literal), _) = value { text = literal }
            guard let text, ["full", "normal"].contains(text.foldedName) else {
                throw Diagnostic(.invalidOption, "durability is full or normal", at: value.range)
            }
            return .durability(set: text.foldedName)
        default:
            throw Diagnostic(
                .unknownSetting, "unknown pragma '\(name.name)'", at: name.range,
                hint: Suggestion.hint(for: name.name, among: known) ?? "there are \(known.joined(separator: ", "))")
        }
    }
}
