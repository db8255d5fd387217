// Foundation's types as database values.

public import Foundation

extension Date: DatabaseValueConvertible {
    /// To the microsecond. Statements refuse a date beyond the range of TIMESTAMP with `E0304`.
    public var databaseValue: DatabaseValue {
        Int64(exactly: (timeIntervalSince1970 * 1_000_000).rounded()).map { .timestamp(microseconds: $0) }
            ?? .outOfRange
    }
    public init?(databaseValue: DatabaseValue) {
        guard case .timestamp(let microseconds) = databaseValue else { return nil }
        self.init(timeIntervalSince1970: Double(microseconds) / 1_000_000)
    }
}

extension Data: DatabaseValueConvertible {
    public var databaseValue: DatabaseValue { .blob(Array(self)) }
    public init?(databaseValue: DatabaseValue) {
        guard case .blob(let bytes) = databaseValue else { return nil }
        self.init(bytes)
    }
}

extension UUID: DatabaseValueConvertible {
    /// As TEXT in its usual form.
    public var databaseValue: DatabaseValue { .text(uuidString) }
    public init?(databaseValue: DatabaseValue) {
        guard case .text(let text) = databaseValue else { return nil }
        self.init(uuidString: text)
    }
}

extension URL: DatabaseValueConvertible {
    /// As TEXT.
    public var databaseValue: DatabaseValue { .text(absoluteString) }
    public init?(databaseValue: DatabaseValue) {
        guard case .text(let text) = databaseValue else { return nil }
        self.init(string: text)
    }
}

extension DatabaseValue {
    /// A value as a JSON parameter.
    ///
    /// ```swift
    /// try session.execute("INSERT INTO docs (id, extra) VALUES (\("a"), \(try DatabaseValue.json(encoding: tags)))")
    /// ```
    ///
    /// - Throws: what the value's own encoding throws.
    public static func json(encoding value: some Encodable) throws -> DatabaseValue {
        let encoder = JSONEncoder()
        // The same value is the same text.
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return .json(String(decoding: try encoder.encode(value), as: UTF8.self))
    }
}
