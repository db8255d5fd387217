// The catalog that one statement sees.

package import MartletCore

/// All definitions at one version of the catalog. Immutable; shared by the statements that bind against it.
package final class Catalog: Sendable {
    /// Raised by every change of a definition, in the changing transaction.
    package let version: UInt64
    package let tables: [Table]
    package let indexes: [Index]
    package let views: [View]
    package let models: [Model]
    package let deployments: [Deployment]

    private let statisticsByTable: [UInt32: TableStatistics]
    private let tablesByName: [String: Int]
    private let tablesByID: [UInt32: Int]
    /// By the table's place: made once, for the statements that read it. nil where a damaged record has too many columns.
    private let layouts: [RowLayout?]
    private let indexesByTable: [UInt32: [Int]]
    /// By the table that is named: the table that has the foreign key, and the key's place among its keys.
    private let foreignKeysByTarget: [UInt32: [(table: Int, key: Int)]]

    /// Sorts each kind by name, so that lists come out in a stable order.
    package init(
        version: UInt64, tables: [Table], indexes: [Index], views: [View] = [], models: [Model],
        deployments: [Deployment], statistics: [TableStatistics] = []
    ) {
        self.version = version
        self.tables = tables.sorted { ($0.name.foldedName, $0.id) < ($1.name.foldedName, $1.id) }
        self.indexes = indexes.sorted { $0.id < $1.id }
        self.views = views.sorted { $0.name.foldedName < $1.name.foldedName }
        self.models = models.sorted { $0.name.foldedName < $1.name.foldedName }
        self.deployments = deployments.sorted { $0.name.foldedName < $1.name.foldedName }
        var statisticsByTable: [UInt32: TableStatistics] = [:]
        for table in statistics { statisticsByTable[table.tableID] = table }
        self.statisticsByTable = statisticsByTable
        var byName: [String: Int] = [:]
        var byID: [UInt32: Int] = [:]
        for (position, table) in self.tables.enumerated() {
            byName[table.name.foldedName] = position
            byID[table.id] = position
        }
        tablesByName = byName
        tablesByID = byID
        layouts = self.tables.map { $0.columns.count <= Limits.columnsPerTable ? $0.layout : nil }
        var byTable: [UInt32: [Int]] = [:]
        for (position, index) in self.indexes.enumerated() { byTable[index.tableID, default: []].append(position) }
        indexesByTable = byTable
        var byTarget: [UInt32: [(table: Int, key: Int)]] = [:]
        for (position, table) in self.tables.enumerated() {
            for (key, definition) in table.foreignKeys.enumerated() {
                byTarget[definition.tableID, default: []].append((position, key))
            }
        }
        foreignKeysByTarget = byTarget
    }

    package static let empty = Catalog(version: 0, tables: [], indexes: [], models: [], deployments: [])

    package func table(named name: String) -> Table? {
        tablesByName[name.foldedName].map { tables[$0] }
    }

    package func table(id: UInt32) -> Table? {
        tablesByID[id].map { tables[$0] } ?? SystemTable.stored.first { $0.id == id }
    }

    /// Where the columns of one of these tables lie in its rows.
    package func layout(of table: Table) -> RowLayout {
        tablesByID[table.id].flatMap { layouts[$0] } ?? table.layout
    }

    package func index(id: UInt32) -> Index? { indexes.first { $0.id == id } }

    package func index(named name: String) -> Index? { indexes.first { $0.name.matches(name) } }

    /// Every index of the table, internal ones and those being built too, by id.
    package func indexes(of table: UInt32) -> [Index] {
        indexesByTable[table]?.map { indexes[$0] } ?? []
    }

    /// The foreign keys that name rows of the table, its own among them.
    package func foreignKeys(to table: UInt32) -> [(table: Table, key: ForeignKeyDefinition)] {
        foreignKeysByTarget[table]?.map { (tables[$0.table], tables[$0.table].foreignKeys[$0.key]) } ?? []
    }

    /// What the last ANALYZE found out about the table; nil if there was none.
    package func statistics(of table: UInt32) -> TableStatistics? { statisticsByTable[table] }

    package func view(named name: String) -> View? { views.first { $0.name.matches(name) } }

    package func model(named name: String) -> Model? { models.first { $0.name.matches(name) } }

    package func model(id: UInt32) -> Model? { models.first { $0.id == id } }

    package func deployment(named name: String) -> Deployment? { deployments.first { $0.name.matches(name) } }

    package func deployments(ofModel id: UInt32) -> [Deployment] { deployments.filter { $0.modelID == id } }
}
