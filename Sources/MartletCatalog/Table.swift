// Tables and their columns.

package import MartletCore

package struct TableColumn: Hashable, Sendable, Codable {
    package var name: String
    package var type: DataType
    package var isNotNull: Bool
    /// The default's expression as text; nil is NULL.
    package var defaultText: String?
    /// The expression of a generated column as text.
    package var generatedText: String?
    /// For a column that was added later: what rows written before have in it, as a stored row of this one column;
    /// nil is NULL.
    package var absentRow: [UInt8]?

    package init(
        name: String, type: DataType, isNotNull: Bool = false, defaultText: String? = nil, generatedText: String? = nil
    ) {
        self.name = name
        self.type = type
        self.isNotNull = isNotNull
        self.defaultText = defaultText
        self.generatedText = generatedText
    }
}

package struct Table: Hashable, Sendable, Codable {
    package var id: UInt32
    package var name: String
    package var columns: [TableColumn]
    /// Indices into `columns`, in key order; empty when there is no primary key.
    package var primaryKey: [Int]
    /// CHECK constraints as text.
    package var checks: [String]
    /// Foreign keys, checked when rows are written.
    package var foreignKeys: [ForeignKeyDefinition]

    package init(
        id: UInt32, name: String, columns: [TableColumn], primaryKey: [Int] = [], checks: [String] = [],
        foreignKeys: [ForeignKeyDefinition] = []
    ) {
        self.id = id
        self.name = name
        self.columns = columns
        self.primaryKey = primaryKey
        self.checks = checks
        self.foreignKeys = foreignKeys
    }

    package var types: [DataType] { columns.map(\.type) }

    /// Where the columns lie in the table's rows.
    package var layout: RowLayout { RowLayout(types: types, absent: columns.map(\.absentValue)) }

    package var hasVectors: Bool {
        columns.contains { if case .vector = $0.type { true } else { false } }
    }

    /// The column that *is* the row id: a primary key of one INTEGER column.
    package var rowIDColumn: Int? {
        guard primaryKey.count == 1, columns[primaryKey[0]].type == .integer else { return nil }
        return primaryKey[0]
    }

    package func columnIndex(named name: String) -> Int? {
        columns.firstIndex { $0.name.matches(name) }
    }
}

/// REFERENCES: rows whose columns are all set name a row of another table, or of the same one.
package struct ForeignKeyDefinition: Hashable, Sendable, Codable {
    /// What happens to the rows that name a row which goes away, or gets another key.
    package enum Action: String, Hashable, Sendable, Codable {
        /// Refused, unless the statement has made it good at its end.
        case noAction
        case restrict
        case cascade
        case setNull
        case setDefault

        /// As the language writes it.
        package var words: String {
            switch self {
            case .noAction: "NO ACTION"
            case .restrict: "RESTRICT"
            case .cascade: "CASCADE"
            case .setNull: "SET NULL"
            case .setDefault: "SET DEFAULT"
            }
        }
    }

    package var columns: [Int]
    /// The table that is named; 0 is the table itself, before it has an id.
    package var tableID: UInt32
    /// Its PRIMARY KEY or the columns of one of its UNIQUE constraints, in the order of `columns`.
    package var targetColumns: [Int]
    package var onDelete: Action
    package var onUpdate: Action

    package init(
        columns: [Int], tableID: UInt32, targetColumns: [Int], onDelete: Action = .noAction,
        onUpdate: Action = .noAction
    ) {
        self.columns = columns
        self.tableID = tableID
        self.targetColumns = targetColumns
        self.onDelete = onDelete
        self.onUpdate = onUpdate
    }
}

extension TableColumn {
    /// What rows that were written without the column have in it.
    package var absentValue: Value {
        guard let absentRow else { return .null }
        let layout = RowLayout(types: [type])
        let value = try? absentRow.withRawBytes { (bytes) throws(Diagnostic) in
            try RowReader(bytes, layout: layout).value(0)
        }
        return (value ?? nil) ?? .null
    }

    /// - Throws: `rowTooLarge`.
    package mutating func setAbsentValue(_ value: Value) throws(Diagnostic) {
        if value.isNull { return absentRow = nil }
        var writer = RowWriter(layout: RowLayout(types: [type]))
        try writer.write([value])
        absentRow = writer.bytes
    }
}
