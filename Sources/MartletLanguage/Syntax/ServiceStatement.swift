// Statements about servers, feedback, jobs, schedules and people.

package indirect enum ServiceStatement: Hashable, Sendable {
    // Servers
    /// `CALL deployment [WITH (…)]`
    case call(Identifier, options: [Option], Location)
    /// `START | STOP | RESTART SERVER name | ALL`; nil is ALL.
    case server(ServerAction, Identifier?, Location)
    /// `ALTER SERVER name REPLICAS a [TO b]`
    case alterServer(Identifier, Deploy.Replicas, Location)
    case shutdown(Location)
    /// `BACKUP TO path [WITH (…)]`
    case backup(to: Expression, options: [Option], Location)
    /// `RESTORE FROM path [WITH (…)]`
    case restore(from: Expression, options: [Option], Location)

    // Feedback
    case feedback(Feedback)
    /// `ASSOCIATE deployment text WITH text`
    case associate(Identifier, Expression, with: Expression, Location)

    // Jobs
    /// `WAIT | WATCH | CANCEL | RETRY | RESUME JOB number [WITH (…)]`
    case job(JobAction, Expression, options: [Option], Location)
    /// `RETRY | RESUME RUN number [WITH (…)]`
    case run(JobAction, Expression, options: [Option], Location)
    case createSchedule(CreateSchedule)
    case createMonitor(CreateMonitor)
    /// `REFRESH COLUMN table.column [WHERE …]`
    case refreshColumn(table: Identifier, column: Identifier, filter: Expression?, Location)

    // People
    /// `CREATE USER [IF NOT EXISTS] name [PASSWORD text] [WITH (…)]`
    case createUser(Identifier, ifNotExists: Bool, password: Expression?, options: [Option], Location)
    /// `CREATE TEAM [IF NOT EXISTS] name [WITH (…)]`
    case createTeam(Identifier, ifNotExists: Bool, options: [Option], Location)
    /// `ALTER USER name PASSWORD text`
    case alterUser(Identifier, password: Expression, Location)
    /// `ALTER TEAM name ADD | DROP MEMBER user`
    case alterTeam(Identifier, isAdding: Bool, member: Identifier, Location)
    /// `GRANT …` and `REVOKE …`
    case grant(Grant)
}

package enum ServerAction: String, Hashable, Sendable, CaseIterable {
    case start = "START"
    case stop = "STOP"
    case restart = "RESTART"
}

package enum JobAction: String, Hashable, Sendable, CaseIterable {
    case wait = "WAIT"
    case watch = "WATCH"
    case cancel = "CANCEL"
    case retry = "RETRY"
    case resume = "RESUME"
}

/// `UPVOTE | DOWNVOTE | LOG CLICK deployment FOR text DOCUMENT key | (key, …) [RANK number]`
package struct Feedback: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        case upvote = "UPVOTE"
        case downvote = "DOWNVOTE"
        case click = "LOG CLICK"
    }

    package var kind: Kind
    package var deployment: Identifier
    package var query: Expression
    /// The primary key: one value for each of its columns.
    package var document: [Expression]
    /// Where the document stood, from 1; only of a click.
    package var rank: Expression?
    package var location: Location

    package init(
        kind: Kind, deployment: Identifier, query: Expression, document: [Expression], rank: Expression?,
        location: Location
    ) {
        self.kind = kind
        self.deployment = deployment
        self.query = query
        self.document = document
        self.rank = rank
        self.location = location
    }
}

/// `CREATE SCHEDULE [IF NOT EXISTS] name EVERY text AS (statement; …)`
package struct CreateSchedule: Hashable, Sendable {
    package var name: Identifier
    package var ifNotExists: Bool
    package var interval: Expression
    package var statements: [Statement]
    package var location: Location

    package init(
        name: Identifier, ifNotExists: Bool, interval: Expression, statements: [Statement], location: Location
    ) {
        self.name = name
        self.ifNotExists = ifNotExists
        self.interval = interval
        self.statements = statements
        self.location = location
    }
}

/// `CREATE MONITOR [IF NOT EXISTS] name EVERY text [AS (SELECT …)] [WITH (…)]`
package struct CreateMonitor: Hashable, Sendable {
    package var name: Identifier
    package var ifNotExists: Bool
    package var interval: Expression
    /// The values to watch; nil watches the engine itself.
    package var select: Select?
    package var options: [Option]
    package var location: Location

    package init(
        name: Identifier, ifNotExists: Bool, interval: Expression, select: Select?, options: [Option],
        location: Location
    ) {
        self.name = name
        self.ifNotExists = ifNotExists
        self.interval = interval
        self.select = select
        self.options = options
        self.location = location
    }
}

/// `GRANT privilege, … [ON [kind] name] TO name, …` or `REVOKE … FROM …`
package struct Grant: Hashable, Sendable {
    package enum Privilege: String, Hashable, Sendable, CaseIterable {
        case all = "ALL"
        case select = "SELECT"
        case insert = "INSERT"
        case update = "UPDATE"
        case delete = "DELETE"
        case search = "SEARCH"
        case predict = "PREDICT"
        case train = "TRAIN"
        case deploy = "DEPLOY"
        case evaluate = "EVALUATE"
        case create = "CREATE"
        case drop = "DROP"
        case admin = "ADMIN"
    }

    package enum ObjectKind: String, Hashable, Sendable, CaseIterable {
        case table = "TABLE"
        case view = "VIEW"
        case model = "MODEL"
        case deployment = "DEPLOYMENT"
        case project = "PROJECT"
        case dataset = "DATASET"
    }

    package struct Object: Hashable, Sendable {
        /// nil: whatever has the name.
        package var kind: ObjectKind?
        package var name: QualifiedName

        package init(kind: ObjectKind?, name: QualifiedName) {
            self.kind = kind
            self.name = name
        }
    }

    package var isRevoke: Bool
    package var privileges: [Privilege]
    /// nil: the whole database.
    package var object: Object?
    /// Users and teams.
    package var grantees: [Identifier]
    package var location: Location

    package init(
        isRevoke: Bool, privileges: [Privilege], object: Object?, grantees: [Identifier], location: Location
    ) {
        self.isRevoke = isRevoke
        self.privileges = privileges
        self.object = object
        self.grantees = grantees
        self.location = location
    }
}
