// Building segments on several threads.

package import MartletCore
import MartletKernels

extension TextIndexDefinition {
    /// Builds one segment a shard: `fill` adds the shard's documents to a builder. The same bytes for any number of
    /// threads.
    ///
    /// - Throws: what `fill` throws for the first shard that fails.
    package func buildShards(
        count: Int, threads: Int, fill: @Sendable (_ shard: Int, _ builder: SegmentBuilder) throws(Diagnostic) -> Void
    ) throws(Diagnostic) -> [[UInt8]] {
        try Parallel.map(count: count, threads: threads) { (shard) throws(Diagnostic) -> [UInt8] in
            let builder = try SegmentBuilder(
                definition: analyzer, fieldCount: fieldCount, hasKeys: hasKeys, hasPositions: hasPositions)
            try fill(shard, builder)
            return try builder.finish()
        }
    }
}
