// A segment's bytes, searched in place.

package import MartletCore
import MartletKernels

/// Opening checks the header and that every part lies within the bytes: O(1). What the parts hold is checked as it is
/// used, all of it by `check()`.
///
/// The bytes must outlive the reader. `@unchecked Sendable`: the bytes are only read.
package struct VectorSegmentReader: @unchecked Sendable {
    package let metric: VectorMetric
    package let dimension: Int
    package let count: Int
    let kind: CodeKind
    let scale: CodeScale
    let rows: CodeRows
    /// The greatest of the rows' errors.
    let greatestError: Float
    /// The graph's levels, the lowest first; empty without a graph.
    let links: [PackedLinks]
    /// Of the rows, for walks; nil: those look at the rows themselves.
    let nibbles: NibbleRows?
    let m: Int
    /// The number of lists; 0: rows are not in lists. The centre of list i is row `count + i` of `rows`.
    package let listCount: Int
    /// The checksums of header and body.
    let identity: UInt64
    private let bytes: UnsafeRawBufferPointer
    private let layout: VectorSegmentLayout
    private let firstRowID: Int64
    /// Less the first; nil for those of a segment without gaps, which are counted.
    private let rowIDs: PackedNumbers?
    /// By ascending row id; nil: the nodes are in this order.
    private let nodes: PackedPermutation?
    private let listStarts: PackedNumbers

    package var byteCount: Int { bytes.count }
    package var hasGraph: Bool { !links.isEmpty }
    /// Whether walks look at 4-bit codes.
    package var walksByNibbles: Bool { nibbles != nil }
    /// Of what a walk looks at of a row.
    var walkedBytes: Int { nibbles == nil ? rows.stride : NibbleRows.stride(dimension: dimension) }

    package init(_ bytes: UnsafeRawBufferPointer) throws(Diagnostic) {
        guard let base = bytes.baseAddress, bytes.count >= VectorSegmentLayout.headerBytes,
            bytes.prefix(4).elementsEqual(VectorSegmentLayout.magic)
        else { throw VectorSegmentFault.damaged("it does not begin as one") }
        func u32(_ offset: Int) -> UInt32 {
            UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
        }
        let header = UnsafeRawBufferPointer(rebasing: bytes[..<VectorSegmentLayout.checkedHeaderBytes])
        guard u32(VectorSegmentLayout.checkedHeaderBytes) == Checksum.crc32c(header),
            let metric = VectorMetric(code: bytes[4] & 15),
            let kind = CodeKind(rawValue: bytes[4] >> 4 & 7)
        else {
            throw VectorSegmentFault.damaged("its header")
        }
        let hasNibbles = bytes[4] >> 7 == 1
        let levelCount = Int(bytes[5])
        let m = Int(bytes[6]) | Int(bytes[7]) << 8
        let dimension = Int(u32(8))
        let count = Int(u32(12))
        let scale = CodeScale(middle: Float(bitPattern: u32(16)), step: Float(bitPattern: u32(20)))
        let rowIDWidth = Int(u32(48))
        let listCount = Int(u32(52))
        let shortcutCount = Int(u32(120))
        guard (1...Limits.vectorDimension).contains(dimension), count < 1 << 31, scale.middle.isFinite,
            scale.step.isFinite, scale.step > 0, rowIDWidth <= 56 || rowIDWidth == 64,
            listCount <= ListParameters.countRange.upperBound, listCount == 0 || levelCount == 0,
            shortcutCount <= count, !hasNibbles || kind == .i8 && levelCount > 0
        else { throw VectorSegmentFault.damaged("its header") }
        var levels: [Int] = []
        if levelCount > 0 {
            guard (2...GraphScratch.widestList / 2).contains(m) else { throw VectorSegmentFault.damaged("its header") }
            levels = GraphLevels(nodeCount: count, m: m).counts
            guard levels.count == levelCount else { throw VectorSegmentFault.damaged("its header") }
        }
        let isArranged = levelCount > 0 || listCount > 0
        let layout = VectorSegmentLayout(
            dimension: dimension, kind: kind, count: count, centres: listCount,
            shortcuts: isArranged ? shortcutCount : nil, rowIDWidth: rowIDWidth,
            linkBytes: levels.indices.map { Int(u32(VectorSegmentLayout.linkBytesOffset + 4 * $0)) },
            hasNibbles: hasNibbles)
        guard bytes.count == layout.byteCount else { throw VectorSegmentFault.damaged("its length") }
        func part(_ start: Int, _ end: Int) -> UnsafeRawBufferPointer {
            UnsafeRawBufferPointer(rebasing: bytes[start..<end])
        }
        let rows = CodeRows(
            part(VectorSegmentLayout.headerBytes, layout.norms), norms: part(layout.norms, layout.errors), kind: kind,
            metric: metric, dimension: dimension, count: count + listCount)
        guard let rows else { throw VectorSegmentFault.damaged("its codes") }
        var links: [PackedLinks] = []
        for (level, nodes) in levels.enumerated() {
            guard
                let packed = PackedLinks(
                    part(layout.links[level], layout.links[level + 1]), count: nodes, width: level == 0 ? 2 * m : m)
            else { throw VectorSegmentFault.damaged("its links") }
            links.append(packed)
        }
        self.links = links
        nibbles =
            hasNibbles ? NibblePlane.rows(part(layout.nibbles, layout.end), dimension: dimension, count: count) : nil
        if hasNibbles, nibbles == nil { throw VectorSegmentFault.damaged("its 4-bit codes") }
        firstRowID = Int64(littleEndian: bytes.loadUnaligned(fromByteOffset: 40, as: Int64.self))
        rowIDs = rowIDWidth == 0 ? nil : PackedNumbers(base + layout.rowIDs, width: rowIDWidth)
        nodes =
            isArranged
            ? PackedPermutation(
                PackedNumbers(base + layout.nodes, width: layout.nodeWidth), heads: base + layout.shortcutHeads,
                shortcuts: PackedNumbers(base + layout.shortcuts, width: layout.nodeWidth), count: count,
                shortcutCount: shortcutCount) : nil
        listStarts = PackedNumbers(base + layout.listStarts, width: layout.listStartWidth)
        self.listCount = listCount
        self.kind = kind
        self.metric = metric
        self.dimension = dimension
        self.count = count
        self.scale = scale
        self.rows = rows
        self.m = m
        identity = UInt64(u32(VectorSegmentLayout.checkedHeaderBytes)) << 32 | UInt64(u32(28))
        greatestError = Float(bitPattern: u32(24))
        self.bytes = bytes
        self.layout = layout
    }

    // MARK: Rows

    /// The row id at a place of the ascending ones.
    private func rowID(at place: Int) -> Int64 {
        firstRowID &+ (rowIDs.map { Int64(bitPattern: $0[place]) } ?? Int64(place))
    }

    /// The node of the row at a place; checked.
    private func node(at place: Int) throws(Diagnostic) -> Int {
        guard let nodes else { return place }
        guard let node = nodes.number(at: place) else { throw VectorSegmentFault.damaged("a row's node") }
        return node
    }

    package func rowID(ofNode node: Int) throws(Diagnostic) -> Int64 {
        precondition(node >= 0 && node < count)
        guard let nodes else { return rowID(at: node) }
        guard let place = nodes.place(of: node) else { throw VectorSegmentFault.damaged("a node's row") }
        return rowID(at: place)
    }

    /// All rows with their nodes, by ascending row id.
    func forEachRow(_ body: (Int64, Int) throws(Diagnostic) -> Void) throws(Diagnostic) {
        for place in 0..<count { try body(rowID(at: place), try node(at: place)) }
    }

    /// The node of a row, or nil. O(log n), O(1) where row ids have no gaps.
    package func node(ofRow rowID: Int64) throws(Diagnostic) -> Int? {
        var place = 0
        return try node(ofRow: rowID, from: &place)
    }

    /// The same for row ids that are asked for in ascending order: `place` is kept from one to the next.
    func node(ofRow wanted: Int64, from place: inout Int) throws(Diagnostic) -> Int? {
        if rowIDs == nil {
            let (offset, overflow) = wanted.subtractingReportingOverflow(firstRowID)
            guard !overflow, offset >= 0, offset < Int64(count) else { return nil }
            return try node(at: Int(offset))
        }
        // Doubling steps, then halves.
        var low = place
        var step = 1
        while low + step < count, rowID(at: low + step) < wanted { step *= 2 }
        var high = min(count, low + step + 1)
        while low < high {
            let middle = (low + high) / 2
            if rowID(at: middle) < wanted { low = middle + 1 } else { high = middle }
        }
        place = low
        return low < count && rowID(at: low) == wanted ? try node(at: low) : nil
    }

    /// The nodes of a list.
    func nodes(ofList list: Int) throws(Diagnostic) -> Range<Int> {
        precondition(list >= 0 && list < listCount)
        let start = listStarts[list]
        let end = listStarts[list + 1]
        guard start <= end, end <= count else { throw VectorSegmentFault.damaged("its lists") }
        return Int(start)..<Int(end)
    }

    func error(ofNode node: Int) -> Float {
        guard layout.hasErrors else { return 0 }
        return RoundedError.value(bytes[layout.errors + node], greatest: greatestError)
    }

    /// Of what the node's codes stand for, from the scale's middle; 0 for bits.
    func length(ofNode node: Int) -> Float {
        guard layout.hasNorms else { return 0 }
        let bits = norm(ofNode: node)
        return kind == .i8 ? scale.step * Float(max(0, bits)).squareRoot() : Float(bitPattern: UInt32(bitPattern: bits))
    }

    /// None of some nodes has a greater length. O(n) for kinds other than `i8`.
    func greatestLength(of nodes: Range<Int>) -> Float {
        guard kind != .i8 else { return scale.step * 128 * Float(dimension).squareRoot() }
        var greatest: Float = 0
        for node in nodes where layout.hasNorms { greatest = max(greatest, length(ofNode: node)) }
        return greatest
    }

    /// As it is stored: of `i8` the sum of squared codes, of others the bits of the length.
    func norm(ofNode node: Int) -> Int32 {
        guard layout.hasNorms else { return 0 }
        return Int32(littleEndian: bytes.loadUnaligned(fromByteOffset: layout.norms + 4 * node, as: Int32.self))
    }

    /// The bytes of a node's codes.
    func codes(ofNode node: Int) -> UnsafeRawBufferPointer {
        precondition(node >= 0 && node < count)
        let start = VectorSegmentLayout.headerBytes + node * layout.stride
        return UnsafeRawBufferPointer(rebasing: bytes[start..<start + kind.byteCount(dimension: dimension)])
    }

    /// No node has a greater length.
    func greatestLength() -> Float { greatestLength(of: 0..<count) }

    /// Checks the checksum, the orders, the lists and the links. Full read.
    package func check() throws(Diagnostic) {
        let body = UnsafeRawBufferPointer(rebasing: bytes[VectorSegmentLayout.headerBytes...])
        let stored = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 28, as: UInt32.self))
        guard Checksum.crc32c(body) == stored else { throw VectorSegmentFault.damaged("its checksum") }
        for place in 0..<count {
            guard place == 0 || rowID(at: place - 1) < rowID(at: place) else {
                throw VectorSegmentFault.damaged("its rows are out of order")
            }
            guard try rowID(ofNode: try node(at: place)) == rowID(at: place) else {
                throw VectorSegmentFault.damaged("its rows and nodes disagree")
            }
        }
        var end = 0
        for list in 0..<listCount {
            let nodes = try nodes(ofList: list)
            guard nodes.lowerBound == end else { throw VectorSegmentFault.damaged("its lists") }
            end = nodes.upperBound
        }
        guard listCount == 0 || end == count else { throw VectorSegmentFault.damaged("its lists") }
        for level in links where !level.isSound() { throw VectorSegmentFault.damaged("a link leads nowhere") }
    }
}
