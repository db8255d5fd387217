// OVER and WINDOW: partitions, orders and frames.

import MartletCore

extension Parser {
    /// `OVER name`, `OVER (…)`, or nothing.
    mutating func overClause() throws(SyntaxFailure) -> Window? {
        guard at(.over) else { return nil }
        let next = peek()
        if next.kind == .leftParenthesis {
            advance()
            return try window()
        }
        guard isName(next) else { return nil }
        advance()
        return Window(base: try takeIdentifier(), isReference: true)
    }

    /// `WINDOW name AS (…), …`, or nothing.
    mutating func windowClause() throws(SyntaxFailure) -> [NamedWindow] {
        guard accept(.window) else { return [] }
        return try list { parser throws(SyntaxFailure) in
            let name = try parser.identifier("a window's name")
            try parser.expect(.as, "after the window's name")
            return NamedWindow(name: name, window: try parser.window())
        }
    }

    /// `([name] PARTITION BY … ORDER BY … ROWS …)`
    private mutating func window() throws(SyntaxFailure) -> Window {
        try expect(.leftParenthesis, "'(' before the window")
        var base: Identifier?
        if isName(token), !startsWindowPart() { base = try takeIdentifier() }
        var partitionBy: [Expression] = []
        if accept(.partition, .by) {
            partitionBy = try list { parser throws(SyntaxFailure) in try parser.expression() }
        }
        let orderBy = at(.order) ? try orderByClause() : []
        let frame = try frame()
        try expect(.rightParenthesis, "')' after the window")
        return Window(base: base, partitionBy: partitionBy, orderBy: orderBy, frame: frame)
    }

    /// Words with which a window's own parts start: a window of such a name needs quotes there.
    private func startsWindowPart() -> Bool {
        token.keyword.map(Window.partKeywords.contains) ?? false
    }

    private mutating func frame() throws(SyntaxFailure) -> Window.Frame? {
        let unit: Window.Unit
        if accept(.rows) {
            unit = .rows
        } else if accept(.range) {
            unit = .range
        } else if accept(.groups) {
            unit = .groups
        } else {
            return nil
        }
        let start: Window.Bound
        var end = Window.Bound.currentRow
        if accept(.between) {
            start = try bound()
            try expect(.and, "between the bounds of the frame")
            end = try bound()
        } else {
            start = try bound()
        }
        return Window.Frame(unit: unit, start: start, end: end, exclusion: try exclusion())
    }

    /// `EXCLUDE CURRENT ROW | GROUP | TIES | NO OTHERS`
    private mutating func exclusion() throws(SyntaxFailure) -> Window.Exclusion? {
        guard accept(.exclude) else { return nil }
        if accept(.no, .others) { return nil }
        if accept(.current, .row) { return .currentRow }
        if accept(.group) { return .group }
        if accept(.ties) { return .ties }
        throw expected("CURRENT ROW, GROUP, TIES or NO OTHERS after EXCLUDE")
    }

    private mutating func bound() throws(SyntaxFailure) -> Window.Bound {
        if accept(.unbounded, .preceding) { return .unboundedPreceding }
        if accept(.unbounded, .following) { return .unboundedFollowing }
        if accept(.current, .row) { return .currentRow }
        let distance = try expression(above: Precedence.bits)
        if accept(.preceding) { return .preceding(distance) }
        try expect(.following, "or PRECEDING after the distance")
        return .following(distance)
    }
}

extension Window {
    static let partKeywords: Set<Keyword> = [.partition, .rows, .range, .groups]
}
