// The columns that a model reads, by name.

package import MartletCore

/// A column of training rows: what a feature or a label binds to.
package struct InputColumn: Hashable, Sendable, Codable {
    package var name: String
    package var type: DataType

    package init(name: String, type: DataType) {
        self.name = name
        self.type = type
    }
}

/// Rows as typed columns, in batches that any thread may ask for in any order.
package protocol RowBatches: Sendable {
    var rowCount: Int { get }
    var batchCount: Int { get }
    /// Where the batch's rows begin among all.
    func firstRow(ofBatch index: Int) -> Int
    /// - Throws: `inputOutput` or `corrupt` where batches lie in a file.
    func batch(_ index: Int) throws(Diagnostic) -> Batch
}
