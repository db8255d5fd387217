// Vectors to search among, and queries.

import Foundation

struct VectorSet {
    var name: String
    var dimension: Int
    var base: [[Float]]
    var queries: [[Float]]
    /// Of made vectors: the middles of their clusters.
    private var centres: [[Float]] = []
    private var spread: [Float] = []
    var isMade: Bool { !centres.isEmpty }

    struct FormatError: Error {
        var file: String
    }

    /// Reads `base.npy` and `queries.npy`: matrices of 32-bit floats or bytes.
    init(folder: String) throws {
        name = URL(fileURLWithPath: folder).lastPathComponent
        base = try Self.matrix(folder + "/base.npy")
        queries = try Array(Self.matrix(folder + "/queries.npy").prefix(1_000))
        dimension = base.first?.count ?? 0
    }

    /// A few made vectors.
    static func tiny() throws -> VectorSet { VectorSet(made: 300, dimension: 16, queries: 5) }

    init(made count: Int, dimension: Int, queries queryCount: Int) {
        var random = RepeatableRandom(seed: 3)
        name = "made-\(count)"
        self.dimension = dimension
        centres = (0..<max(4, count / 1_000)).map { _ in
            (0..<dimension).map { _ in Float(random.normal()) }
        }
        spread = (0..<dimension).map { Float(exp(-4 * Double($0) / Double(dimension))) }
        base = []
        queries = []
        base = (0..<count).map { _ in made(&random) }
        queries = (0..<queryCount).map { _ in made(&random) }
    }

    /// Other vectors of the same clusters.
    func fresh(_ count: Int, seed: UInt64 = 5) -> [[Float]] {
        var random = RepeatableRandom(seed: seed)
        return (0..<count).map { _ in made(&random) }
    }

    /// Around a cluster's middle, more widely in the first directions than in the last, as learned vectors are.
    private func made(_ random: inout RepeatableRandom) -> [Float] {
        let centre = centres[random.below(centres.count)]
        return centre.indices.map { centre[$0] + Float(random.normal()) * spread[$0] }
    }

    private static func matrix(_ path: String) throws -> [[Float]] {
        let data = try Data(contentsOf: URL(fileURLWithPath: path))
        guard data.count > 10, data.starts(with: [0x93] + Array("NUMPY".utf8)) else { throw FormatError(file: path) }
        let headerBytes = Int(data[8]) | Int(data[9]) << 8
        guard data.count >= 10 + headerBytes else { throw FormatError(file: path) }
        let header = String(decoding: data[10..<10 + headerBytes], as: UTF8.self)
        let isFloat = header.contains("'<f4'")
        guard isFloat || header.contains("'|u1'"), header.contains("'fortran_order': False"),
            let shape = header.firstMatch(of: /'shape': \((\d+), (\d+)\)/), let rows = Int(shape.1),
            let columns = Int(shape.2), data.count - 10 - headerBytes == rows * columns * (isFloat ? 4 : 1)
        else { throw FormatError(file: path) }
        return data.dropFirst(10 + headerBytes).withUnsafeBytes { bytes in
            (0..<rows).map { row in
                (0..<columns).map { column in
                    let index = row * columns + column
                    return isFloat
                        ? Float(
                            bitPattern: UInt32(
                                littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self)))
                        : Float(bytes[index])
                }
            }
        }
    }
}
