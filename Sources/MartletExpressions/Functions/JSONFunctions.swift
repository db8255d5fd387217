// -> ->> and functions of JSON.

import MartletCore
import MartletFormats

enum JSONFunctions {
    static let all: [ScalarFunction] = [
        extraction("->", .text, .json, "the part of a JSON value at a path or key, as JSON", 9, asText: false),
        extraction("->", .integer, .json, "an array's element, as JSON", 9, asText: false),
        extraction("->>", .text, .text, "the part of a JSON value at a path or key, as TEXT", 9, asText: true),
        extraction("->>", .integer, .text, "an array's element, as TEXT", 9, asText: true),
        extraction("json_extract", .text, .json, "the part of a JSON value at a path, as JSON", nil, asText: false),
        extraction("json_extract_text", .text, .text, "the part of a JSON value at a path, as TEXT", nil, asText: true),
        ScalarFunction(
            "json_type", [.textOrJSON, .type(.text)], optional: 1, returns: .type(.text),
            summary: "null, true, false, integer, real, text, array or object: the kind of the value (at a path)",
            .row(nullIfAnyNull: true) { (values, _) throws(Diagnostic) in
                try part(values).map { .text(kind(of: $0)) } ?? .null
            }),
        ScalarFunction(
            "json_array_length", [.textOrJSON, .type(.text)], optional: 1, returns: .type(.integer),
            summary: "the number of elements of an array (at a path); 0 for other values",
            .row(nullIfAnyNull: true) { (values, _) throws(Diagnostic) in
                guard let value = try part(values) else { return .null }
                if case .array(let elements) = value { return .integer(Int64(elements.count)) }
                return .integer(0)
            }),
        ScalarFunction(
            "json_valid", [.textOrJSON], returns: .type(.boolean), canFail: false, summary: "whether a text is JSON",
            .row(nullIfAnyNull: true) { (values, _) throws(Diagnostic) in
                guard case .text(let text) = values[0] else { return .boolean(true) }
                let bytes = Array(text.utf8)
                do throws(JSONFault) {
                    try JSONScanner.validate(bytes.span)
                    return .boolean(true)
                } catch {
                    return .boolean(false)
                }
            }),
        ScalarFunction(
            "json", [.type(.text)], returns: .type(.json), summary: "a text as JSON, checked",
            .row(nullIfAnyNull: true) { (values, _) throws(Diagnostic) in
                try ValueConversion.convert(values[0], to: .json)
            }),
    ]

    static func kind(of value: JSONValue) -> String {
        switch value {
        case .null: "null"
        case .boolean(let flag): flag ? "true" : "false"
        case .integer: "integer"
        case .real: "real"
        case .string: "text"
        case .array: "array"
        case .object: "object"
        }
    }

    private static func text(of value: Value) -> String {
        switch value {
        case .json(let text), .text(let text): text
        default: ""
        }
    }

    static func part(_ values: [Value]) throws(Diagnostic) -> JSONValue? {
        var json = text(of: values[0])
        if values.count > 1, case .text(let path) = values[1] {
            guard let found = try JSONPath(operand: path).extractJSON(from: json) else { return nil }
            json = found
        }
        return try JSONValue.parse(json)
    }

    private static func extraction(
        _ name: String, _ operand: DataType, _ result: DataType, _ summary: String, _ precedence: Int?, asText: Bool
    ) -> ScalarFunction {
        ScalarFunction(
            name, [.textOrJSON, .type(operand)], returns: .type(result), summary: summary,
            operatorPrecedence: precedence,
            .row(nullIfAnyNull: true) { (values, _) throws(Diagnostic) in
                let path: JSONPath
                switch values[1] {
                case .text(let text): path = try JSONPath(operand: text)
                case .integer(let index): path = JSONPath(operand: index)
                default: return .null
                }
                let json = text(of: values[0])
                if asText { return try path.extractText(from: json).map { .text($0) } ?? .null }
                return try path.extractJSON(from: json).map { .json($0) } ?? .null
            })
    }
}
