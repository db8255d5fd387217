// One segment of a vector index that is built beside the writer.

package import MartletCatalog
package import MartletCore
import MartletKernels
package import MartletStorage
import MartletVectors

/// Prepared on a snapshot, built without one, entered in a short transaction: writers wait for the last alone, and what
/// was entered survives the process. Whoever finds an index in state `building` can do the next step; of two who do the
/// same one, the second enters nothing.
package struct VectorIndexBuildStep: PreparedMaintenance {
    /// `@unchecked Sendable`: each stage hands the builder to the next.
    private struct Rows: @unchecked Sendable {
        let builder: VectorSegmentBuilder
    }

    private let index: Index
    private let structure: VectorStructure
    private let rows: Rows
    /// After which row it begins.
    private let start: Int64?
    /// The last row that it covers; nil: all there are.
    private let end: Int64?
    private let rowsTotal: Int
    private var bytes: [UInt8]?

    /// Of tables with fewer rows, an index is built within the statement's transaction.
    private static let leastRows = Int64(VectorIndexBuild.leastRows)

    /// Whether an index is built in steps: it is to have a graph or lists, and those take time.
    package static func suits(_ index: Index, in view: TransactionView) throws(Diagnostic) -> Bool {
        guard let options = index.vectorOptions, options.structure != .flat else { return false }
        return try CatalogStore.rowCount(ofTable: index.tableID, view) >= leastRows
    }

    /// Enters an index into the catalog, in state `building` and empty.
    ///
    /// - Returns: the index with its id.
    package static func begin(
        _ definition: Index, process: Int64, _ catalog: Catalog, in view: WriteView
    ) throws(Diagnostic) -> Index {
        guard let table = catalog.table(id: definition.tableID), let options = definition.vectorOptions else {
            throw Diagnostic(.corrupt, "index \(definition.name) has no table")
        }
        var index = definition
        index.id = try CatalogStore.nextID(view)
        index.state = .building
        try CatalogStore.put(index, view)
        try VectorIndexUpkeep.create(index, options, table, view)
        try VectorIndexBuild.begin(objectID: index.id, process: process, in: view)
        return index
    }

    /// Takes an index that is still being built away.
    package static func abandon(_ id: UInt32, in view: WriteView) throws(Diagnostic) {
        guard let index = try CatalogStore.read(view).index(id: id), index.state == .building else { return }
        try IndexCommands.drop(index, view)
    }

    /// The process that builds an index; nil if nobody does, or if the record of it cannot be read: then the index remains
    /// one that is not used, until REINDEX.
    package static func process(of index: Index, in view: TransactionView) -> Int64? {
        guard index.state == .building, index.vectorOptions != nil else { return nil }
        return try? VectorIndexBuild.of(objectID: index.id, in: view)?.process
    }

    /// Collects the rows of the next step; nil if the index is not being built.
    ///
    /// - Throws: what `check`, called every now and then, throws; `invalidVector` for a row that the metric cannot compare.
    package static func prepare(
        _ index: Index, _ table: Table, memoryLimitBytes: Int, in view: TransactionView,
        progress: ProgressHandler? = nil, check: () throws(Diagnostic) -> Void
    ) throws(Diagnostic) -> VectorIndexBuildStep? {
        guard index.state == .building, let options = index.vectorOptions,
            case .vector(let dimension, _) = table.columns[index.columns[0]].type,
            let build = try VectorIndexBuild.of(objectID: index.id, in: view)
        else { return nil }
        let builder = VectorSegmentBuilder(
            metric: VectorMetric(options.metric), dimension: dimension, kind: CodeKind(options.quantization),
            scale: try VectorIndexReader(objectID: index.id, in: view).scale)
        let total = Int(clamping: try CatalogStore.rowCount(ofTable: table.id, view))
        let end = try VectorIndexUpkeep.collect(
            index, table, after: build.lastRowID, into: builder, limitBytes: memoryLimitBytes / 3, in: view
        ) { (count) throws(Diagnostic) in
            try check()
            progress?(Progress(stage: "index", rowsDone: count, rowsTotal: total))
        }
        return VectorIndexBuildStep(
            index: index,
            structure: VectorIndexUpkeep.definition(options, dimension: dimension).structure,
            rows: Rows(builder: builder), start: build.lastRowID, end: end, rowsTotal: total)
    }

    private init(
        index: Index, structure: VectorStructure, rows: Rows, start: Int64?, end: Int64?, rowsTotal: Int
    ) {
        self.index = index
        self.structure = structure
        self.rows = rows
        self.start = start
        self.end = end
        self.rowsTotal = rowsTotal
    }

    package func finished(check: () throws(Diagnostic) -> Void) throws(Diagnostic) -> any PreparedMaintenance {
        try built(threads: 1, check: check)
    }

    /// Builds the segment; the same bytes for any number of threads.
    ///
    /// - Throws: what `check`, called every now and then, throws.
    package func built(
        threads: Int, progress: ProgressHandler? = nil, check: () throws(Diagnostic) -> Void
    ) throws(Diagnostic) -> VectorIndexBuildStep {
        var copy = self
        let builder = rows.builder
        let stage = VectorIndexUpkeep.stage(index.vectorOptions)
        copy.bytes =
            builder.count == 0
            ? []
            : try builder.finish(
                structure.ofSegment(rows: builder.count), threads: threads,
                progress: { progress?(Progress(stage: stage, rowsDone: $0, rowsTotal: rowsTotal)) }, check: check)
        return copy
    }

    package func publish(in view: WriteView) throws(Diagnostic) -> Bool {
        // Its table may have got or lost columns since.
        let catalog = try CatalogStore.read(view)
        guard let bytes, var index = catalog.index(id: index.id), index.state == .building,
            let table = catalog.table(id: index.tableID),
            let build = try VectorIndexBuild.of(objectID: index.id, in: view), build.lastRowID == start
        else { return false }
        if rows.builder.count > 0 {
            try VectorIndexWriter(objectID: index.id, in: view).append(
                bytes, rowCount: rows.builder.count,
                isStructured: structure.ofSegment(rows: rows.builder.count) != .flat, scale: rows.builder.scale)
        }
        if let end {
            try build.advance(to: end, objectID: index.id, in: view)
            return true
        }
        let changed = try VectorIndexBuild.end(objectID: index.id, in: view)
        let writer = try VectorIndexWriter(objectID: index.id, in: view)
        for rowID in changed {
            writer.delete(rowID: rowID)
            if let vector = try VectorIndexUpkeep.vector(ofRow: rowID, index, table, in: view) {
                try writer.insert(rowID: rowID, vector)
            }
        }
        try writer.flush()
        index.state = .ready
        try CatalogStore.put(index, view)
        return true
    }
}
