// Windows as text.

extension Printer {
    mutating func window(_ window: Window) {
        if window.isReference, let base = window.base {
            name(base)
            return
        }
        text += "("
        var isFirst = true
        func space(_ printer: inout Printer) {
            if !isFirst { printer.text += " " }
            isFirst = false
        }
        if let base = window.base {
            space(&self)
            // Without quotes it would be read as a part of the window.
            if let keyword = Keyword(word: base.name), Window.partKeywords.contains(keyword) {
                text += "\"\(base.name)\""
            } else {
                name(base)
            }
        }
        if !window.partitionBy.isEmpty {
            space(&self)
            text += "PARTITION BY "
            list(window.partitionBy) { $0.expression($1) }
        }
        if !window.orderBy.isEmpty {
            orderBy(window.orderBy)
            isFirst = false
        }
        if let frame = window.frame {
            space(&self)
            text += "\(frame.unit.rawValue) BETWEEN "
            bound(frame.start)
            text += " AND "
            bound(frame.end)
            if let exclusion = frame.exclusion { text += " EXCLUDE \(exclusion.rawValue)" }
        }
        text += ")"
    }

    private mutating func bound(_ bound: Window.Bound) {
        switch bound {
        case .unboundedPreceding: text += "UNBOUNDED PRECEDING"
        case .preceding(let distance):
            expression(distance, above: Precedence.bits)
            text += " PRECEDING"
        case .currentRow: text += "CURRENT ROW"
        case .following(let distance):
            expression(distance, above: Precedence.bits)
            text += " FOLLOWING"
        case .unboundedFollowing: text += "UNBOUNDED FOLLOWING"
        }
    }
}
