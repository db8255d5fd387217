// CREATE, ALTER and DROP of tables, indexes and views; the rest goes to other files.

import MartletCore

extension Parser {
    mutating func create() throws(SyntaxFailure) -> Statement {
        let start = token.start
        advance()
        switch token.keyword {
        case .table: return .createTable(try createTable(isTemporary: false, from: start))
        case .temp, .temporary:
            advance()
            guard at(.table) else { throw expected("TABLE after TEMPORARY") }
            return .createTable(try createTable(isTemporary: true, from: start))
        case .index, .unique: return .createIndex(try createIndex(from: start))
        case .view: return .createView(try createView(from: start))
        default:
            if let service = try createService(from: start) { return .service(service) }
            if let record = try createRecord(from: start) { return .record(record) }
            for kind: Keyword in [.table, .temporary, .unique, .index, .view] { expectedKeywords.insert(kind) }
            throw expected("what to create: TABLE, INDEX, VIEW, …")
        }
    }

    // MARK: Tables

    private mutating func createTable(isTemporary: Bool, from start: Int) throws(SyntaxFailure) -> CreateTable {
        advance()
        let ifNotExists = try acceptIfNotExists()
        let name = try definedName("a table's name")
        if accept(.as) {
            guard startsSelect() || at(.leftParenthesis) else { throw expected("SELECT after AS") }
            let select = try select()
            return CreateTable(
                name: name, ifNotExists: ifNotExists, isTemporary: isTemporary, columns: [], constraints: [],
                select: select, location: location(from: start))
        }
        var columns: [ColumnDefinition] = []
        var constraints: [TableConstraint] = []
        try expect(.leftParenthesis, "'(' and the columns, or AS and a SELECT")
        repeat {
            if let constraint = try tableConstraint() {
                constraints.append(constraint)
            } else {
                columns.append(try columnDefinition())
            }
        } while accept(.comma)
        try expect(.rightParenthesis, "',' or ')' after the column list")
        // Rows have an id in any case.
        if accept(.without) { try expect(.rowid, "after WITHOUT") }
        return CreateTable(
            name: name, ifNotExists: ifNotExists, isTemporary: isTemporary, columns: columns,
            constraints: constraints, select: nil, location: location(from: start))
    }

    private mutating func tableConstraint() throws(SyntaxFailure) -> TableConstraint? {
        let start = token.start
        var name: Identifier?
        if token.keyword == .constraint, isName(peek()) {
            switch lookAhead(2)[1].keyword {
            case .primary, .unique, .check, .foreign:
                advance()
                name = try identifier("a constraint's name")
            default: return nil
            }
        }
        let next = peek()
        switch token.keyword {
        case .primary where next.keyword == .key:
            advance()
            advance()
            let columns = try columnList("the key's columns")
            return .primaryKey(columns, location(from: start))
        case .unique where next.kind == .leftParenthesis:
            advance()
            let columns = try columnList()
            return .unique(columns, location(from: start))
        case .check where next.kind == .leftParenthesis:
            advance()
            return .check(try checkedExpression(), name: name)
        case .foreign where next.keyword == .key:
            advance()
            advance()
            let columns = try columnList()
            guard at(.references) else { throw expected("REFERENCES after the columns") }
            return .foreignKey(columns, try foreignKey())
        default:
            return nil
        }
    }

    /// `"(" expression ")"`
    private mutating func checkedExpression() throws(SyntaxFailure) -> Expression {
        try expect(.leftParenthesis, "'(' before the expression")
        let expression = try expression()
        try expect(.rightParenthesis, "')' after the expression")
        return expression
    }

    private mutating func columnDefinition() throws(SyntaxFailure) -> ColumnDefinition {
        let name = try identifier("a column's name", .column)
        let type = try dataType()
        var constraints: [ColumnConstraint] = []
        while let constraint = try columnConstraint() { constraints.append(constraint) }
        return ColumnDefinition(name: name, type: type, constraints: constraints)
    }

    private mutating func columnConstraint() throws(SyntaxFailure) -> ColumnConstraint? {
        let start = token.start
        if accept(.not) {
            try expect(.null, "after NOT")
            return .notNull(location(from: start))
        }
        if accept(.null) { return .nullable(location(from: start)) }
        if accept(.primary) {
            try expect(.key, "after PRIMARY")
            // The order of a table's rows is no matter of its key.
            _ = try direction()
            return .primaryKey(location(from: start))
        }
        if accept(.unique) { return .unique(location(from: start)) }
        if accept(.default) { return .defaultValue(try expression(above: Precedence.bits)) }
        if at(.constraint) {
            advance()
            let name = try identifier("a constraint's name")
            guard accept(.check) else {
                // A name on any other constraint is allowed and has no effect.
                guard let constraint = try columnConstraint() else { throw expected("a constraint after its name") }
                return constraint
            }
            return .check(try checkedExpression(), name: name)
        }
        if accept(.check) { return .check(try checkedExpression(), name: nil) }
        if at(.references) { return .references(try foreignKey()) }
        if accept(.generated) {
            try expect(.always, "after GENERATED")
            try expect(.as, "after GENERATED ALWAYS")
            let expression = try checkedExpression()
            try expect(.stored, "after the expression of a generated column")
            return .generated(expression, location(from: start))
        }
        return nil
    }

    /// `REFERENCES table [(column)] [ON DELETE …] [ON UPDATE …]`
    private mutating func foreignKey() throws(SyntaxFailure) -> ForeignKey {
        let start = token.start
        advance()
        let table = try identifier("a table's name", .table)
        let columns = at(.leftParenthesis) ? try columnList() : []
        var onDelete: ForeignKey.Action?
        var onUpdate: ForeignKey.Action?
        while accept(.on) {
            if onDelete == nil, accept(.delete) {
                onDelete = try foreignKeyAction()
            } else if onUpdate == nil, accept(.update) {
                onUpdate = try foreignKeyAction()
            } else {
                throw expected("DELETE or UPDATE after ON")
            }
        }
        return ForeignKey(
            table: table, columns: columns, onDelete: onDelete, onUpdate: onUpdate, location: location(from: start))
    }

    private mutating func foreignKeyAction() throws(SyntaxFailure) -> ForeignKey.Action {
        if accept(.restrict) { return .restrict }
        if accept(.cascade) { return .cascade }
        if accept(.set) {
            if accept(.default) { return .setDefault }
            try expect(.null, "or DEFAULT after SET")
            return .setNull
        }
        if accept(.no) {
            try expect(.action, "after NO")
            return .noAction
        }
        throw expected("RESTRICT, CASCADE, SET NULL, SET DEFAULT or NO ACTION")
    }

    // MARK: Indexes and views

    private mutating func createIndex(from start: Int) throws(SyntaxFailure) -> CreateIndex {
        let isUnique = accept(.unique)
        try expect(.index, "after UNIQUE")
        let ifNotExists = try acceptIfNotExists()
        let name = try definedName("an index's name")
        try expect(.on, "and a table after the index's name")
        let table = try identifier("a table's name", .table)
        let method = accept(.using) ? try identifier("an index method: text, hnsw, …") : nil
        let parts = try parenthesised("the indexed columns") { parser throws(SyntaxFailure) in
            let expression = try parser.expression()
            let weight = parser.accept(.weight) ? try parser.number("a number after WEIGHT") : nil
            return CreateIndex.Part(expression: expression, isDescending: try parser.direction(), weight: weight)
        }
        let options = try optionsClause()
        let filter = try whereClause()
        return CreateIndex(
            name: name, ifNotExists: ifNotExists, isUnique: isUnique, table: table, method: method, parts: parts,
            options: options, filter: filter, location: location(from: start))
    }

    private mutating func createView(from start: Int) throws(SyntaxFailure) -> CreateView {
        advance()
        let ifNotExists = try acceptIfNotExists()
        let name = try definedName("a view's name")
        let columns = at(.leftParenthesis) ? try columnList() : []
        try expect(.as, "and a SELECT")
        guard startsSelect() || at(.leftParenthesis) else { throw expected("SELECT after AS") }
        let select = try select()
        return CreateView(
            name: name, ifNotExists: ifNotExists, columns: columns, select: select, location: location(from: start))
    }

    // MARK: ALTER and DROP

    mutating func alter() throws(SyntaxFailure) -> Statement {
        let start = token.start
        advance()
        if accept(.table) { return .alterTable(try alterTable(from: start)) }
        if let service = try alterService(from: start) { return .service(service) }
        if accept(.model) { return .record(try alterModel(from: start)) }
        throw expected("TABLE, MODEL, SERVER, USER or TEAM after ALTER")
    }

    private mutating func alterTable(from start: Int) throws(SyntaxFailure) -> AlterTable {
        let table = try definedName("a table's name", .table)
        let action: AlterTable.Action
        if accept(.add) {
            if at(.column), isName(peek()) { advance() }
            action = .addColumn(try columnDefinition())
        } else if accept(.drop) {
            if at(.column), isName(peek()) { advance() }
            action = .dropColumn(try identifier("a column's name", .column))
        } else if accept(.rename) {
            if accept(.to) {
                action = .rename(to: try identifier("the new name"))
            } else {
                // COLUMN, unless it is itself the column's name.
                if at(.column), isName(peek()), peek().keyword != .to || lookAhead(2)[1].keyword == .to { advance() }
                let column = try identifier("a column's name or TO", .column)
                try expect(.to, "and the new name")
                action = .renameColumn(column, to: try identifier("the new name"))
            }
        } else {
            throw expected("ADD, DROP or RENAME")
        }
        return AlterTable(table: table, action: action, location: location(from: start))
    }

    mutating func drop() throws(SyntaxFailure) -> Statement {
        let start = token.start
        advance()
        if at(.artifact) { return .record(try dropArtifact(from: start)) }
        guard token.kind == .word, let kind = Drop.Kind(rawValue: source(token).uppercased()) else {
            for keyword: Keyword in [
                .table, .index, .view, .model, .project, .experiment, .dataset, .user, .team, .schedule, .monitor,
            ] { expectedKeywords.insert(keyword) }
            throw expected("what to drop: TABLE, INDEX, VIEW, MODEL, …")
        }
        advance()
        let ifExists = acceptIfExists()
        let name: ModelReference
        if kind == .model {
            name = try modelReference()
        } else {
            let isInSchema = kind == .table || kind == .index || kind == .view
            let what = "the name of what to drop"
            let plain = isInSchema ? try definedName(what) : try identifier(what)
            name = ModelReference(name: plain, version: nil, location: plain.location)
        }
        var behavior: Drop.Behavior?
        if accept(.restrict) {
            behavior = .restrict
        } else if accept(.cascade) {
            behavior = .cascade
        }
        return .drop(
            Drop(kind: kind, name: name, ifExists: ifExists, behavior: behavior, location: location(from: start)))
    }
}
