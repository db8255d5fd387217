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

    /// A setting's value: one of two words, bare or as text.
    private func word(
        _ value: Expression, _ known: [String], _ name: Identifier
    ) throws(Diagnostic) -> String {
        let text: String? =
            switch value {
            case .column(let reference): reference.column.name
            case .literal(.text(let literal), _): literal
            case .literal(.null, _): "null"
            default: nil
            }
        guard let text, known.contains(text.foldedName) else {
            throw Diagnostic(
                .invalidOption, "\(name.name.foldedName) is \(known.joined(separator: " or "))", at: value.range)
        }
        return text.foldedName
    }

    func bindPragma(_ name: Identifier, _ value: Expression?) throws(Diagnostic) -> Command.Pragma {
        let known = ["integrity_check", "format_version", "durability", "division_by_zero", "ungrouped_columns"]
        switch name.name.foldedName {
        case "integrity_check": return .integrityCheck
        case "format_version": return .formatVersion
        case "durability":
            return .durability(
                set: try value.map { value throws(Diagnostic) in try word(value, ["full", "normal"], name) })
        case "division_by_zero":
            return .divisionByZero(
                isNull: try value.map { value throws(Diagnostic) in
                    try word(value, ["error", "null"], name) == "null"
                })
        case "ungrouped_columns":
            return .ungroupedColumns(
                areTaken: try value.map { value throws(Diagnostic) in
                    try word(value, ["error", "first"], name) == "first"
                })
        default:
            throw Diagnostic(
                .unknownSetting, "unknown pragma '\(name.name)'", at: name.range,
                hint: Suggestion.hint(for: name.name, among: known) ?? "there are \(known.joined(separator: ", "))")
        }
    }
}
