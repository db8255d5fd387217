// Sums over the elements of two vectors, read where they lie.

package import MartletCore
import MartletKernels

/// Bits, and bytes where it counts, are added up as whole numbers; other elements become floats block by block. Vectors are
/// of one dimension.
package enum VectorPairs {
    /// Of the elements x of one and y of the other; those that were asked for.
    package struct Sums {
        /// Σ x y.
        package var dot = 0.0
        /// Σ x².
        package var aa = 0.0
        /// Σ y².
        package var bb = 0.0
        /// Σ (x − y)², or the number of elements that differ.
        package var squaredDistance = 0.0
    }

    package static func dot(_ a: Vector, _ b: Vector) -> Sums {
        whole(a, b)
            ?? sums(a, b) { x, y, sums in
                for index in x.indices { sums.dot += Double(x[index]) * Double(y[index]) }
            }
    }

    package static func squaredDistance(_ a: Vector, _ b: Vector) -> Sums {
        whole(a, b)
            ?? sums(a, b) { x, y, sums in
                for index in x.indices {
                    let difference = Double(x[index]) - Double(y[index])
                    sums.squaredDistance += difference * difference
                }
            }
    }

    package static func angle(_ a: Vector, _ b: Vector) -> Sums {
        whole(a, b)
            ?? sums(a, b) { x, y, sums in
                for index in x.indices {
                    let (x, y) = (Double(x[index]), Double(y[index]))
                    sums.dot += x * y
                    sums.aa += x * x
                    sums.bb += y * y
                }
            }
    }

    package static func differing(_ a: Vector, _ b: Vector) -> Sums {
        if a.element == .bit, let sums = whole(a, b) { return sums }
        return sums(a, b) { x, y, sums in
            for index in x.indices where x[index] != y[index] { sums.squaredDistance += 1 }
        }
    }

    /// Of two vectors of bits or of bytes, exact; nil for others.
    private static func whole(_ a: Vector, _ b: Vector) -> Sums? {
        guard a.element == b.element, a.bytes.count == b.bytes.count else { return nil }
        var (dot, aa, bb) = (0, 0, 0)
        switch a.element {
        case .f32, .f16: return nil
        case .i8:
            for index in a.bytes.indices {
                let (x, y) = (Int(Int8(bitPattern: a.bytes[index])), Int(Int8(bitPattern: b.bytes[index])))
                dot &+= x &* y
                aa &+= x &* x
                bb &+= y &* y
            }
        case .bit:
            for index in a.bytes.indices {
                let elements = min(8, a.dimension - 8 * index)
                let mask = UInt8(truncatingIfNeeded: 1 << elements - 1)
                let (x, y) = (a.bytes[index] & mask, b.bytes[index] & mask)
                dot += (x & y).nonzeroBitCount
                aa += x.nonzeroBitCount
                bb += y.nonzeroBitCount
            }
        }
        return Sums(
            dot: Double(dot), aa: Double(aa), bb: Double(bb), squaredDistance: Double(aa + bb - 2 * dot))
    }

    /// A multiple of 8, so that bits begin at a byte.
    private static let block = 256

    private static func sums(
        _ a: Vector, _ b: Vector,
        _ add: (UnsafeMutableBufferPointer<Float>, UnsafeMutableBufferPointer<Float>, inout Sums) -> Void
    ) -> Sums {
        var sums = Sums()
        withUnsafeTemporaryAllocation(of: Float.self, capacity: block) { x in
            withUnsafeTemporaryAllocation(of: Float.self, capacity: block) { y in
                x.initialize(repeating: 0)
                y.initialize(repeating: 0)
                for start in stride(from: 0, to: a.dimension, by: block) {
                    let count = min(block, a.dimension - start)
                    let (x, y) = (
                        UnsafeMutableBufferPointer(rebasing: x[..<count]),
                        UnsafeMutableBufferPointer(rebasing: y[..<count])
                    )
                    a.widen(from: start, into: x)
                    b.widen(from: start, into: y)
                    add(x, y, &sums)
                }
            }
        }
        return sums
    }
}

extension Vector {
    /// Elements from one on, a multiple of 8, as floats.
    fileprivate func widen(from start: Int, into floats: UnsafeMutableBufferPointer<Float>) {
        bytes.withUnsafeBytes { bytes in
            let range = element.byteCount(dimension: start)..<element.byteCount(dimension: start + floats.count)
            let part = UnsafeRawBufferPointer(rebasing: bytes[range])
            switch element {
            case .f32:
                for index in floats.indices {
                    floats[index] = Float(
                        bitPattern: UInt32(
                            littleEndian: part.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self)))
                }
            case .f16: VectorConversion.widenHalves(part, into: floats)
            case .i8: VectorConversion.widenBytes(part, into: floats)
            case .bit: VectorConversion.widenBits(part, into: floats)
            }
        }
    }
}
