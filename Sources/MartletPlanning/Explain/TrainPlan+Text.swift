// How a TRAIN shows itself in EXPLAIN.

import MartletCatalog
import MartletLearning

extension TrainPlan {
    /// - Parameter inner: the plan of its rows.
    func text(_ inner: [PlanText]) -> PlanText {
        let shown = shards == 0 ? "auto" : String(shards)
        let title = "Train \(name) USING \(kind.rawValue)"
        switch subject {
        case .documents(let documents):
            let columns = documents.columns.map { documents.table.columns[$0].name }.joined(separator: ", ")
            let scan = PlanText("Scan \(documents.table.name)", "(\(columns))")
            let spool = PlanText("Spool", "one snapshot, closed before fitting", children: [scan])
            let fit = PlanText(
                "Fit \(kind.rawValue)", "seed=\(seed) language=\(documents.text.language)", children: [spool])
            let parallel = PlanText("Parallel shards=\(shown)", children: [fit])
            let merge = PlanText("Merge", "global statistics", children: [parallel])
            let publish = PlanText(
                "Publish version", "one write transaction: segments, statistics, run", children: [merge])
            return PlanText(title, children: [publish])
        case .rows(let rows):
            let request = rows.request
            let spool = PlanText("Spool", "one snapshot, closed before fitting", children: inner)
            let features = request.columns.map(\.name).joined(separator: ", ")
            let encode = PlanText(
                "Encode", "features (\(features))" + (request.label.map { "  label \($0.name)" } ?? ""),
                children: [spool])
            var split = encode
            if request.split > 0 {
                split = PlanText("Split", "\(request.split) of the rows held out, by seed \(seed)", children: [encode])
            }
            var settings = "seed=\(seed)"
            if request.candidates.count > 1 {
                settings += "  \(request.candidates.count) settings, the best is published"
            } else if let only = request.candidates.first {
                settings += only.sorted.map { " \($0.name)=\($0.value)" }.joined()
            }
            let fit = PlanText("Fit \(kind.rawValue)", settings, children: [split])
            let by = rows.shardColumn.map { " by \($0)" } ?? ""
            var top = PlanText("Parallel shards=\(shown)\(by)", children: [fit])
            if shards != 1 {
                let rounds = request.rounds.map { "rounds=\($0)" } ?? ""
                top = PlanText("Aggregate \(request.aggregate.rawValue)", rounds, children: [top])
            }
            let publish = PlanText(
                "Publish version", "one write transaction: chunks with checksums, run", children: [top])
            return PlanText(title, children: [publish])
        }
    }
}
