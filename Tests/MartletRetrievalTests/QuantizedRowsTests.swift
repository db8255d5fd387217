// Rows in 8 bits give the products of the numbers they were made of, nearly.

import MartletRetrieval
import Testing

@Suite struct QuantizedRowsTests {
    @Test(arguments: [1, 7, 50, 128]) func productsAreNearlyExact(width: Int) {
        let count = 19
        let values = (0..<count * width).map { Float(($0 * 7_919 + 13) % 2_003) / 1_000 - 1 }
        let vector = (0..<width).map { Float(($0 * 104_729 + 5) % 997) / 500 - 1 }
        let rows = QuantizedRows(values, width: width)
        let all = rows.products(vector)
        let chosen: [UInt32] = [3, 0, 18, 19, .max]
        let some = rows.products(vector, of: chosen)
        #expect(some[3] == 0)
        #expect(some[4] == 0)
        for row in 0..<count {
            var exact: Float = 0
            for index in 0..<width { exact += vector[index] * values[row * width + index] }
            #expect(abs(all[row] - exact) < 0.02 * Float(width))
            var added = [Float](repeating: 0, count: width)
            rows.add(row, times: 2, to: &added)
            for index in 0..<width { #expect(abs(added[index] - 2 * values[row * width + index]) < 0.02) }
        }
        #expect(some[0] == all[3])
        #expect(some[2] == all[18])
    }

    @Test func oddRows() {
        let rows = QuantizedRows([0, 0, .infinity, 1, .nan, -1, 1e-38, 0], width: 2)
        #expect(rows.count == 4)
        #expect(rows.products([1, 1]).allSatisfy { $0.isFinite })
        #expect(rows.products([0, 0]) == [0, 0, 0, 0])
        #expect(QuantizedRows([], width: 3).products([1, 2, 3]).isEmpty)
    }
}
