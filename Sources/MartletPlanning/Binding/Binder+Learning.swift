// Binds TRAIN, EVALUATE and DEPLOY.

import MartletCatalog
import MartletCore
import MartletExpressions
import MartletLanguage
import MartletLearning

extension Binder {
    func bindTrain(_ train: Train) throws(Diagnostic) -> TrainPlan {
        guard let kind = Model.Kind(rawValue: train.kind.name.foldedName) else {
            let known = Model.Kind.allCases.map(\.rawValue)
            throw Diagnostic(
                .unknownObject, "unknown kind of model '\(train.kind.name)'", at: train.kind.range,
                hint: Suggestion.hint(for: train.kind.name, among: known)
                    ?? "known are \(known.joined(separator: ", "))")
        }
        if train.isAsync { throw .notSupported("ASYNC", at: train.location.range) }
        if let known = catalog.model(named: train.name.name), known.kind != kind {
            throw Diagnostic(
                .wrongModelKind, "model \(known.name) is a \(known.kind.rawValue)", at: train.name.range)
        }
        if train.name.name.utf8.count > Limits.identifierBytes || train.name.name.isEmpty {
            throw Diagnostic(.limitExceeded, "a name has 1 to \(Limits.identifierBytes) bytes", at: train.name.range)
        }
        guard let learner = LearnerKind(rawValue: kind.rawValue) else { return try bindRetriever(train) }
        return try bindTrain(train, kind, learner)
    }

    func shardCount(_ train: Train) throws(Diagnostic) -> Int {
        switch train.shards {
        case nil: return 1
        case .automatic: return 0
        case .count(let count):
            guard (1...Limits.shards).contains(count) else {
                throw Diagnostic(
                    .outOfRange, "SHARDS must be from 1 to \(Limits.shards)", at: train.location.range)
            }
            return count
        }
    }

    func bindEvaluate(_ evaluate: Evaluate) throws(Diagnostic) -> LogicalPlan {
        if let into = evaluate.into { return try bindEvaluate(evaluate, into: into) }
        let reference = evaluate.model
        let deployment = reference.version == nil ? catalog.deployment(named: reference.name.name) : nil
        let model = deployment.flatMap { catalog.model(id: $0.modelID) } ?? catalog.model(named: reference.name.name)
        if let model, model.kind != .retriever {
            return try bindEvaluateRows(evaluate, try modelTarget(reference))
        }
        // A table can be evaluated as what SEARCH finds in it; what is no table either is an unknown model.
        if model == nil, reference.version == nil, catalog.view(named: reference.name.name) != nil {
            throw noTable(reference.name, ifView: "EVALUATE reads it behind FROM only")
        }
        if model == nil, reference.version != nil || catalog.table(named: reference.name.name) == nil {
            let known = catalog.models.map(\.name) + catalog.deployments.map(\.name) + catalog.tables.map(\.name)
            throw Diagnostic(
                .unknownModel, "unknown model or deployment '\(reference.name.name)'", at: reference.name.range,
                hint: Suggestion.hint(for: reference.name.name, among: known))
        }
        return .evaluate(try bindEvaluateSearch(evaluate))
    }

    private func bindEvaluateSearch(_ evaluate: Evaluate) throws(Diagnostic) -> EvaluatePlan {
        if let by = evaluate.by.first { throw .notSupported("EVALUATE … BY", at: by.range) }
        let reader = try OptionReader(
            self, evaluate.options, known: ["metrics", "depth", "baseline", "per_query"], of: "EVALUATE")
        let target = try searchTarget(evaluate.model)
        guard target.indexes.count == 1, let index = target.indexes.first else {
            throw Diagnostic(
                .unknownIndex, "EVALUATE needs one text index; table \(target.table.name) has \(target.indexes.count)",
                at: evaluate.model.range)
        }
        guard let dataSource = evaluate.source else {
            throw Diagnostic(
                .misplaced, "EVALUATE needs judgements: FROM (SELECT query, document, grade FROM …)",
                at: evaluate.location.range)
        }
        let table = target.table
        guard table.primaryKey.count == 1 else {
            throw Diagnostic(
                .misplaced, "judgements name documents by the PRIMARY KEY of \(table.name), which must be one column",
                at: evaluate.model.range)
        }
        let key = table.primaryKey[0]
        let metrics = try reader.text("metrics")
        var measured = RetrievalMetric.standard
        if let metrics {
            do throws(Diagnostic) {
                measured = try RetrievalMetric.list(from: metrics.text)
            } catch {
                throw error.located(at: metrics.range)
            }
        }
        let depth = try reader.integer("depth", in: 1...100_000) ?? 100
        let text = SearchPlan.Text(text: .constant(.null, .text, .none), parts: [part(index, target)])
        let search = SearchPlan(
            table: table, alias: table.name, targetLabel: target.label, legs: [SearchPlan.Leg(.text(text))],
            columns: [key], limit: .constant(.integer(Int64(depth))))
        return EvaluatePlan(
            modelLabel: target.label, search: search, documentColumn: key,
            source: try judgements(dataSource, keyType: table.columns[key].type), metrics: measured, depth: depth,
            baseline: try baseline(reader, index, table), isPerQuery: try reader.boolean("per_query") ?? false)
    }

    private func part(_ index: Index, _ target: SearchTarget) -> SearchPlan.TextPart {
        SearchPlan.TextPart(
            index: index, weights: index.parts.map(\.weight), retriever: target.version, deployment: target.deployment)
    }

    /// `'bm25'`, or a model or deployment by name that ranks the same table.
    private func baseline(
        _ reader: OptionReader, _ index: Index, _ table: Table
    ) throws(Diagnostic) -> EvaluatePlan.Baseline? {
        guard let reference = try reader.model("baseline") else { return nil }
        let range = reference.range
        if reference.version == nil, reference.name.name.foldedName == "bm25" { return .words(index) }
        let target: SearchTarget
        do throws(Diagnostic) {
            target = try searchTarget(reference)
        } catch {
            guard error.code == .unknownTable || error.code == .unknownModel else { throw error }
            throw Diagnostic(
                .invalidOption, "option 'baseline' must be 'bm25', a model or a deployment", at: range,
                hint: Suggestion.hint(
                    for: reference.name.name,
                    among: ["bm25"] + catalog.models.map(\.name) + catalog.deployments.map(\.name)))
        }
        guard target.table.id == table.id, target.indexes.count == 1 else {
            throw Diagnostic(
                .invalidOption, "the baseline \(target.label) does not rank table \(table.name)", at: range)
        }
        return EvaluatePlan.Baseline(part: part(target.indexes[0], target), prefix: "baseline_", parameters: nil)
    }

    /// EVALUATE … INTO: what it gives goes into a table, of a ranking the rows of each query.
    private func bindEvaluate(_ evaluate: Evaluate, into: QualifiedName) throws(Diagnostic) -> LogicalPlan {
        var inner = evaluate
        inner.into = nil
        let location = evaluate.location
        let isRanking = (try? modelTarget(evaluate.model)) == nil
        if isRanking, !inner.options.contains(where: { $0.name.name.matches("per_query") }) {
            inner.options.append(
                Option(
                    name: Identifier("per_query", location), value: .expression(.literal(.boolean(true), location))))
        }
        let select = Select(
            body: .core(
                SelectCore(
                    items: [.all(location)], from: .statement(.evaluate(inner), alias: nil, location), filter: nil,
                    location: location)), location: location)
        return try bindKept(select, into: into, "figures", location)
    }

    /// The source as (query TEXT, document of the key's type, grade INTEGER), found by name.
    func judgements(
        _ source: DataSource, keyType: DataType, as what: String = "judgements"
    ) throws(Diagnostic) -> LogicalPlan {
        let plan = try bindSource(source)
        let output = plan.output
        func column(_ name: String) -> Int? { output.firstIndex { !$0.isHidden && $0.name.matches(name) } }
        func require(_ name: String) throws(Diagnostic) -> Int {
            if let index = column(name) { return index }
            throw Diagnostic(
                .unknownColumn, "\(what) need a column '\(name)'", at: source.range,
                hint: "they have \(output.filter { !$0.isHidden }.map(\.name).joined(separator: ", "))")
        }
        let query = try require("query")
        let document = try require("document")
        func typed(_ index: Int, _ type: DataType, _ name: String) throws(Diagnostic) -> BoundExpression {
            let given = output[index].type
            let column = BoundExpression.column(index, given, source.range)
            if given == type || given == .null { return try Coercion.coerce(column, to: type, purpose: .comparison) }
            throw Diagnostic(
                .typeMismatch, "column '\(name)' of the \(what) must be \(type), not \(given)", at: source.range,
                hint: "CAST(\(name) AS \(type))")
        }
        let grade: BoundExpression =
            if let index = column("grade") { try typed(index, .integer, "grade") } else { .constant(.integer(1)) }
        return .project(
            plan, [try typed(query, .text, "query"), try typed(document, keyType, "document"), grade],
            columns: [
                OutputColumn(name: "query", type: .text), OutputColumn(name: "document", type: keyType),
                OutputColumn(name: "grade", type: .integer),
            ])
    }

    func bindSource(_ source: DataSource) throws(Diagnostic) -> LogicalPlan {
        switch source {
        case .select(let select, _): return try bindSelect(select, context: nil)
        case .table(let name, let filter, let location):
            let core = SelectCore(
                items: [.all(location)], from: .table(name, alias: nil), filter: filter, location: location)
            return try bindSelect(Select(body: .core(core), location: location), context: nil)
        }
    }

    func bindDeploy(_ deploy: Deploy) throws(Diagnostic) -> DeployPlan {
        if let gate = deploy.gate { throw .notSupported("DEPLOY … WHEN", at: gate.range) }
        let reader = try OptionReader(self, deploy.options, known: ["queue", "timeout"], of: "DEPLOY")
        let model = try model(deploy.model)
        var reference = deploy.model
        // A bare name is the latest here: deploying what is deployed would do nothing.
        if reference.version == nil {
            reference.version = .alias(Identifier("latest", deploy.model.location))
        }
        let version = try version(reference, of: model)
        if let table = catalog.table(named: deploy.name.name) {
            throw Diagnostic(
                .alreadyExists, "'\(table.name)' is a table; SEARCH could not tell them apart", at: deploy.name.range)
        }
        let replicas = deploy.replicas ?? Deploy.Replicas(minimum: 1, maximum: 1)
        guard replicas.minimum >= 1, replicas.minimum <= replicas.maximum, replicas.maximum <= 256 else {
            throw Diagnostic(
                .outOfRange, "REPLICAS needs 1 ≤ minimum ≤ maximum ≤ 256", at: deploy.location.range)
        }
        return DeployPlan(
            model: model, version: version, name: deploy.name.name, minimumReplicas: replicas.minimum,
            maximumReplicas: replicas.maximum, queueLimit: try reader.integer("queue", in: 0...1_000_000) ?? 256,
            timeoutMilliseconds: try reader.milliseconds("timeout") ?? 2_000)
    }
}
