// Names of types.

import MartletCore

extension Parser {
    private static let types: [String: DataType] = [
        "BOOLEAN": .boolean, "BOOL": .boolean, "INTEGER": .integer, "INT": .integer, "BIGINT": .integer,
        "SMALLINT": .integer, "MEDIUMINT": .integer, "TINYINT": .integer, "INT2": .integer, "INT4": .integer,
        "INT8": .integer, "SIGNED": .integer, "REAL": .real, "DOUBLE": .real, "FLOAT": .real, "FLOAT4": .real,
        "FLOAT8": .real, "DECIMAL": .real, "NUMERIC": .real, "TEXT": .text, "VARCHAR": .text, "NVARCHAR": .text,
        "CHAR": .text, "NCHAR": .text, "CHARACTER": .text, "STRING": .text, "CLOB": .text, "BLOB": .blob,
        "BYTEA": .blob,
        "TIMESTAMP": .timestamp, "DATETIME": .timestamp, "DATE": .timestamp, "JSON": .json, "JSONB": .json,
    ]

    /// The names that a type can have, for suggestions and completion.
    package static let typeNames: [String] = (types.keys + ["VECTOR"]).sorted()

    mutating func dataType() throws(SyntaxFailure) -> DataTypeName {
        guard isName(token) else { throw expected("a type") }
        let start = token.start
        let name = source(token)
        let upper = name.uppercased()
        if upper == "VECTOR" { return try vectorType() }
        guard let type = Self.types[upper] else {
            throw report(
                .unknownType, "unknown type '\(name)'", at: token.range,
                hint: Suggestion.hint(for: name, among: Self.typeNames))
        }
        advance()
        if upper == "DOUBLE" { _ = accept(.precision) }
        // VARCHAR(30), INTEGER(10), DECIMAL(10, 2): the length, and the digits behind the point, change nothing.
        if type == .text || type.isNumeric, at(.leftParenthesis) {
            advance()
            _ = try integer("a length")
            if type == .real, accept(.comma) { _ = try integer("the digits behind the point") }
            try expect(.rightParenthesis, "')' after the length")
        }
        return DataTypeName(type: type, location: location(from: start))
    }

    /// `VECTOR(384)`, `VECTOR(384, i8)`
    private mutating func vectorType() throws(SyntaxFailure) -> DataTypeName {
        let start = token.start
        advance()
        try expect(.leftParenthesis, "'(' and the number of elements after VECTOR")
        let place = token.range
        let dimension = try integer("the number of elements")
        if dimension < 1 || dimension > Limits.vectorDimension {
            throw report(
                .limitExceeded, "a vector has 1 to \(Limits.vectorDimension) elements", at: place)
        }
        var element = VectorElement.f32
        if accept(.comma) {
            let names = VectorElement.allCases.map(\.rawValue)
            let word = token.kind == .word ? source(token) : ""
            guard let known = VectorElement(rawValue: word.lowercased()) else {
                if token.kind != .word { throw expected("one of \(names.joined(separator: ", "))") }
                throw report(
                    .unknownType, "unknown element type '\(word)'", at: token.range,
                    hint: Suggestion.hint(for: word, among: names) ?? "use one of \(names.joined(separator: ", "))")
            }
            element = known
            advance()
        }
        try expect(.rightParenthesis, "')' after VECTOR's parameters")
        return DataTypeName(type: .vector(dimension: dimension, element: element), location: location(from: start))
    }
}
