// Window functions that count rows or pick a value of another row.

import MartletCore
import MartletExpressions
import MartletPlanning

enum WindowValues {
    // MARK: Ranking

    /// O(1) a row.
    static func ranking(
        _ ranking: WindowCall.Ranking, _ call: WindowCall, _ batch: Batch, _ partitions: WindowPartitions,
        _ context: ExecutionContext
    ) throws(Diagnostic) -> Column {
        var builder = ColumnBuilder(type: call.type, reserving: batch.count)
        let parts = try call.arguments.first.map { argument throws(Diagnostic) in
            try ExpressionCompiler.compile(argument).evaluate(batch, context.evaluation)
        }
        for row in 0..<batch.count {
            let partition = partitions.partition(of: row)
            let peers = partitions.peers(of: row)
            let before = peers.lowerBound - partition.lowerBound
            switch ranking {
            case .rowNumber: builder.append(integer: Int64(row - partition.lowerBound + 1))
            case .rank: builder.append(integer: Int64(before + 1))
            case .denseRank:
                let first = partitions.peerNumbers[partition.lowerBound]
                builder.append(integer: Int64(partitions.peerNumbers[row] - first + 1))
            case .percentRank:
                builder.append(real: partition.count < 2 ? 0 : Double(before) / Double(partition.count - 1))
            case .cumulativeDistribution:
                builder.append(real: Double(peers.upperBound - partition.lowerBound) / Double(partition.count))
            case .ntile:
                // The same number for the whole partition: that of its first row.
                switch parts?[partition.lowerBound] {
                case .integer(let number)? where number > 0:
                    builder.append(
                        integer: tile(row - partition.lowerBound, of: partition.count, Int(clamping: number)))
                case .integer?: throw Diagnostic(.outOfRange, "ntile() needs a number of parts above 0")
                default: builder.appendNull()
                }
            }
        }
        return builder.finish()
    }

    /// The part of a row; the first parts are one row larger where the rows cannot be divided evenly.
    private static func tile(_ row: Int, of count: Int, _ parts: Int) -> Int64 {
        let (size, larger) = (count / parts, count % parts)
        if row < larger * (size + 1) { return Int64(row / (size + 1) + 1) }
        return Int64(larger + (row - larger * (size + 1)) / max(size, 1) + 1)
    }

    // MARK: Values of other rows

    /// lag and lead. O(1) a row.
    static func shifted(
        _ call: WindowCall, _ batch: Batch, _ partitions: WindowPartitions, _ context: ExecutionContext
    ) throws(Diagnostic) -> Column {
        var isLead = false
        if case .lead = call.function { isLead = true }
        var arguments: [Column] = []
        for argument in call.arguments {
            arguments.append(try ExpressionCompiler.compile(argument).evaluate(batch, context.evaluation))
        }
        var builder = ColumnBuilder(type: call.type, reserving: batch.count)
        for row in 0..<batch.count {
            var distance = 1
            if arguments.count > 1 {
                guard case .integer(let number) = arguments[1][row] else {
                    builder.appendNull()
                    continue
                }
                distance = Int(clamping: number)
            }
            let (other, isFar) =
                isLead ? row.addingReportingOverflow(distance) : row.subtractingReportingOverflow(distance)
            if !isFar, partitions.partition(of: row).contains(other) {
                builder.append(arguments[0][other])
            } else {
                builder.append(arguments.count > 2 ? arguments[2][row] : .null)
            }
        }
        return builder.finish()
    }

    /// first_value, last_value and nth_value. O(1) a row.
    static func picked(
        _ call: WindowCall, _ batch: Batch, _ windowFrames: WindowFrames, _ context: ExecutionContext
    ) throws(Diagnostic) -> Column {
        var arguments: [Column] = []
        for argument in call.arguments {
            arguments.append(try ExpressionCompiler.compile(argument).evaluate(batch, context.evaluation))
        }
        var builder = ColumnBuilder(type: call.type, reserving: batch.count)
        for (row, frame) in try windowFrames.ranges().enumerated() {
            let pieces = windowFrames.hasExclusion ? windowFrames.pieces(frame, of: row) : [frame]
            var picked: Int?
            switch call.function {
            case .firstValue: picked = pieces.first?.first
            case .lastValue: picked = pieces.last?.last
            default:
                switch arguments[1][row] {
                case .integer(let number) where number > 0: picked = nth(Int(clamping: number), in: pieces)
                case .integer: throw Diagnostic(.outOfRange, "nth_value() counts from 1")
                default: break
                }
            }
            if let picked { builder.append(arguments[0][picked]) } else { builder.appendNull() }
        }
        return builder.finish()
    }

    private static func nth(_ number: Int, in pieces: [Range<Int>]) -> Int? {
        var rest = number
        for piece in pieces {
            if rest <= piece.count { return piece.lowerBound + rest - 1 }
            rest -= piece.count
        }
        return nil
    }
}
