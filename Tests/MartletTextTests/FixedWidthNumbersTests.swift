// Arrays of numbers in few bits: every width, and damage.

import MartletCore
import MartletText
import Testing

struct FixedWidthNumbersTests {
    @Test(
        arguments: [
            [], [7], [5, 5, 5], [0, 255], [1, 256], [-3, 65_533], [0, 1 << 24], [-1, 1 << 40, 3], [.min, .max, 0, -1],
        ] as [[Int64]])
    func roundTrip(_ numbers: [Int64]) throws {
        var bytes: [UInt8] = []
        FixedWidthNumbers.write(numbers, to: &bytes)
        try bytes.withUnsafeBytes { bytes in
            let array = try FixedWidthNumbers(bytes, count: numbers.count)
            for (place, number) in numbers.enumerated() { #expect(try array[place] == number) }
            #expect(throws: Diagnostic.self) { try array[numbers.count] }
            #expect(throws: Diagnostic.self) { try array[-1] }
            if Set(numbers).count > 1 {
                #expect(throws: Diagnostic.self) { try FixedWidthNumbers(bytes, count: numbers.count + 1) }
                #expect(throws: Diagnostic.self) { try FixedWidthNumbers(bytes, count: 1 << 62) }
            }
            #expect(throws: Diagnostic.self) {
                try FixedWidthNumbers(UnsafeRawBufferPointer(rebasing: bytes.dropLast()), count: numbers.count)
            }
        }
    }

    @Test func everyWidth() throws {
        var random = SeededRandom(seed: 1)
        for width in 0...64 as ClosedRange<UInt64> {
            let mask: UInt64 = width == 64 ? .max : (1 << width) - 1
            let numbers = (0..<100).map { _ in Int64(bitPattern: random.next() & mask) &- 5 }
            var bytes: [UInt8] = []
            FixedWidthNumbers.write(numbers, to: &bytes)
            try bytes.withUnsafeBytes { bytes in
                let array = try FixedWidthNumbers(bytes, count: numbers.count)
                for (place, number) in numbers.enumerated() { #expect(try array[place] == number) }
            }
        }
    }

    @Test func widthIsThatOfTheRange() {
        func count(_ numbers: [Int64]) -> Int {
            var bytes: [UInt8] = []
            FixedWidthNumbers.write(numbers, to: &bytes)
            return bytes.count - 24
        }
        #expect(count([1_000_000, 1_000_000]) == 0)
        #expect(count([1_000_000, 1_000_255]) == 2)
        #expect(count([0, 256, 3]) == 4)
        #expect(count([.min, .max]) == 16)
    }
}
