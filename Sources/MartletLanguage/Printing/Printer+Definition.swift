// CREATE, ALTER and DROP as text.

import MartletCore

extension Printer {
    private mutating func create(_ what: String, _ ifNotExists: Bool, _ identifier: Identifier) {
        word(ifNotExists ? "CREATE \(what) IF NOT EXISTS" : "CREATE \(what)", identifier)
    }

    mutating func createTable(_ create: CreateTable) {
        self.create(create.isTemporary ? "TEMPORARY TABLE" : "TABLE", create.ifNotExists, create.name)
        if let select = create.select {
            text += " AS "
            self.select(select)
            return
        }
        text += " ("
        list(create.columns) { $0.column($1) }
        for (index, constraint) in create.constraints.enumerated() {
            if index > 0 || !create.columns.isEmpty { text += ", " }
            tableConstraint(constraint)
        }
        text += ")"
    }

    mutating func column(_ column: ColumnDefinition) {
        name(column.name)
        text += " \(column.type.type)"
        for constraint in column.constraints {
            text += " "
            columnConstraint(constraint)
        }
    }

    private mutating func columnConstraint(_ constraint: ColumnConstraint) {
        switch constraint {
        case .notNull: text += "NOT NULL"
        case .nullable: text += "NULL"
        case .primaryKey: text += "PRIMARY KEY"
        case .unique: text += "UNIQUE"
        case .defaultValue(let value):
            text += "DEFAULT "
            expression(value, above: Precedence.bits)
        case .check(let condition, let name): check(condition, name)
        case .references(let key): foreignKey(key)
        case .generated(let value, _):
            text += "GENERATED ALWAYS AS ("
            expression(value)
            text += ") STORED"
        }
    }

    private mutating func check(_ condition: Expression, _ name: Identifier?) {
        if let name {
            word("CONSTRAINT", name)
            text += " "
        }
        text += "CHECK ("
        expression(condition)
        text += ")"
    }

    private mutating func tableConstraint(_ constraint: TableConstraint) {
        switch constraint {
        case .primaryKey(let columns, _):
            text += "PRIMARY KEY "
            self.columns(columns)
        case .unique(let columns, _):
            text += "UNIQUE "
            self.columns(columns)
        case .check(let condition, let name): check(condition, name)
        case .foreignKey(let columns, let key):
            text += "FOREIGN KEY "
            self.columns(columns)
            text += " "
            foreignKey(key)
        }
    }

    private mutating func foreignKey(_ key: ForeignKey) {
        word("REFERENCES", key.table)
        if !key.columns.isEmpty {
            text += " "
            columns(key.columns)
        }
        if let action = key.onDelete { text += " ON DELETE \(action.rawValue)" }
        if let action = key.onUpdate { text += " ON UPDATE \(action.rawValue)" }
    }

    mutating func createIndex(_ create: CreateIndex) {
        self.create(create.isUnique ? "UNIQUE INDEX" : "INDEX", create.ifNotExists, create.name)
        word(" ON", create.table)
        if let method = create.method { word(" USING", method) }
        text += " "
        parenthesised(create.parts) { printer, part in
            printer.expression(part.expression)
            printer.clause("WEIGHT", part.weight)
            if part.isDescending { printer.text += " DESC" }
        }
        options(create.options)
        clause("WHERE", create.filter)
    }

    mutating func createView(_ create: CreateView) {
        self.create("VIEW", create.ifNotExists, create.name)
        if !create.columns.isEmpty {
            text += " "
            columns(create.columns)
        }
        text += " AS "
        select(create.select)
    }

    mutating func alterTable(_ alter: AlterTable) {
        word("ALTER TABLE", alter.table)
        switch alter.action {
        case .addColumn(let column):
            text += " ADD COLUMN "
            self.column(column)
        case .dropColumn(let column): word(" DROP COLUMN", column)
        case .renameColumn(let column, let new):
            word(" RENAME COLUMN", column)
            word(" TO", new)
        case .rename(let new): word(" RENAME TO", new)
        }
    }

    mutating func drop(_ drop: Drop) {
        text += "DROP \(drop.kind.rawValue) "
        if drop.ifExists { text += "IF EXISTS " }
        model(drop.name)
        if let behavior = drop.behavior { text += " \(behavior.rawValue)" }
    }
}
