// Binds CREATE and DROP.

import MartletCatalog
import MartletCore
import MartletExpressions
import MartletLanguage

extension Binder {
    func bindCreateTable(_ create: CreateTable) throws(Diagnostic) -> LogicalPlan {
        if let known = catalog.table(named: create.name.name) {
            if create.ifNotExists { return .command(.nothing("table \(known.name) exists")) }
            throw Diagnostic(.alreadyExists, "table '\(create.name.name)' exists already", at: create.name.range)
        }
        if create.isTemporary { throw .notSupported("CREATE TEMPORARY TABLE", at: create.location.range) }
        try checkName(create.name)
        if let view = catalog.view(named: create.name.name) {
            throw Diagnostic(.alreadyExists, "view '\(view.name)' exists already", at: create.name.range)
        }
        if let deployment = catalog.deployment(named: create.name.name) {
            throw Diagnostic(
                .alreadyExists, "'\(deployment.name)' is a deployment; SEARCH could not tell them apart",
                at: create.name.range)
        }
        if let select = create.select { return try bindCreateTableAs(create, select) }
        if create.columns.count > Limits.columnsPerTable {
            throw Diagnostic(
                .limitExceeded, "a table has at most \(Limits.columnsPerTable) columns", at: create.name.range)
        }
        var table = Table(id: 0, name: create.name.name, columns: [])
        var declared = DeclaredConstraints()
        for column in create.columns { try add(column, to: &table, &declared) }
        for constraint in create.constraints { try add(constraint, to: &table, &declared) }
        for column in table.primaryKey { table.columns[column].isNotNull = true }
        // Bound once now, so that a wrong default or CHECK is refused here and not at the first INSERT.
        for check in declared.checks {
            let scan = Scan(
                table: table, alias: table.name, columns: Array(table.columns.indices), includesRowID: false)
            _ = try bindStored(
                source(check.range), columns: scan.output, as: .boolean, purpose: .condition, start: check.range.start)
        }
        if table.primaryKey.count > 0, table.rowIDColumn == nil { declared.uniques.insert(table.primaryKey, at: 0) }
        for (columns, key) in declared.foreignKeys {
            table.foreignKeys.append(try foreignKey(key, of: columns, in: table, uniques: declared.uniques))
        }
        return .command(.createTable(table, uniques: declared.uniques, ifNotExists: create.ifNotExists))
    }

    func checkName(_ name: Identifier) throws(Diagnostic) {
        if name.name.isEmpty || name.name.utf8.count > Limits.identifierBytes {
            throw Diagnostic(
                .limitExceeded, "a name has 1 to \(Limits.identifierBytes) bytes", at: name.range)
        }
        if name.name.matches(SystemTable.schema) {
            throw Diagnostic(.reservedName, "'\(name.name)' is the engine's own name", at: name.range)
        }
    }

    func add(
        _ column: ColumnDefinition, to table: inout Table, _ declared: inout DeclaredConstraints
    ) throws(Diagnostic) {
        try checkName(column.name)
        if table.columnIndex(named: column.name.name) != nil {
            throw Diagnostic(.duplicateName, "column '\(column.name.name)' is declared twice", at: column.name.range)
        }
        if case .vector(let dimension, _) = column.type.type, !(1...Limits.vectorDimension).contains(dimension) {
            throw Diagnostic(
                .outOfRange, "a vector has 1 to \(Limits.vectorDimension) dimensions", at: column.type.location.range)
        }
        let index = table.columns.count
        var definition = TableColumn(name: column.name.name, type: column.type.type)
        for constraint in column.constraints {
            switch constraint {
            case .notNull: definition.isNotNull = true
            case .nullable: break
            case .primaryKey(let location): try setPrimaryKey([index], &table, location.range)
            case .unique: declared.uniques.append([index])
            case .defaultValue(let expression):
                definition.defaultText = source(expression.range)
                _ = try bindStored(
                    source(expression.range), columns: [], as: definition.type,
                    purpose: .assignment(column: definition.name), start: expression.range.start)
            case .check(let expression, _):
                table.checks.append(source(expression.range))
                declared.checks.append(expression)
            case .references(let key): declared.foreignKeys.append(([index], key))
            case .generated(_, let location): throw .notSupported("a generated column", at: location.range)
            }
        }
        table.columns.append(definition)
    }

    private func add(
        _ constraint: TableConstraint, to table: inout Table, _ declared: inout DeclaredConstraints
    ) throws(Diagnostic) {
        switch constraint {
        case .primaryKey(let names, let location):
            try setPrimaryKey(try targetColumns(names, of: table), &table, location.range)
        case .unique(let names, _): declared.uniques.append(try targetColumns(names, of: table))
        case .check(let expression, _):
            table.checks.append(source(expression.range))
            declared.checks.append(expression)
        case .foreignKey(let names, let key):
            declared.foreignKeys.append((try targetColumns(names, of: table), key))
        }
    }

    private func setPrimaryKey(_ columns: [Int], _ table: inout Table, _ range: SourceRange) throws(Diagnostic) {
        if !table.primaryKey.isEmpty {
            throw Diagnostic(.duplicateName, "a table has one PRIMARY KEY", at: range)
        }
        table.primaryKey = columns
    }

    // MARK: Indexes

    func bindCreateIndex(_ create: CreateIndex) throws(Diagnostic) -> LogicalPlan {
        if let known = catalog.index(named: create.name.name) {
            if create.ifNotExists { return .command(.nothing("index \(known.name) exists")) }
            throw Diagnostic(.alreadyExists, "index '\(create.name.name)' exists already", at: create.name.range)
        }
        try checkName(create.name)
        guard let table = catalog.table(named: create.table.name) else {
            throw noTable(create.table, ifView: "index the tables that the view reads")
        }
        let isOrdered = create.method.map { $0.name.foldedName == "btree" } ?? true
        let parts = try indexParts(create, of: table, isOrdered: isOrdered)
        if let filter = create.filter {
            if !isOrdered { throw .notSupported("a partial index of this kind", at: filter.range) }
            _ = try bindIndexed(source(filter.range), of: table, isCondition: true, start: filter.range.start)
        }
        let method: Index.Method
        switch create.method?.name.foldedName {
        case nil, "btree":
            if let weight = create.parts.compactMap(\.weight).first {
                throw Diagnostic(.misplaced, "WEIGHT is for text indexes", at: weight.range)
            }
            _ = try OptionReader(self, create.options, known: [], of: "an ordered index")
            for (part, node) in zip(parts, create.parts) {
                guard let column = part.column, table.columns[column].type.isVector else { continue }
                throw Diagnostic(.typeMismatch, "a VECTOR column has no order", at: node.expression.range)
            }
            method = .ordered(isUnique: create.isUnique)
        case "text":
            if create.isUnique {
                throw Diagnostic(.misplaced, "a text index cannot be UNIQUE", at: create.method?.range)
            }
            for (part, node) in zip(parts, create.parts) {
                guard let column = part.column, table.columns[column].type != .text else { continue }
                throw Diagnostic(
                    .typeMismatch, "a text index needs TEXT columns, not \(table.columns[column].type)",
                    at: node.expression.range)
            }
            method = .text(try textIndexOptions(create.options))
        case "hnsw", "ivf", "flat":
            method = .vector(try vectorOptions(create, table, parts))
        default:
            throw Diagnostic(
                .unknownObject, "unknown index method '\(create.method?.name ?? "")'", at: create.method?.range,
                hint: "there are btree, text, flat, hnsw and ivf")
        }
        return .command(
            .createIndex(
                Index(
                    id: 0, name: create.name.name, tableID: table.id, method: method, parts: parts,
                    filter: create.filter.map { source($0.range) }),
                ifNotExists: create.ifNotExists))
    }

    private func indexParts(
        _ create: CreateIndex, of table: Table, isOrdered: Bool
    ) throws(Diagnostic) -> [Index.Part] {
        var parts: [Index.Part] = []
        var known: [BoundExpression] = []
        for part in create.parts {
            let range = part.expression.range
            var new = Index.Part(
                column: nil, isDescending: part.isDescending, weight: try weight(part.weight))
            let bound: BoundExpression
            if case .column(let reference) = part.expression, reference.table == nil {
                let column = try columnIndex(reference.column, in: table)
                new.column = column
                bound = .column(column, table.columns[column].type, .none)
            } else {
                if !isOrdered { throw .notSupported("an index of this kind on an expression", at: range) }
                new.expression = source(range)
                bound = try bindIndexed(source(range), of: table, isCondition: false, start: range.start)
                if case .column(let column, _, _) = bound { new.column = column }
            }
            if known.contains(bound) {
                let what = new.column.map { "column '\(table.columns[$0].name)'" } ?? "'\(source(range))'"
                throw Diagnostic(.duplicateName, "\(what) is named twice", at: range)
            }
            known.append(bound)
            parts.append(new)
        }
        return parts
    }

    private func weight(_ expression: Expression?) throws(Diagnostic) -> Double {
        guard let expression else { return 1 }
        let bound = try ConstantFolding.fold(
            ExpressionBinder(self, columns: [], context: nil, clause: "WEIGHT").bind(expression))
        let weight: Double? =
            switch bound.constantValue {
            case .integer(let value): Double(value)
            case .real(let value): value
            default: nil
            }
        guard let weight, weight > 0, weight <= 1_000 else {
            throw Diagnostic(.outOfRange, "a weight is a number above 0, at most 1000", at: expression.range)
        }
        return weight
    }

    /// The indexes that REINDEX names: one, those of a table, or all.
    func indexes(named name: QualifiedName?) throws(Diagnostic) -> [Index] {
        guard let name else { return catalog.indexes }
        if let index = catalog.index(named: name.name.name), !index.isInternal { return [index] }
        if let table = catalog.table(named: name.name.name) { return catalog.indexes(of: table.id) }
        if catalog.view(named: name.name.name) != nil { throw noTable(name.name) }
        let known = catalog.indexes.filter { !$0.isInternal }.map(\.name) + catalog.tables.map(\.name)
        throw Diagnostic(
            .unknownIndex, "unknown index or table '\(name.text)'", at: name.range,
            hint: Suggestion.hint(for: name.name.name, among: known))
    }

    // MARK: DROP

    func bindDrop(_ drop: Drop) throws(Diagnostic) -> Command {
        let name = drop.name.name
        let cascade = drop.behavior == .cascade
        switch drop.kind {
        case .table:
            guard let table = catalog.table(named: name.name) else {
                if drop.ifExists { return .nothing("there is no table \(name.name)") }
                throw noTable(name, ifView: "drop it as one: DROP VIEW \(name.name)")
            }
            if let index = indexWithSynonyms(of: table) {
                throw Diagnostic(
                    .inUse, "table \(table.name) holds the synonyms of index \(index.name)", at: name.range,
                    hint: "DROP INDEX \(index.name) first")
            }
            let users = catalog.models.filter { $0.versions.contains { $0.tableID == table.id } }
            if !cascade, let user = users.first {
                throw Diagnostic(
                    .inUse, "model \(user.name) was trained on table \(table.name)", at: name.range,
                    hint: "DROP TABLE \(table.name) CASCADE drops its models and deployments too")
            }
            let referring = catalog.foreignKeys(to: table.id).first { $0.table.id != table.id }
            if !cascade, let referring {
                throw Diagnostic(
                    .inUse, "table \(referring.table.name) has a foreign key to table \(table.name)", at: name.range,
                    hint: "DROP TABLE \(table.name) CASCADE drops the foreign key too")
            }
            return .dropTable(table, views: try dependents(of: table.id, "table \(table.name)", cascade, name.range))
        case .view:
            guard let view = catalog.view(named: name.name) else {
                if drop.ifExists { return .nothing("there is no view \(name.name)") }
                throw Diagnostic(
                    .unknownTable, "unknown view '\(name.name)'", at: name.range,
                    hint: catalog.table(named: name.name) == nil
                        ? Suggestion.hint(for: name.name, among: catalog.views.map(\.name))
                        : "it is a table: DROP TABLE \(name.name)")
            }
            return .dropView(
                view, dependents: try dependents(of: view.id, "view \(view.name)", cascade, name.range))
        case .index:
            guard let index = catalog.index(named: name.name), !index.isInternal else {
                if drop.ifExists { return .nothing("there is no index \(name.name)") }
                throw Diagnostic(
                    .unknownIndex, "unknown index '\(name.name)'", at: name.range,
                    hint: Suggestion.hint(
                        for: name.name, among: catalog.indexes.filter { !$0.isInternal }.map(\.name)))
            }
            if let user = foreignKeyUser(of: index) {
                throw Diagnostic(
                    .inUse, "index \(index.name) is what the foreign key of table \(user.name) refers to",
                    at: name.range)
            }
            return .dropIndex(index)
        case .model:
            if drop.ifExists, catalog.model(named: name.name) == nil {
                return .nothing("there is no model \(name.name)")
            }
            let model = try model(drop.name)
            let version = drop.name.version == nil ? nil : try self.version(drop.name, of: model).number
            let using = catalog.deployments(ofModel: model.id).filter { version == nil || $0.version == version }
            if !cascade, let deployment = using.first {
                throw Diagnostic(
                    .inUse, "\(model.name)@\(deployment.version) is deployed as \(deployment.name)",
                    at: drop.name.range,
                    hint: "UNDEPLOY \(deployment.name) first, or DROP MODEL … CASCADE")
            }
            return .dropModel(model, version: version, cascade: cascade)
        default: throw .notSupported("DROP \(drop.kind.rawValue)", at: drop.location.range)
        }
    }
}
