// The one options clause: WITH (name = value, …).

package import MartletCore

package struct Option: Hashable, Sendable {
    package var name: Identifier
    package var value: OptionValue

    package init(name: Identifier, value: OptionValue) {
        self.name = name
        self.value = value
    }
}

package indirect enum OptionValue: Hashable, Sendable {
    /// A constant expression; a bare word (`metric = cosine`) is a column reference without a table.
    case expression(Expression)
    /// `(0.05, 0.1)`
    case list([OptionValue], Location)
    /// `(leaves = (15, 31), rate = 0.1)`
    case group([Option], Location)

    package var range: SourceRange {
        switch self {
        case .expression(let expression): expression.range
        case .list(_, let location), .group(_, let location): location.range
        }
    }
}
