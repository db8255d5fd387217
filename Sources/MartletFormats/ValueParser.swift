// Text and JSON to a value of a wanted type: what COPY and CAST share.

package import MartletCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

package enum ValueParser {
    /// Reads text as a value of `type`, strictly: no white space around it, nothing silently changed.
    ///
    /// - Throws: `invalidCast` for malformed text, `outOfRange`, `invalidTimestamp`, `invalidJSON`, `invalidVector`,
    ///   `notUTF8`, `invalidText` for text with a NUL character, `limitExceeded` for text over its limit.
    package static func parse(_ bytes: Span<UInt8>, as type: DataType) throws(Diagnostic) -> Value {
        switch type {
        case .null, .text:
            try checkText(bytes)
            return .text(bytes.text)
        case .boolean:
            guard let value = boolean(bytes) else { throw malformed(bytes, type, hint: "write true or false") }
            return .boolean(value)
        case .integer:
            switch NumberFormat.integer(bytes) {
            case .value(let value): return .integer(value)
            case .malformed: throw malformed(bytes, type)
            case .outOfRange: throw outOfRange(bytes, type)
            }
        case .real:
            switch NumberFormat.real(bytes) {
            case .value(let value): return .real(value)
            case .malformed: throw malformed(bytes, type)
            case .outOfRange: throw outOfRange(bytes, type)
            }
        case .blob: return .blob(try BlobFormat.parse(bytes))
        case .timestamp: return .timestamp(try TimestampFormat.parse(bytes))
        case .json:
            do throws(JSONFault) {
                try JSONScanner.validate(bytes)
            } catch {
                throw error.diagnostic
            }
            return .json(bytes.text)
        case .vector(let dimension, let element):
            return .vector(try VectorFormat.parse(bytes, dimension: dimension, element: element))
        }
    }

    package static func parse(_ text: String, as type: DataType) throws(Diagnostic) -> Value {
        if type == .text {
            try checkNoNUL(text)
            return .text(text)
        }
        let bytes = Array(text.utf8)
        return try parse(bytes.span, as: type)
    }

    /// What every way into TEXT asks of a text: the character NUL is not allowed.
    ///
    /// - Throws: `invalidText`.
    package static func checkNoNUL(_ text: String) throws(Diagnostic) {
        // Over plain memory: the view's own search looks at one byte at a time.
        let isPlain = text.utf8.withContiguousStorageIfAvailable { bytes in
            guard let start = bytes.baseAddress else { return true }
            return memchr(start, 0, bytes.count) == nil
        }
        if isPlain == true { return }
        for (offset, byte) in text.utf8.enumerated() where byte == 0 { throw containsNUL(at: offset) }
    }

    private static func containsNUL(at offset: Int) -> Diagnostic {
        Diagnostic(.invalidText, "the text contains a NUL character (byte \(offset + 1))")
    }

    /// Converts a JSON value to `type`. Numbers do not become text, nor text numbers; a whole number may become REAL;
    /// a string may become what has no form of its own in JSON: TIMESTAMP and BLOB; a JSON column takes anything; null is NULL for all.
    ///
    /// - Throws: `typeMismatch`, and what `parse` of text throws.
    package static func parse(_ json: JSONValue, as type: DataType) throws(Diagnostic) -> Value {
        switch (json, type) {
        case (.null, _): return .null
        case (_, .json): return .json(json.description)
        case (.boolean(let value), .boolean): return .boolean(value)
        case (.integer(let value), .integer): return .integer(value)
        case (.integer(let value), .real): return .real(Double(value))
        case (.real(let value), .real): return .real(value)
        case (.real(let value), .integer):
            guard abs(value) >= 0x1p63 else { throw mismatch(json, type) }
            throw Diagnostic(.outOfRange, "\(NumberFormat.text(value)) is out of the range of INTEGER")
        case (.string(let value), .text), (.string(let value), .timestamp), (.string(let value), .blob):
            return try parse(value, as: type)
        case (.array(let elements), .vector(let dimension, let element)):
            var numbers: [Double] = []
            numbers.reserveCapacity(elements.count)
            for value in elements {
                switch value {
                case .integer(let number): numbers.append(Double(number))
                case .real(let number): numbers.append(number)
                default:
                    throw Diagnostic(.invalidVector, "element \(numbers.count + 1) of the vector is \(value.kind)")
                }
            }
            return .vector(try VectorFormat.pack(numbers, dimension: dimension, element: element))
        default: throw mismatch(json, type)
        }
    }

    /// Converts the JSON text of one value to `type`, as `parse` of a JSON value does, without building one where that
    /// can be avoided. JSON for a JSON column is kept as written.
    package static func parse(json bytes: Span<UInt8>, as type: DataType) throws(Diagnostic) -> Value {
        var start = 0
        JSONScanner.skipWhitespace(bytes, &start)
        let first = start < bytes.count ? bytes[start] : 0
        if first == UInt8(ascii: "["), case .vector(let dimension, let element) = type {
            return .vector(try VectorFormat.parse(bytes, dimension: dimension, element: element))
        }
        let value: JSONValue
        do throws(JSONFault) {
            if type == .json, first != UInt8(ascii: "n") {
                try JSONScanner.validate(bytes)
                return .json(bytes.text)
            }
            value = try JSONValue.parse(bytes)
        } catch {
            throw error.diagnostic
        }
        return try parse(value, as: type)
    }

    /// `true`, `t`, `1`, `false`, `f`, `0` in any case.
    private static func boolean(_ bytes: Span<UInt8>) -> Bool? {
        guard bytes.count <= 5 else { return nil }
        switch bytes.text.lowercased() {
        case "true", "t", "1": return true
        case "false", "f", "0": return false
        default: return nil
        }
    }

    /// Text in a row: UTF-8 without NUL characters, within the limit.
    static func checkText(_ bytes: Span<UInt8>) throws(Diagnostic) {
        if let offset = UTF8Validation.firstFault(bytes) {
            throw Diagnostic(.notUTF8, "the text is not UTF-8 (byte \(offset + 1))")
        }
        if bytes.count > Limits.textBytes {
            throw Diagnostic(.limitExceeded, "a text has at most \(Limits.textBytes) bytes")
        }
        for index in 0..<bytes.count where bytes[index] == 0 { throw containsNUL(at: index) }
    }

    private static func malformed(_ bytes: Span<UInt8>, _ type: DataType, hint: String? = nil) -> Diagnostic {
        Diagnostic(.invalidCast, "\(Excerpt.quoted(bytes)) is not \(article(type)) \(type)", hint: hint)
    }

    private static func outOfRange(_ bytes: Span<UInt8>, _ type: DataType) -> Diagnostic {
        Diagnostic(.outOfRange, "\(Excerpt.quoted(bytes)) is out of the range of \(type)")
    }

    private static func mismatch(_ json: JSONValue, _ type: DataType) -> Diagnostic {
        Diagnostic(.typeMismatch, "\(json.kind) in JSON cannot become \(article(type)) \(type)")
    }

    private static func article(_ type: DataType) -> String { type == .integer ? "an" : "a" }
}
