// Reading `metrics = 'ndcg@10, p@1, recall@100'`.

package import MartletCore

extension RetrievalMetric {
    /// The metrics of EVALUATE when its options name none.
    package static let standard = [
        RetrievalMetric(.ndcg, depth: 10), RetrievalMetric(.p, depth: 1), RetrievalMetric(.recall, depth: 100),
        RetrievalMetric(.map), RetrievalMetric(.mrr),
    ]

    /// Every form that the parser accepts, for messages.
    package static var knownForms: String { Measure.allCases.map(\.pattern).joined(separator: ", ") }

    /// The metrics of a comma-separated list, in its order; a repeated one is kept once. Case does not matter.
    ///
    /// - Throws: `unknownMetric` for a name that is not known or lacks its depth, `invalidOption` for a bad depth or an
    ///   empty list.
    package static func list(from text: String) throws(Diagnostic) -> [RetrievalMetric] {
        var metrics: [RetrievalMetric] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: true) {
            let word = part.trimmingSpaces()
            if word.isEmpty { continue }
            let metric = try RetrievalMetric(parsing: word)
            if !metrics.contains(metric) { metrics.append(metric) }
        }
        if metrics.isEmpty {
            throw Diagnostic(.invalidOption, "the list of metrics is empty", hint: "known metrics: \(knownForms)")
        }
        return metrics
    }

    /// How many results a search must return for all `metrics` to be exact; nil if one of them reads the whole list.
    package static func depth(of metrics: [RetrievalMetric]) -> Int? {
        var deepest = 0
        for metric in metrics {
            guard let depth = metric.depth else { return nil }
            deepest = max(deepest, depth)
        }
        return deepest
    }

    /// One metric: `ndcg@10`.
    package init(parsing word: some StringProtocol) throws(Diagnostic) {
        let pieces = word.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        let name = (pieces.first.map { $0.trimmingSpaces() } ?? "").lowercased()
        guard let measure = Measure(rawValue: name) else {
            let suggestion = Suggestion.hint(for: name, among: Measure.allCases.map(\.rawValue))
            let known = "known metrics: \(Self.knownForms)"
            throw Diagnostic(
                .unknownMetric, "unknown metric '\(word)'", hint: suggestion.map { "\($0) \(known)" } ?? known)
        }
        guard pieces.count == 2, let digits = pieces.last?.trimmingSpaces() else {
            if measure.needsDepth {
                throw Diagnostic(
                    .unknownMetric, "metric '\(name)' needs a depth", hint: "write '\(name)@10'")
            }
            self.init(measure)
            return
        }
        guard digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let depth = Int(digits), (1...Limits.searchResults).contains(depth)
        else {
            throw Diagnostic(
                .invalidOption, "the depth of metric '\(word)' must be a whole number from 1 to \(Limits.searchResults)"
            )
        }
        self.init(measure, depth: depth)
    }
}

extension StringProtocol {
    /// Without spaces, tabs and line ends on either side.
    fileprivate func trimmingSpaces() -> String {
        var rest = Substring(self)
        while let first = rest.first, first.isWhitespace { rest.removeFirst() }
        while let last = rest.last, last.isWhitespace { rest.removeLast() }
        return String(rest)
    }
}
