// One statement of any kind.

package indirect enum Statement: Hashable, Sendable {
    // Queries
    case select(Select)
    case search(Search)
    case explain(Explain)

    // Rows
    case insert(Insert)
    case update(Update)
    case delete(Delete)
    case copyFrom(CopyFrom)
    case copyTo(CopyTo)

    // Definitions
    case createTable(CreateTable)
    case createIndex(CreateIndex)
    case createView(CreateView)
    case alterTable(AlterTable)
    case drop(Drop)

    // Transactions
    case begin(readOnly: Bool, Location)
    case commit(Location)
    case rollback(Location)
    case savepoint(Identifier, Location)
    case release(Identifier, Location)
    case rollbackTo(Identifier, Location)

    // Learning
    case train(Train)
    case evaluate(Evaluate)
    case predict(Predict)
    case deploy(Deploy)
    case undeploy(Identifier, ifExists: Bool, Location)
    case rollbackDeployment(Identifier, Location)

    // The engine
    /// `SHOW DEPLOYMENTS`, `LIST SERVERS`, `SYSTEM STATUS`: sugar for a SELECT on the system table of that name.
    case show(Identifier, Location)
    /// `PRAGMA name [= value]`
    case pragma(Identifier, value: Expression?, Location)
    case analyze(QualifiedName?, Location)
    /// `REINDEX [index or table]`
    case reindex(QualifiedName?, Location)

    // Everything else of the language: see ServiceStatement.swift and RecordStatement.swift.
    case service(ServiceStatement)
    case record(RecordStatement)
}

/// `EXPLAIN [ANALYZE] [(FORMAT json | RECALL, …)] statement`
package struct Explain: Hashable, Sendable {
    package enum Format: String, Hashable, Sendable, CaseIterable { case text, json }

    package var isAnalyze: Bool
    package var format: Format
    package var measuresRecall: Bool
    package var statement: Statement
    package var location: Location

    package init(isAnalyze: Bool, format: Format, measuresRecall: Bool, statement: Statement, location: Location) {
        self.isAnalyze = isAnalyze
        self.format = format
        self.measuresRecall = measuresRecall
        self.statement = statement
        self.location = location
    }
}
