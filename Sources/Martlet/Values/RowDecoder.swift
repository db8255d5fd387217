// Rows as Decodable types.

import Foundation
import MartletCore

extension Row {
    /// The row as a value of a `Decodable` type.
    ///
    /// ```swift
    /// struct Note: Decodable {
    ///     enum Language: String, Decodable { case english, german }
    ///     struct Source: Decodable { let url: URL }
    ///
    ///     let id: UUID              // TEXT
    ///     let title: String?        // TEXT that may be NULL
    ///     let language: Language    // TEXT
    ///     let added: Date           // TIMESTAMP
    ///     let source: Source?       // JSON
    /// }
    /// let notes = try await database.query("SELECT * FROM notes", as: Note.self)
    /// ```
    /// Properties take the columns of their names; other columns are ignored. A column may be missing only for an
    /// `Optional` property. A type of one value, such as `Int.self`, takes the first column.
    ///
    /// - Throws: ``MartletError`` `E0102` for a missing column, `E0201` for a value that does not fit, or what the
    ///   type's own `init(from:)` throws.
    public func decode<T: Decodable>(_ type: T.Type) throws -> T {
        // Foundation's types would decode themselves piece by piece.
        if type is any DatabaseValueConvertible.Type { return try RowDecoder(row: self).first().decode(type) }
        return try T(from: RowDecoder(row: self))
    }
}

/// Decodes a row by the names of its columns.
private struct RowDecoder: Decoder {
    let row: Row
    let codingPath: [any CodingKey] = []
    let userInfo: [CodingUserInfoKey: Any] = [:]

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        KeyedDecodingContainer(Fields<Key>(row: row))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        // An array in a JSON column, if that is all there is.
        if row.count == 1, case .json = row.values[0] { return try first().unkeyedContainer() }
        throw MartletError(
            Diagnostic(.typeMismatch, "a row is decoded by the names of its columns, not as an array"))
    }

    func singleValueContainer() throws -> any SingleValueDecodingContainer { try first() }

    /// A type of one value is decoded from the first column.
    func first() throws(MartletError) -> Field {
        guard let name = row.columns.names.first, let value = row.values.first else {
            throw MartletError(Diagnostic(.unknownColumn, "the row has no column"))
        }
        return Field(value: value, name: name)
    }
}

private struct Fields<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let row: Row
    let codingPath: [any CodingKey] = []
    var allKeys: [Key] { row.columns.names.compactMap(Key.init(stringValue:)) }

    func contains(_ key: Key) -> Bool { row.columns.index(of: key.stringValue) != nil }

    private func field(_ key: Key) throws(MartletError) -> Field {
        guard let index = row.columns.index(of: key.stringValue) else { throw row.columns.unknown(key.stringValue) }
        return Field(value: row.values[index], name: key.stringValue)
    }

    func decodeNil(forKey key: Key) throws -> Bool { try field(key).decodeNil() }

    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T { try field(key).decode(type) }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> {
        try field(key).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try field(key).unkeyedContainer()
    }

    func superDecoder() throws -> any Decoder { RowDecoder(row: row) }
    func superDecoder(forKey key: Key) throws -> any Decoder { try field(key) }
}

/// One value. JSON goes on to decode what is nested in it.
private struct Field: SingleValueDecodingContainer, Decoder {
    let value: DatabaseValue
    let name: String
    let codingPath: [any CodingKey] = []
    let userInfo: [CodingUserInfoKey: Any] = [:]

    func decodeNil() -> Bool { value == .null }

    func decode<T: Decodable>(_ type: T.Type) throws -> T {
        if let convertible = type as? any DatabaseValueConvertible.Type,
            let result = convertible.init(databaseValue: value) as? T
        {
            return result
        }
        if case .json = value { return try decodeJSON(type) }
        if type is any DatabaseValueConvertible.Type {
            throw MartletError(mismatch: value, column: name, type: type)
        }
        do {
            return try T(from: self)
        } catch let error as DecodingError {
            throw MartletError(mismatch: value, column: name, type: type, reason: error.reason)
        }
    }

    private func decodeJSON<T: Decodable>(_ type: T.Type) throws -> T {
        guard case .json(let text) = value else { throw MartletError(mismatch: value, column: name, type: type) }
        do {
            return try JSONDecoder().decode(type, from: Data(text.utf8))
        } catch let error as DecodingError {
            throw MartletError(mismatch: value, column: name, type: type, reason: error.reason)
        }
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        try decodeJSON(DecoderOfJSON.self).decoder.container(keyedBy: type)
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        try decodeJSON(DecoderOfJSON.self).decoder.unkeyedContainer()
    }

    func singleValueContainer() throws -> any SingleValueDecodingContainer { self }
}

/// Takes Foundation's decoder out of its `decode`.
private struct DecoderOfJSON: Decodable {
    let decoder: any Decoder

    init(from decoder: any Decoder) { self.decoder = decoder }
}

extension DecodingError {
    /// What is wrong, with its place inside of the JSON.
    fileprivate var reason: String {
        let context: Context? =
            switch self {
            case .typeMismatch(_, let context), .valueNotFound(_, let context), .keyNotFound(_, let context),
                .dataCorrupted(let context):
                context
            @unknown default: nil
            }
        guard let context else { return "\(self)" }
        let path = context.codingPath.map(\.stringValue).joined(separator: ".")
        return path.isEmpty ? context.debugDescription : "\(context.debugDescription) at \(path)"
    }
}
