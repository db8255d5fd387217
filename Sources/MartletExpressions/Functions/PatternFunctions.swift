// LIKE, ILIKE, GLOB, REGEXP: constant patterns are compiled once.

import MartletCore

enum PatternFunctions {
    static let all: [ScalarFunction] = [
        like(
            "LIKE", "whether a text matches a pattern with % and _; upper and lower case differ", false, escape: false),
        like("LIKE", "LIKE with an escape character", false, escape: true),
        like("ILIKE", "LIKE without regard to case", true, escape: false),
        like("ILIKE", "ILIKE with an escape character", true, escape: true),
        matcher("GLOB", "whether a text matches a pattern with *, ? and [a-z]", operatorPrecedence: 4) {
            (pattern) throws(Diagnostic) in
            let glob = try GlobPattern(pattern)
            return { glob.matches(String(decoding: $0, as: UTF8.self)) }
        },
        matcher(
            "REGEXP", "whether a regular expression matches anywhere in a text", operatorPrecedence: 4, body: regex),
        matcher(
            "regexp_like", "whether a regular expression matches anywhere in a text", operatorPrecedence: nil,
            body: regex),
    ]

    @Sendable
    private static func regex(_ pattern: String) throws(Diagnostic) -> (UnsafeRawBufferPointer) -> Bool {
        let program = try RegexProgram(pattern)
        let scratch = program.makeScratch()
        return { program.matches($0, scratch) }
    }

    private static func like(_ name: String, _ summary: String, _ ignoresCase: Bool, escape: Bool) -> ScalarFunction {
        ScalarFunction(
            name, [.type(.text), .type(.text)] + (escape ? [.type(.text)] : []), returns: .type(.boolean),
            summary: summary, operatorPrecedence: 4,
            .prepared { (constants) throws(Diagnostic) in
                var escapeText: String?
                if escape, case .text(let text)? = constants[2] { escapeText = text }
                guard case .text(let patternText)? = constants[1], !escape || escapeText != nil else {
                    return rowwise(ignoresCase)
                }
                let pattern = try LikePattern(patternText, escape: escapeText, ignoresCase: ignoresCase)
                return { (arguments, count, _) throws(Diagnostic) in
                    switch arguments[0].bytes {
                    case .null: return .allNull(.boolean)
                    case .single(let bytes):
                        return .scalar(.boolean(pattern.matches(String(decoding: bytes, as: UTF8.self))), .boolean)
                    case .values(let values, let nulls):
                        return .column(
                            Column(type: .boolean, storage: .booleans(pattern.matches(values)), nulls: nulls))
                    }
                }
            })
    }

    /// Patterns that differ from row to row, or come from a parameter: the last one is kept compiled.
    private static func rowwise(_ ignoresCase: Bool) -> ScalarFunction.BatchBody {
        { (arguments, count, _) throws(Diagnostic) in
            if case .scalar(.text(let text), _) = arguments[1] {
                var escape: String?
                if arguments.count > 2 {
                    guard case .scalar(.text(let given), _) = arguments[2] else {
                        return try slow(arguments, count, ignoresCase)
                    }
                    escape = given
                }
                let pattern = try LikePattern(text, escape: escape, ignoresCase: ignoresCase)
                if case .values(let values, let nulls) = arguments[0].bytes {
                    return .column(Column(type: .boolean, storage: .booleans(pattern.matches(values)), nulls: nulls))
                }
            }
            return try slow(arguments, count, ignoresCase)
        }
    }

    private static func slow(
        _ arguments: [Operand], _ count: Int, _ ignoresCase: Bool
    ) throws(Diagnostic) -> Operand {
        var builder = ColumnBuilder(type: .boolean, reserving: count)
        for row in 0..<count {
            guard case .text(let text) = arguments[0].value(at: row),
                case .text(let patternText) = arguments[1].value(at: row)
            else {
                builder.appendNull()
                continue
            }
            var escape: String?
            if arguments.count > 2 {
                guard case .text(let given) = arguments[2].value(at: row) else {
                    builder.appendNull()
                    continue
                }
                escape = given
            }
            let pattern = try LikePattern(patternText, escape: escape, ignoresCase: ignoresCase)
            builder.append(boolean: pattern.matches(text))
        }
        return .column(builder.finish())
    }

    /// A pattern language whose matcher is made from the pattern alone.
    private static func matcher(
        _ name: String, _ summary: String, operatorPrecedence: Int?,
        body: @escaping @Sendable (String) throws(Diagnostic) -> (UnsafeRawBufferPointer) -> Bool
    ) -> ScalarFunction {
        ScalarFunction(
            name, [.type(.text), .type(.text)], returns: .type(.boolean), summary: summary,
            operatorPrecedence: operatorPrecedence,
            .prepared { (constants) throws(Diagnostic) in
                // Errors of constant patterns arise when the statement is compiled.
                if case .text(let pattern)? = constants[1] { _ = try body(pattern) }
                return { (arguments, count, context) throws(Diagnostic) in
                    var builder = ColumnBuilder(type: .boolean, reserving: count)
                    var compiled: (pattern: String, matches: (UnsafeRawBufferPointer) -> Bool)?
                    for row in 0..<count {
                        if row % 64 == 0 { try context.cancellation.check() }
                        if case .scalar(.text, _) = arguments[1], compiled != nil {
                            // The same pattern for all rows.
                        } else {
                            guard case .text(let pattern) = arguments[1].value(at: row) else {
                                builder.appendNull()
                                continue
                            }
                            if compiled?.pattern != pattern { compiled = (pattern, try body(pattern)) }
                        }
                        guard let compiled else { continue }
                        switch arguments[0].bytes {
                        case .null: builder.appendNull()
                        case .single(let bytes):
                            builder.append(boolean: bytes.withUnsafeBytes { compiled.matches($0) })
                        case .values(let values, let nulls):
                            if nulls?[row] ?? false {
                                builder.appendNull()
                            } else {
                                builder.append(boolean: values.withBytes(at: row) { compiled.matches($0) })
                            }
                        }
                    }
                    return .column(builder.finish())
                }
            })
    }
}
