// How a vector index measures and finds. Part of the stored definition.

package struct VectorOptions: Hashable, Sendable, Codable {
    package enum Metric: String, Hashable, Sendable, Codable, CaseIterable {
        case cosine, l2, dot, hamming
    }

    package enum Structure: String, Hashable, Sendable, Codable, CaseIterable {
        /// Every row is looked at, by its codes.
        case flat
        /// A graph of neighbours.
        case hnsw
        /// Lists of rows around centres.
        case ivf
    }

    /// The form in which an index keeps vectors.
    package enum Quantization: String, Hashable, Sendable, Codable, CaseIterable {
        /// 32-bit floats.
        case none
        /// One byte a dimension.
        case i8
        /// 16-bit floats.
        case f16
        /// The sign of each element, or the bits of VECTOR(n, bit).
        case bit
    }

    package var structure: Structure
    package var metric: Metric
    /// Links of a node on the upper levels of the graph.
    package var m: Int
    /// How many near rows are looked at for a row's links.
    package var constructionSize: Int
    package var quantization: Quantization
    /// The most lists; 0: as many as suit the rows.
    package var lists = 0
    /// The embedding that gives texts their vectors: `name` or `name@version`.
    package var model: String?

    package init(
        structure: Structure, metric: Metric = .cosine, m: Int = 16, constructionSize: Int = 200,
        quantization: Quantization = .i8
    ) {
        self.structure = structure
        self.quantization = quantization
        self.metric = metric
        self.m = m
        self.constructionSize = constructionSize
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        structure = try values.decode(Structure.self, forKey: .structure)
        metric = try values.decode(Metric.self, forKey: .metric)
        m = try values.decode(Int.self, forKey: .m)
        constructionSize = try values.decode(Int.self, forKey: .constructionSize)
        // Files of a time when there was no choice do not say.
        quantization = try values.decodeIfPresent(Quantization.self, forKey: .quantization) ?? .i8
        lists = try values.decodeIfPresent(Int.self, forKey: .lists) ?? 0
        model = try values.decodeIfPresent(String.self, forKey: .model)
    }

    /// Whether a search may leave rows out that are near.
    package var isApproximate: Bool { structure != .flat }

    /// Whether the index tells only roughly how near rows are: what seems nearest is compared by the vectors.
    package var estimates: Bool { quantization == .bit && metric != .hamming }
}
