// PREDICT: a query with predict() and probability() behind the columns of its source.

import MartletCatalog
import MartletCore
import MartletLanguage

extension Binder {
    /// `PREDICT model source` gives all columns of the source, and `prediction`; of a classifier `probability` too, that
    /// of the predicted class. Beside columns of these names they are `model_prediction` and `model_probability`. INTO
    /// inserts them into a table, or makes it.
    func bindPredict(_ predict: Predict) throws(Diagnostic) -> LogicalPlan {
        _ = try OptionReader(self, predict.options, known: [], of: "PREDICT")
        let target = try modelTarget(predict.model)
        let location = predict.location
        let model = Expression.literal(.text(predict.model.text), predict.model.location)
        func call(_ name: String, _ arguments: [Expression]) -> Expression {
            .call(
                FunctionCall(
                    name: Identifier(name, location), arguments: arguments, hasStar: true, location: location))
        }
        let own = try bindSource(predict.source).output.filter { !$0.isHidden }
        func added(_ name: String) -> Identifier {
            let free = AddedColumn.name(name, prefix: "model_") { name in own.contains { $0.name.matches(name) } }
            return Identifier(free, location)
        }
        var items: [SelectItem] = [.all(location)]
        if target.signature.dimension != nil {
            let feature = ColumnReference(column: Identifier(target.signature.features[0].name, location))
            let embed = FunctionCall(
                name: Identifier("embed", location), arguments: [model, .column(feature)], location: location)
            items.append(.expression(.call(embed), alias: added("prediction")))
        } else {
            items.append(.expression(call("predict", [model]), alias: added("prediction")))
        }
        if target.signature.classCount != nil {
            let null = Expression.literal(.null, location)
            items.append(.expression(call("probability", [model, null]), alias: added("probability")))
        }
        let select: Select
        switch predict.source {
        case .table(let name, let filter, _):
            select = Select(
                body: .core(
                    SelectCore(items: items, from: .table(name, alias: nil), filter: filter, location: location)),
                location: location)
        case .select(let inner, let range):
            select = Select(
                body: .core(
                    SelectCore(items: items, from: .select(inner, alias: nil, range), filter: nil, location: location)),
                location: location)
        }
        guard let into = predict.into else { return try bindSelect(select, context: nil) }
        return try bindKept(select, into: into, "predictions", location)
    }

    /// The rows of a query, inserted into a table by the names of their columns; a name that is new becomes a table that
    /// fits.
    func bindKept(
        _ select: Select, into: QualifiedName, _ what: String, _ location: Location
    ) throws(Diagnostic) -> LogicalPlan {
        if let known = try? table(into), case .user(let table) = known {
            let columns = try bindSelect(select, context: nil).output.filter { !$0.isHidden }
            for column in columns where table.columnIndex(named: column.name) == nil {
                throw Diagnostic(
                    .unknownColumn, "table \(table.name) has no column '\(column.name)' for the \(what)",
                    at: into.range, hint: "INTO a new name makes a table that fits")
            }
            return .insert(
                try bindInsert(
                    Insert(
                        table: into, columns: columns.map { Identifier($0.name, into.name.location) },
                        source: .select(select), conflict: nil, returning: [], location: location)))
        }
        return try bindCreateTable(
            CreateTable(
                name: into.name, ifNotExists: false, columns: [], constraints: [], select: select, location: location))
    }
}
