// A segment: the codes of some rows' vectors, and how to walk among them. One contiguous value, searched where it lies.
//
//   | offset | type | what                                                                                       |
//   | ------ | ---- | ------------------------------------------------------------------------------------------ |
//   | 0      | 4 B  | "MVS3"                                                                                     |
//   | 4      | u8   | metric: 0 l2, 1 cosine, 2 dot, 3 hamming; + 16 × kind: 0 i8, 1 f32, 2 f16, 3 bit;          |
//   |        |      | + 128 if there are 4-bit codes too                                                         |
//   | 5      | u8   | levels of the graph; 0: there is none                                                      |
//   | 6      | u16  | m: the longest lists of the graph, 2 m on the lowest level                                 |
//   | 8      | u32  | dimension                                                                                  |
//   | 12     | u32  | rows, n                                                                                    |
//   | 16     | f32  | the scale's middle, then its step                                                          |
//   | 24     | f32  | the greatest error of a row                                                                |
//   | 28     | u32  | CRC-32C of all but the header                                                              |
//   | 32     | u64  | bytes in all                                                                               |
//   | 40     | i64  | the first row id                                                                           |
//   | 48     | u32  | w, the bits of a row id; 0: they have no gaps                                              |
//   | 52     | u32  | lists, l; 0: rows are not in lists                                                         |
//   | 56     | u32  | for each of 16 levels, the lowest first, the bytes of its links                            |
//   | 120    | u32  | shortcuts of the nodes, s                                                                  |
//   | 124    | u32  | CRC-32C of the header to here                                                              |
//   | 176    |      | n × stride bytes of codes (a large value begins 16 bytes into a page: these at a line),    |
//   |        |      | then those of the lists' l centres                                                         |
//   |        | i32  | n + l norms: the sum of (c − 128)²; f32 lengths of f32 and f16 rows, zeros of their        |
//   |        |      | centres; none of bits                                                                      |
//   |        | u8   | n errors: how far a row may be from what its codes stand for, as RoundedError has them;    |
//   |        |      | of i8 and f16                                                                              |
//   |        |      | n nodes, by ascending row id, of as many bits as n − 1 asks for, and their s shortcuts,    |
//   |        |      | as PackedPermutation has them; none without graph and lists, where nodes are in this order |
//   |        |      | n row ids less the first, ascending, of w bits                                             |
//   |        |      | where each list begins among the nodes, then n, of as many bits as n asks for              |
//   |        |      | for each level its links, as PackedLinks has them                                          |
//   |        |      | 4-bit codes of the rows, as NibblePlane has them                                           |
//   |        | 8 B  | zeros                                                                                      |
//
// All numbers are little-endian. A row of a segment is called a node, with or without a graph.

import MartletCore
import MartletKernels

package struct VectorSegmentLayout {
    static let magic: [UInt8] = Array("MVS3".utf8)
    package static let headerBytes = 176
    static let checkedHeaderBytes = 124
    static let linkBytesOffset = 56

    let kind: CodeKind
    let stride: Int
    let norms: Int
    let errors: Int
    let nodes: Int
    let shortcutHeads: Int
    let shortcuts: Int
    let rowIDs: Int
    let listStarts: Int
    /// The start of each level's links, and where the last one's end.
    let links: [Int]
    let nibbles: Int
    /// Where the last part ends.
    let end: Int
    let byteCount: Int
    /// The bits of a node.
    let nodeWidth: Int
    let listStartWidth: Int

    var hasNorms: Bool { errors > norms }
    var hasErrors: Bool { nodes > errors }
    var hasNibbles: Bool { end > nibbles }

    /// - Parameters:
    ///   - centres: of lists; 0 without any.
    ///   - shortcutCount: nil where nodes are in the order of the row ids.
    ///   - linkBytes: of each level.
    ///   - hasNibbles: whether there are 4-bit codes too.
    /// - Precondition: a dimension up to `Limits.vectorDimension`, fewer than 2³¹ rows: no product overflows.
    init(
        dimension: Int, kind: CodeKind, count: Int, centres: Int, shortcuts shortcutCount: Int?, rowIDWidth: Int,
        linkBytes: [Int], hasNibbles: Bool
    ) {
        self.kind = kind
        stride = kind.stride(dimension: dimension)
        norms = Self.headerBytes + (count + centres) * stride
        errors = norms + (kind == .bit ? 0 : 4 * (count + centres))
        nodes = errors + (kind == .i8 || kind == .f16 ? count : 0)
        nodeWidth = PackedNumbers.width(of: UInt64(max(0, count - 1)))
        if let shortcutCount {
            shortcutHeads = nodes + PackedNumbers.byteCount(count, width: nodeWidth)
            shortcuts = shortcutHeads + PackedPermutation.headByteCount(count)
            rowIDs = shortcuts + PackedNumbers.byteCount(shortcutCount, width: nodeWidth)
        } else {
            (shortcutHeads, shortcuts, rowIDs) = (nodes, nodes, nodes)
        }
        listStarts = rowIDs + PackedNumbers.byteCount(count, width: rowIDWidth)
        listStartWidth = PackedNumbers.width(of: UInt64(count))
        var end = listStarts + (centres == 0 ? 0 : PackedNumbers.byteCount(centres + 1, width: listStartWidth))
        var links = [end]
        for bytes in linkBytes {
            end += bytes
            links.append(end)
        }
        self.links = links
        nibbles = end
        if hasNibbles { end += NibblePlane.byteCount(count, dimension: dimension) }
        self.end = end
        byteCount = end + PackedNumbers.slackBytes
    }
}

extension CodeRows {
    /// The rows of a segment, or nil if the memory is too small.
    init?(
        _ codes: UnsafeRawBufferPointer, norms: UnsafeRawBufferPointer, kind: CodeKind, metric: VectorMetric,
        dimension: Int, count: Int
    ) {
        if kind == .i8 {
            self.init(
                codes: codes, norms: metric == .dot ? nil : norms, count: count,
                stride: kind.stride(dimension: dimension))
        } else {
            self.init(codes, kind: kind, isDot: metric == .dot, dimension: dimension, count: count)
        }
    }
}

/// Errors of rows in one byte: how many steps of 1/64 of a power of two they are below the greatest, rounded up. What is
/// rounded once stays as it is, whatever the greatest is, but for errors of less than a fifteenth of it.
package enum RoundedError {
    private static let droppedBits: UInt32 = 17
    /// Of no error at all; the one before it is of the smallest.
    private static let none: UInt8 = 255

    /// - Parameter error: not negative.
    package static func rounded(_ error: Float) -> Float {
        let mask: UInt32 = 1 << droppedBits - 1
        return Float(bitPattern: (error.bitPattern &+ mask) & ~mask)
    }

    /// - Parameter greatest: rounded, and not less than the error.
    package static func code(_ error: Float, greatest: Float) -> UInt8 {
        if error == 0 { return none }
        let steps = (greatest.bitPattern &- rounded(error).bitPattern) >> droppedBits
        return UInt8(min(steps, UInt32(none) - 1))
    }

    package static func value(_ code: UInt8, greatest: Float) -> Float {
        if code == none { return 0 }
        let steps = UInt32(code) << droppedBits
        return Float(bitPattern: greatest.bitPattern > steps ? greatest.bitPattern - steps : 0)
    }
}

enum VectorSegmentFault {
    static func damaged(_ what: String) -> Diagnostic {
        Diagnostic(.corrupt, "a vector segment is damaged: \(what)")
    }
}
