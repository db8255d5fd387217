// An index with the expressions that the catalog keeps as text.

package import MartletCatalog
package import MartletCore
package import MartletExpressions

package struct BoundIndex: Sendable {
    package let index: Index
    /// What each part holds, over the table's columns.
    package let keys: [BoundExpression]
    /// Rows for which it is not TRUE have no entry; over the table's columns.
    package let filter: BoundExpression?

    package init(index: Index, keys: [BoundExpression], filter: BoundExpression? = nil) {
        self.index = index
        self.keys = keys
        self.filter = filter
    }

    /// The table's columns that its entries are made of, ascending.
    package var columnsUsed: [Int] {
        var columns = filter?.columnsUsed ?? []
        for key in keys { columns.formUnion(key.columnsUsed) }
        return columns.sorted()
    }

    /// Whether its entries hold all columns of a scan.
    package func covers(_ scan: Scan) -> Bool {
        let held = Set(index.parts.compactMap(\.column))
        return scan.columns.allSatisfy { held.contains($0) || $0 == scan.table.rowIDColumn }
    }

    /// The parts as the statement wrote them.
    package func names(of table: Table) -> [String] {
        keys.map { $0.description(columnNames: table.columns.map(\.name)) }
    }
}

extension Binder {
    /// - Throws: `corrupt` and others, if what the catalog keeps cannot be bound any more.
    package static func bound(
        _ index: Index, of table: Table, in catalog: Catalog
    ) throws(Diagnostic) -> BoundIndex {
        var binder: Binder?
        func stored(_ text: String, isCondition: Bool) throws(Diagnostic) -> BoundExpression {
            let own = binder ?? Binder(catalog: catalog, text: "", parameters: .none)
            binder = own
            return try own.bindIndexed(text, of: table, isCondition: isCondition)
        }
        var keys: [BoundExpression] = []
        keys.reserveCapacity(index.parts.count)
        for part in index.parts {
            if let column = part.column {
                guard table.columns.indices.contains(column) else {
                    throw Diagnostic(.corrupt, "index \(index.name) names a column that is not there")
                }
                keys.append(.column(column, table.columns[column].type, .none))
            } else {
                keys.append(try stored(part.expression ?? "", isCondition: false))
            }
        }
        let filter = try index.filter.map { text throws(Diagnostic) in try stored(text, isCondition: true) }
        return BoundIndex(index: index, keys: keys, filter: filter)
    }

    /// A part or the condition of an index, which must always give the same for the same row.
    ///
    /// - Parameter start: As for `bindStored`.
    func bindIndexed(
        _ text: String, of table: Table, isCondition: Bool, start: Int? = nil
    ) throws(Diagnostic) -> BoundExpression {
        let scan = Scan(table: table, alias: table.name, columns: Array(table.columns.indices), includesRowID: false)
        let bound = ConstantFolding.fold(
            try bindStored(
                text, columns: scan.output, as: isCondition ? .boolean : nil, purpose: .condition, start: start))
        var unfit: String?
        bound.visit { node in
            if case .call(let function, _, _, _) = node, function.volatility != .immutable { unfit = function.name }
        }
        let range = start.map { SourceRange($0, $0 + text.utf8.count) }
        if let unfit {
            throw Diagnostic(
                .misplaced, "\(unfit) does not always give the same, so an index cannot keep it", at: range)
        }
        if bound.columnsUsed.isEmpty {
            throw Diagnostic(.misplaced, "an index needs an expression of the table's columns", at: range)
        }
        if bound.type.isVector || bound.type == .null {
            throw Diagnostic(.typeMismatch, "values of type \(bound.type) have no order", at: range)
        }
        return bound
    }
}
