// Resolves names and types: syntax tree → logical plan.

package import MartletCatalog
package import MartletCore
package import MartletExpressions
package import MartletLanguage

/// Binds one statement. Not reusable: it numbers the statement's subqueries.
package final class Binder {
    let catalog: Catalog
    private let statementText: String
    /// The statement's text, for the names of unnamed columns and for the run's record.
    private(set) lazy var text = Array(statementText.utf8)
    let parameters: ParameterTypes
    let functionSet: FunctionSet
    var functions: FunctionRegistry { functionSet.scalars }
    var aggregates: AggregateRegistry { functionSet.aggregates }
    /// Whether the plans of subqueries, which are made while binding, are rewritten by the rules.
    let usesOptimizer: Bool
    /// Whether a grouped query may use columns that are neither grouped nor aggregated: each as in the group's first row.
    let takesUngroupedColumns: Bool
    // Used by the one thread that binds the statement, so not checked for overlapping access.
    /// WITH's tables, innermost last, with the subquery in which each is defined.
    @exclusivity(unchecked)
    var commonTables: [(name: String, plan: LogicalPlan, size: PlanSize, context: SubqueryContext?)] = []
    /// The recursive tables whose own step used them.
    var recursiveUses: Set<Int> = []
    /// The operators that uses of WITH's tables have added so far.
    var usedNodes = 0
    var subqueryCount = 0
    /// What stands around the SEARCH that is being bound, which cannot read it.
    var aroundSearch: ExpressionBinder?
    /// The views whose text is being bound, outermost first.
    @exclusivity(unchecked) var openViews: [String] = []
    /// Every table and view that the FROM clauses of views named, by id.
    var namedObjects: Set<UInt32> = []

    package init(
        catalog: Catalog, text: String, parameters: ParameterTypes, functions: FunctionSet = .standard,
        usesOptimizer: Bool = true, takesUngroupedColumns: Bool = false
    ) {
        self.usesOptimizer = usesOptimizer
        self.takesUngroupedColumns = takesUngroupedColumns
        self.catalog = catalog
        statementText = text
        self.parameters = parameters
        functionSet = functions
    }

    func nextSubqueryID() -> Int {
        subqueryCount += 1
        return subqueryCount
    }

    /// The statement's plan before any rule.
    package func bind(_ statement: Statement) throws(Diagnostic) -> LogicalPlan {
        switch statement {
        case .select(let select): return try bindSelect(select, context: nil)
        case .search(let search): return try bindSearch(search, alias: nil)
        case .insert(let insert): return .insert(try bindInsert(insert))
        case .update(let update): return .update(try bindUpdate(update))
        case .delete(let delete): return .delete(try bindDelete(delete))
        case .copyFrom(let copy): return .copyFrom(try bindCopyFrom(copy))
        case .copyTo(let copy): return .copyTo(try bindCopyTo(copy))
        case .createTable(let create): return try bindCreateTable(create)
        case .createIndex(let create): return try bindCreateIndex(create)
        case .drop(let drop): return .command(try bindDrop(drop))
        case .train(let train): return .train(try bindTrain(train))
        case .evaluate(let evaluate): return try bindEvaluate(evaluate)
        case .deploy(let deploy): return .deploy(try bindDeploy(deploy))
        case .undeploy(let name, let ifExists, _):
            guard let deployment = catalog.deployment(named: name.name) else {
                if ifExists { return .command(.nothing("there is no deployment \(name.name)")) }
                throw unknownDeployment(name)
            }
            return .command(.undeploy(deployment))
        case .rollbackDeployment(let name, _):
            guard let deployment = catalog.deployment(named: name.name) else { throw unknownDeployment(name) }
            return .command(.rollbackDeployment(deployment))
        case .show(let name, _): return try bindShow(name)
        case .pragma(let name, let value, _): return .command(.pragma(try bindPragma(name, value)))
        case .analyze(let name, _):
            guard let name else { return .command(.analyze(catalog.tables)) }
            return .command(.analyze([try writableTable(name)]))
        case .reindex(let name, _): return .command(.reindex(try indexes(named: name)))
        case .explain(let explain): return try bind(explain.statement)
        case .begin(let readOnly, _): return .command(.transaction(readOnly ? "Begin read only" : "Begin"))
        case .commit: return .command(.transaction("Commit"))
        case .rollback: return .command(.transaction("Roll back"))
        case .savepoint(let name, _): return .command(.transaction("Savepoint \(name.name)"))
        case .release(let name, _): return .command(.transaction("Release \(name.name)"))
        case .rollbackTo(let name, _): return .command(.transaction("Roll back to \(name.name)"))
        case .createView(let create): return .command(try bindCreateView(create))
        case .alterTable(let alter): return .command(try bindAlterTable(alter))
        case .predict(let predict): return try bindPredict(predict)
        case .record(.exportModel(let model, let path, let options, _)):
            return .command(try bindExport(model, path, options))
        case .record(.importModel(let name, let path, let options, let location)):
            return .command(try bindImport(name, path, options, location.range))
        case .service(.feedback(let feedback)): return .command(.feedback(try bindFeedback(feedback)))
        case .service(.associate(let deployment, let phrase, let other, _)):
            return .command(.feedback(try bindAssociation(deployment, phrase, other)))
        case .service, .record: throw notSupported(statement)
        }
    }

    /// Names the statement by its first words, `CREATE PROJECT`, and places the error at them.
    private func notSupported(_ statement: Statement) -> Diagnostic {
        let words = Printer.print(statement).split(separator: " ").prefix(2)
            .prefix { word in word.utf8.allSatisfy { (65...90).contains($0) } }
        let upper = text.map { (97...122).contains($0) ? $0 - 32 : $0 }
        var range: SourceRange?
        var start = 0
        for word in words {
            guard let found = Self.word(Array(word.utf8), in: upper, from: start) else { break }
            range = range?.union(found) ?? found
            start = found.end
        }
        return .notSupported(words.joined(separator: " "), at: range)
    }

    /// Where `word` first stands by itself.
    private static func word(_ word: [UInt8], in text: [UInt8], from start: Int) -> SourceRange? {
        func isLetter(_ index: Int) -> Bool { text.indices.contains(index) && (65...90).contains(text[index]) }
        var index = start
        while index + word.count <= text.count {
            if text[index..<index + word.count].elementsEqual(word), !isLetter(index - 1),
                !isLetter(index + word.count)
            {
                return SourceRange(index, index + word.count)
            }
            index += 1
        }
        return nil
    }

    /// The statement's text in `range`.
    func source(_ range: SourceRange) -> String {
        String(decoding: text[clamped(range)], as: UTF8.self)
    }

    private func clamped(_ range: SourceRange) -> Range<Int> {
        let start = min(max(range.start, 0), text.count)
        return start..<min(max(range.end, start), text.count)
    }
}
