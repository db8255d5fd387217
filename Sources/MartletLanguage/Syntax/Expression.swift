// Expressions.

package import MartletCore

package indirect enum Expression: Hashable, Sendable {
    case literal(Literal, Location)
    case parameter(Parameter, Location)
    case column(ColumnReference)
    case unary(UnaryOperator, Expression, Location)
    /// The location covers both operands; the second one only the operator.
    case binary(Expression, BinaryOperator, Expression, Location, operator: Location)
    case isNull(Expression, negated: Bool, Location)
    case between(Expression, low: Expression, high: Expression, negated: Bool, Location)
    case inList(Expression, [Expression], negated: Bool, Location)
    case inSelect(Expression, Select, negated: Bool, Location)
    case match(PatternMatch)
    /// `CASE [operand] WHEN … THEN … [ELSE …] END`
    case conditional(operand: Expression?, branches: [Branch], otherwise: Expression?, Location)
    case cast(Expression, DataTypeName, Location)
    /// `x COLLATE NOCASE`
    case collate(Expression, Collation, Location)
    case call(FunctionCall)
    case subquery(Select, Location)
    case exists(Select, Location)
    /// `DEFAULT` in the VALUES of an INSERT and behind SET: the column's default.
    case columnDefault(Location)
    /// `(a, b)`: two or more expressions.
    case row([Expression], Location)

    package struct Branch: Hashable, Sendable {
        package var condition: Expression
        package var result: Expression

        package init(condition: Expression, result: Expression) {
            self.condition = condition
            self.result = result
        }
    }
}

package enum Literal: Hashable, Sendable {
    case null
    case boolean(Bool)
    /// Decimal or hexadecimal digits without a sign; -9223372036854775808 is a unary minus over .integer(2^63).
    case integer(UInt64)
    case real(Double)
    case text(String)
    case blob([UInt8])
    /// `TIMESTAMP '…'`, unchecked text.
    case timestamp(String)
    /// `INTERVAL '…'`, unchecked text.
    case interval(String)
}

package enum Parameter: Hashable, Sendable {
    /// `?`, numbered from 1 in the order of appearance.
    case positional(Int)
    /// `?3`
    case numbered(Int)
    /// `:name`, without the colon.
    case named(String)
}

package struct ColumnReference: Hashable, Sendable {
    package var schema: Identifier?
    package var table: Identifier?
    package var column: Identifier

    package init(schema: Identifier? = nil, table: Identifier? = nil, column: Identifier) {
        self.schema = schema
        self.table = table
        self.column = column
    }

    package var range: SourceRange { ((schema ?? table)?.range).map { $0.union(column.range) } ?? column.range }
}

package enum UnaryOperator: String, Hashable, Sendable, CaseIterable {
    case minus = "-"
    case plus = "+"
    case bitNot = "~"
    case not = "NOT"
}

package enum BinaryOperator: String, Hashable, Sendable, CaseIterable {
    case or = "OR"
    case and = "AND"
    case equal = "="
    case notEqual = "<>"
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    /// NULL-safe equality; `IS NOT DISTINCT FROM` is the same.
    case `is` = "IS"
    case isNot = "IS NOT"
    case bitAnd = "&"
    case bitOr = "|"
    case shiftLeft = "<<"
    case shiftRight = ">>"
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case remainder = "%"
    case concatenate = "||"
    case jsonGet = "->"
    case jsonGetText = "->>"
}

package struct PatternMatch: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        case like = "LIKE"
        case ilike = "ILIKE"
        case glob = "GLOB"
        case regexp = "REGEXP"
    }

    package var value: Expression
    package var kind: Kind
    package var pattern: Expression
    package var escape: Expression?
    package var negated: Bool
    package var location: Location

    package init(
        value: Expression, kind: Kind, pattern: Expression, escape: Expression?, negated: Bool, location: Location
    ) {
        self.value = value
        self.kind = kind
        self.pattern = pattern
        self.escape = escape
        self.negated = negated
        self.location = location
    }
}

package struct FunctionCall: Hashable, Sendable {
    package var name: Identifier
    package var arguments: [Expression]
    /// `count(*)`, `predict(m, *)`: a star after the arguments.
    package var hasStar: Bool
    package var isDistinct: Bool
    /// `group_concat(x ORDER BY y)`
    package var orderBy: [OrderTerm]
    package var filter: Expression?
    package var over: Window?
    package var location: Location

    package init(
        name: Identifier, arguments: [Expression], hasStar: Bool = false, isDistinct: Bool = false,
        orderBy: [OrderTerm] = [], filter: Expression? = nil, over: Window? = nil, location: Location
    ) {
        self.name = name
        self.arguments = arguments
        self.hasStar = hasStar
        self.isDistinct = isDistinct
        self.orderBy = orderBy
        self.filter = filter
        self.over = over
        self.location = location
    }
}

/// `OVER (PARTITION BY … ORDER BY … [ROWS | RANGE | GROUPS BETWEEN … AND … [EXCLUDE …]])`, `OVER (name …)`, `OVER name`
package struct Window: Hashable, Sendable {
    package enum Unit: String, Hashable, Sendable { case rows = "ROWS", range = "RANGE", groups = "GROUPS" }

    /// The rows around the current one that a frame leaves out.
    package enum Exclusion: String, Hashable, Sendable {
        case currentRow = "CURRENT ROW"
        /// The current row and those equal to it in ORDER BY.
        case group = "GROUP"
        /// Those equal to the current row in ORDER BY, but not the row itself.
        case ties = "TIES"
    }

    package enum Bound: Hashable, Sendable {
        case unboundedPreceding
        case preceding(Expression)
        case currentRow
        case following(Expression)
        case unboundedFollowing
    }

    package struct Frame: Hashable, Sendable {
        package var unit: Unit
        package var start: Bound
        package var end: Bound
        package var exclusion: Exclusion?

        package init(unit: Unit, start: Bound, end: Bound, exclusion: Exclusion? = nil) {
            self.unit = unit
            self.start = start
            self.end = end
            self.exclusion = exclusion
        }
    }

    /// A window of the WINDOW clause that this one goes on from.
    package var base: Identifier?
    /// `OVER name`: the named window itself, without parentheses.
    package var isReference: Bool
    package var partitionBy: [Expression]
    package var orderBy: [OrderTerm]
    package var frame: Frame?

    package init(
        base: Identifier? = nil, isReference: Bool = false, partitionBy: [Expression] = [], orderBy: [OrderTerm] = [],
        frame: Frame? = nil
    ) {
        self.base = base
        self.isReference = isReference
        self.partitionBy = partitionBy
        self.orderBy = orderBy
        self.frame = frame
    }
}

/// A type as written: `INTEGER`, `VECTOR(384, i8)`.
package struct DataTypeName: Hashable, Sendable {
    package var type: DataType
    package var location: Location

    package init(type: DataType, location: Location) {
        self.type = type
        self.location = location
    }
}

extension Expression {
    package var range: SourceRange {
        switch self {
        case .literal(_, let location), .parameter(_, let location), .unary(_, _, let location),
            .binary(_, _, _, let location, _), .isNull(_, _, let location), .between(_, _, _, _, let location),
            .inList(_, _, _, let location), .inSelect(_, _, _, let location), .conditional(_, _, _, let location),
            .cast(_, _, let location), .collate(_, _, let location), .subquery(_, let location),
            .exists(_, let location), .row(_, let location),
            .columnDefault(let location):
            location.range
        case .column(let reference): reference.range
        case .match(let match): match.location.range
        case .call(let call): call.location.range
        }
    }
}
