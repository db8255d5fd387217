// The feedback of each deployment, counted: sys.deployment_stats.

import MartletCatalog
import MartletCore
import MartletRetrieval

enum FeedbackStatistics {
    /// For each deployment, and each name that was one, the number of votes, clicks and associations, and of the clicks at
    /// each rank. O(feedback).
    static func rows(_ context: ExecutionContext) throws(Diagnostic) -> [[Value]] {
        struct Counts {
            var name: String
            var kinds: [FeedbackKind: Int64] = [:]
            var ranks: [Int64: Int64] = [:]
        }
        var counts: [String: Counts] = [:]
        for deployment in context.catalog.deployments {
            counts[deployment.name.foldedName] = Counts(name: deployment.name)
        }
        try FeedbackStore.read(after: .min, context.view) { row in
            guard case .text(let name) = row[FeedbackStore.Place.deployment],
                case .text(let kindName) = row[FeedbackStore.Place.kind], let kind = FeedbackKind(rawValue: kindName)
            else { return }
            var known = counts[name.foldedName] ?? Counts(name: name)
            known.kinds[kind, default: 0] += 1
            if kind == .click, case .integer(let rank) = row[FeedbackStore.Place.rank] {
                known.ranks[rank, default: 0] += 1
            }
            counts[name.foldedName] = known
        }
        return counts.sorted { $0.key < $1.key }.flatMap { _, counts in
            FeedbackKind.allCases.map { kind -> [Value] in
                [.text(counts.name), .text("\(kind.rawValue)s"), .null, .integer(counts.kinds[kind] ?? 0)]
            }
                + counts.ranks.sorted { $0.key < $1.key }.map { rank, count in
                    [.text(counts.name), .text("clicks"), .integer(rank), .integer(count)]
                }
        }
    }
}
