// A value as the text that people and files see.

package import MartletCore

package enum ValueText {
    /// The value as text that `ValueParser` reads back; NULL gives an empty text.
    package static func text(_ value: Value) -> String {
        switch value {
        case .null: ""
        case .boolean(let value): value ? "true" : "false"
        case .integer(let value): String(value)
        case .real(let value): NumberFormat.text(value)
        case .text(let value), .json(let value): value
        case .blob(let value): BlobFormat.text(value)
        case .timestamp(let value): TimestampFormat.text(value)
        case .vector(let value): VectorFormat.text(value)
        }
    }

    /// The value as JSON: timestamps as ISO 8601 strings, blobs as hexadecimal strings, vectors as arrays, JSON as it is.
    package static func json(_ value: Value) -> String {
        var bytes: [UInt8] = []
        appendJSON(value, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    static func appendJSON(_ value: Value, to bytes: inout [UInt8]) {
        switch value {
        case .null: bytes.append(contentsOf: "null".utf8)
        case .boolean(let value): bytes.append(contentsOf: (value ? "true" : "false").utf8)
        case .integer(let value): bytes.append(contentsOf: String(value).utf8)
        case .real(let value): JSONText.append(value, to: &bytes)
        case .text(let value): JSONText.append(value, to: &bytes)
        // A line break between JSON tokens is white space like any other; one record stays one line.
        case .json(let value): for byte in value.utf8 { bytes.append(byte == 0x0A || byte == 0x0D ? 0x20 : byte) }
        case .blob(let value): JSONText.append(BlobFormat.text(value), to: &bytes)
        case .timestamp(let value): JSONText.append(TimestampFormat.isoText(value), to: &bytes)
        case .vector(let value): VectorFormat.append(value, to: &bytes)
        }
    }
}
