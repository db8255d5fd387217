// Keeps one vector index in step with its table.

import MartletCatalog
import MartletCore
import MartletExpressions
import MartletFormats
import MartletKernels
import MartletStorage
import MartletVectors

/// For one statement: call `finish` after the last change. Rows without a vector are not in the index.
final class VectorIndexUpkeep: SearchIndexUpkeep {
    private let column: Int
    private let context: ExecutionContext
    private let view: WriteView
    private let index: Index
    private var name: String { index.name }
    private let columnName: String
    private let writer: VectorIndexWriter

    init(_ index: Index, _ table: Table, _ context: ExecutionContext, _ view: WriteView) throws(Diagnostic) {
        column = index.columns[0]
        columnName = table.columns[column].name
        self.context = context
        self.view = view
        self.index = index
        writer = try Self.writer(index, context, view)
    }

    private static func writer(
        _ index: Index, _ context: ExecutionContext, _ view: WriteView
    ) throws(Diagnostic) -> VectorIndexWriter {
        try VectorIndexWriter(
            objectID: index.id, in: view, threads: context.threads, cancellation: context.cancellation)
    }

    func insert(_ values: [Value], _ rowID: Int64) throws(Diagnostic) {
        guard case .vector(let vector) = values[column] else { return }
        do {
            try writer.insert(rowID: rowID, VectorFormat.unpack(vector))
        } catch {
            throw error.inIndex(name, column: columnName)
        }
    }

    func delete(_ rowID: Int64) throws(Diagnostic) { writer.delete(rowID: rowID) }

    func changes(_ old: [Value], _ new: [Value]) -> Bool { ValueOrder.compare(old[column], new[column]) != 0 }

    func finish() throws(Diagnostic) {
        try writer.flush()
        if writer.isMergeDue { context.maintainAfterCommit(index.id, view) }
    }

    // MARK: The index as a whole

    static func definition(_ options: VectorOptions, dimension: Int) -> VectorIndexDefinition {
        let structure: VectorStructure =
            switch options.structure {
            case .flat: .flat
            case .hnsw: .graph(GraphParameters(m: options.m, constructionSize: options.constructionSize))
            case .ivf: .lists(ListParameters(count: options.lists))
            }
        return VectorIndexDefinition(
            metric: VectorMetric(options.metric), dimension: dimension, kind: CodeKind(options.quantization),
            structure: structure)
    }

    static func create(
        _ index: Index, _ options: VectorOptions, _ table: Table, _ view: WriteView
    ) throws(Diagnostic) {
        guard case .vector(let dimension, _) = table.columns[index.columns[0]].type else {
            throw Diagnostic(.corrupt, "index \(index.name) is of a column that has no vectors")
        }
        try VectorIndexWriter.create(
            objectID: index.id, definition: definition(options, dimension: dimension), in: view)
    }

    /// What a build reports as its stage.
    static func stage(_ options: VectorOptions?) -> String { options?.structure == .ivf ? "lists" : "graph" }

    /// Enters the rows that are there already, as few segments as the memory limit allows.
    static func fill(
        _ index: Index, _ options: VectorOptions, _ table: Table, _ context: ExecutionContext, _ view: WriteView
    ) throws(Diagnostic) {
        guard case .vector(let dimension, _) = table.columns[index.columns[0]].type else { return }
        let writer = try writer(index, context, view)
        let total = Int(clamping: try CatalogStore.rowCount(ofTable: table.id, view))
        let progress = context.progress
        var scale: CodeScale?
        var last: Int64?
        var before = 0
        repeat {
            let builder = VectorSegmentBuilder(
                metric: VectorMetric(options.metric), dimension: dimension, kind: CodeKind(options.quantization),
                scale: scale)
            last = try collect(
                index, table, after: last, into: builder, limitBytes: context.evaluation.memoryLimitBytes / 3, in: view
            ) { (count) throws(Diagnostic) in
                try context.cancellation.check()
                progress?(Progress(stage: "index", rowsDone: before + count, rowsTotal: total))
            }
            scale = builder.scale
            try writer.append(builder) { done in
                progress?(Progress(stage: stage(options), rowsDone: before + done, rowsTotal: total))
            }
            before += builder.count
        } while last != nil
    }

    /// Adds the vectors of rows to a builder, in ascending order of row id, until it has so many bytes: the codes are
    /// copied once more into the segment, beside its graph.
    ///
    /// - Parameters:
    ///   - start: the row before the first one; nil: from the first of the table on.
    ///   - check: called every now and then with the number of rows added.
    /// - Returns: the last row looked at; nil if it was the table's last.
    static func collect(
        _ index: Index, _ table: Table, after start: Int64?, into builder: VectorSegmentBuilder, limitBytes: Int,
        in view: TransactionView, check: (Int) throws(Diagnostic) -> Void
    ) throws(Diagnostic) -> Int64? {
        let column = index.columns[0]
        guard case .vector(let dimension, let element) = table.columns[column].type else { return nil }
        let layout = table.layout
        var floats = RowFloats(dimension: dimension, element: element)
        var cursor = try view.cursor(KeyPrefix(.row, table.id))
        var found: Bool
        if let start {
            guard start < .max else { return nil }
            found = try cursor.seek(toOrAfter: RowKey.key(table.id, start + 1))
        } else {
            found = try cursor.first()
        }
        while found {
            let rowID = try RowKey.rowID(cursor.keySuffix)
            if let bytes = try RowReader(cursor.value, layout: layout).bytes(column) {
                do {
                    try floats.load(bytes)
                    try floats.withFloats { (vector) throws(Diagnostic) in try builder.add(rowID: rowID, vector) }
                } catch {
                    throw error.inIndex(index.name, column: table.columns[column].name).located(
                        "table \(table.name), row \(rowID)")
                }
                if builder.count % Limits.rowsPerBatch == 0 { try check(builder.count) }
            }
            found = try cursor.next()
            if found, builder.memoryBytes > limitBytes { return rowID }
        }
        return nil
    }

    /// The vector of a row as it is now; nil if there is none.
    static func vector(
        ofRow rowID: Int64, _ index: Index, _ table: Table, in view: TransactionView
    ) throws(Diagnostic) -> [Float]? {
        let column = index.columns[0]
        guard case .vector(let dimension, let element) = table.columns[column].type,
            let row = try view.get(RowKey.key(table.id, rowID)),
            let bytes = try RowReader(row, layout: table.layout).bytes(column)
        else { return nil }
        var floats = RowFloats(dimension: dimension, element: element)
        try floats.load(bytes)
        return try floats.withFloats { (floats) throws(Diagnostic) in Array(floats) }
    }

    static func drop(_ index: Index, _ view: WriteView) throws(Diagnostic) {
        try VectorIndexWriter.drop(objectID: index.id, in: view)
    }
}

extension VectorMetric {
    init(_ metric: VectorOptions.Metric) {
        self =
            switch metric {
            case .cosine: .cosine
            case .l2: .l2
            case .dot: .dot
            case .hamming: .hamming
            }
    }
}

extension CodeKind {
    init(_ quantization: VectorOptions.Quantization) {
        self =
            switch quantization {
            case .none: .f32
            case .i8: .i8
            case .f16: .f16
            case .bit: .bit
            }
    }
}

extension Diagnostic {
    fileprivate func inIndex(_ name: String, column: String) -> Diagnostic {
        guard code == .invalidVector else { return self }
        var copy = self
        copy.message = "column \(column), index \(name): \(message)"
        return copy
    }

    /// The same with a place outside of the statement, if it has none yet.
    func located(_ place: String) -> Diagnostic {
        var copy = self
        if copy.place == nil { copy.place = place }
        return copy
    }
}
