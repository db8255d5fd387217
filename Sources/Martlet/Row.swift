// One row of a result.

import MartletCore

/// The names of a result's columns, shared by its rows.
public struct ColumnNames: Hashable, Sendable {
    public let names: [String]

    init(_ names: [String]) { self.names = names }

    /// The first column of this name; ASCII letters match without regard to case.
    public func index(of name: String) -> Int? {
        names.firstIndex { $0.matches(name) }
    }
}

/// A row: values by position or by name.
///
/// ```swift
/// let rows = try await database.query("SELECT id, score FROM (SEARCH help FOR 'vpn')")
/// let score: Double = try rows[0].get("score")
/// ```
public struct Row: Hashable, Sendable {
    public let columns: ColumnNames
    public let values: [DatabaseValue]

    init(columns: ColumnNames, values: [DatabaseValue]) {
        self.columns = columns
        self.values = values
    }

    public var count: Int { values.count }

    /// - Precondition: `0 <= index < count`.
    public subscript(index: Int) -> DatabaseValue { values[index] }

    /// nil if there is no such column.
    public subscript(name: String) -> DatabaseValue? { columns.index(of: name).map { values[$0] } }

    /// The value of a column as a Swift type.
    ///
    /// - Throws: `E0102` without such a column, `E0201` if the value does not fit the type.
    public func get<T: DatabaseValueConvertible>(_ name: String, as type: T.Type = T.self) throws(MartletError) -> T {
        guard let index = columns.index(of: name) else {
            throw MartletError(
                Diagnostic(
                    .unknownColumn, "the result has no column '\(name)'",
                    hint: Suggestion.hint(for: name, among: columns.names)))
        }
        return try get(index, as: type)
    }

    /// The value at a position as a Swift type.
    ///
    /// - Throws: `E0102` for a position without a column, `E0201` if the value does not fit the type.
    public func get<T: DatabaseValueConvertible>(_ index: Int, as type: T.Type = T.self) throws(MartletError) -> T {
        guard values.indices.contains(index) else {
            throw MartletError(
                Diagnostic(.unknownColumn, "the result has \(values.count) columns, so none at position \(index)"))
        }
        guard let value = T(databaseValue: values[index]) else {
            throw MartletError(
                Diagnostic(
                    .typeMismatch, "column '\(columns.names[index])' holds \(values[index]), which is no \(T.self)"))
        }
        return value
    }
}
