// Physical plan → operators.

package import MartletCore
import MartletExpressions
package import MartletPlanning

/// Builds the tree of operators of a plan for one execution.
package final class OperatorBuilder {
    private let context: ExecutionContext
    /// For EXPLAIN ANALYZE: one entry an operator, parents before inputs, inputs from left to right.
    private var meters: [OperatorMeter]?

    package init(_ context: ExecutionContext, measuring: Bool = false) {
        self.context = context
        meters = measuring ? [] : nil
    }

    package var measurements: [OperatorMeasurement] { (meters ?? []).map(\.measurement) }

    package func build(_ plan: PhysicalPlan) throws(Diagnostic) -> any Operator {
        let position = meters?.count
        if meters != nil { meters?.append(OperatorMeter()) }
        if case .aggregate(let keys, let aggregates) = plan.operation,
            let built = try makePartitioned(plan.inputs[0], keys, aggregates)
        {
            return metered(built, position)
        }
        var inputs: [any Operator] = []
        for input in plan.inputs { inputs.append(try build(input)) }
        return metered(try make(plan, inputs), position)
    }

    private func metered(_ built: any Operator, _ position: Int?) -> any Operator {
        guard let position, let meter = meters?[position] else { return built }
        meter.source = built
        return meter
    }

    /// Aggregates over a table that may be large, which threads share out; nil if they are of another kind.
    private func makePartitioned(
        _ input: PhysicalPlan, _ keys: [BoundExpression], _ aggregates: [AggregateCall]
    ) throws(Diagnostic) -> (any Operator)? {
        guard keys.allSatisfy(\.isIndependent), aggregates.allSatisfy(\.isIndependent),
            let chain = try ScanChain(input)
        else { return nil }
        let chainMeters = meters == nil ? [] : (0..<chain.operatorCount).map { _ in OperatorMeter() }
        meters?.append(contentsOf: chainMeters)
        return PartitionedAggregateOperator(
            context, chain, try Aggregation(keys: keys, aggregates), inputTypes: input.types, meters: chainMeters)
    }

    private func make(_ plan: PhysicalPlan, _ inputs: [any Operator]) throws(Diagnostic) -> any Operator {
        switch plan.operation {
        case .scan(let scan, let path, let filter): return try makeScan(scan, path, filter)
        case .systemScan(let scan): return SystemScanOperator(context, scan)
        case .values(let rows):
            if let parameters = context.parameterRows, let row = rows.first {
                return try ParameterRowsOperator(context, row, parameters)
            }
            return try ValuesOperator(context, rows, types: plan.types)
        case .tableFunction(let plan):
            if let neighbours = plan.neighbours {
                return NeighboursOperator(context, neighbours, count: plan.arguments[0])
            }
            return TableFunctionOperator(context, plan)
        case .lateral(let plan, let isOuter):
            return LateralOperator(
                context, inputs[0], plan, try ExpressionCompiler.compile(plan.arguments), isOuter: isOuter)
        case .filter(let condition):
            return FilterOperator(context, inputs[0], try ExpressionCompiler.compile(condition))
        case .project(let expressions):
            if let chosen = ColumnsOperator(inputs[0], expressions) { return chosen }
            return ProjectOperator(context, inputs[0], try ExpressionCompiler.compile(expressions))
        case .aggregate(let keys, let aggregates):
            return try AggregateOperator(
                context, inputs[0], try Aggregation(keys: keys, aggregates), inputTypes: plan.inputs[0].types)
        case .window(let partition, let order, let calls):
            return try WindowOperator(
                context, inputs[0], partition: partition, order: order, calls, inputTypes: plan.inputs[0].types)
        case .sort(let keys): return try SortOperator(context, inputs[0], keys, types: plan.types)
        case .topRows(let keys, let count, let offset):
            return try SortOperator(context, inputs[0], keys, types: plan.types, count: count, offset: offset)
        case .limit(let count, let offset): return try LimitOperator(context, inputs[0], count, offset)
        case .distinct: return DistinctOperator(context, inputs[0], types: plan.types)
        case .hashJoin(let kind, let left, let right, let residual):
            return try HashJoinOperator(
                context, inputs[0], inputs[1], kind, left, right, residual, leftTypes: plan.inputs[0].types,
                rightTypes: plan.inputs[1].types)
        case .indexJoin(let join): return try IndexJoinOperator(context, inputs[0], join)
        case .nestedLoopJoin(let kind, let condition):
            return try NestedLoopJoinOperator(
                context, inputs[0], inputs[1], kind, condition, rightTypes: plan.inputs[1].types)
        case .combine(let operation):
            let combined: any Operator =
                switch operation {
                case .unionAll, .union: ConcatenateOperator(inputs[0], inputs[1])
                case .intersect, .except:
                    MembershipOperator(
                        context, inputs[0], among: inputs[1], wanted: operation == .intersect, types: plan.types)
                }
            return operation == .unionAll ? combined : DistinctOperator(context, combined, types: plan.types)
        case .recursion(let id, let isDistinct):
            return RecursionOperator(
                context, start: inputs[0], step: plan.inputs[1], id: id, isDistinct: isDistinct, types: plan.types)
        case .workingTable(let id): return WorkingTableOperator(context, id)
        case .search(let search):
            let filter = search.filter == nil ? nil : try rowIDSource(plan.inputs.first) ?? inputs.first
            return SearchOperator(context, search, filter: filter, inOrder: search.order == nil ? nil : inputs.last)
        case .nearest(let nearest):
            let filter = try rowIDSource(plan.inputs.first) ?? inputs.first
            return NearestScanOperator(context, nearest, filter: filter)
        case .insert(let insert): return try InsertOperator(context, inputs[0], insert)
        case .update(let update): return try UpdateOperator(context, inputs[0], update)
        case .delete(let delete): return try DeleteOperator(context, inputs[0], delete)
        case .copyFrom(let copy): return CopyFromOperator(context, copy)
        case .copyTo(let copy): return CopyToOperator(context, inputs[0], copy)
        case .createTableAs(let create): return CreateTableAsOperator(context, inputs[0], create)
        case .evaluate(let evaluate): return try EvaluateOperator(context, inputs[0], evaluate)
        case .evaluateRows(let evaluate): return EvaluateRowsOperator(context, inputs[0], evaluate)
        case .deploy(let deploy):
            return CommandOperator(context) { context throws(Diagnostic) in
                try DeploymentCommands.deploy(deploy, context)
            }
        case .command(let command):
            return CommandOperator(context) { context throws(Diagnostic) in
                try Commands.run(command, context)
            }
        case .train:
            throw Diagnostic(.misplaced, "TRAIN cannot run inside a transaction", hint: "COMMIT first")
        }
    }

    /// The filter of a search as a scan of the index alone, where the index knows which rows match. Not when measuring.
    private func rowIDSource(_ plan: PhysicalPlan?) throws(Diagnostic) -> (any Operator)? {
        guard meters == nil, let plan, case .project(let expressions) = plan.operation, expressions.count == 1,
            case .scan(var scan, .index(var path), nil)? = plan.inputs.first?.operation,
            scan.includesRowID, case .column(let position, _, _) = expressions[0], position == scan.columns.count
        else { return nil }
        scan.columns = []
        path.isCovering = true
        return try IndexScanOperator(context, scan, path)
    }

    private func makeScan(
        _ scan: Scan, _ path: AccessPath, _ filter: BoundExpression?
    ) throws(Diagnostic) -> any Operator {
        let condition: CompiledExpression? = if let filter { try ExpressionCompiler.compile(filter) } else { nil }
        switch path {
        case .full: return TableScanOperator(context, scan, where: condition)
        case .keyRange(let lower, let upper, false):
            return TableScanOperator(
                context, scan, try RowIDRange(context, lower: lower, upper: upper), where: condition)
        case .keyRange(let lower, let upper, true):
            return filtered(try DescendingScanOperator(context, scan, lower: lower, upper: upper), condition)
        case .keys(let keys): return filtered(try KeyLookupOperator(context, scan, keys), condition)
        case .index(let path): return try IndexScanOperator(context, scan, path, where: condition)
        case .union(let paths): return filtered(UnionScanOperator(context, scan, paths), condition)
        }
    }

    private func filtered(_ rows: any Operator, _ condition: CompiledExpression?) -> any Operator {
        if let condition { FilterOperator(context, rows, condition) } else { rows }
    }
}

/// Counts and times another operator.
final class OperatorMeter: Operator {
    var source: (any Operator)?
    private(set) var measurement = OperatorMeasurement()

    init(_ source: (any Operator)? = nil) { self.source = source }

    /// Adds what was measured elsewhere.
    func add(_ other: OperatorMeasurement) { measurement = measurement + other }

    func next() throws(Diagnostic) -> Batch? {
        let clock = ContinuousClock()
        let start = clock.now
        defer {
            let elapsed = (clock.now - start).components
            measurement.nanoseconds += Int(elapsed.seconds) * 1_000_000_000 + Int(elapsed.attoseconds / 1_000_000_000)
        }
        let batch = try source?.next()
        measurement.rows += batch?.count ?? 0
        measurement.batches += batch == nil ? 0 : 1
        return batch
    }
}
