// The bytes of a trained model.
//
// bytes     content
// 0 ..< 4   "MLRN"
// 4 ..< 6   the format's version, 1
// 6 ..< 8   the kind of model (`ModelKind`)
// 8 ..< n-4 the kind's fields, in the order in which it writes them
// n-4 ..< n CRC-32C of all before
//
// Numbers are little-endian; arrays are a 64-bit count and their elements; ascending numbers are varints of their gaps.

import MartletCore
import MartletKernels

package enum ModelKind: UInt16 {
    case boostedTrees = 1
    case textClassifier = 2
    case linear = 3
    case neuralNetwork = 4
    case kMeans = 5
    case embedding = 6
    /// A model of any kind with what it needs around it: `TrainedModel`.
    case trained = 7
    /// No model: the state of a training (`TrainingCheckpoint`).
    case checkpoint = 8

    var name: String {
        switch self {
        case .boostedTrees: "boosted_trees"
        case .textClassifier: "text_classifier"
        case .linear: "linear"
        case .neuralNetwork: "neural network"
        case .kMeans: "kmeans"
        case .embedding: "embedding"
        case .trained: "trained"
        case .checkpoint: "checkpoint"
        }
    }
}

package struct ModelWriter: ~Copyable {
    static let magic: [UInt8] = Array("MLRN".utf8)
    static let version: UInt16 = 1

    private var bytes: [UInt8] = []
    /// What came before `bytes` where bytes are only counted: how many, and their checksum.
    private var counted: (byteCount: Int, checksum: UInt32)?

    /// Arrays from this many bytes on go by without a copy where bytes are only counted.
    private static let longArray = 1 << 12

    init(_ kind: ModelKind) { begin(kind) }

    private init(counting kind: ModelKind) {
        counted = (0, 0)
        begin(kind)
    }

    private mutating func begin(_ kind: ModelKind) {
        bytes += Self.magic
        write(Self.version)
        write(kind.rawValue)
    }

    /// What `finished` would give of a model: how many bytes, and their checksum. Nothing as long as the model is made.
    static func digest(_ model: some StoredModel) -> (byteCount: Int, checksum: UInt32) {
        var writer = ModelWriter(counting: type(of: model).storedKind)
        model.write(to: &writer)
        writer.count()
        let (byteCount, checksum) = writer.counted ?? (0, 0)
        return (byteCount + MemoryLayout<UInt32>.size, checksum)
    }

    private mutating func count() {
        guard let (byteCount, checksum) = counted else { return }
        counted = (byteCount + bytes.count, Checksum.crc32c(bytes, seed: checksum))
        bytes.removeAll(keepingCapacity: true)
    }

    /// Makes room for so many bytes that are to come: longer models are copied less.
    mutating func reserve(_ byteCount: Int) {
        if counted != nil { return }
        bytes.reserveCapacity(bytes.count + byteCount + 64)
        bytes.withUnsafeMutableBytes { HugePages.advise($0.baseAddress, byteCount: byteCount) }
    }

    mutating func write(_ number: some FixedWidthInteger) {
        withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func write(_ number: Float) { write(number.bitPattern) }

    mutating func write(_ number: Double) { write(number.bitPattern) }

    mutating func write(_ numbers: [Double]) { write(numbers.map(\.bitPattern)) }

    mutating func write(_ numbers: [some FixedWidthInteger]) {
        write(UInt64(numbers.count))
        bytes.reserveCapacity(bytes.count + numbers.count * MemoryLayout<UInt32>.size)
        for number in numbers { write(number) }
    }

    mutating func write(_ numbers: [Float]) {
        write(UInt64(numbers.count))
        #if _endian(little)
            numbers.withUnsafeBytes { numbers in
                if numbers.count < Self.longArray || counted == nil { return bytes.append(contentsOf: numbers) }
                count()
                guard let (byteCount, checksum) = counted else { return }
                counted = (byteCount + numbers.count, Checksum.crc32c(numbers, seed: checksum))
            }
        #else
            for number in numbers { write(number) }
        #endif
    }

    /// Texts: how many, then of each its number of bytes and its UTF-8.
    mutating func write(_ texts: [String]) {
        write(UInt64(texts.count))
        for text in texts { write(blob: Array(text.utf8)) }
    }

    mutating func write(blob: [UInt8]) {
        write(UInt64(blob.count))
        bytes.append(contentsOf: blob)
    }

    /// A model as a blob.
    mutating func write(_ model: any StoredModel) {
        if counted != nil { return write(blob: model.serialized()) }
        let length = bytes.count
        write(UInt64(0))
        let start = bytes.count
        begin(type(of: model).storedKind)
        model.write(to: &self)
        write(bytes.withUnsafeBytes { Checksum.crc32c(UnsafeRawBufferPointer(rebasing: $0[start...])) })
        let count = UInt64(bytes.count - start)
        withUnsafeBytes(of: count.littleEndian) { bytes.replaceSubrange(length..<start, with: $0) }
    }

    /// 0 for numbers, for categories their number and one.
    mutating func write(kinds: [FeatureKind]) {
        write(
            kinds.map { kind -> UInt32 in
                if case .category(let count) = kind { UInt32(count) + 1 } else { 0 }
            })
    }

    /// Ascending numbers.
    mutating func write(ascending numbers: [UInt32]) {
        write(UInt64(numbers.count))
        var last: UInt32 = 0
        for number in numbers {
            var gap = number &- last
            while gap >= 128 {
                bytes.append(UInt8(truncatingIfNeeded: gap) | 128)
                gap >>= 7
            }
            bytes.append(UInt8(truncatingIfNeeded: gap))
            last = number
        }
    }

    /// All bytes, with their checksum.
    consuming func finished() -> [UInt8] {
        let checksum = Checksum.crc32c(bytes)
        write(checksum)
        return bytes
    }
}
