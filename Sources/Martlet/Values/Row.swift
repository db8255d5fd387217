// One row of a result.

import MartletCore

/// The names of a result's columns, shared by its rows.
public struct ColumnNames: Hashable, Sendable {
    public let names: [String]

    init(_ names: [String]) { self.names = names }

    /// The first column of this name; ASCII letters match without regard to case. O(columns).
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

    /// How many columns there are.
    public var count: Int { values.count }

    /// The value at a position.
    ///
    /// - Precondition: `0 <= index < count`. ``get(_:as:)-(Int,_)`` throws instead.
    public subscript(index: Int) -> DatabaseValue { values[index] }

    /// The value of a column; nil if there is no such column.
    public subscript(name: String) -> DatabaseValue? { columns.index(of: name).map { values[$0] } }

    /// The value of a column as a Swift type.
    ///
    /// - Throws: `E0102` without such a column, `E0201` if the value does not fit the type.
    public func get<T: DatabaseValueConvertible>(_ name: String, as type: T.Type = T.self) throws(MartletError) -> T {
        guard let index = columns.index(of: name) else { throw columns.unknown(name) }
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
            throw MartletError(mismatch: values[index], column: columns.names[index], type: T.self)
        }
        return value
    }

    /// The first values as a tuple: `row.tuple(of: (String, Double).self)`.
    ///
    /// - Throws: `E0102` if there are fewer columns, `E0201` if a value does not fit its type.
    public func tuple<each T: DatabaseValueConvertible>(
        of type: (repeat each T).Type
    ) throws(MartletError) -> (repeat each T) {
        var position = -1
        func next<V: DatabaseValueConvertible>(_ type: V.Type) throws(MartletError) -> V {
            position += 1
            return try get(position, as: type)
        }
        return (repeat try next((each T).self))
    }
}

extension Row: CustomStringConvertible {
    /// `[id: a, score: 1.5]`
    public var description: String {
        "[" + zip(columns.names, values).map { "\($0): \($1)" }.joined(separator: ", ") + "]"
    }
}

extension ColumnNames {
    func unknown(_ name: String) -> MartletError {
        MartletError(
            Diagnostic(
                .unknownColumn, "the result has no column '\(name)'", hint: Suggestion.hint(for: name, among: names)))
    }
}

extension MartletError {
    init(mismatch value: DatabaseValue, column: String, type: Any.Type, reason: String? = nil) {
        var message = "column '\(column)' holds \(value.summary), which is no \(type)"
        if let reason { message += ": \(reason)" }
        self.init(Diagnostic(.typeMismatch, message))
    }
}
