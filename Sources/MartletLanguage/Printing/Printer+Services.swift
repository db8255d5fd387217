// Statements about servers, jobs and people as text.

import MartletCore

extension Printer {
    mutating func service(_ statement: ServiceStatement) {
        switch statement {
        case .call(let name, let options, _):
            word("CALL", name)
            self.options(options)
        case .server(let action, let name, _):
            text += "\(action.rawValue) SERVER "
            if let name { self.name(name) } else { text += "ALL" }
        case .alterServer(let name, let counts, _):
            word("ALTER SERVER", name)
            replicas(counts)
        case .shutdown: text += "SHUTDOWN"
        case .backup(let path, let options, _):
            text += "BACKUP"
            clause("TO", path)
            self.options(options)
        case .restore(let path, let options, _):
            text += "RESTORE"
            clause("FROM", path)
            self.options(options)
        case .feedback(let feedback): self.feedback(feedback)
        case .associate(let deployment, let first, let second, _):
            word("ASSOCIATE", deployment)
            text += " "
            expression(first)
            clause("WITH", second)
        case .job(let action, let number, let options, _):
            text += action.rawValue
            clause("JOB", number)
            self.options(options)
        case .run(let action, let number, let options, _):
            text += action.rawValue
            clause("RUN", number)
            self.options(options)
        case .createSchedule(let create): schedule(create)
        case .createMonitor(let create): monitor(create)
        case .refreshColumn(let table, let column, let filter, _):
            word("REFRESH COLUMN", table)
            text += "."
            name(column)
            clause("WHERE", filter)
        case .createUser(let name, let ifNotExists, let password, let options, _):
            word(ifNotExists ? "CREATE USER IF NOT EXISTS" : "CREATE USER", name)
            clause("PASSWORD", password)
            self.options(options)
        case .createTeam(let name, let ifNotExists, let options, _):
            word(ifNotExists ? "CREATE TEAM IF NOT EXISTS" : "CREATE TEAM", name)
            self.options(options)
        case .alterUser(let name, let password, _):
            word("ALTER USER", name)
            clause("PASSWORD", password)
        case .alterTeam(let name, let isAdding, let member, _):
            word("ALTER TEAM", name)
            word(isAdding ? " ADD MEMBER" : " DROP MEMBER", member)
        case .grant(let grant): self.grant(grant)
        }
    }

    private mutating func feedback(_ feedback: Feedback) {
        word(feedback.kind.rawValue, feedback.deployment)
        clause("FOR", feedback.query)
        if feedback.document.count == 1 {
            clause("DOCUMENT", feedback.document[0])
        } else {
            text += " DOCUMENT "
            parenthesised(feedback.document) { $0.expression($1) }
        }
        clause("RANK", feedback.rank)
    }

    private mutating func schedule(_ create: CreateSchedule) {
        word(create.ifNotExists ? "CREATE SCHEDULE IF NOT EXISTS" : "CREATE SCHEDULE", create.name)
        clause("EVERY", create.interval)
        text += " AS ("
        for (index, statement) in create.statements.enumerated() {
            if index > 0 { text += "; " }
            self.statement(statement)
        }
        text += ")"
    }

    private mutating func monitor(_ create: CreateMonitor) {
        word(create.ifNotExists ? "CREATE MONITOR IF NOT EXISTS" : "CREATE MONITOR", create.name)
        clause("EVERY", create.interval)
        if let select = create.select {
            text += " AS ("
            self.select(select)
            text += ")"
        }
        options(create.options)
    }

    private mutating func grant(_ grant: Grant) {
        text += grant.isRevoke ? "REVOKE " : "GRANT "
        list(grant.privileges) { $0.text += $1.rawValue }
        if let object = grant.object {
            text += " ON "
            if let kind = object.kind { text += "\(kind.rawValue) " }
            name(object.name)
        }
        text += grant.isRevoke ? " FROM " : " TO "
        list(grant.grantees) { $0.name($1) }
    }
}
