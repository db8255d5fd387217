// Rows as Decodable types.

import Foundation
import MartletCore

/// Decodes a row by the names of its columns. JSON columns decode nested types; NULL decodes as a missing value.
struct RowDecoder: Decoder {
    let row: Row
    let codingPath: [any CodingKey] = []
    let userInfo: [CodingUserInfoKey: Any] = [:]

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        KeyedDecodingContainer(Fields<Key>(row: row))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        throw MartletError(Diagnostic(.typeMismatch, "a row is decoded by the names of its columns, not in order"))
    }

    /// A type of one value is decoded from the first column.
    func singleValueContainer() throws -> any SingleValueDecodingContainer {
        guard let first = row.columns.names.first else {
            throw MartletError(Diagnostic(.unknownColumn, "the row has no column"))
        }
        return Field(value: row[0], name: first)
    }
}

private struct Fields<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let row: Row
    let codingPath: [any CodingKey] = []
    var allKeys: [Key] { row.columns.names.compactMap(Key.init(stringValue:)) }

    func contains(_ key: Key) -> Bool { row.columns.index(of: key.stringValue) != nil }

    private func field(_ key: Key) throws -> Field {
        guard let index = row.columns.index(of: key.stringValue) else {
            throw MartletError(
                Diagnostic(
                    .unknownColumn, "the result has no column '\(key.stringValue)'",
                    hint: Suggestion.hint(for: key.stringValue, among: row.columns.names)))
        }
        return Field(value: row[index], name: key.stringValue)
    }

    func decodeNil(forKey key: Key) throws -> Bool { try field(key).decodeNil() }

    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T { try field(key).decode(type) }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> {
        throw MartletError(Diagnostic(.typeMismatch, "column '\(key.stringValue)' is one value"))
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        throw MartletError(Diagnostic(.typeMismatch, "column '\(key.stringValue)' is one value"))
    }

    func superDecoder() throws -> any Decoder { RowDecoder(row: row) }
    func superDecoder(forKey key: Key) throws -> any Decoder { RowDecoder(row: row) }
}

private struct Field: SingleValueDecodingContainer, Decoder {
    let value: DatabaseValue
    let name: String
    let codingPath: [any CodingKey] = []
    let userInfo: [CodingUserInfoKey: Any] = [:]

    func decodeNil() -> Bool { value == .null }

    func decode<T: Decodable>(_ type: T.Type) throws -> T {
        if let convertible = type as? any DatabaseValueConvertible.Type {
            guard let result = convertible.init(databaseValue: value) as? T else {
                throw MartletError(
                    Diagnostic(.typeMismatch, "column '\(name)' holds \(value), which is no \(type)"))
            }
            return result
        }
        if case .json(let text) = value { return try JSONDecoder().decode(type, from: Data(text.utf8)) }
        return try T(from: self)
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        throw MartletError(Diagnostic(.typeMismatch, "column '\(name)' holds \(value), which is no \(Key.self)"))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        throw MartletError(Diagnostic(.typeMismatch, "column '\(name)' holds \(value), which is no array"))
    }

    func singleValueContainer() throws -> any SingleValueDecodingContainer { self }
}
