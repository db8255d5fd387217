// Statements as text.

import MartletCore

extension Printer {
    mutating func statement(_ statement: Statement) {
        switch statement {
        case .select(let select): self.select(select)
        case .search(let search): self.search(search)
        case .explain(let explain): self.explain(explain)
        case .insert(let insert): self.insert(insert)
        case .update(let update): self.update(update)
        case .delete(let delete): self.delete(delete)
        case .copyFrom(let copy): copyFrom(copy)
        case .copyTo(let copy): copyTo(copy)
        case .createTable(let create): createTable(create)
        case .createIndex(let create): createIndex(create)
        case .createView(let create): createView(create)
        case .alterTable(let alter): alterTable(alter)
        case .drop(let drop): self.drop(drop)
        case .begin(let readOnly, _): text += readOnly ? "BEGIN READ ONLY" : "BEGIN"
        case .commit: text += "COMMIT"
        case .rollback: text += "ROLLBACK"
        case .savepoint(let name, _): word("SAVEPOINT", name)
        case .release(let name, _): word("RELEASE SAVEPOINT", name)
        case .rollbackTo(let name, _): word("ROLLBACK TO SAVEPOINT", name)
        case .train(let train): self.train(train)
        case .evaluate(let evaluate): self.evaluate(evaluate)
        case .predict(let predict): self.predict(predict)
        case .deploy(let deploy): self.deploy(deploy)
        case .undeploy(let name, let ifExists, _): word(ifExists ? "UNDEPLOY IF EXISTS" : "UNDEPLOY", name)
        case .rollbackDeployment(let name, _): word("ROLLBACK DEPLOYMENT", name)
        case .show(let name, _): word("SHOW", name)
        case .pragma(let name, let value, _):
            word("PRAGMA", name)
            clause("=", value, above: Precedence.bits)
        case .reindex(let name, _):
            text += "REINDEX"
            if let name {
                text += " "
                self.name(name)
            }
        case .analyze(let name, _):
            text += "ANALYZE"
            if let name {
                text += " "
                self.name(name)
            }
        case .service(let statement): service(statement)
        case .record(let statement): record(statement)
        }
    }

    /// A keyword and a name.
    mutating func word(_ keyword: String, _ name: Identifier) {
        text += "\(keyword) "
        self.name(name)
    }

    private mutating func explain(_ explain: Explain) {
        text += explain.isAnalyze ? "EXPLAIN ANALYZE " : "EXPLAIN "
        var options: [String] = []
        if explain.format != .text { options.append("FORMAT \(explain.format.rawValue)") }
        if explain.measuresRecall { options.append("RECALL") }
        if !options.isEmpty { text += "(" + options.joined(separator: ", ") + ") " }
        statement(explain.statement)
    }

    // MARK: Rows

    private mutating func insert(_ insert: Insert) {
        with(insert.with)
        let isReplacing = insert.conflict?.action == .replace
        text += isReplacing ? "REPLACE INTO " : "INSERT INTO "
        name(insert.table)
        if !insert.columns.isEmpty {
            text += " "
            columns(insert.columns)
        }
        switch insert.source {
        case .select(let select):
            text += " "
            self.select(select)
        case .defaultValues: text += " DEFAULT VALUES"
        }
        if let conflict = insert.conflict, !isReplacing {
            text += " ON CONFLICT"
            if !conflict.columns.isEmpty {
                text += " "
                columns(conflict.columns)
            }
            switch conflict.action {
            case .replace: break
            case .nothing: text += " DO NOTHING"
            case .update(let assignments, let filter):
                text += " DO UPDATE"
                self.assignments(assignments)
                clause("WHERE", filter)
            }
        }
        returning(insert.returning)
    }

    private mutating func assignments(_ assignments: [Assignment]) {
        text += " SET "
        list(assignments) { printer, assignment in
            printer.name(assignment.column)
            printer.text += " = "
            printer.expression(assignment.value)
        }
    }

    private mutating func returning(_ items: [SelectItem]) {
        if items.isEmpty { return }
        text += " RETURNING "
        self.items(items)
    }

    private mutating func update(_ update: Update) {
        with(update.with)
        text += update.resolution.map { "UPDATE OR \($0.rawValue) " } ?? "UPDATE "
        name(update.table)
        alias(update.alias)
        assignments(update.assignments)
        if let from = update.from {
            text += " FROM "
            table(from)
        }
        clause("WHERE", update.filter)
        returning(update.returning)
    }

    private mutating func delete(_ delete: Delete) {
        with(delete.with)
        text += "DELETE FROM "
        name(delete.table)
        alias(delete.alias)
        clause("WHERE", delete.filter)
        returning(delete.returning)
    }

    private mutating func copyFrom(_ copy: CopyFrom) {
        text += "COPY "
        name(copy.table)
        if !copy.columns.isEmpty {
            text += " "
            columns(copy.columns)
        }
        clause("FROM", copy.path)
        options(copy.options)
    }

    private mutating func copyTo(_ copy: CopyTo) {
        text += "COPY "
        switch copy.source {
        case .table(let table, let columns):
            name(table)
            if !columns.isEmpty {
                text += " "
                self.columns(columns)
            }
        case .select(let select):
            text += "("
            self.select(select)
            text += ")"
        }
        clause("TO", copy.path)
        options(copy.options)
    }

    // MARK: Learning

    mutating func source(_ source: DataSource?) {
        switch source {
        case nil: break
        case .table(let table, let filter, _)?:
            text += " FROM "
            name(table)
            clause("WHERE", filter)
        case .select(let select, _)?:
            text += " FROM ("
            self.select(select)
            text += ")"
        }
    }

    private mutating func train(_ train: Train) {
        word("TRAIN", train.name)
        word(" USING", train.kind)
        if let target = train.target {
            text += " ON "
            name(target.table)
            text += " "
            columns(target.columns)
        }
        source(train.source)
        if let label = train.label { word(" LABEL", label) }
        switch train.shards {
        case nil: break
        case .count(let count)?: text += " SHARDS \(count)"
        case .automatic?: text += " SHARDS AUTO"
        }
        if let by = train.shardsBy { word(" BY", by) }
        if let aggregate = train.aggregate { text += " AGGREGATE \(aggregate.rawValue)" }
        if let rounds = train.rounds { text += " ROUNDS \(rounds)" }
        options(train.options)
        if train.isAsync { text += " ASYNC" }
    }

    private mutating func evaluate(_ evaluate: Evaluate) {
        text += "EVALUATE "
        model(evaluate.model)
        source(evaluate.source)
        if !evaluate.by.isEmpty {
            text += " BY "
            list(evaluate.by) { $0.name($1) }
        }
        if let into = evaluate.into {
            text += " INTO "
            name(into)
        }
        options(evaluate.options)
    }

    private mutating func predict(_ predict: Predict) {
        text += "PREDICT "
        model(predict.model)
        source(predict.source)
        if let into = predict.into {
            text += " INTO "
            name(into)
        }
        options(predict.options)
    }

    private mutating func deploy(_ deploy: Deploy) {
        text += "DEPLOY "
        model(deploy.model)
        word(" AS", deploy.name)
        if let counts = deploy.replicas { replicas(counts) }
        clause("WHEN", deploy.gate)
        options(deploy.options)
    }

    mutating func replicas(_ counts: Deploy.Replicas) {
        text += " REPLICAS \(counts.minimum)"
        if counts.maximum != counts.minimum { text += " TO \(counts.maximum)" }
    }
}
