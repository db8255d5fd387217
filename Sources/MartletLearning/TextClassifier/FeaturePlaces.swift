// Where the weights of features lie while they are found.

import MartletKernels

/// An order of features that keeps near each other what rows read together: first those of many rows, which then stay in the
/// processor's cache, then the others in the order in which rows name them, so that the rare features of a row are
/// neighbours. It changes where weights lie, and none of their values.
package struct FeaturePlaces: Sendable {
    /// By feature of the vocabulary.
    let places: [UInt32]

    /// Features of at least this many rows are frequent.
    private static let frequentRows: Float = 8

    /// Gives places to the features of all shards' rows, and writes them into the rows for the features' numbers. O(entries).
    package init(_ shards: [SparseRows], vocabulary: TextVocabulary) {
        let rowCount = shards.reduce(0) { $0 + $1.rowCount }
        var limit = (1 + Float(rowCount)) / (1 + Self.frequentRows)
        Elementwise.log(&limit, 1)
        let inverse = vocabulary.inverseFrequencies
        let isFrequent = inverse.map { $0 <= limit + 1 }
        var next = (frequent: UInt32(0), rare: UInt32(isFrequent.count { $0 }))
        var places = [UInt32](repeating: .max, count: inverse.count)
        places.withUnsafeMutableBufferPointer { places in
            isFrequent.withUnsafeBufferPointer { isFrequent in
                func place(_ feature: Int) -> UInt32 {
                    if places[feature] != .max { return places[feature] }
                    if isFrequent[feature] {
                        places[feature] = next.frequent
                        next.frequent += 1
                    } else {
                        places[feature] = next.rare
                        next.rare += 1
                    }
                    return places[feature]
                }
                for rows in shards {
                    for row in 0..<rows.rowCount {
                        let entries = rows.indices + rows.starts[row]
                        for index in 0..<rows.counts[row] { entries[index] = place(Int(entries[index])) }
                    }
                }
                for feature in places.indices { _ = place(feature) }
            }
        }
        self.places = places
    }
}
