// row_number, rank and dense_rank of rows that come batch by batch, in the order of their window.

import MartletCore
import MartletExpressions
import MartletPlanning

/// Only the last row is remembered: partitions may be of any size.
struct RunningRanks {
    private let rankings: [WindowCall.Ranking]
    private let partitionKeys: [SortKey]
    private let allKeys: [SortKey]
    /// Of the rows, without their keys.
    private let columnCount: Int
    private var last: Batch?
    private var number: Int64 = 0
    private var rank: Int64 = 0
    private var denseRank: Int64 = 0

    /// nil if a call asks for more than the rows so far.
    init?(_ calls: [WindowCall], partitionKeys: [SortKey], orderKeys: [SortKey], columnCount: Int) {
        var rankings: [WindowCall.Ranking] = []
        for call in calls {
            guard case .ranking(let ranking) = call.function, [.rowNumber, .rank, .denseRank].contains(ranking) else {
                return nil
            }
            rankings.append(ranking)
        }
        self.rankings = rankings
        self.partitionKeys = partitionKeys
        self.columnCount = columnCount
        allKeys = partitionKeys + orderKeys
    }

    /// The rows with their ranks behind their columns.
    mutating func add(_ rows: Batch) -> Batch {
        let all = last.map { Batch.concatenated([$0, rows]) } ?? rows
        let starts = RowOrdering.boundaries(all.columns, count: all.count, by: partitionKeys)
        let changes = RowOrdering.boundaries(all.columns, count: all.count, by: allKeys)
        var values = rankings.map { _ in [Int64]() }
        for row in (all.count - rows.count)..<all.count {
            if starts[row] { (number, rank, denseRank) = (0, 0, 0) }
            number += 1
            if changes[row] {
                rank = number
                denseRank += 1
            }
            for (index, ranking) in rankings.enumerated() {
                switch ranking {
                case .rank: values[index].append(rank)
                case .denseRank: values[index].append(denseRank)
                default: values[index].append(number)
                }
            }
        }
        if rows.count > 0 { last = rows.slice(rows.count - 1..<rows.count) }
        let ranks = values.map { Column(type: .integer, storage: .integers($0)) }
        return Batch(columns: Array(rows.columns.prefix(columnCount)) + ranks, count: rows.count)
    }
}
