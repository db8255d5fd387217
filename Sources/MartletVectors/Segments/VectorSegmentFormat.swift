// A segment: the codes of some rows' vectors, and how to walk among them. One contiguous value, searched where it lies.
//
//   | offset | type | what                                                                                       |
//   | ------ | ---- | ------------------------------------------------------------------------------------------ |
//   | 0      | 4 B  | "MVS1"                                                                                     |
//   | 4      | u8   | metric: 0 l2, 1 cosine, 2 dot, 3 hamming; + 16 × kind: 0 i8, 1 f32, 2 f16, 3 bit           |
//   | 5      | u8   | levels of the graph; 0: there is none                                                      |
//   | 6      | u16  | m: the width of the graph's lists, 2 m on the lowest level                                 |
//   | 8      | u32  | dimension                                                                                  |
//   | 12     | u32  | rows, n                                                                                    |
//   | 16     | f32  | the scale's middle, then its step                                                          |
//   | 24     | f32  | the greatest error of a row                                                                |
//   | 28     | u32  | CRC-32C of all but the header                                                              |
//   | 32     | u64  | bytes in all                                                                               |
//   | 40     | u32  | CRC-32C of the header to here                                                              |
//   | 112    |      | n × stride bytes of codes (a large value begins 16 bytes into a page: these at a line)     |
//   |        | i32  | n norms: the sum of (c − 128)²; f32 lengths of f32 and f16 rows; none of bits              |
//   |        | f32  | n errors: how far a row may be from what its codes stand for; of i8 and f16                |
//   |        | u32  | n places among the row ids, by node                                                        |
//   |        | u32  | n nodes, by ascending row id                                                               |
//   |        | i64  | n row ids, ascending                                                                       |
//   |        | u32  | for each level its lists, the lowest first: 4 · width bytes a node                         |
//
// All numbers are little-endian. A row of a segment is called a node, with or without a graph.

import MartletCore
import MartletKernels

struct VectorSegmentLayout {
    static let magic: [UInt8] = Array("MVS1".utf8)
    static let headerBytes = 112
    static let checkedHeaderBytes = 40

    let kind: CodeKind
    let stride: Int
    let norms: Int
    let errors: Int
    let places: Int
    let nodes: Int
    let rowIDs: Int
    /// The start of each level's lists.
    let links: [Int]
    let byteCount: Int

    var hasNorms: Bool { errors > norms }
    var hasErrors: Bool { places > errors }

    /// - Precondition: a dimension up to `Limits.vectorDimension`, fewer than 2³¹ rows: no product overflows.
    init(dimension: Int, kind: CodeKind, count: Int, levels: [Int], m: Int) {
        self.kind = kind
        stride = kind.stride(dimension: dimension)
        norms = Self.headerBytes + count * stride
        errors = norms + (kind == .bit ? 0 : 4 * count)
        places = errors + (kind == .i8 || kind == .f16 ? 4 * count : 0)
        nodes = places + 4 * count
        rowIDs = nodes + 4 * count
        var end = rowIDs + 8 * count
        var links: [Int] = []
        for (level, nodes) in levels.enumerated() {
            links.append(end)
            end += 4 * nodes * (level == 0 ? 2 * m : m)
        }
        self.links = links
        byteCount = end
    }
}

enum VectorSegmentFault {
    static func damaged(_ what: String) -> Diagnostic {
        Diagnostic(.corrupt, "a vector segment is damaged: \(what)")
    }
}
