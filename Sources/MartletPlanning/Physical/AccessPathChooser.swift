// Chooses between a full scan, lookups by key, and indexes.

import MartletCatalog
import MartletCore
import MartletExpressions

/// A way to reach a scan's rows.
struct AccessChoice {
    var path: AccessPath
    /// The places of the terms that the path makes sure of.
    var used: PositionSet = []
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
    let terms: [BoundExpression]
    let estimates: ScanEstimates

    var scan: Scan { estimates.scan }
    /// The ordered indexes of the table, over its columns.
    var indexes: [BoundIndex] { estimates.indexes }

    struct Comparison {
        var term: Int
        var op: ComparisonOperator
        /// Of the operand's own type.
        var value: BoundExpression
    }

    init(terms: [BoundExpression], estimates: ScanEstimates) {
        self.terms = terms
        self.estimates = estimates
        rowIDs = Self.rowIDs(of: estimates.scan)
    }

    /// The columns that are the row id: the hidden one, and a primary key of one INTEGER.
    let rowIDs: [BoundExpression]

    static func rowIDs(of scan: Scan) -> [BoundExpression] {
        let key = scan.rowIDColumn.flatMap { scan.columns.firstIndex(of: $0) }
        switch (scan.includesRowID, key) {
        case (false, nil): return []
        case (false, let key?): return [.column(key, .integer, .none)]
        case (true, nil): return [.column(scan.columns.count, .integer, .none)]
        case (true, let key?): return [.column(scan.columns.count, .integer, .none), .column(key, .integer, .none)]
        }
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
            if let equal = equality(of: rowID) {
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
                    path: .keyRange(lower: range.lower, upper: range.upper), used: PositionSet(range.used), rows: rows,
                    cost: Cost.scanStart / 2 + rows * Cost.scannedRow))
            break
        }
        for place in terms.indices {
            if let union = union(place) { choices.append(union) }
        }
        return choices
    }

    private func choice(_ path: IndexPath, _ used: PositionSet, _ usable: UsableIndex) -> AccessChoice {
        let rows = max(
            path.isSingle ? 0 : 1,
            estimates.rows * estimates.share(used.sorted.map { terms[$0] } + usable.impliedFilter(terms)))
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
        var given: PositionSet
        var filter: BoundExpression?

        func impliedFilter(_ terms: [BoundExpression]) -> [BoundExpression] {
            guard let filter else { return [] }
            return filter.conjuncts.filter { part in !given.sorted.contains { terms[$0] == part } }
        }
    }

    func usable(_ index: BoundIndex) -> UsableIndex? {
        guard index.index.state == .ready else { return nil }
        var filter: BoundExpression?
        var given: PositionSet = []
        if let condition = index.filter {
            guard let moved = inScan(condition), Implication.holds(moved, given: terms) else { return nil }
            filter = moved
            for part in moved.conjuncts {
                for place in terms.indices where terms[place] == part { given.insert(place) }
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
    func path(_ usable: UsableIndex) -> (path: IndexPath, used: PositionSet) {
        var path = IndexPath(index: usable.index)
        var used: PositionSet = []
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
                used.formUnion(PositionSet(range.used))
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
            let inner = AccessPathChooser(terms: alternative + others, estimates: estimates)
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
        terms.indices.compactMap { comparison($0, of: operand) }
    }

    /// The first `operand = value` among the first `count` terms.
    func equality(of operand: BoundExpression, amongFirst count: Int = .max) -> Comparison? {
        for place in 0..<min(count, terms.count) {
            if let found = comparison(place, of: operand), found.op == .equal { return found }
        }
        return nil
    }

    /// A term as `operand op value`; nil if it is anything else.
    private func comparison(_ place: Int, of operand: BoundExpression) -> Comparison? {
        guard case .call(let function, let arguments, _, _) = terms[place],
            case .comparison(let op) = function.implementation, arguments.count == 2
        else { return nil }
        if arguments[0] == operand, let value = known(arguments[1], operand.type) {
            return Comparison(term: place, op: op, value: value)
        }
        if arguments[1] == operand, let value = known(arguments[0], operand.type) {
            return Comparison(term: place, op: op.mirrored, value: value)
        }
        return nil
    }

    private func known(_ value: BoundExpression, _ type: DataType) -> BoundExpression? {
        value.isRowIndependent && !value.containsSubquery ? fitting(value, type) : nil
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
