// A JSON text as values.

package import MartletCore

package enum JSONValue: Hashable, Sendable {
    case null
    case boolean(Bool)
    /// A number without fraction or exponent that fits 64 bits.
    case integer(Int64)
    /// Any other number; always finite.
    case real(Double)
    case string(String)
    indirect case array([JSONValue])
    /// The members in the order of their keys' first occurrence; of equal keys the last value wins.
    indirect case object([JSONMember])

    /// A word for messages: `a string`, `an array`.
    package var kind: String {
        switch self {
        case .null: "null"
        case .boolean: "a boolean"
        case .integer, .real: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }

    /// The value of a member; nil if this is no object or has no such key.
    package subscript(key: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.last { $0.key.utf8.elementsEqual(key.utf8) }?.value
    }
}

package struct JSONMember: Hashable, Sendable {
    package var key: String
    package var value: JSONValue

    package init(key: String, value: JSONValue) {
        self.key = key
        self.value = value
    }
}

extension JSONValue {
    /// Reads one JSON value. O(n).
    ///
    /// - Throws: the first fault, as `JSONScanner.validate` would.
    package static func parse(_ bytes: Span<UInt8>) throws(JSONFault) -> JSONValue {
        var position = 0
        JSONScanner.skipWhitespace(bytes, &position)
        let value = try parse(bytes, &position, depth: 0)
        JSONScanner.skipWhitespace(bytes, &position)
        if position < bytes.count { throw JSONFault(reason: .textAfterEnd, offset: position) }
        return value
    }

    /// Reads one JSON value from text.
    ///
    /// - Throws: `invalidJSON`, `nestingTooDeep`.
    package static func parse(_ text: String) throws(Diagnostic) -> JSONValue {
        let bytes = Array(text.utf8)
        do throws(JSONFault) {
            return try parse(bytes.span)
        } catch {
            throw error.diagnostic
        }
    }

    static func parse(_ bytes: Span<UInt8>, _ position: inout Int, depth: Int) throws(JSONFault) -> JSONValue {
        guard position < bytes.count else { throw JSONFault(reason: .unexpectedEnd, offset: position) }
        switch bytes[position] {
        case UInt8(ascii: "\""):
            return .string(JSONScanner.unescaped(bytes, try JSONScanner.skipString(bytes, &position)))
        case UInt8(ascii: "["):
            var elements: [JSONValue] = []
            if try !JSONScanner.enter(UInt8(ascii: "]"), bytes, &position, depth: depth) { return .array([]) }
            repeat {
                JSONScanner.skipWhitespace(bytes, &position)
                elements.append(try parse(bytes, &position, depth: depth + 1))
            } while try JSONScanner.hasNext(UInt8(ascii: "]"), bytes, &position)
            return .array(elements)
        case UInt8(ascii: "{"):
            var members: [JSONMember] = []
            if try !JSONScanner.enter(UInt8(ascii: "}"), bytes, &position, depth: depth) { return .object([]) }
            repeat {
                let key = JSONScanner.unescaped(bytes, try JSONScanner.skipKey(bytes, &position))
                members.append(JSONMember(key: key, value: try parse(bytes, &position, depth: depth + 1)))
            } while try JSONScanner.hasNext(UInt8(ascii: "}"), bytes, &position)
            return .object(withoutDuplicates(members))
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            let start = position
            let isInteger = try JSONScanner.skipNumber(bytes, &position)
            let number = bytes.extracting(start..<position)
            // "-0" is a real: the integer would lose its sign.
            if isInteger, case .value(let integer) = NumberFormat.integer(number),
                integer != 0 || number[0] != UInt8(ascii: "-")
            {
                return .integer(integer)
            }
            guard case .value(let real) = NumberFormat.real(number) else {
                throw JSONFault(reason: .numberOutOfRange, offset: start)
            }
            return .real(real)
        default:
            let first = bytes[position]
            try JSONScanner.skipValue(bytes, &position)
            return first == UInt8(ascii: "n") ? .null : .boolean(first == UInt8(ascii: "t"))
        }
    }

    /// Keys are compared by their bytes: canonically equivalent ones stay apart.
    private static func withoutDuplicates(_ members: [JSONMember]) -> [JSONMember] {
        if members.count < 2 { return members }
        var places: [[UInt8]: Int] = [:]
        places.reserveCapacity(members.count)
        var result: [JSONMember] = []
        result.reserveCapacity(members.count)
        for member in members {
            if let place = places.updateValue(result.count, forKey: Array(member.key.utf8)) {
                places[Array(member.key.utf8)] = place
                result[place].value = member.value
            } else {
                result.append(member)
            }
        }
        return result
    }
}

extension JSONValue: CustomStringConvertible {
    /// The value as canonical JSON: no white space, shortest numbers, only the escapes that are needed.
    package var description: String {
        var bytes: [UInt8] = []
        write(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    package func write(to bytes: inout [UInt8]) {
        switch self {
        case .null: bytes.append(contentsOf: "null".utf8)
        case .boolean(let value): bytes.append(contentsOf: (value ? "true" : "false").utf8)
        case .integer(let value): bytes.append(contentsOf: String(value).utf8)
        case .real(let value): JSONText.append(value, to: &bytes)
        case .string(let value): JSONText.append(value, to: &bytes)
        case .array(let elements):
            bytes.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                element.write(to: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let members):
            bytes.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                JSONText.append(member.key, to: &bytes)
                bytes.append(UInt8(ascii: ":"))
                member.value.write(to: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }
}

/// Single JSON tokens as text.
enum JSONText {
    /// A number; null for NaN and infinities, which JSON does not have.
    static func append(_ value: Double, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: value.isFinite ? NumberFormat.text(value).utf8 : "null".utf8)
    }

    /// A quoted string with the escapes that it needs.
    static func append(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case 0x08: bytes.append(contentsOf: "\\b".utf8)
            case 0x09: bytes.append(contentsOf: "\\t".utf8)
            case 0x0A: bytes.append(contentsOf: "\\n".utf8)
            case 0x0C: bytes.append(contentsOf: "\\f".utf8)
            case 0x0D: bytes.append(contentsOf: "\\r".utf8)
            case 0..<0x20:
                bytes.append(contentsOf: "\\u00".utf8)
                Hexadecimal.append(CollectionOfOne(byte), to: &bytes)
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
