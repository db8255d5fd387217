// Distances: against double precision and scalar sums, with every instruction set.

import MartletCore
import MartletKernels
import Testing

/// Serialised: the instruction set is the process's.
@Suite(.serialized) struct DistanceTests {
    static let counts = [1, 3, 16, 31, 32, 33, 100, 128, 784, 1_000, 1_536]
    static var sets: [InstructionSet] { InstructionSet.allCases.filter { $0.rawValue <= InstructionSet.best.rawValue } }

    private static func floats(_ count: Int, _ state: inout UInt64) -> [Float] {
        (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (Float(state >> 40) / Float(1 << 23) - 1) * (state % 13 == 0 ? 100 : 1)
        }
    }

    @Test func floatsWithinTheirBound() {
        var state: UInt64 = 5
        defer { InstructionSet.best.use() }
        for count in Self.counts {
            for _ in 0..<20 {
                let a = Self.floats(count, &state)
                let b = Self.floats(count, &state)
                let terms = zip(a, b).reduce(0.0) { $0 + abs(Double($1.0) * Double($1.1)) }
                let bound = Double(count / 32 + 8) * 0x1p-24
                var dots: Set<Float> = []
                var distances: Set<Float> = []
                a.withUnsafeBytes { a in
                    b.withUnsafeBytes { b in
                        for set in Self.sets {
                            set.use()
                            dots.insert(FloatDistances.dot(a, b))
                            distances.insert(FloatDistances.squaredDistance(a, b))
                        }
                        let dot = FloatDistances.dotReference(a, b)
                        let distance = FloatDistances.squaredDistanceReference(a, b)
                        for value in dots { #expect(abs(Double(value) - dot) <= bound * terms) }
                        for value in distances { #expect(abs(Double(value) - distance) <= bound * distance) }
                    }
                }
                #expect(dots.count == 1 && distances.count == 1, "instruction sets differ at \(count)")
            }
        }
    }

    @Test func codesAreExact() throws {
        var state: UInt64 = 9
        defer { InstructionSet.best.use() }
        for dimension in [1, 15, 16, 17, 64, 100, 128, 130, 784, 16_384] {
            let stride = CodeKind.i8.stride(dimension: dimension)
            #expect(stride >= dimension && stride % 16 == 0)
            let count = 9
            var codes = [UInt8](repeating: 0, count: count * stride)
            var norms: [Int32] = []
            for row in 0..<count {
                var norm: Int32 = 0
                for column in 0..<dimension {
                    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                    // The ends of the range too, where products are largest.
                    let code: UInt8 = row == 0 ? 0 : row == 1 ? 255 : UInt8(state >> 56)
                    codes[row * stride + column] = code
                    norm += (Int32(code) - 128) * (Int32(code) - 128)
                }
                norms.append(norm)
            }
            try codes.withUnsafeBytes { codes in
                try norms.withUnsafeBytes { norms in
                    let rows = try #require(CodeRows(codes: codes, norms: norms, count: count, stride: stride))
                    let memory = UnsafeMutableBufferPointer<Int8>.allocate(capacity: stride * count)
                    let out = UnsafeMutableBufferPointer<Float>.allocate(capacity: count * count)
                    defer {
                        memory.deallocate()
                        out.deallocate()
                    }
                    var queries: [CodeQuery] = []
                    for row in 0..<count {
                        let part = UnsafeMutableBufferPointer(rebasing: memory[row * stride..<(row + 1) * stride])
                        queries.append(rows.query(ofRow: row, dimension: dimension, in: part))
                    }
                    // As unsigned 32-bit sums wrap, the reference is taken from the whole sum.
                    let expected = queries.map { query in
                        (0..<count).map { Float(Int64(query.base) + rows.reference(query, $0)) }
                    }
                    for row in 0..<count { #expect(expected[row][row] == 0) }
                    for set in Self.sets {
                        set.use()
                        for (number, query) in queries.enumerated() {
                            rows.distances(query, of: 0..<count, into: out)
                            #expect(Array(out[..<count]) == expected[number], "\(set) \(dimension)")
                            let ids: [UInt32] = [4, 0, 8, 9, .max, 1]
                            ids.withUnsafeBufferPointer { rows.distances(query, of: $0, into: out) }
                            for (index, id) in ids.enumerated() {
                                #expect(out[index] == (id < 9 ? expected[number][Int(id)] : .infinity))
                            }
                        }
                        let bases = queries.map(\.base)
                        bases.withUnsafeBufferPointer {
                            rows.distances(
                                queries: UnsafeBufferPointer(memory), bases: $0, of: 1..<count, into: out)
                        }
                        for query in 0..<count {
                            let got = Array(out[query * (count - 1)..<(query + 1) * (count - 1)])
                            #expect(got == Array(expected[query][1...]), "\(set) \(dimension)")
                        }
                    }
                }
            }
        }
    }

    @Test func nearPositions() {
        let distances = (0..<70).map { Float($0 * 37 % 70) }
        let positions = UnsafeMutableBufferPointer<UInt32>.allocate(capacity: 16)
        defer { positions.deallocate() }
        var found: [UInt32] = []
        distances.withUnsafeBufferPointer { distances in
            var position = 0
            while position < distances.count {
                let count = NearPositions.collect(distances, from: &position, limit: 40, into: positions)
                found += positions[..<count]
            }
        }
        #expect(found == (0..<70).filter { distances[$0] <= 40 }.map { UInt32($0) })
    }
}
