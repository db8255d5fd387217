// Window functions after binding: what a `window` node computes beside its input's columns.

package import MartletCore
package import MartletExpressions

/// The calls that share one PARTITION BY and ORDER BY. Gives the input's columns, then one for each call.
package struct Windowing: Sendable {
    package var input: LogicalPlan
    package var partition: [BoundExpression]
    package var order: [OrderKey]
    package var calls: [WindowCall]
    /// One for each call.
    package var columns: [OutputColumn]

    package init(
        input: LogicalPlan, partition: [BoundExpression], order: [OrderKey], calls: [WindowCall],
        columns: [OutputColumn]
    ) {
        self.input = input
        self.partition = partition
        self.order = order
        self.calls = calls
        self.columns = columns
    }
}

/// One window function with its arguments and its frame.
package struct WindowCall: Sendable {
    package enum Function: Sendable {
        case ranking(Ranking)
        /// `lag(x, distance, default)` and `lead`: the arguments follow that order.
        case lag, lead
        case firstValue, lastValue, nthValue
        /// Its arguments are the call's own.
        case aggregate(AggregateCall)
    }

    package enum Ranking: String, Sendable, CaseIterable {
        case rowNumber = "row_number"
        case rank
        case denseRank = "dense_rank"
        case percentRank = "percent_rank"
        case cumulativeDistribution = "cume_dist"
        /// Takes the number of parts.
        case ntile
    }

    package var name: String
    package var function: Function
    package var arguments: [BoundExpression]
    package var filter: BoundExpression?
    package var frame: WindowFrame
    package var type: DataType
    package var range: SourceRange

    package init(
        name: String, function: Function, arguments: [BoundExpression], filter: BoundExpression?, frame: WindowFrame,
        type: DataType, range: SourceRange
    ) {
        self.name = name
        self.function = function
        self.arguments = arguments
        self.filter = filter
        self.frame = frame
        self.type = type
        self.range = range
    }

    /// SQL-like text for EXPLAIN, without the window.
    package func description(columnNames: [String]) -> String {
        let frame = frame.isDefault ? "" : " \(frame.description)"
        if case .aggregate(var aggregate) = function {
            aggregate.arguments = arguments
            aggregate.filter = filter
            return aggregate.description(columnNames: columnNames) + frame
        }
        return "\(name)(\(arguments.map { $0.description(columnNames: columnNames) }.joined(separator: ", ")))\(frame)"
    }
}

/// Which rows of the partition a window function sees from one row.
package struct WindowFrame: Sendable {
    package enum Unit: String, Sendable { case rows = "ROWS", range = "RANGE", groups = "GROUPS" }

    /// Rows around the current one that are left out.
    package enum Exclusion: String, Sendable {
        case currentRow = "CURRENT ROW"
        case group = "GROUP"
        case ties = "TIES"
    }

    package enum Bound: Sendable {
        case unboundedPreceding
        /// A distance that no row is needed for: a number of rows, of groups or of the order's unit; for TIMESTAMP an
        /// interval's text.
        case preceding(BoundExpression)
        case currentRow
        case following(BoundExpression)
        case unboundedFollowing

        /// Earlier bounds have lower ranks.
        var rank: Int {
            switch self {
            case .unboundedPreceding: 0
            case .preceding: 1
            case .currentRow: 2
            case .following: 3
            case .unboundedFollowing: 4
            }
        }

        package var distance: BoundExpression? {
            switch self {
            case .preceding(let distance), .following(let distance): distance
            default: nil
            }
        }

        var description: String {
            switch self {
            case .unboundedPreceding: "UNBOUNDED PRECEDING"
            case .preceding(let distance): "\(distance.description(columnNames: [])) PRECEDING"
            case .currentRow: "CURRENT ROW"
            case .following(let distance): "\(distance.description(columnNames: [])) FOLLOWING"
            case .unboundedFollowing: "UNBOUNDED FOLLOWING"
            }
        }
    }

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

    /// Up to the current row and its peers; without ORDER BY every row is a peer.
    package static let standard = WindowFrame(unit: .range, start: .unboundedPreceding, end: .currentRow)

    var isDefault: Bool { unit == .range && start.rank == 0 && end.rank == 2 && exclusion == nil }

    var description: String {
        "\(unit.rawValue) BETWEEN \(start.description) AND \(end.description)"
            + (exclusion.map { " EXCLUDE \($0.rawValue)" } ?? "")
    }
}
