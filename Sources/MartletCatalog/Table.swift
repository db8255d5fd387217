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

    /// The column that *is* the row id: a primary key of one INTEGER column.
    package var rowIDColumn: Int? {
        guard primaryKey.count == 1, columns[primaryKey[0]].type == .integer else { return nil }
        return primaryKey[0]
    }

    package func columnIndex(named name: String) -> Int? {
        columns.firstIndex { $0.name.matches(name) }
    }
}

package struct ForeignKeyDefinition: Hashable, Sendable, Codable {
    package var columns: [Int]
    package var table: String
    package var targetColumns: [String]

    package init(columns: [Int], table: String, targetColumns: [String]) {
        self.columns = columns
        self.table = table
        self.targetColumns = targetColumns
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
