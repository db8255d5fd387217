// Chooses between a full scan, lookups by key, and indexes.

import MartletCatalog
import MartletCore
import MartletExpressions

/// A way to reach a scan's rows.
struct AccessChoice {
    var path: AccessPath
    /// The places of the terms that the path makes sure of.
    var used: Set<Int> = []
    /// The rows that the path reads.
    var rows: Double
    var cost: Double

    var equalParts: Int {
        if case .index(let path) = path { path.prefix.count } else { 0 }
    }
}

/// A row id or a whole unique key decides; otherwise what costs least. Conditions that the path does not guarantee stay
/// as a filter.
struct AccessPathChooser {
    let scan: Scan
    /// The ordered indexes of the table, over its columns.
    let indexes: [BoundIndex]
    let terms: [BoundExpression]
    let estimates: ScanEstimates

    struct Comparison {
        var term: Int
        var op: ComparisonOperator
        /// Of the operand's own type.
        var value: BoundExpression
    }

    init(scan: Scan, indexes: [BoundIndex], terms: [BoundExpression], estimates: ScanEstimates) {
        self.scan = scan
        self.indexes = indexes
        self.terms = terms
        self.estimates = estimates
        rowIDs = Self.rowIDs(of: scan)
    }

    /// The columns that are the row id: the hidden one, and a primary key of one INTEGER.
    let rowIDs: [BoundExpression]

    static func rowIDs(of scan: Scan) -> [BoundExpression] {
        var columns: [BoundExpression] = []
        if scan.includesRowID { columns.append(.column(scan.columns.count, .integer, .none)) }
        if let key = scan.table.rowIDColumn, let position = scan.columns.firstIndex(of: key) {
            columns.append(.column(position, .integer, .none))
        }
        return columns
    }

    // MARK: Choosing

    func choose() -> AccessChoice {
        if let single { return single }
        let choices = candidates()
        if choices.isEmpty { return AccessChoice(path: .full, rows: 0, cost: 0) }
        return choices.reduce(full) { $1.cost < $0.cost ? $1 : $0 }
    }

    /// The path and the terms that are left.
    func chosen(_ choice: AccessChoice) -> (AccessPath, residual: [BoundExpression]) {
        (covering(choice.path), terms.indices.filter { !choice.used.contains($0) }.map { terms[$0] })
    }

    /// The path, reading entries alone where they say all. A single row is found faster than it would be decoded.
    func covering(_ path: AccessPath) -> AccessPath {
        guard case .index(var path) = path, !path.isSingle else { return path }
        path.isCovering = path.index.covers(scan)
        return .index(path)
    }

    var full: AccessChoice {
        AccessChoice(
            path: .full, rows: estimates.rows, cost: Cost.scanStart + estimates.rows * Cost.scannedRow)
    }

    /// A few rows by their ids: nothing can be better, and neither indexes nor sizes are asked for.
    var byRowID: AccessChoice? {
        for rowID in rowIDs {
            if let equal = comparisons(of: rowID).first(where: { $0.op == .equal }) {
                return AccessChoice(path: .keys([equal.value]), used: [equal.term], rows: 1, cost: Cost.seek)
            }
        }
        for (place, term) in terms.enumerated() {
            if case .inList(let operand, let items, false, _) = term, rowIDs.contains(operand),
                items.allSatisfy({ $0.isRowIndependent && !$0.containsSubquery && $0.type == .integer })
            {
                return AccessChoice(
                    path: .keys(items), used: [place], rows: Double(items.count),
                    cost: Cost.seek * Double(items.count))
            }
        }
        return nil
    }

    /// A few rows by their ids, or one by a whole unique key.
    var single: AccessChoice? {
        if let byRowID { return byRowID }
        for index in indexes where index.index.isUnique {
            guard let usable = usable(index) else { continue }
            let (path, used) = path(usable)
            if path.isSingle {
                return AccessChoice(
                    path: .index(path), used: used.union(usable.given), rows: 1, cost: 2 * Cost.seek)
            }
        }
        return nil
    }

    /// Every way but the full scan.
    private func candidates() -> [AccessChoice] {
        var choices: [AccessChoice] = []
        for index in indexes {
            guard let usable = usable(index) else { continue }
            let (path, used) = path(usable)
            if path.prefix.isEmpty, path.lower == nil, path.upper == nil, !path.skipsNulls, usable.given.isEmpty {
                continue
            }
            choices.append(choice(path, used.union(usable.given), usable))
        }
        // The more equal parts, the better, where the cost is the same.
        choices.sort { left, right in
            left.cost != right.cost ? left.cost < right.cost : left.equalParts > right.equalParts
        }
        for rowID in rowIDs {
            let range = bounds(comparisons(of: rowID))
            if range.used.isEmpty { continue }
            let rows = estimates.rows * estimates.share(range.used.map { terms[$0] })
            choices.append(
                AccessChoice(
                    path: .keyRange(lower: range.lower, upper: range.upper), used: Set(range.used), rows: rows,
                    cost: Cost.scanStart / 2 + rows * Cost.scannedRow))
            break
        }
        for place in terms.indices {
            if let union = union(place) { choices.append(union) }
        }
        return choices
    }

    private func choice(_ path: IndexPath, _ used: Set<Int>, _ usable: UsableIndex) -> AccessChoice {
        let rows = max(
            path.isSingle ? 0 : 1,
            estimates.rows * estimates.share(used.sorted().map { terms[$0] } + usable.impliedFilter(terms)))
        return AccessChoice(path: .index(path), used: used, rows: rows, cost: cost(rows, path.index))
    }

    /// Of reading so many entries of an index and, if they do not say all, the rows that they name.
    func cost(_ rows: Double, _ index: BoundIndex) -> Double {
        index.covers(scan) ? Cost.seek + rows * Cost.coveringEntry : Self.cost(rows)
    }

    /// Of reading so many entries of an index and the rows that they name.
    static func cost(_ rows: Double) -> Double { Cost.seek + rows * (Cost.indexEntry + Cost.fetchedRow) }

    // MARK: Indexes

    /// An index in terms of the scan's columns, whose condition the terms make sure of.
    struct UsableIndex {
        var index: BoundIndex
        var keys: [BoundExpression?]
        /// The terms that are parts of the index's own condition.
        var given: Set<Int>
        var filter: BoundExpression?

        func impliedFilter(_ terms: [BoundExpression]) -> [BoundExpression] {
            guard let filter else { return [] }
            return filter.conjuncts.filter { part in !given.contains { terms[$0] == part } }
        }
    }

    func usable(_ index: BoundIndex) -> UsableIndex? {
        guard index.index.state == .ready else { return nil }
        var filter: BoundExpression?
        var given: Set<Int> = []
        if let condition = index.filter {
            guard let moved = inScan(condition), Implication.holds(moved, given: terms) else { return nil }
            filter = moved
            for part in moved.conjuncts {
                given.formUnion(terms.indices.filter { terms[$0] == part })
            }
        }
        return UsableIndex(index: index, keys: index.keys.map(inScan), given: given, filter: filter)
    }

    /// An expression of the table's columns as one of the scan's; nil if it reads one that the scan does not.
    private func inScan(_ expression: BoundExpression) -> BoundExpression? {
        guard expression.columnsUsed.allSatisfy({ scan.columns.contains($0) }) else { return nil }
        return expression.remapColumns { scan.columns.firstIndex(of: $0) ?? 0 }
    }

    /// The longest fixed prefix, and the bounds behind it.
    func path(_ usable: UsableIndex) -> (path: IndexPath, used: Set<Int>) {
        var path = IndexPath(index: usable.index)
        var used: Set<Int> = []
        for key in usable.keys {
            guard let key else { break }
            let known = comparisons(of: key)
            if let equal = known.first(where: { $0.op == .equal }) {
                path.prefix.append(IndexPath.Equal(value: equal.value))
                used.insert(equal.term)
            } else if let place = terms.firstIndex(of: .isNull(key, negated: false, .none)) {
                path.prefix.append(IndexPath.Equal(value: .constant(.null, key.type, .none), isNull: true))
                used.insert(place)
            } else {
                let range = bounds(known)
                (path.lower, path.upper) = (range.lower, range.upper)
                used.formUnion(range.used)
                if let place = terms.firstIndex(of: .isNull(key, negated: true, .none)) {
                    path.skipsNulls = true
                    used.insert(place)
                }
                break
            }
        }
        return (path, used)
    }

    // MARK: Unions

    /// `key IN (…)` and `… OR …`, if an index or the row id serves each alternative. The term itself is tested again.
    private func union(_ place: Int) -> AccessChoice? {
        var alternatives: [[BoundExpression]] = []
        switch terms[place] {
        case .or(let parts, _): alternatives = parts.map(\.conjuncts)
        case .inList(let operand, let items, false, _):
            for item in items {
                guard let equal = try? FunctionRegistry.standard.call(operator: "=", [operand, item], at: .none)
                else { return nil }
                alternatives.append([equal])
            }
        default: return nil
        }
        if alternatives.isEmpty || alternatives.count > 1_000 { return nil }
        let others = terms.indices.filter { $0 != place }.map { terms[$0] }
        var result = AccessChoice(path: .full, rows: 0, cost: 0)
        var paths: [AccessPath] = []
        for alternative in alternatives {
            if alternative.contains(where: \.containsSubquery) { return nil }
            let inner = AccessPathChooser(
                scan: scan, indexes: indexes, terms: alternative + others, estimates: estimates)
            let choice = inner.single ?? inner.simple()
            guard let choice else { return nil }
            result.rows += choice.rows
            result.cost += choice.cost
            paths.append(choice.path)
        }
        result.path = .union(paths)
        return result
    }

    /// The cheapest path that is no union and no full scan, and uses the first term.
    private func simple() -> AccessChoice? {
        var best: AccessChoice?
        for index in indexes {
            guard let usable = usable(index) else { continue }
            let (path, used) = path(usable)
            guard used.contains(0) || usable.given.contains(0) else { continue }
            let choice = choice(path, used, usable)
            if choice.cost < best?.cost ?? .infinity { best = choice }
        }
        return best
    }

    // MARK: Terms

    /// `operand op value`, with a value that no row is needed for.
    func comparisons(of operand: BoundExpression) -> [Comparison] {
        var result: [Comparison] = []
        for (place, term) in terms.enumerated() {
            guard case .call(let function, let arguments, _, _) = term,
                case .comparison(let op) = function.implementation, arguments.count == 2
            else { continue }
            for (own, value, op) in [(arguments[0], arguments[1], op), (arguments[1], arguments[0], op.mirrored)] {
                guard own == operand, value.isRowIndependent, !value.containsSubquery,
                    let fitting = fitting(value, operand.type)
                else { continue }
                result.append(Comparison(term: place, op: op, value: fitting))
                break
            }
        }
        return result
    }

    /// The value as the operand's own type, in which index keys are written; nil if that could change its meaning.
    private func fitting(_ value: BoundExpression, _ type: DataType) -> BoundExpression? {
        if value.type == type { return value }
        if value.type == .null { return .cast(value, type, value.range) }
        // A large INTEGER would be rounded, but comparisons are exact.
        if type == .real, case .constant(.integer(let number), _, let range) = value,
            number.magnitude <= 1 << 53
        {
            return .constant(.real(Double(number)), .real, range)
        }
        return nil
    }

    func bounds(
        _ comparisons: [Comparison]
    ) -> (lower: AccessPath.Bound?, upper: AccessPath.Bound?, used: [Int]) {
        var lower: AccessPath.Bound?
        var upper: AccessPath.Bound?
        var used: [Int] = []
        for comparison in comparisons {
            let isInclusive = comparison.op == .greaterOrEqual || comparison.op == .lessOrEqual
            switch comparison.op {
            case .greater, .greaterOrEqual:
                guard lower == nil else { continue }
                lower = AccessPath.Bound(value: comparison.value, isInclusive: isInclusive)
            case .less, .lessOrEqual:
                guard upper == nil else { continue }
                upper = AccessPath.Bound(value: comparison.value, isInclusive: isInclusive)
            default: continue
            }
            used.append(comparison.term)
        }
        return (lower, upper, used)
    }
}
