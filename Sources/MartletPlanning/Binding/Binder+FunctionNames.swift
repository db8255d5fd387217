// The names that functions of a program may not have.

package import MartletCore
import MartletLanguage

extension Binder {
    /// Functions of models, and those that only some statements can compute.
    static let modelFunctions = ModelFunction.allCases.map(\.rawValue) + ["metric", "param"]
    static let searchFunctions = ["snippet", "highlight", "offsets", "why", "cursor"]

    /// Refuses a name that no statement could call as a function of its own.
    ///
    /// - Throws: `reservedName`, `alreadyExists`.
    package static func checkFunctionName(_ name: String) throws(Diagnostic) {
        let isWord =
            !name.isEmpty && name.utf8.count <= Limits.identifierBytes
            && name.utf8.allSatisfy { byte in
                (97...122).contains(byte | 0x20) || (48...57).contains(byte) || byte == UInt8(ascii: "_")
            }
            && !(48...57).contains(name.utf8.first ?? 48)
        guard isWord else {
            throw Diagnostic(
                .reservedName, "'\(name)' cannot be the name of a function",
                hint: "use ASCII letters, digits and underscores")
        }
        let folded = name.foldedName
        if let keyword = Keyword.allCases.first(where: { $0.spelling.foldedName == folded }), keyword.class == .reserved
        {
            throw Diagnostic(.reservedName, "'\(name)' is a word of the language")
        }
        if (modelFunctions + searchFunctions + WindowCollector.names).contains(folded) {
            throw Diagnostic(.alreadyExists, "a function \(name)() exists already", hint: "choose another name")
        }
    }
}
