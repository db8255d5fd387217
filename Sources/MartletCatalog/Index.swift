// Secondary indexes.

package struct Index: Hashable, Sendable, Codable {
    package enum Method: Hashable, Sendable, Codable {
        case ordered(isUnique: Bool)
        case text(TextOptions)
        case vector(VectorOptions)
    }

    package enum State: String, Hashable, Sendable, Codable {
        case ready
        /// A TRAIN is fitting its base, or its segments are built beside the writer; changes of rows are noted, searches do
        /// not use it.
        case building
    }

    package struct Part: Hashable, Sendable, Codable {
        /// nil for an expression.
        package var column: Int?
        /// The expression as text.
        package var expression: String?
        package var isDescending: Bool
        /// The weight of the column in a text index.
        package var weight: Double

        package init(
            column: Int?, expression: String? = nil, isDescending: Bool = false, weight: Double = 1
        ) {
            self.column = column
            self.expression = expression
            self.isDescending = isDescending
            self.weight = weight
        }
    }

    package var id: UInt32
    package var name: String
    package var tableID: UInt32
    package var method: Method
    package var parts: [Part]
    /// The condition of a partial index as text: only rows for which it is TRUE have an entry.
    package var filter: String?
    package var state: State
    /// Made for a PRIMARY KEY or UNIQUE constraint, or owned by a model: not dropped by name.
    package var isInternal: Bool
    /// While it is being built: the run that does it.
    package var buildingRun: Int64?

    package init(
        id: UInt32, name: String, tableID: UInt32, method: Method, parts: [Part], filter: String? = nil,
        state: State = .ready,
        isInternal: Bool = false, buildingRun: Int64? = nil
    ) {
        self.id = id
        self.name = name
        self.tableID = tableID
        self.method = method
        self.parts = parts
        self.filter = filter
        self.state = state
        self.isInternal = isInternal
        self.buildingRun = buildingRun
    }

    package var isUnique: Bool { method == .ordered(isUnique: true) }

    /// The columns of which no two rows of the table have the same values; nil if the index does not say so.
    package var uniqueColumns: [Int]? {
        guard isUnique, filter == nil else { return nil }
        let columns = columns
        return columns.count == parts.count ? columns : nil
    }

    /// Those of its parts that are columns; of a text index all are.
    package var columns: [Int] { parts.compactMap(\.column) }

    /// Whether it is ordered and has an entry for every row.
    package var isComplete: Bool { isOrdered && state == .ready && filter == nil }

    package var isOrdered: Bool {
        if case .ordered = method { true } else { false }
    }

    package var textOptions: TextOptions? {
        if case .text(let options) = method { options } else { nil }
    }

    package var vectorOptions: VectorOptions? {
        if case .vector(let options) = method { options } else { nil }
    }

    /// As CREATE INDEX … USING names it.
    package var methodName: String {
        switch method {
        case .ordered: "btree"
        case .text: "text"
        case .vector(let options): options.structure.rawValue
        }
    }
}
