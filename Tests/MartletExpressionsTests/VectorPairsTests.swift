// Sums over two vectors, of all kinds of elements.

import MartletCore
import MartletExpressions
import MartletFormats
import Testing

@Suite struct VectorPairsTests {
    /// Small whole numbers, which every kind of element keeps and whose sums are exact.
    private func vector(_ dimension: Int, _ element: VectorElement, seed: Int) throws -> (Vector, [Double]) {
        let numbers = (0..<dimension).map { index in
            let number = (index * 7_919 + seed * 104_729) % 251 - 125
            return Double(element == .bit ? abs(number) % 2 : number)
        }
        return (try VectorFormat.pack(numbers, dimension: dimension, element: element), numbers)
    }

    @Test(arguments: VectorElement.allCases, VectorElement.allCases)
    func likeElementByElement(first: VectorElement, second: VectorElement) throws {
        for dimension in [1, 7, 8, 9, 255, 256, 257, 1_000] {
            let (a, x) = try vector(dimension, first, seed: 1)
            let (b, y) = try vector(dimension, second, seed: 2)
            let dot = zip(x, y).reduce(0) { $0 + $1.0 * $1.1 }
            let squaredDistance = zip(x, y).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
            #expect(VectorPairs.dot(a, b).dot == dot)
            #expect(VectorPairs.squaredDistance(a, b).squaredDistance == squaredDistance)
            let angle = VectorPairs.angle(a, b)
            #expect(angle.dot == dot)
            #expect(angle.aa == x.reduce(0) { $0 + $1 * $1 } && angle.bb == y.reduce(0) { $0 + $1 * $1 })
            #expect(VectorPairs.differing(a, b).squaredDistance == Double(zip(x, y).filter { $0 != $1 }.count))
        }
    }

    /// What a BLOB says behind the last bit is no element.
    @Test func behindTheLastBit() {
        let a = Vector(dimension: 3, element: .bit, bytes: [0b1111_1101])
        let b = Vector(dimension: 3, element: .bit, bytes: [0b0000_0001])
        #expect(VectorPairs.differing(a, b).squaredDistance == 1)
        #expect(VectorPairs.angle(a, b).aa == 2)
    }
}
