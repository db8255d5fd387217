// WITH (name = value, …)

import MartletCore

extension Parser {
    mutating func optionsClause() throws(SyntaxFailure) -> [Option] {
        guard accept(.with) else { return [] }
        return try parenthesised("the options") { parser throws(SyntaxFailure) in try parser.option() }
    }

    private mutating func option() throws(SyntaxFailure) -> Option {
        // Any word will do here, reserved or not.
        guard at(.word) || at(.quotedWord) else { throw expected("an option's name") }
        let name = try takeIdentifier()
        try expect(.equal, "'=' after the option's name")
        return Option(name: name, value: try optionValue())
    }

    private mutating func optionValue() throws(SyntaxFailure) -> OptionValue {
        guard at(.leftParenthesis) else { return .expression(try expression(above: Precedence.bits)) }
        try enter(2)
        defer { depth -= 2 }
        let start = token.start
        let following = lookAhead(2)
        if following[0].kind == .word || following[0].kind == .quotedWord, following[1].kind == .equal {
            let group = try parenthesised("the options") { parser throws(SyntaxFailure) in try parser.option() }
            return .group(group, location(from: start))
        }
        let items = try parenthesised("the values") { parser throws(SyntaxFailure) in try parser.optionValue() }
        return .list(items, location(from: start))
    }
}
