// Statements about projects, runs, datasets, model files and versions.

package indirect enum RecordStatement: Hashable, Sendable {
    // Projects, experiments, datasets
    /// `CREATE PROJECT [IF NOT EXISTS] name`
    case createProject(Identifier, ifNotExists: Bool, Location)
    /// `CREATE EXPERIMENT [IF NOT EXISTS] name [IN project]`
    case createExperiment(Identifier, ifNotExists: Bool, project: Identifier?, Location)
    /// `CREATE DATASET [IF NOT EXISTS] name AS SELECT … | FROM path [WITH (…)]`
    case createDataset(Identifier, ifNotExists: Bool, DatasetSource, options: [Option], Location)
    /// `USE PROJECT name [EXPERIMENT name]`
    case useProject(Identifier, experiment: Identifier?, Location)
    /// `SNAPSHOT DATASET name [AS SELECT …]`; without a SELECT, the dataset's own.
    case snapshotDataset(Identifier, Select?, Location)

    // Models
    /// `ALTER MODEL name[@version] …`
    case alterModel(ModelReference, ModelAction, Location)
    /// `EXPORT MODEL name[@version] TO path [WITH (…)]`
    case exportModel(ModelReference, to: Expression, options: [Option], Location)
    /// `IMPORT MODEL name FROM path [WITH (…)]`
    case importModel(Identifier, from: Expression, options: [Option], Location)
    /// `COPY MODEL name[@version] TO name`
    case copyModel(ModelReference, to: Identifier, Location)

    // Runs
    case log(LogEntry)
    /// `TAG RUN number text, …`
    case tagRun(Expression, [Expression], Location)
    /// `EXPORT ARTIFACT text OF RUN number TO path`
    case exportArtifact(Expression, run: Expression, to: Expression, Location)
    /// `DROP ARTIFACT text OF RUN number`
    case dropArtifact(Expression, run: Expression, Location)
    /// `COMMENT ON subject IS text | NULL`
    case comment(Subject, Expression?, Location)
    /// `LINEAGE OF subject`
    case lineage(Subject, Location)
    /// `COMPARE RUNS number, …`
    case compareRuns([Expression], Location)
    case chart(Chart)
    /// `REPORT [OF RUNS number, … | OF PROJECT name] TO path [WITH (…)]`
    case report(ReportSubject, to: Expression, options: [Option], Location)

    // Versions of everything
    /// `COMMIT VERSION [text] [WITH (…)]`
    case commitVersion(message: Expression?, options: [Option], Location)
    /// `BRANCH name [FROM revision]`
    case branch(Identifier, from: Revision?, Location)
    /// `SWITCH BRANCH name`
    case switchBranch(Identifier, Location)
    /// `TAG VERSION revision AS name`
    case tagVersion(Revision, name: Identifier, Location)
    /// `DIFF revision [TO revision]`; without the second one, to what is there now.
    case diff(Revision, to: Revision?, Location)
    /// `MERGE branch [INTO branch]`
    case merge(Revision, into: Identifier?, Location)
    /// `REVERT revision`
    case revert(Revision, Location)
}

package indirect enum DatasetSource: Hashable, Sendable {
    case select(Select)
    case path(Expression)
}

package enum ModelAction: Hashable, Sendable {
    package enum Visibility: String, Hashable, Sendable, CaseIterable { case `private`, protected, `public` }

    /// `SET VISIBILITY private | protected | public`
    case visibility(Visibility)
    /// `SET STAGE name`
    case stage(Identifier)
    /// `SET ALIAS name`: then `model@name` is this version.
    case alias(Identifier)
    /// `DROP ALIAS name`
    case dropAlias(Identifier)
    case lock
    case unlock
    /// `RENAME TO name`
    case rename(to: Identifier)
}

/// `LOG METRIC | PARAM | OBSERVATION | ATTRIBUTE name = value [AT step] TO RUN number`, `LOG ARTIFACT path [AS name] TO RUN number`
package struct LogEntry: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        case metric = "METRIC"
        case parameter = "PARAM"
        case observation = "OBSERVATION"
        case attribute = "ATTRIBUTE"
        case artifact = "ARTIFACT"
    }

    package var kind: Kind
    /// The name as text; of an artifact, its path.
    package var name: Expression
    /// The value; of an artifact, the name to keep it under.
    package var value: Expression?
    /// The epoch or step of an observation.
    package var step: Expression?
    package var run: Expression
    package var location: Location

    package init(
        kind: Kind, name: Expression, value: Expression?, step: Expression?, run: Expression, location: Location
    ) {
        self.kind = kind
        self.name = name
        self.value = value
        self.step = step
        self.run = run
        self.location = location
    }
}

/// What a comment or a lineage is about.
package enum Subject: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        case table = "TABLE"
        case view = "VIEW"
        case index = "INDEX"
        case deployment = "DEPLOYMENT"
        case project = "PROJECT"
        case experiment = "EXPERIMENT"
        case dataset = "DATASET"
        case user = "USER"
        case team = "TEAM"
    }

    /// `MODEL name[@version]`
    case model(ModelReference)
    /// `RUN number`
    case run(Expression)
    /// `COLUMN table.column`
    case column(table: Identifier, column: Identifier)
    case object(Kind, QualifiedName)
}

/// `CHART measure [BY axis] OF RUNS number, … | OF (SELECT …) TO path [WITH (…)]`
package struct Chart: Hashable, Sendable {
    package enum Source: Hashable, Sendable {
        case runs([Expression])
        case select(Select)
    }

    /// A metric, a column of the SELECT, or `confusion`.
    package var measure: Identifier
    package var by: Identifier?
    package var source: Source
    package var path: Expression
    package var options: [Option]
    package var location: Location

    package init(
        measure: Identifier, by: Identifier?, source: Source, path: Expression, options: [Option], location: Location
    ) {
        self.measure = measure
        self.by = by
        self.source = source
        self.path = path
        self.options = options
        self.location = location
    }
}

package enum ReportSubject: Hashable, Sendable {
    /// Everything.
    case all
    case runs([Expression])
    case project(Identifier)
}

/// A version of the whole: a branch or tag, a number, or a text (a digest).
package enum Revision: Hashable, Sendable {
    case name(Identifier)
    case number(Int, Location)
    case text(String, Location)
}
