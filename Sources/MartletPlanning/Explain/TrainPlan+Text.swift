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
        case .rows(let rows): return PlanText(title, children: [text(rows, inner, shown)])
        }
    }

    private func text(_ rows: RowSubject, _ inner: [PlanText], _ shown: String) -> PlanText {
        let request = rows.request
        let profile = rows.profile
        let spool = PlanText(
            "Spool", "one snapshot, closed before fitting" + (profile.map { "  rows=\($0.rows)" } ?? ""),
            children: inner)
        let features = request.columns.map(\.name).joined(separator: ", ")
        let encode = PlanText(
            "Encode",
            "features (\(features))" + (request.label.map { "  label \($0.name)" } ?? "")
                + (profile.map { $0.width > 0 ? "  numbers=\($0.width)" : "" } ?? ""),
            children: (profile?.texts(label: request.label?.name) ?? []) + [spool])
        var split = encode
        if request.split > 0 {
            let held = profile.map { "  rows=\($0.heldOutRows)" } ?? ""
            split = PlanText(
                "Split", "\(request.split) of the rows held out, by seed \(seed)\(held)", children: [encode])
        }
        var settings = "seed=\(seed)"
        if request.candidates.count > 1 {
            settings += "  \(request.candidates.count) settings, the best is published"
        } else if let only = request.candidates.first {
            settings += only.sorted.map { " \($0.name)=\($0.value)" }.joined()
        }
        if let profile {
            settings += "  memory≈\(profile.estimate.memoryText) time≈\(profile.estimate.timeText)"
        }
        let fit = PlanText("Fit \(kind.rawValue)", settings, children: [split])
        let by = rows.shardColumn.map { " by \($0)" } ?? ""
        let work = profile.map { profile in
            "workers=\(profile.workers)  rows=" + profile.shardRows.prefix(16).map(String.init).joined(separator: ", ")
                + (profile.shardRows.count > 16 ? ", …" : "")
        }
        var top = PlanText("Parallel shards=\(shown)\(by)", work ?? "", children: [fit])
        if shards != 1 {
            let rounds = request.rounds.map { "rounds=\($0)" } ?? ""
            top = PlanText("Aggregate \(request.aggregate.rawValue)", rounds, children: [top])
        }
        return PlanText("Publish version", "one write transaction: chunks with checksums, run", children: [top])
    }
}

extension TrainingProfile {
    /// A line for each column and for the label.
    fileprivate func texts(label: String?) -> [PlanText] {
        var lines = columns.prefix(Self.shownCount).map { column in
            PlanText(
                "Column \(column.name)",
                "\(column.encoder)  nulls=\(column.nulls)" + (column.isConstant ? "  constant" : ""))
        }
        if columns.count > Self.shownCount {
            lines.append(PlanText("… and \(columns.count - Self.shownCount) more columns"))
        }
        guard let label else { return lines }
        let nulls = "nulls=\(unlabelledRows)"
        if let classes {
            let shown = classes.prefix(Self.shownCount).map { "\($0.name)=\($0.rows)" }.joined(separator: ", ")
            let rest = classes.count > Self.shownCount ? ", …" : ""
            lines.append(PlanText("Label \(label)", "classes=\(classes.count) (\(shown)\(rest))  \(nulls)"))
        } else {
            let range = labelRange.map { "numbers from \($0.lowerBound) to \($0.upperBound)" } ?? "numbers"
            lines.append(PlanText("Label \(label)", "\(range)  \(nulls)"))
        }
        return lines
    }

    /// Columns and classes shown at most.
    private static let shownCount = 24
}

extension TrainingEstimate {
    /// Two digits and a unit.
    fileprivate var memoryText: String {
        var amount = Double(memoryBytes) / 1_024
        for unit in ["KiB", "MiB", "GiB"] {
            if amount < 1_000 || unit == "GiB" { return "\(Self.rounded(amount)) \(unit)" }
            amount /= 1_024
        }
        return ""
    }

    fileprivate var timeText: String {
        if seconds < 0.001 { return "0.001 s" }
        if seconds < 120 { return "\(Self.rounded(seconds)) s" }
        return "\(Self.rounded(seconds / 60)) min"
    }

    /// To two digits.
    private static func rounded(_ amount: Double) -> String {
        if amount >= 10 {
            var scale = 1.0
            while amount / scale >= 100 { scale *= 10 }
            return String(Int((amount / scale).rounded() * scale))
        }
        var places = 1
        var scale = 10.0
        while amount * scale < 10, places < 3 {
            places += 1
            scale *= 10
        }
        let whole = Int((amount * scale).rounded())
        let digits = String(whole)
        let padded = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
        return "\(padded.dropLast(places)).\(padded.suffix(places))"
    }
}
