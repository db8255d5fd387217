// Terms and their postings as bytes: a range of a segment's dictionary.

import MartletCore
import MartletKernels

/// Takes terms in byte order. A ``SegmentWriter`` joins ranges that follow each other.
struct PostingsWriter: Sendable {
    let fieldCount: Int
    private let defaultField: Int
    private let lengths: [[UInt32]]
    /// Whether blocks get bounds of frequencies and lengths.
    private let isBounded: Bool
    /// Ends of the terms, as in the section of offsets without its first 0.
    private(set) var termEnds: [UInt32] = []
    private(set) var termBytes: [UInt8] = []
    private(set) var termHashes: [UInt32] = []
    /// For each term its document frequency and the place of its postings.
    private(set) var records: [UInt32] = []
    private(set) var postings: [UInt8] = []
    /// With positions: where those of each term begin, and their bytes.
    private(set) var positionStarts: [Int] = []
    private(set) var positions: [UInt8] = []
    let hasPositions: Bool
    private var packed: [UInt8] = []
    private var tail: [UInt8]
    private var numbers = [UInt32](repeating: 0, count: SegmentFormat.blockCount)

    /// - Parameter lengths: for each field, the lengths of the segment's documents.
    init(lengths: [[UInt32]], defaultField: Int, hasPositions: Bool) {
        self.lengths = lengths
        self.hasPositions = hasPositions
        self.defaultField = defaultField
        isBounded = true
        fieldCount = lengths.count
        tail = [UInt8](repeating: 0, count: TailEncoding.roomBytes(fieldCount: lengths.count))
    }

    /// For postings that are read once: their blocks have no bounds.
    init(unboundedFields: Int) {
        lengths = []
        defaultField = 0
        isBounded = false
        hasPositions = false
        fieldCount = unboundedFields
        tail = [UInt8](repeating: 0, count: TailEncoding.roomBytes(fieldCount: unboundedFields))
    }

    /// Adds a term above all earlier ones.
    ///
    /// - Parameters:
    ///   - documents: ascending ordinals, at least one.
    ///   - frequencies: for each document, the frequency in each field.
    ///   - positions: for each document and field, as many ascending places as the frequency says; for writers with
    ///     positions only.
    mutating func add(
        _ term: some Collection<UInt8>, documents: UnsafeBufferPointer<UInt32>,
        frequencies: UnsafeBufferPointer<UInt32>, positions: ArraySlice<UInt32>? = nil
    ) throws(Diagnostic) {
        precondition(!documents.isEmpty && frequencies.count == documents.count * fieldCount)
        try checkRoom()
        let start = termBytes.count
        termBytes.append(contentsOf: term)
        termBytes.withUnsafeBufferPointer {
            termHashes.append(ByteStringTable.hash(UnsafeBufferPointer(rebasing: $0[start...])))
        }
        termEnds.append(UInt32(termBytes.count))
        records.append(UInt32(documents.count))
        records.append(UInt32(postings.count))
        let blocks = documents.count / SegmentFormat.blockCount
        let tailStart = blocks * SegmentFormat.blockCount
        if blocks > 0 { addBlocks(documents, frequencies) }
        let count = tail.withUnsafeMutableBytes { tail in
            TailEncoding.encode(
                documents: UnsafeBufferPointer(rebasing: documents[tailStart...]),
                frequencies: UnsafeBufferPointer(rebasing: frequencies[(tailStart * fieldCount)...]),
                after: tailStart > 0 ? documents[tailStart - 1] : 0, fieldCount: fieldCount,
                defaultField: defaultField, into: tail)
        }
        tail.withUnsafeBufferPointer { postings.append(contentsOf: UnsafeBufferPointer(rebasing: $0[..<count])) }
        if hasPositions { addPositions(positions ?? [], frequencies) }
    }

    /// Where each block's positions begin, if there is more than a tail, then the positions.
    private mutating func addPositions(_ places: ArraySlice<UInt32>, _ frequencies: UnsafeBufferPointer<UInt32>) {
        positionStarts.append(positions.count)
        let blockLength = SegmentFormat.blockCount * fieldCount
        let hasBlocks = frequencies.count >= blockLength
        packed.removeAll(keepingCapacity: true)
        var next = places.startIndex
        for start in stride(from: 0, to: frequencies.count, by: blockLength) {
            if hasBlocks { positions.append(littleEndian: UInt32(packed.count)) }
            for frequency in frequencies[start..<min(start + blockLength, frequencies.count)] {
                var previous: Int64 = -1
                for place in places[next..<next + Int(frequency)] {
                    packed.append(varint: UInt64(bitPattern: Int64(place) - previous))
                    previous = Int64(place)
                }
                next += Int(frequency)
            }
        }
        positions.append(contentsOf: packed)
    }

    private mutating func addBlocks(
        _ documents: UnsafeBufferPointer<UInt32>, _ frequencies: UnsafeBufferPointer<UInt32>
    ) {
        let blockCount = SegmentFormat.blockCount
        let bias: UInt32 = fieldCount == 1 ? 1 : 0
        packed.removeAll(keepingCapacity: true)
        var previous: UInt32 = 0
        for start in stride(from: 0, to: documents.count, by: blockCount) {
            let end = min(start + blockCount, documents.count)
            postings.append(littleEndian: documents[end - 1])
            postings.append(littleEndian: UInt32(packed.count))
            let isFull = end - start == blockCount
            if isFull {
                for index in start..<end {
                    numbers[index - start] = documents[index] - previous
                    previous = documents[index]
                }
            }
            postings.append(isFull ? pack() : 0)
            for field in 0..<fieldCount {
                var highest: UInt32 = 0
                var lowest = UInt32.max
                if isBounded {
                    lengths[field].withUnsafeBufferPointer { lengths in
                        for index in start..<end {
                            let frequency = frequencies[index * fieldCount + field]
                            highest = max(highest, frequency)
                            lowest = min(lowest, lengths[Int(documents[index])])
                            numbers[index - start] = frequency &- bias
                        }
                    }
                } else {
                    highest = .max
                    for index in start..<end {
                        numbers[index - start] = frequencies[index * fieldCount + field] &- bias
                    }
                }
                postings.append(isFull ? pack() : 0)
                postings.append(littleEndian: UInt16(clamping: highest))
                postings.append(littleEndian: UInt16(clamping: lowest))
            }
        }
        postings.append(contentsOf: packed)
    }

    private mutating func pack() -> UInt8 {
        numbers.withUnsafeBufferPointer { numbers in
            let bits = BlockPacking.bits(for: numbers)
            BlockPacking.pack(numbers, bits: bits, to: &packed)
            return UInt8(bits)
        }
    }

    private func checkRoom() throws(Diagnostic) {
        guard postings.count < Int(UInt32.max) - (64 << 20), termBytes.count < Int(UInt32.max) - (1 << 20),
            positions.count < Int(UInt32.max) - (64 << 20)
        else {
            throw Diagnostic(.limitExceeded, "a text segment would be larger than 4 GiB")
        }
    }
}
