// The rows of the computed system tables.

import MartletCatalog
import MartletCore
import MartletExpressions
import MartletFormats
import MartletKernels
import MartletReference
import MartletStorage

enum SystemRows {
    static func rows(of table: String, _ context: ExecutionContext) throws(Diagnostic) -> [[Value]] {
        let catalog = context.catalog
        switch table {
        case "tables": return try tables(catalog, context.view)
        case "columns": return columns(catalog)
        case "indexes": return catalog.indexes.map { index($0, catalog) }
        case "checks":
            return catalog.tables.flatMap { table in table.checks.map { [.text(table.name), .text($0)] } }
        case "foreign_keys": return foreignKeys(catalog)
        case "statistics": return statistics(catalog)
        case "views":
            return catalog.views.map { view in
                [
                    .text(view.name), view.columns.isEmpty ? .null : .text(view.columns.joined(separator: ", ")),
                    .text(view.sql),
                ]
            }
        case "models": return models(catalog)
        case "deployments": return catalog.deployments.map { deployment($0, catalog) }
        case "deployment_stats": return try FeedbackStatistics.rows(context)
        case "functions": return functions(context.functions)
        case "reference":
            return Reference.pages.map {
                [.text($0.id), .text($0.kind.rawValue), .text($0.title), .text($0.keywords), .text($0.body)]
            }
        case "settings":
            return Limits.settings.map { [.text($0.name), .text(String($0.value))] }
        case "kernels":
            return InstructionSet.families.map {
                [.text($0.family), .text($0.kernels), .text($0.instructionSet.name)]
            }
        case "status": return try status(context)
        default: throw Diagnostic(.unknownTable, "unknown system table 'sys.\(table)'")
        }
    }

    private static func tables(_ catalog: Catalog, _ view: TransactionView) throws(Diagnostic) -> [[Value]] {
        var rows: [[Value]] = []
        for table in catalog.tables {
            rows.append([
                .text(table.name), .integer(Int64(table.id)), .integer(Int64(table.columns.count)),
                .integer(try CatalogStore.rowCount(ofTable: table.id, view)),
            ])
        }
        return rows
    }

    private static func columns(_ catalog: Catalog) -> [[Value]] {
        catalog.tables.flatMap { table in
            table.columns.enumerated().map { position, column in
                [
                    .text(table.name), .integer(Int64(position + 1)), .text(column.name),
                    .text(column.type.description), .boolean(column.isNotNull),
                    column.defaultText.map { .text($0) } ?? .null,
                    table.primaryKey.firstIndex(of: position).map { .integer(Int64($0 + 1)) } ?? .null,
                ]
            }
        }
    }

    private static func index(_ index: Index, _ catalog: Catalog) -> [Value] {
        let table = catalog.table(id: index.tableID)
        let columns = index.parts.map { part in
            var text = part.column.map { table?.columns[$0].name ?? "?" } ?? "(\(part.expression ?? "?"))"
            if part.weight != 1 { text += " WEIGHT \(part.weight)" }
            if part.isDescending { text += " DESC" }
            return text
        }
        var options = Value.null
        if let text = index.textOptions {
            options = .json(text.json(synonymTable: text.synonymTableID.flatMap { catalog.table(id: $0)?.name }))
        }
        if let vector = index.vectorOptions {
            var text = "{\"metric\": \"\(vector.metric.rawValue)\", \"quantize\": \"\(vector.quantization.rawValue)\""
            if vector.structure == .hnsw {
                text += ", \"m\": \(vector.m), \"ef_construction\": \(vector.constructionSize)"
            }
            if vector.lists > 0 { text += ", \"lists\": \(vector.lists)" }
            if let model = vector.model { text += ", \"model\": \(JSONValue.string(model))" }
            options = .json(text + "}")
        }
        return [
            .text(index.name), .text(table?.name ?? "?"), .text(index.methodName),
            .text(columns.joined(separator: ", ")), .boolean(index.isUnique), .text(index.state.rawValue),
            .boolean(index.isInternal), options, index.filter.map { .text($0) } ?? .null,
        ]
    }

    private static func foreignKeys(_ catalog: Catalog) -> [[Value]] {
        func names(_ columns: [Int], _ table: Table?) -> Value {
            .text(columns.map { table?.columns[$0].name ?? "?" }.joined(separator: ", "))
        }
        return catalog.tables.flatMap { table in
            table.foreignKeys.map { key in
                let target = catalog.table(id: key.tableID)
                return [
                    .text(table.name), names(key.columns, table), .text(target?.name ?? "?"),
                    names(key.targetColumns, target), .text(key.onDelete.words), .text(key.onUpdate.words),
                ]
            }
        }
    }

    private static func statistics(_ catalog: Catalog) -> [[Value]] {
        catalog.tables.flatMap { table -> [[Value]] in
            guard let known = catalog.statistics(of: table.id) else { return [] }
            return zip(table.columns, known.columns).compactMap { column, found in
                guard let found else { return nil }
                return [
                    .text(table.name), .text(column.name), .integer(known.rowCount),
                    .real(found.nullFraction), .real(found.distinctCount.rounded()),
                    found.minimum.map { .text($0) } ?? .null, found.maximum.map { .text($0) } ?? .null,
                    .integer(Int64(found.common.count)), .integer(Int64(max(0, found.bounds.count - 1))),
                ]
            }
        }
    }

    private static func models(_ catalog: Catalog) -> [[Value]] {
        catalog.models.flatMap { model in
            model.versions.map { version in
                let deployed = catalog.deployments(ofModel: model.id).filter { $0.version == version.number }
                return [
                    .text(model.name), .integer(Int64(version.number)), .text(model.kind.rawValue),
                    version.tableID.flatMap { catalog.table(id: $0) }.map { .text($0.name) } ?? .null,
                    .integer(version.run),
                    .integer(Int64(version.rows)), .integer(Int64(version.shards)),
                    .integer(Int64(version.byteCount)), .text(version.digest), .timestamp(version.created),
                    deployed.isEmpty ? .null : .text(deployed.map(\.name).joined(separator: ", ")),
                ]
            }
        }
    }

    private static func deployment(_ deployment: Deployment, _ catalog: Catalog) -> [Value] {
        func name(_ id: UInt32) -> String { catalog.model(id: id)?.name ?? "?" }
        return [
            .text(deployment.name), .text(name(deployment.modelID)), .integer(Int64(deployment.version)),
            .text("online"), .integer(Int64(deployment.minimumReplicas)), .integer(Int64(deployment.maximumReplicas)),
            .integer(Int64(deployment.queueLimit)), .integer(Int64(deployment.timeoutMilliseconds)),
            .timestamp(deployment.created),
            deployment.history.last.map { .text("\(name($0.modelID))@\($0.version)") } ?? .null,
        ]
    }

    private static func functions(_ functions: FunctionSet) -> [[Value]] {
        let scalars = functions.scalars
        let aggregates = functions.aggregates
        let scalarRows: [[Value]] = scalars.names.flatMap { name in
            scalars.overloads(of: name).map {
                [.text(name), .text("scalar"), .text($0.signature), .text($0.summary)]
            }
        }
        let aggregateRows: [[Value]] = aggregates.names.compactMap { name in
            aggregates.function(name).map {
                [.text(name), .text("aggregate"), .text($0.signature), .text($0.summary)]
            }
        }
        return scalarRows + aggregateRows
    }

    private static func status(_ context: ExecutionContext) throws(Diagnostic) -> [[Value]] {
        let catalog = context.catalog
        let facts: [(String, String)] = [
            ("version", MartletVersion.current), ("format_version", String(Environment.formatVersion)),
            ("transaction", String(context.view.transactionID)), ("catalog_version", String(catalog.version)),
            ("keys", String(try context.view.keyCount())), ("tables", String(catalog.tables.count)),
            ("models", String(catalog.models.count)), ("deployments", String(catalog.deployments.count)),
        ]
        return facts.map { [.text($0.0), .text($0.1)] }
    }
}
