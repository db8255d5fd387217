// The pure part of training a retriever: documents in, fitted shards out.

package import MartletCatalog
package import MartletCore
import MartletKernels
import MartletLearning
package import MartletPlanning
package import MartletStorage
import MartletText
import Synchronization

/// The documents of one snapshot, divided into shards.
package struct RetrieverSpool: Sendable {
    struct Document: Sendable {
        var rowID: Int64
        var key: [UInt8]?
        var texts: [String?]
    }

    var shards: [[Document]]
    package private(set) var rowCount = 0
    package private(set) var byteCount = 0
    /// CRC-32C over the row ids and texts, in the order of row ids.
    package private(set) var datasetChecksum: UInt32 = 0

    /// Reads the wanted columns of every row. The snapshot may be closed afterwards.
    ///
    /// - Throws: `limitExceeded` when the texts exceed `memoryLimitBytes`.
    package init(
        _ plan: DocumentSubject, _ context: ExecutionContext, seed: UInt64, shardCount: Int, memoryLimitBytes: Int
    ) throws(Diagnostic) {
        shards = Array(repeating: [], count: shardCount)
        let table = plan.table
        // The primary key orders documents of equal score.
        let keyColumns = table.primaryKey.filter { !plan.columns.contains($0) }
        let scan = Scan(table: table, alias: table.name, columns: plan.columns + keyColumns, includesRowID: true)
        let rows = TableScanOperator(context, scan)
        let total = Int(try CatalogStore.rowCount(ofTable: table.id, context.view))
        while let batch = try rows.next() {
            for row in 0..<batch.count {
                guard case .integer(let rowID) = batch.columns[scan.columns.count][row] else { continue }
                let texts: [String?] = plan.columns.indices.map { column in
                    if case .text(let text) = batch.columns[column][row] { text } else { nil }
                }
                var values = [Value](repeating: .null, count: table.columns.count)
                for (position, column) in scan.columns.enumerated() where table.primaryKey.contains(column) {
                    values[column] = batch.columns[position][row]
                }
                let document = Document(rowID: rowID, key: TextIndexUpkeep.key(values, table), texts: texts)
                withUnsafeBytes(of: rowID.littleEndian) {
                    datasetChecksum = Checksum.crc32c($0, seed: datasetChecksum)
                }
                for text in texts {
                    let utf8 = Array((text ?? "").utf8)
                    byteCount += utf8.count
                    datasetChecksum = Checksum.crc32c(utf8 + [0xFF], seed: datasetChecksum)
                }
                rowCount += 1
                shards[ShardAssignment.shard(of: rowID, seed: seed, shards: shardCount)].append(document)
            }
            if byteCount > memoryLimitBytes {
                throw Diagnostic(
                    .limitExceeded, "the documents exceed the statement's memory limit of \(memoryLimitBytes) bytes")
            }
            context.progress?(Progress(stage: "spool", rowsDone: rowCount, rowsTotal: total))
        }
    }
}

/// One fitted shard and what the run records of it.
package struct FittedShard: Sendable {
    package var bytes: [UInt8]
    package var rowCount: Int
    package var tokenCount: Int
    package var termCount: Int
    package var checksum: UInt32
    package var seconds: Double
}

package enum RetrieverFit {
    /// Fits every shard, on up to `threads` threads. The same bytes for any number of threads.
    package static func fit(
        _ spool: RetrieverSpool, _ table: Table, _ index: Index, threads: Int, cancellation: Cancellation,
        progress: ProgressHandler?
    ) throws(Diagnostic) -> [FittedShard] {
        let definition = TextIndexUpkeep.definition(index, table)
        return try Parallel.map(count: spool.shards.count, threads: threads) { (shard) throws(Diagnostic) in
            let clock = ContinuousClock()
            let start = clock.now
            let documents = spool.shards[shard]
            let builder = try SegmentBuilder(
                definition: definition.analyzer, fieldCount: definition.fieldCount, hasKeys: definition.hasKeys)
            for (number, document) in documents.enumerated() {
                try builder.add(rowid: document.rowID, key: document.key, texts: document.texts)
                if number % 256 == 255 {
                    try cancellation.check()
                    progress?(
                        Progress(stage: "fit", shard: shard + 1, rowsDone: number + 1, rowsTotal: documents.count))
                }
            }
            try cancellation.check()
            let bytes = try builder.finish()
            progress?(
                Progress(stage: "fit", shard: shard + 1, rowsDone: documents.count, rowsTotal: documents.count))
            let (tokens, terms) = try bytes.withRawBytes { (raw) throws(Diagnostic) -> (Int, Int) in
                if raw.isEmpty { return (0, 0) }
                let reader = try SegmentReader(raw)
                var tokens = 0
                for field in 0..<reader.fieldCount { tokens += Int(clamping: try reader.totalLength(field: field)) }
                return (tokens, reader.termCount)
            }
            let elapsed = (clock.now - start).components
            return FittedShard(
                bytes: bytes, rowCount: documents.count, tokenCount: tokens, termCount: terms,
                checksum: Checksum.crc32c(bytes),
                seconds: Double(elapsed.seconds) + Double(elapsed.attoseconds) / 1e18)
        }
    }

    /// Makes the index that will hold the fitted shards; until they are published it notes the table's changes.
    package static func begin(_ index: Index, _ table: Table, _ view: WriteView) throws(Diagnostic) {
        try TextIndexUpkeep.create(index, table, building: true, view)
    }

    /// Puts the fitted shards into the index and makes it ready.
    package static func publish(_ shards: [FittedShard], _ index: Index, _ view: WriteView) throws(Diagnostic) {
        let writer = try TextIndexWriter(objectID: index.id, in: view)
        try writer.publish(baseSegments: shards.filter { $0.rowCount > 0 }.map(\.bytes))
        try writer.flush()
    }

    package static func drop(_ index: Index, _ view: WriteView) throws(Diagnostic) {
        try IndexCommands.drop(index, view)
    }
}
