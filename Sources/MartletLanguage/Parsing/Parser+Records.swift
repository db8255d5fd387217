// Projects, experiments, datasets, models and runs.

import MartletCore

extension Parser {
    /// nil when the statement starts otherwise.
    mutating func recordStatement() throws(SyntaxFailure) -> RecordStatement? {
        let start = token.start
        switch token.keyword {
        case .use:
            advance()
            try expect(.project, "after USE")
            let project = try identifier("a project's name")
            let experiment = accept(.experiment) ? try identifier("an experiment's name") : nil
            return .useProject(project, experiment: experiment, location(from: start))
        case .snapshot:
            advance()
            try expect(.dataset, "after SNAPSHOT")
            let name = try identifier("a dataset's name")
            let select = accept(.as) ? try selectOrParenthesised() : nil
            return .snapshotDataset(name, select, location(from: start))
        case .export: return try exportStatement()
        case .import:
            advance()
            try expect(.model, "after IMPORT")
            let name = try identifier("a name for the model", .model)
            try expect(.from, "and a path")
            let path = try text("a path as text")
            return .importModel(name, from: path, options: try optionsClause(), location(from: start))
        case .log: return .log(try logEntry())
        case .tag: return try tag()
        case .comment: return try comment()
        case .lineage:
            advance()
            try expect(.of, "after LINEAGE")
            return .lineage(try subject(modelByDefault: true), location(from: start))
        case .compare:
            advance()
            return .compareRuns(try runNumbers("after COMPARE"), location(from: start))
        case .chart: return .chart(try chart())
        case .report: return try reportStatement()
        default: return try versionStatement()
        }
    }

    private mutating func selectOrParenthesised() throws(SyntaxFailure) -> Select {
        guard startsSelect() || at(.leftParenthesis) else {
            _ = at(.select)
            throw expected("SELECT")
        }
        return try select()
    }

    // MARK: CREATE

    mutating func createRecord(from start: Int) throws(SyntaxFailure) -> RecordStatement? {
        switch token.keyword {
        case .project:
            advance()
            let ifNotExists = try acceptIfNotExists()
            return .createProject(
                try identifier("a project's name"), ifNotExists: ifNotExists, location(from: start))
        case .experiment:
            advance()
            let ifNotExists = try acceptIfNotExists()
            let name = try identifier("an experiment's name")
            let project = accept(.in) ? try identifier("a project's name") : nil
            return .createExperiment(name, ifNotExists: ifNotExists, project: project, location(from: start))
        case .dataset:
            advance()
            let ifNotExists = try acceptIfNotExists()
            let name = try identifier("a dataset's name")
            let source: DatasetSource
            if accept(.from) {
                source = .path(try text("a path as text"))
            } else {
                try expect(.as, "and a SELECT, or FROM and a path")
                source = .select(try selectOrParenthesised())
            }
            return .createDataset(
                name, ifNotExists: ifNotExists, source, options: try optionsClause(), location(from: start))
        default: return nil
        }
    }

    // MARK: Models

    mutating func alterModel(from start: Int) throws(SyntaxFailure) -> RecordStatement {
        let model = try modelReference()
        let action: ModelAction
        if accept(.set) {
            if accept(.visibility) {
                let word = token.kind == .word ? source(token).lowercased() : ""
                guard let known = ModelAction.Visibility(rawValue: word) else {
                    throw expected("private, protected or public")
                }
                advance()
                action = .visibility(known)
            } else if accept(.stage) {
                action = .stage(try identifier("a stage"))
            } else {
                try expect(.alias, "VISIBILITY or STAGE after SET")
                action = .alias(try identifier("an alias"))
            }
        } else if accept(.stage) {
            action = .stage(try identifier("a stage"))
        } else if accept(.drop) {
            try expect(.alias, "after DROP")
            action = .dropAlias(try identifier("an alias"))
        } else if accept(.lock) {
            action = .lock
        } else if accept(.unlock) {
            action = .unlock
        } else if accept(.rename) {
            try expect(.to, "after RENAME")
            action = .rename(to: try identifier("the new name", .model))
        } else {
            throw expected("SET, STAGE, LOCK, UNLOCK, RENAME or DROP ALIAS")
        }
        return .alterModel(model, action, location(from: start))
    }

    mutating func copyModel(from start: Int) throws(SyntaxFailure) -> RecordStatement {
        advance()
        let model = try modelReference()
        try expect(.to, "and the copy's name")
        return .copyModel(model, to: try identifier("the copy's name", .model), location(from: start))
    }

    private mutating func exportStatement() throws(SyntaxFailure) -> RecordStatement {
        let start = token.start
        advance()
        if accept(.artifact) {
            let name = try text("the artifact's name as text")
            let run = try ofRun()
            try expect(.to, "and a path")
            return .exportArtifact(name, run: run, to: try text("a path as text"), location(from: start))
        }
        try expect(.model, "or ARTIFACT after EXPORT")
        let model = try modelReference()
        try expect(.to, "and a path")
        let path = try text("a path as text")
        return .exportModel(model, to: path, options: try optionsClause(), location(from: start))
    }

    // MARK: Runs

    private mutating func ofRun() throws(SyntaxFailure) -> Expression {
        try expect(.of, "RUN and its number")
        try expect(.run, "after OF")
        return try number("the run's number")
    }

    private mutating func toRun() throws(SyntaxFailure) -> Expression {
        try expect(.to, "RUN and its number")
        try expect(.run, "after TO")
        return try number("the run's number")
    }

    mutating func dropArtifact(from start: Int) throws(SyntaxFailure) -> RecordStatement {
        advance()
        let name = try text("the artifact's name as text")
        return .dropArtifact(name, run: try ofRun(), location(from: start))
    }

    private mutating func logEntry() throws(SyntaxFailure) -> LogEntry {
        let start = token.start
        advance()
        let kind: LogEntry.Kind
        if accept(.artifact) {
            let path = try text("a path as text")
            let name = accept(.as) ? try text("the artifact's name as text") : nil
            return LogEntry(
                kind: .artifact, name: path, value: name, step: nil, run: try toRun(), location: location(from: start))
        } else if accept(.metric) {
            kind = .metric
        } else if accept(.param) {
            kind = .parameter
        } else if accept(.observation) {
            kind = .observation
        } else if accept(.attribute) {
            kind = .attribute
        } else {
            _ = at(.click)
            throw expected("METRIC, PARAM, OBSERVATION, ATTRIBUTE, ARTIFACT or CLICK after LOG")
        }
        let name = try text("a name as text")
        try expect(.equal, "'=' and a value")
        let value = try constant("a value")
        let step = kind == .observation && accept(.at) ? try number("the step's number") : nil
        return LogEntry(
            kind: kind, name: name, value: value, step: step, run: try toRun(), location: location(from: start))
    }

    private mutating func tag() throws(SyntaxFailure) -> RecordStatement {
        let start = token.start
        advance()
        if accept(.version) {
            let revision = try revision()
            try expect(.as, "and the tag's name")
            return .tagVersion(revision, name: try identifier("the tag's name"), location(from: start))
        }
        try expect(.run, "or VERSION after TAG")
        let run = try number("the run's number")
        let tags = try list { parser throws(SyntaxFailure) in try parser.text("a tag as text") }
        return .tagRun(run, tags, location(from: start))
    }

    private mutating func comment() throws(SyntaxFailure) -> RecordStatement {
        let start = token.start
        advance()
        try expect(.on, "after COMMENT")
        let subject = try subject(modelByDefault: false)
        try expect(.is, "and the comment")
        let text = accept(.null) ? nil : try text("the comment as text, or NULL")
        return .comment(subject, text, location(from: start))
    }

    /// `[MODEL] name[@version]`, `RUN 12`, `COLUMN table.column`, `kind name`
    private mutating func subject(modelByDefault: Bool) throws(SyntaxFailure) -> Subject {
        if at(.run), [.integer, .real, .parameter].contains(peek().kind) {
            advance()
            return .run(try number("the run's number"))
        }
        if isName(token), isName(peek()) || peek().kind == .integer {
            if accept(.model) { return .model(try modelReference()) }
            if accept(.column) {
                let (table, column) = try tableColumn()
                return .column(table: table, column: column)
            }
            if token.kind == .word, let kind = Subject.Kind(rawValue: source(token).uppercased()) {
                advance()
                return .object(kind, try qualifiedName("a name", .other))
            }
        }
        if modelByDefault { return .model(try modelReference()) }
        for keyword: Keyword in [.table, .column, .model, .run, .deployment, .project, .experiment, .dataset] {
            expectedKeywords.insert(keyword)
        }
        throw expected("what the comment is on: TABLE, COLUMN, MODEL, RUN, … and its name")
    }

    /// `(RUN | RUNS) number, …`
    private mutating func runNumbers(_ context: String) throws(SyntaxFailure) -> [Expression] {
        if !accept(.run) { try expect(.runs, context) }
        return try list { parser throws(SyntaxFailure) in try parser.number("a run's number") }
    }

    private mutating func chart() throws(SyntaxFailure) -> Chart {
        let start = token.start
        advance()
        let measure = try identifier("what to draw: a metric or a column")
        let by = accept(.by) ? try identifier("what to draw it by") : nil
        try expect(.of, "RUNS or (SELECT …)")
        let source: Chart.Source =
            at(.leftParenthesis) ? .select(try parenthesisedSelect()) : .runs(try runNumbers("or '(' after OF"))
        try expect(.to, "and a path")
        let path = try text("a path as text")
        return Chart(
            measure: measure, by: by, source: source, path: path, options: try optionsClause(),
            location: location(from: start))
    }

    private mutating func reportStatement() throws(SyntaxFailure) -> RecordStatement {
        let start = token.start
        advance()
        var subject = ReportSubject.all
        if accept(.of) {
            if accept(.project) {
                subject = .project(try identifier("a project's name"))
            } else {
                subject = .runs(try runNumbers("or PROJECT after OF"))
            }
        }
        try expect(.to, "and a path")
        let path = try text("a path as text")
        return .report(subject, to: path, options: try optionsClause(), location(from: start))
    }
}
