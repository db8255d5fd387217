// Statements that differ in their literals alone.

import MartletCore
import MartletExecution
import MartletLanguage

/// A SELECT with parameters in place of its literals: a lookup of one row is planned once, not once for each key that is
/// written into its text.
struct LiteralTemplate {
    /// The statement with `?` for each literal.
    let text: String
    /// The literals.
    let values: ParameterValues

    /// Longer statements are hardly lookups.
    private static let textByteLimit = 1_024
    /// So many decimal digits fit an INTEGER.
    private static let digits = 18

    /// nil if the text is no short SELECT, or has no literals, or any that are not plain whole numbers and texts, or has
    /// parameters. O(bytes).
    init?(_ statement: String) {
        guard statement.utf8.count <= Self.textByteLimit else { return nil }
        var lexer = Lexer(Array(statement.utf8))
        var template: [UInt8] = []
        template.reserveCapacity(lexer.bytes.count)
        var values: [Value] = []
        var copied = 0
        guard lexer.next().keyword == .select else { return nil }
        while true {
            let token = lexer.next()
            switch token.kind {
            case .endOfText:
                guard !values.isEmpty else { return nil }
                template += lexer.bytes[copied...]
                text = String(decoding: template, as: UTF8.self)
                self.values = ParameterValues(positional: values)
                return
            case .integer, .string:
                guard let value = Self.value(lexer.bytes[token.start..<token.end], token.kind) else { return nil }
                template += lexer.bytes[copied..<token.start]
                template.append(UInt8(ascii: "?"))
                copied = token.end
                values.append(value)
            case .real, .blob, .parameter, .invalid: return nil
            default: continue
            }
        }
    }

    private static func value(_ bytes: ArraySlice<UInt8>, _ kind: Token.Kind) -> Value? {
        if kind == .string {
            let inner = bytes.dropFirst().dropLast()
            // A doubled quote stands for one.
            return inner.contains(UInt8(ascii: "'")) ? nil : .text(String(decoding: inner, as: UTF8.self))
        }
        guard bytes.count <= digits else { return nil }
        var number: Int64 = 0
        for byte in bytes {
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
            number = number * 10 + Int64(byte - UInt8(ascii: "0"))
        }
        return .integer(number)
    }
}

/// Templates of lookups that were planned with their literals lately: one that comes again is worth a plan of its own.
struct RecentTemplates {
    private static let limit = 32

    private var texts: Set<String> = []

    /// Whether the template has come before. It has from now on.
    mutating func meet(_ text: String) -> Bool {
        if texts.contains(text) { return true }
        if texts.count >= Self.limit { texts.removeAll(keepingCapacity: true) }
        texts.insert(text)
        return false
    }
}

extension PreparedPlan {
    /// Whether the plan looks up one row by so many parameters, and has no other use for parameters.
    func isLookup(byParameters count: Int) -> Bool { lookup?.parameterCount == count && lookup?.constantCount == 0 }
}
