// TRAIN, EVALUATE, PREDICT and DEPLOY.

import MartletCore

extension Parser {
    /// `FROM table [WHERE …]` or `FROM (SELECT …)`; the FROM is still to come.
    mutating func dataSource() throws(SyntaxFailure) -> DataSource {
        let start = token.start
        try expect(.from)
        if at(.leftParenthesis) {
            let select = try parenthesisedSelect()
            return .select(select, location(from: start))
        }
        let table = try qualifiedName("a table's name or '('")
        let filter = try whereClause()
        return .table(table, filter: filter, location(from: start))
    }

    mutating func train() throws(SyntaxFailure) -> Train {
        let start = token.start
        advance()
        let name = try identifier("a name for the model", .model)
        try expect(.using, "and the kind of model")
        var train = Train(name: name, kind: try identifier("a kind of model"), location: Location(start, start))
        if accept(.on) {
            let table = try qualifiedName("a table's name")
            train.target = Train.Target(table: table, columns: try columnList())
        }
        if at(.from) { train.source = try dataSource() }
        if accept(.label) { train.label = try identifier("the label's column", .column) }
        if accept(.shards) {
            train.shards = accept(.auto) ? .automatic : .count(try integer("a number of shards or AUTO"))
            if accept(.by) { train.shardsBy = try identifier("a column's name", .column) }
        }
        if accept(.aggregate) {
            if accept(.ensemble) {
                train.aggregate = .ensemble
            } else {
                try expect(.mean, "or ENSEMBLE after AGGREGATE")
                train.aggregate = .mean
            }
            if accept(.rounds) { train.rounds = try integer("a number of rounds") }
        }
        train.options = try optionsClause()
        train.isAsync = accept(.async)
        switch token.keyword {
        case .on, .from, .label, .shards, .aggregate, .with:
            throw expected(
                "';' or the end of the statement",
                hint: "the order is ON, FROM, LABEL, SHARDS, AGGREGATE, WITH, ASYNC")
        default: break
        }
        train.location = location(from: start)
        return train
    }

    mutating func evaluate() throws(SyntaxFailure) -> Evaluate {
        let start = token.start
        advance()
        let model = try modelReference()
        let source = at(.from) ? try dataSource() : nil
        var columns: [Identifier] = []
        if accept(.by) {
            columns = try list { parser throws(SyntaxFailure) in try parser.identifier("a column's name", .column) }
        }
        let into = accept(.into) ? try qualifiedName("a table's name") : nil
        return Evaluate(
            model: model, source: source, by: columns, into: into, options: try optionsClause(),
            location: location(from: start))
    }

    mutating func predict() throws(SyntaxFailure) -> Predict {
        let start = token.start
        advance()
        let model = try modelReference()
        let source = try dataSource()
        let into = accept(.into) ? try qualifiedName("a table's name") : nil
        let options = try optionsClause()
        return Predict(model: model, source: source, into: into, options: options, location: location(from: start))
    }

    mutating func deploy() throws(SyntaxFailure) -> Deploy {
        let start = token.start
        advance()
        let model = try modelReference()
        try expect(.as, "and a name for the deployment")
        let name = try identifier("a name for the deployment", .deployment)
        let replicas = accept(.replicas) ? try replicaCounts() : nil
        let gate = accept(.when) ? try expression() : nil
        let options = try optionsClause()
        return Deploy(
            model: model, name: name, replicas: replicas, gate: gate, options: options,
            location: location(from: start))
    }

    /// `a [TO b]`
    mutating func replicaCounts() throws(SyntaxFailure) -> Deploy.Replicas {
        let minimum = try integer("a number of replicas")
        let maximum = accept(.to) ? try integer("a number of replicas") : minimum
        return Deploy.Replicas(minimum: minimum, maximum: maximum)
    }
}
