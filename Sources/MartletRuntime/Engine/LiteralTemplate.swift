// Statements that differ in their literals alone.

import MartletCore
import MartletExecution
import MartletLanguage

/// A SELECT with parameters in place of its literals: a lookup of one row is planned once, not once for each key that is
/// written into its text.
struct LiteralTemplate {
    /// The statement with `?` for each literal, and their types.
    let key: PlanCache.Key
    /// The literals.
    let values: ParameterValues

    /// Longer statements are hardly lookups.
    private static let textByteLimit = 1_024
    /// So many decimal digits fit an INTEGER.
    private static let digits = 18

    /// nil if the text is no short SELECT, or has no literals, or any that are not plain whole numbers and texts, or has
    /// parameters. O(bytes).
    init?(_ statement: [UInt8]) {
        guard statement.count <= Self.textByteLimit else { return nil }
        var lexer = Lexer(statement)
        var template: [UInt8] = []
        template.reserveCapacity(statement.count)
        var values: [Value] = []
        var copied = 0
        guard lexer.next().keyword == .select else { return nil }
        while true {
            let token = lexer.next()
            switch token.kind {
            case .endOfText:
                guard !values.isEmpty else { return nil }
                template += statement[copied...]
                self.values = ParameterValues(positional: values)
                key = PlanCache.Key(text: String(decoding: template, as: UTF8.self), types: self.values.types)
                return
            case .integer, .string:
                guard let value = Self.value(statement[token.start..<token.end], token.kind) else { return nil }
                template += statement[copied..<token.start]
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
///
/// Known by their hashes alone: taking one for another costs a plan, nothing else.
struct RecentTemplates {
    private static let limit = 32

    private var hashes: [Int] = []
    /// Which is forgotten next, once there are as many as are kept.
    private var oldest = 0

    /// Whether the template has come before. It has from now on.
    mutating func meet(_ key: PlanCache.Key) -> Bool {
        if hashes.contains(key.hash) { return true }
        if hashes.count < Self.limit {
            hashes.append(key.hash)
        } else {
            hashes[oldest] = key.hash
            oldest = (oldest + 1) % Self.limit
        }
        return false
    }
}

extension PreparedPlan {
    /// Whether the plan looks up one row by so many parameters, and has no other use for parameters.
    func isLookup(byParameters count: Int) -> Bool { lookup?.parameterCount == count && lookup?.constantCount == 0 }
}
