// Binds CREATE INDEX … USING flat, hnsw and ivf.

import MartletCatalog
import MartletCore
import MartletExpressions
import MartletLanguage

extension Binder {
    static let metricNames = VectorOptions.Metric.allCases.map(\.rawValue)

    func vectorOptions(
        _ create: CreateIndex, _ table: Table, _ parts: [Index.Part]
    ) throws(Diagnostic) -> VectorOptions {
        let structure = create.method.flatMap { VectorOptions.Structure(rawValue: $0.name.foldedName) } ?? .hnsw
        if create.isUnique {
            throw Diagnostic(.misplaced, "a vector index cannot be UNIQUE", at: create.method?.range)
        }
        guard parts.count == 1 else {
            throw Diagnostic(.wrongColumnCount, "a vector index has one column", at: create.parts[1].expression.range)
        }
        let range = create.parts[0].expression.range
        let type = parts[0].column.map { table.columns[$0].type } ?? .null
        guard case .vector(_, let element) = type else {
            throw Diagnostic(
                .typeMismatch, "a vector index needs a VECTOR column, not \(type)",
                at: range)
        }
        let structureOptions =
            switch structure {
            case .flat: [String]()
            case .hnsw: ["m", "ef_construction"]
            case .ivf: ["lists"]
            }
        let reader = try OptionReader(
            self, create.options, known: ["metric", "quantize", "model"] + structureOptions, of: "a vector index")
        var options = VectorOptions(structure: structure, metric: element == .bit ? .hamming : .cosine)
        if let metric = try metric(reader) { options.metric = metric }
        if options.metric == .hamming, element != .bit {
            throw Diagnostic(
                .typeMismatch, "the metric hamming counts bits, which a \(type) has not",
                at: range, hint: "VECTOR(n, bit)")
        }
        options.quantization = options.metric == .hamming ? .bit : .i8
        if let (name, range) = try reader.text("quantize") {
            let names = VectorOptions.Quantization.allCases.map(\.rawValue)
            guard let quantization = VectorOptions.Quantization(rawValue: name.foldedName) else {
                throw Diagnostic(
                    .invalidOption, "unknown quantization '\(name)'", at: range,
                    hint: Suggestion.hint(for: name, among: names) ?? "there are \(names.joined(separator: ", "))")
            }
            if quantization == .bit, element == .bit, options.metric != .hamming {
                throw Diagnostic(
                    .invalidOption, "bits of a \(type) tell nothing of the metric \(options.metric.rawValue)",
                    at: range,
                    hint: "the metric hamming goes with them")
            }
            options.quantization = quantization
        }
        if let (name, range) = try reader.text("model") {
            let model = try embedding(name, at: range, create.location)
            if case .vector(let dimension, _) = type, model.signature.dimension != dimension {
                throw Diagnostic(
                    .invalidVector,
                    "the column has vectors of \(dimension) elements, and model \(model.label) gives "
                        + "\(model.signature.dimension ?? 0)", at: range)
            }
            options.model = name
        }
        if structure == .hnsw {
            if let m = try reader.integer("m", in: 4...128) { options.m = m }
            if let size = try reader.integer("ef_construction", in: 8...4_096) { options.constructionSize = size }
        }
        if structure == .ivf, let lists = try reader.integer("lists", in: 1...65_536) { options.lists = lists }
        return options
    }

    /// The option `metric`.
    func metric(_ reader: OptionReader) throws(Diagnostic) -> VectorOptions.Metric? {
        guard let (name, range) = try reader.text("metric") else { return nil }
        guard let metric = VectorOptions.Metric(rawValue: name.foldedName) else {
            throw Diagnostic(
                .invalidOption, "unknown metric '\(name)'", at: range,
                hint: Suggestion.hint(for: name, among: Self.metricNames)
                    ?? "there are \(Self.metricNames.joined(separator: ", "))")
        }
        return metric
    }
}
