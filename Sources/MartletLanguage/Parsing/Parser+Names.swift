// Identifiers, qualified names, model references and literal texts.

import MartletCore

extension Parser {
    /// Is the token a name: a word that is not reserved, or a quoted one?
    @inline(__always)
    func isName(_ token: Token) -> Bool {
        switch token.kind {
        case .word: token.keyword == nil || token.keyword?.class != .reserved
        case .quotedWord: true
        default: false
        }
    }

    mutating func identifier(_ what: String, _ role: NameRole = .other) throws(SyntaxFailure) -> Identifier {
        guard isName(token) else {
            expectedNames = role
            throw expected(what)
        }
        return try takeIdentifier()
    }

    /// The current token, a word, as a name.
    mutating func takeIdentifier() throws(SyntaxFailure) -> Identifier {
        let taken = token
        let name = taken.kind == .quotedWord ? unquoted(taken) : source(taken)
        if name.utf8.count > Limits.identifierBytes {
            throw report(
                .limitExceeded, "a name may have at most \(Limits.identifierBytes) bytes", at: taken.range)
        }
        advance()
        return Identifier(name, Location(taken.range))
    }

    /// The text between a token's quotes, with doubled ones undone.
    func unquoted(_ token: Token) -> String {
        let quote = bytes[token.start]
        let inner = bytes[(token.start + 1)..<max(token.start + 1, token.end - 1)]
        if !inner.contains(quote) { return String(decoding: inner, as: UTF8.self) }
        var result: [UInt8] = []
        result.reserveCapacity(inner.count)
        var wasQuote = false
        for byte in inner {
            if byte == quote, !wasQuote {
                wasQuote = true
                continue
            }
            wasQuote = false
            result.append(byte)
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// `[schema "."] name`
    mutating func qualifiedName(_ what: String, _ role: NameRole = .table) throws(SyntaxFailure) -> QualifiedName {
        let first = try identifier(what, role)
        guard at(.period) else { return QualifiedName(name: first) }
        advance()
        return QualifiedName(schema: first, name: try identifier("a name after '.'", role))
    }

    /// `["main" "."] name`: what statements define is all in one schema.
    mutating func definedName(_ what: String, _ role: NameRole = .other) throws(SyntaxFailure) -> Identifier {
        if isName(token), peek().kind == .period, source(token).matches("main") {
            advance()
            advance()
        }
        return try identifier(what, role)
    }

    /// `name ["@" (int | alias)]`
    mutating func modelReference(
        _ what: String = "a model's name", _ role: NameRole = .model
    ) throws(SyntaxFailure) -> ModelReference {
        let name = try identifier(what, role)
        let version = try version()
        return ModelReference(
            name: name, version: version, location: Location(name.range.start, previousEnd))
    }

    mutating func version() throws(SyntaxFailure) -> ModelReference.Version? {
        guard accept(.atSign) else { return nil }
        if at(.integer) { return .number(try integer("a version")) }
        return .alias(try identifier("a version number or an alias after '@'"))
    }

    mutating func columnList(_ context: String = "the columns") throws(SyntaxFailure) -> [Identifier] {
        try parenthesised(context) { parser throws(SyntaxFailure) in
            try parser.identifier("a column's name", .column)
        }
    }

    /// A whole number that is part of the statement itself.
    mutating func integer(_ what: String) throws(SyntaxFailure) -> Int {
        guard at(.integer) else { throw expected(what) }
        guard let value = Int(exactly: try integerValue(token)) else {
            throw report(.invalidNumber, "\(source(token)) is too large for \(what)", at: token.range)
        }
        advance()
        return value
    }

    /// A text literal or a parameter.
    mutating func text(_ what: String) throws(SyntaxFailure) -> Expression {
        guard at(.string) || at(.parameter) else {
            switch token.kind {
            case .quotedWord: throw expected(what, hint: "texts stand in single quotes, names in double ones")
            case .word where token.keyword?.class != .reserved:
                throw expected(what, hint: "put the text in single quotes")
            default: throw expected(what)
            }
        }
        return try primary()
    }

    /// A number literal or a parameter.
    mutating func number(_ what: String) throws(SyntaxFailure) -> Expression {
        guard at(.integer) || at(.real) || at(.parameter) else { throw expected(what) }
        return try primary()
    }

    mutating func integerValue(_ token: Token) throws(SyntaxFailure) -> UInt64 {
        var value: UInt64 = 0
        var overflow = false
        let isHexadecimal = token.end - token.start > 2 && bytes[token.start + 1] | 0x20 == UInt8(ascii: "x")
        let base: UInt64 = isHexadecimal ? 16 : 10
        for byte in bytes[(isHexadecimal ? token.start + 2 : token.start)..<token.end] {
            let product = value.multipliedReportingOverflow(by: base)
            let sum = product.partialValue.addingReportingOverflow(UInt64(hexDigitValue(byte) ?? 0))
            overflow = overflow || product.overflow || sum.overflow
            value = sum.partialValue
        }
        if overflow {
            throw report(.invalidNumber, "the whole number \(found) does not fit into 64 bits", at: token.range)
        }
        return value
    }

    /// `IF NOT EXISTS`
    mutating func acceptIfNotExists() throws(SyntaxFailure) -> Bool {
        guard at(.if), peek().keyword == .not else { return false }
        advance()
        advance()
        try expect(.exists, "after IF NOT")
        return true
    }

    /// `IF EXISTS`
    mutating func acceptIfExists() -> Bool { accept(.if, .exists) }
}
