// Servers, feedback, jobs, schedules, monitors and backups.

import MartletCore

extension Parser {
    /// nil when the statement starts otherwise.
    mutating func serviceStatement() throws(SyntaxFailure) -> ServiceStatement? {
        let start = token.start
        switch token.keyword {
        case .call:
            advance()
            let name = try identifier("a deployment's name", .deployment)
            return .call(name, options: try optionsClause(), location(from: start))
        case .start, .stop, .restart: return try serverStatement()
        case .shutdown:
            advance()
            return .shutdown(location(from: start))
        case .backup:
            advance()
            try expect(.to, "and a path after BACKUP")
            let path = try text("a path as text")
            return .backup(to: path, options: try optionsClause(), location(from: start))
        case .restore:
            advance()
            try expect(.from, "and a path after RESTORE")
            let path = try text("a path as text")
            return .restore(from: path, options: try optionsClause(), location(from: start))
        case .upvote, .downvote:
            let kind: Feedback.Kind = token.keyword == .upvote ? .upvote : .downvote
            advance()
            return .feedback(try feedback(kind, from: start))
        case .log where peek().keyword == .click:
            advance()
            advance()
            return .feedback(try feedback(.click, from: start))
        case .associate:
            advance()
            let deployment = try identifier("a deployment's name", .deployment)
            let first = try text("a text")
            try expect(.with, "and the other text")
            return .associate(deployment, first, with: try text("a text"), location(from: start))
        case .wait, .watch, .cancel, .retry, .resume: return try jobStatement()
        case .refresh:
            advance()
            try expect(.column, "after REFRESH")
            let (table, column) = try tableColumn()
            return .refreshColumn(table: table, column: column, filter: try whereClause(), location(from: start))
        case .grant, .revoke: return .grant(try grant())
        default: return nil
        }
    }

    private mutating func serverStatement() throws(SyntaxFailure) -> ServiceStatement {
        let start = token.start
        let action: ServerAction =
            switch token.keyword {
            case .start: .start
            case .stop: .stop
            default: .restart
            }
        advance()
        try expect(.server, "after \(action.rawValue)")
        let name = accept(.all) ? nil : try identifier("a server's name or ALL", .deployment)
        return .server(action, name, location(from: start))
    }

    private mutating func feedback(_ kind: Feedback.Kind, from start: Int) throws(SyntaxFailure) -> Feedback {
        let deployment = try identifier("a deployment's name", .deployment)
        try expect(.for, "and the query's text")
        let query = try text("the query's text")
        try expect(.document, "and the document's key")
        let document: [Expression]
        if at(.leftParenthesis) {
            document = try parenthesised("the document's key") { parser throws(SyntaxFailure) in
                try parser.constant("a value of the document's key")
            }
        } else {
            document = [try constant("the document's key")]
        }
        var rank: Expression?
        if kind == .click, accept(.rank) { rank = try number("the document's rank") }
        return Feedback(
            kind: kind, deployment: deployment, query: query, document: document, rank: rank,
            location: location(from: start))
    }

    private mutating func jobStatement() throws(SyntaxFailure) -> ServiceStatement {
        let start = token.start
        let action: JobAction =
            switch token.keyword {
            case .wait: .wait
            case .watch: .watch
            case .cancel: .cancel
            case .retry: .retry
            default: .resume
            }
        advance()
        if action == .retry || action == .resume, accept(.run) {
            let number = try number("the run's number")
            return .run(action, number, options: try optionsClause(), location(from: start))
        }
        try expect(.job, "after \(action.rawValue)")
        let number = try number("the job's number")
        return .job(action, number, options: try optionsClause(), location(from: start))
    }

    /// A literal or a parameter, possibly with a sign.
    mutating func constant(_ what: String) throws(SyntaxFailure) -> Expression {
        switch token.kind {
        case .string, .integer, .real, .blob, .parameter, .minus, .plus: return try expression(above: Precedence.unary)
        default:
            switch token.keyword {
            case .true, .false, .null, .timestamp, .date: return try expression(above: Precedence.unary)
            default: throw expected(what)
            }
        }
    }

    /// `table "." column`
    mutating func tableColumn() throws(SyntaxFailure) -> (table: Identifier, column: Identifier) {
        let table = try identifier("a table's name", .table)
        try expect(.period, "'.' and a column's name")
        return (table, try identifier("a column's name", .column))
    }

    // MARK: CREATE and ALTER

    mutating func createService(from start: Int) throws(SyntaxFailure) -> ServiceStatement? {
        switch token.keyword {
        case .schedule: return .createSchedule(try createSchedule(from: start))
        case .monitor: return .createMonitor(try createMonitor(from: start))
        case .user:
            advance()
            let ifNotExists = try acceptIfNotExists()
            let name = try identifier("a user's name")
            let password = accept(.password) ? try text("the password as text") : nil
            return .createUser(
                name, ifNotExists: ifNotExists, password: password, options: try optionsClause(),
                location(from: start))
        case .team:
            advance()
            let ifNotExists = try acceptIfNotExists()
            let name = try identifier("a team's name")
            return .createTeam(name, ifNotExists: ifNotExists, options: try optionsClause(), location(from: start))
        default: return nil
        }
    }

    private mutating func createSchedule(from start: Int) throws(SyntaxFailure) -> CreateSchedule {
        advance()
        let ifNotExists = try acceptIfNotExists()
        let name = try identifier("a schedule's name")
        try expect(.every, "and an interval")
        let interval = try text("an interval as text")
        try expect(.as, "and the statements")
        try expect(.leftParenthesis, "'(' before the statements")
        var statements: [Statement] = []
        skipSemicolons()
        repeat {
            statements.append(try statement())
            guard at(.semicolon) || at(.rightParenthesis) else {
                throw expected("';' or ')' after the statement")
            }
            skipSemicolons()
        } while !at(.rightParenthesis)
        advance()
        return CreateSchedule(
            name: name, ifNotExists: ifNotExists, interval: interval, statements: statements,
            location: location(from: start))
    }

    private mutating func createMonitor(from start: Int) throws(SyntaxFailure) -> CreateMonitor {
        advance()
        let ifNotExists = try acceptIfNotExists()
        let name = try identifier("a monitor's name")
        try expect(.every, "and an interval")
        let interval = try text("an interval as text")
        let select = accept(.as) ? try parenthesisedSelect() : nil
        return CreateMonitor(
            name: name, ifNotExists: ifNotExists, interval: interval, select: select, options: try optionsClause(),
            location: location(from: start))
    }

    mutating func alterService(from start: Int) throws(SyntaxFailure) -> ServiceStatement? {
        if accept(.server) {
            let name = try identifier("a server's name", .deployment)
            try expect(.replicas, "and a number")
            return .alterServer(name, try replicaCounts(), location(from: start))
        }
        if accept(.user) {
            let name = try identifier("a user's name")
            try expect(.password, "and the new password")
            return .alterUser(name, password: try text("the password as text"), location(from: start))
        }
        if accept(.team) {
            let name = try identifier("a team's name")
            let isAdding = accept(.add)
            if !isAdding { try expect(.drop, "or ADD after the team's name") }
            try expect(.member, "and a user's name")
            let member = try identifier("a user's name")
            return .alterTeam(name, isAdding: isAdding, member: member, location(from: start))
        }
        return nil
    }

    // MARK: GRANT

    private mutating func grant() throws(SyntaxFailure) -> Grant {
        let start = token.start
        let isRevoke = token.keyword == .revoke
        advance()
        let privileges = try list { parser throws(SyntaxFailure) in try parser.privilege() }
        let object = accept(.on) ? try grantObject(isRevoke) : nil
        if isRevoke {
            try expect(.from, "and the users or teams")
        } else {
            try expect(.to, "and the users or teams")
        }
        let grantees = try list { parser throws(SyntaxFailure) in
            try parser.identifier("a user's or team's name")
        }
        return Grant(
            isRevoke: isRevoke, privileges: privileges, object: object, grantees: grantees,
            location: location(from: start))
    }

    private mutating func privilege() throws(SyntaxFailure) -> Grant.Privilege {
        guard token.kind == .word else { throw expected("a privilege") }
        let word = source(token)
        guard let privilege = Grant.Privilege(rawValue: word.uppercased()) else {
            let known = Grant.Privilege.allCases.map(\.rawValue)
            throw report(
                .syntax, "expected a privilege, found '\(word)'", at: token.range,
                hint: Suggestion.hint(for: word, among: known) ?? "one of \(known.joined(separator: ", "))")
        }
        advance()
        return privilege
    }

    private mutating func grantObject(_ isRevoke: Bool) throws(SyntaxFailure) -> Grant.Object {
        var kind: Grant.ObjectKind?
        if token.kind == .word, let known = Grant.ObjectKind(rawValue: source(token).uppercased()), isName(peek()),
            isRevoke || peek().keyword != .to || lookAhead(2)[1].keyword == .to
        {
            advance()
            kind = known
        }
        return Grant.Object(kind: kind, name: try qualifiedName("what the privilege is for", .other))
    }
}
