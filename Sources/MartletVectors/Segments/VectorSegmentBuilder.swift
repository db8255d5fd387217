// Collecting vectors into a segment.

package import MartletCore
package import MartletKernels

/// Rows come in ascending order of row id. Memory: the codes, and until the scale is known the floats.
package final class VectorSegmentBuilder {
    package let metric: VectorMetric
    package let dimension: Int
    package let kind: CodeKind
    /// Known once enough rows have come, or given.
    package private(set) var scale: CodeScale?
    package private(set) var rowIDs: [Int64] = []
    private let stride: Int
    private var waiting: [Float] = []
    private var codes: [UInt8] = []
    /// As `VectorSegmentReader.norm` gives them.
    private var norms: [Int32] = []
    private var errors: [Float] = []
    private var scratch: [Float]

    /// The floats that the scale is fitted to.
    private static let sampleCount = 1 << 22

    /// - Parameter scale: nil to fit one to the first rows.
    package init(metric: VectorMetric, dimension: Int, kind: CodeKind = .i8, scale: CodeScale?) {
        precondition(dimension > 0 && dimension <= Limits.vectorDimension)
        self.metric = metric
        self.dimension = dimension
        self.kind = kind
        self.scale = scale ?? CodeScale.fixed(kind, metric)
        stride = kind.stride(dimension: dimension)
        scratch = [Float](repeating: 0, count: dimension)
    }

    package var count: Int { rowIDs.count }
    package var memoryBytes: Int { codes.count + 4 * waiting.count + 24 * rowIDs.count }

    /// Adds a row; row ids must ascend.
    ///
    /// - Throws: `invalidVector` for elements that are not finite, and under `cosine` for a vector of zeros.
    package func add(rowID: Int64, _ vector: UnsafeBufferPointer<Float>) throws(Diagnostic) {
        precondition(vector.count == dimension && rowIDs.last.map { $0 < rowID } ?? true)
        guard rowIDs.count < (1 << 31) - 1 else {
            throw Diagnostic(.limitExceeded, "a vector segment has at most \((1 << 31) - 1) rows")
        }
        try VectorDomain.bring(vector, into: &scratch, metric)
        rowIDs.append(rowID)
        if let scale {
            scratch.withUnsafeBufferPointer { encode($0, scale) }
        } else {
            waiting.append(contentsOf: scratch)
            if waiting.count >= Self.sampleCount { settleScale() }
        }
    }

    /// Adds a row of another segment, whose row id comes after those here.
    package func add(_ segment: VectorSegmentReader, rowID: Int64, node: Int) throws(Diagnostic) {
        precondition(segment.dimension == dimension && segment.metric == metric && segment.kind == kind)
        guard rowIDs.last.map({ $0 < rowID }) ?? true else { throw VectorSegmentFault.damaged("a row is in two") }
        if scale == nil, waiting.isEmpty { scale = segment.scale }
        settleScale()
        let scale = scale ?? segment.scale
        rowIDs.append(rowID)
        let source = segment.codes(ofNode: node)
        if scale == segment.scale {
            codes.append(contentsOf: source)
            codes.append(contentsOf: repeatElement(0, count: stride - source.count))
            norms.append(segment.norm(ofNode: node))
            errors.append(segment.error(ofNode: node))
        } else {
            if kind == .i8 {
                for index in 0..<dimension { scratch[index] = segment.scale.value(source[index]) }
            } else {
                // Only halves come in several scales.
                scratch.withUnsafeMutableBufferPointer { VectorConversion.widenHalves(source, into: $0) }
                for index in 0..<dimension { scratch[index] *= segment.scale.step }
            }
            scratch.withUnsafeBufferPointer { encode($0, scale) }
            // Twice rounded: the errors add up.
            errors[errors.count - 1] = (errors[errors.count - 1] + segment.error(ofNode: node)).nextUp
        }
    }

    private func settleScale() {
        guard scale == nil else { return }
        let fitted = waiting.withUnsafeBufferPointer { CodeScale.fitting($0, kind, metric) }
        scale = fitted
        waiting.withUnsafeBufferPointer { floats in
            for start in Swift.stride(from: 0, to: floats.count, by: dimension) {
                encode(UnsafeBufferPointer(rebasing: floats[start..<start + dimension]), fitted)
            }
        }
        waiting = []
    }

    private func encode(_ vector: UnsafeBufferPointer<Float>, _ scale: CodeScale) {
        let start = codes.count
        codes.append(contentsOf: repeatElement(0, count: stride))
        if kind != .i8 {
            let (length, error) = codes.withUnsafeMutableBytes {
                scale.write(vector, as: kind, into: UnsafeMutableRawBufferPointer(rebasing: $0[start..<start + stride]))
            }
            norms.append(Int32(bitPattern: length.bitPattern))
            errors.append(error)
            return
        }
        let (norm, error) = codes.withUnsafeMutableBufferPointer {
            scale.encode(vector, into: UnsafeMutableBufferPointer(rebasing: $0[start..<start + stride]))
        }
        norms.append(norm)
        errors.append(error)
    }

    /// The segment's bytes; the same for any number of threads.
    ///
    /// - Parameters:
    ///   - structure: what a search has beside the codes.
    ///   - check: called every now and then while that is made.
    /// - Throws: what `check` throws.
    package func finish(
        _ structure: VectorStructure, threads: Int = 1, progress: ((Int) -> Void)? = nil,
        check: () throws(Diagnostic) -> Void = { () throws(Diagnostic) in }
    ) throws(Diagnostic) -> [UInt8] {
        settleScale()
        let arranged = try arranged(structure, threads: threads, progress: progress, check: check)
        // Node to place, and place to node.
        let places = arranged.places
        var nodes = [UInt32](repeating: 0, count: count)
        for (node, place) in places.enumerated() { nodes[Int(place)] = UInt32(node) }
        let shortcuts = arranged.isInRowOrder ? nil : PackedPermutation.shortcuts(of: nodes)
        let centreCount = max(0, arranged.listStarts.count - 1)
        let linkBytes = arranged.links.map(\.count)
        let first = rowIDs.first ?? 0
        let span = rowIDs.last.map { UInt64(bitPattern: $0 &- first) } ?? 0
        let rowIDWidth = span == UInt64(max(0, count - 1)) ? 0 : PackedNumbers.width(of: span)
        let layout = VectorSegmentLayout(
            dimension: dimension, kind: kind, count: count, centres: centreCount, shortcuts: shortcuts?.numbers.count,
            rowIDWidth: rowIDWidth, linkBytes: linkBytes, hasNibbles: arranged.hasNibbles)
        let greatestError = RoundedError.rounded(errors.max() ?? 0)
        var bytes = [UInt8](repeating: 0, count: layout.byteCount)
        bytes.withUnsafeMutableBytes { raw in
            func part(_ start: Int, _ end: Int) -> UnsafeMutableRawBufferPointer {
                UnsafeMutableRawBufferPointer(rebasing: raw[start..<end])
            }
            copyCodes(
                places, into: part(VectorSegmentLayout.headerBytes, layout.norms),
                norms: layout.hasNorms ? part(layout.norms, layout.errors) : nil)
            if let centres = arranged.centres {
                part(VectorSegmentLayout.headerBytes + count * stride, layout.norms).copyMemory(from: centres.codes)
                if layout.hasNorms { part(layout.norms + 4 * count, layout.errors).copyMemory(from: centres.norms) }
            }
            if layout.hasErrors {
                for (node, place) in places.enumerated() {
                    raw[layout.errors + node] = RoundedError.code(errors[Int(place)], greatest: greatestError)
                }
            }
            if let shortcuts {
                var nodeWriter = PackedNumbersWriter(part(layout.nodes, layout.shortcutHeads), width: layout.nodeWidth)
                for node in nodes { nodeWriter.append(UInt64(node)) }
                part(layout.shortcutHeads, layout.shortcuts).copyBytes(from: shortcuts.heads)
                var writer = PackedNumbersWriter(part(layout.shortcuts, layout.rowIDs), width: layout.nodeWidth)
                for node in shortcuts.numbers { writer.append(UInt64(node)) }
            }
            if rowIDWidth > 0 {
                var writer = PackedNumbersWriter(part(layout.rowIDs, layout.listStarts), width: rowIDWidth)
                for rowID in rowIDs { writer.append(UInt64(bitPattern: rowID &- first)) }
            }
            var startWriter = PackedNumbersWriter(
                part(layout.listStarts, layout.links[0]), width: layout.listStartWidth)
            for start in arranged.listStarts { startWriter.append(UInt64(start)) }
            for (level, links) in arranged.links.enumerated() {
                part(layout.links[level], layout.links[level + 1]).copyBytes(from: links)
            }
            if arranged.hasNibbles,
                let rows = CodeRows(
                    UnsafeRawBufferPointer(part(VectorSegmentLayout.headerBytes, layout.norms)),
                    norms: UnsafeRawBufferPointer(part(layout.norms, layout.errors)), kind: kind, metric: metric,
                    dimension: dimension, count: count)
            {
                NibblePlane.write(
                    rows, dimension: dimension, hasNorms: metric != .dot, into: part(layout.nibbles, layout.end))
            }
            writeHeader(
                raw, layout, m: structure.graph?.m ?? 0, rowIDWidth: rowIDWidth, listCount: centreCount,
                linkBytes: linkBytes, shortcutCount: shortcuts?.numbers.count ?? 0, greatestError: greatestError)
        }
        return bytes
    }

    /// The order of the nodes, and what there is to find them by.
    private struct Arrangement {
        /// Of each node.
        var places: [UInt32]
        /// Of each level of a graph.
        var links: [[UInt8]] = []
        /// Whether walks through the graph look at 4-bit codes.
        var hasNibbles = false
        /// Of lists: the first node of each, then the number of nodes.
        var listStarts: [Int] = []
        var centres: CentreTraining?

        /// Whether each node's place is its number.
        var isInRowOrder: Bool { links.isEmpty && centres == nil }
    }

    private func arranged(
        _ structure: VectorStructure, threads: Int, progress: ((Int) -> Void)?, check: () throws(Diagnostic) -> Void
    ) throws(Diagnostic) -> Arrangement {
        var places = Array(0..<UInt32(count))
        if case .flat = structure { return Arrangement(places: places) }
        // Graphs and centres want an order that has nothing to do with what the rows are like.
        Self.shuffle(&places)
        let codes = UnsafeMutableRawBufferPointer.allocate(byteCount: count * stride, alignment: 64)
        let norms = UnsafeMutableRawBufferPointer.allocate(byteCount: 4 * count, alignment: 64)
        defer {
            codes.deallocate()
            norms.deallocate()
        }
        copyCodes(places, into: codes, norms: norms)
        func rows(_ metric: VectorMetric) throws(Diagnostic) -> CodeRows {
            let rows = CodeRows(
                UnsafeRawBufferPointer(codes), norms: UnsafeRawBufferPointer(norms), kind: kind, metric: metric,
                dimension: dimension, count: count)
            guard let rows else { throw VectorSegmentFault.damaged("its codes") }
            return rows
        }
        switch structure {
        case .flat: return Arrangement(places: places)
        case .graph(let graph):
            let builder = GraphBuilder(
                try rows(metric), dimension: dimension, m: graph.m, constructionSize: graph.constructionSize)
            try builder.build(threads: threads, progress: progress, check: check)
            let order = builder.localOrder()
            return Arrangement(
                places: order.map { places[Int($0)] }, links: builder.packedLinks(order: order),
                hasNibbles: wantsNibbles(builder))
        case .lists(let lists):
            guard count > 0 else { return Arrangement(places: places) }
            let centres = CentreTraining(
                try rows(.l2), dimension: dimension, count: lists.count(rows: count), threads: threads)
            try centres.train(check: check)
            let nearest = try centres.nearestCentres(of: 0..<count, progress: progress, check: check)
            let (order, starts) = centres.lists(nearest)
            return Arrangement(places: order.map { places[$0] }, listStarts: starts, centres: centres)
        }
    }

    /// Whether 4-bit codes serve walks through the graph as well as the rows.
    private func wantsNibbles(_ graph: GraphBuilder) -> Bool {
        guard NibblePlane.suits(kind, dimension: dimension) else { return false }
        let bytes = UnsafeMutableRawBufferPointer.allocate(
            byteCount: NibblePlane.byteCount(count, dimension: dimension), alignment: 64)
        defer { bytes.deallocate() }
        bytes.initializeMemory(as: UInt8.self, repeating: 0)
        NibblePlane.write(graph.rows, dimension: dimension, hasNorms: metric != .dot, into: bytes)
        let nibbles = NibblePlane.rows(UnsafeRawBufferPointer(bytes), dimension: dimension, count: count)
        return nibbles.map {
            NibblePlane.isGood($0, graph.rows, dimension: dimension, graph.levels.counts.indices.map(graph.links))
        } ?? false
    }

    private func copyCodes(
        _ places: [UInt32], into target: UnsafeMutableRawBufferPointer,
        norms targetNorms: UnsafeMutableRawBufferPointer?
    ) {
        codes.withUnsafeBytes { codes in
            for (node, place) in places.enumerated() {
                let source = Int(place) * stride
                UnsafeMutableRawBufferPointer(rebasing: target[(node * stride)...])
                    .copyMemory(from: UnsafeRawBufferPointer(rebasing: codes[source..<source + stride]))
                targetNorms?.storeBytes(of: norms[Int(place)].littleEndian, toByteOffset: 4 * node, as: Int32.self)
            }
        }
    }

    private func writeHeader(
        _ raw: UnsafeMutableRawBufferPointer, _ layout: VectorSegmentLayout, m: Int, rowIDWidth: Int, listCount: Int,
        linkBytes: [Int], shortcutCount: Int, greatestError: Float
    ) {
        let scale = scale ?? CodeScale(middle: 0, step: 1)
        var header = VectorSegmentLayout.magic
        header.append(metric.code | kind.rawValue << 4 | (layout.hasNibbles ? 128 : 0))
        header.append(UInt8(truncatingIfNeeded: linkBytes.count))
        func append<T: FixedWidthInteger>(_ value: T) {
            withUnsafeBytes(of: value.littleEndian) { header.append(contentsOf: $0) }
        }
        append(UInt16(truncatingIfNeeded: m))
        append(UInt32(truncatingIfNeeded: dimension))
        append(UInt32(truncatingIfNeeded: rowIDs.count))
        append(scale.middle.bitPattern)
        append(scale.step.bitPattern)
        append(greatestError.bitPattern)
        append(Checksum.crc32c(UnsafeRawBufferPointer(rebasing: raw[VectorSegmentLayout.headerBytes...])))
        append(UInt64(layout.byteCount))
        append(rowIDs.first ?? 0)
        append(UInt32(truncatingIfNeeded: rowIDWidth))
        append(UInt32(truncatingIfNeeded: listCount))
        for level in 0..<GraphLevels.limit {
            append(UInt32(truncatingIfNeeded: level < linkBytes.count ? linkBytes[level] : 0))
        }
        append(UInt32(truncatingIfNeeded: shortcutCount))
        append(Checksum.crc32c(header))
        raw.copyBytes(from: header)
    }

    /// Fisher and Yates' shuffle with a fixed seed (numbers by Steele, Lea and Flood 2014).
    private static func shuffle(_ places: inout [UInt32]) {
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15
        var end = places.count
        while end > 1 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var number = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
            number = (number ^ number >> 27) &* 0x94D0_49BB_1331_11EB
            number ^= number >> 31
            places.swapAt(end - 1, Int(number % UInt64(end)))
            end -= 1
        }
    }
}
