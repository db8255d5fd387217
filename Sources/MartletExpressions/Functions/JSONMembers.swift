// What json_each gives.

package import MartletCore
import MartletFormats

package enum JSONMembers {
    /// Key, value as JSON and kind of each member of an object or element of an array (with its number as key); of any
    /// other value, the value itself with a NULL key.
    ///
    /// - Parameter values: The JSON, and perhaps a path in it.
    /// - Throws: `invalidJSON`; `invalidText` for a key with the character NUL.
    package static func rows(_ values: [Value]) throws(Diagnostic) -> [[Value]] {
        guard let value = try JSONFunctions.part(values) else { return [] }
        switch value {
        case .array(let elements): return elements.enumerated().map { row(.text(String($0.offset)), $0.element) }
        case .object(let members):
            var rows: [[Value]] = []
            for member in members {
                try ValueParser.checkNoNUL(member.key)
                rows.append(row(.text(member.key), member.value))
            }
            return rows
        default: return [row(.null, value)]
        }
    }

    private static func row(_ key: Value, _ value: JSONValue) -> [Value] {
        [key, .json(value.description), .text(JSONFunctions.kind(of: value))]
    }
}
