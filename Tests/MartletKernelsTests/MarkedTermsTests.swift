// Marked terms and sums of code rows with every instruction set, against the plain way.

import MartletCore
import MartletKernels
import Testing

extension DistanceTests {
    @Test(arguments: sets) func marksAreFound(set: InstructionSet) {
        set.use()
        defer { InstructionSet.best.use() }
        var random = SeededRandom(seed: 5)
        for count in Array(0...40) + [500] {
            let terms = (0..<count).map { _ in UInt32.random(in: 0..<200, using: &random) }
            var marks = (0..<100).map { _ in UInt8.random(in: 0...9, using: &random) }
            for number in marks.indices where marks[number] > 3 { marks[number] = number % 5 == 0 ? 128 : 0 }
            // What follows is read, and counts for nothing.
            marks += [255, 255, 255]
            var expected: [(place: Int, ordinal: Int)] = []
            var content = 0
            for (place, term) in terms.enumerated() {
                if marks[Int(term >> 1)] != 0, term & 1 == 1 { expected.append((place, content)) }
                content += Int(term & 1)
            }
            for limit in [count, count / 2] {
                let found = MarkedTerms(limit: limit)
                let number = terms.withUnsafeBufferPointer { terms in
                    marks.withUnsafeBufferPointer { found.find(in: terms, marks: $0) }
                }
                let wanted = expected.filter { $0.place < max(1, limit) }
                #expect(found.places.prefix(number).map { Int($0) } == wanted.map(\.place), "\(set), \(count) terms")
                #expect(
                    found.ordinals.prefix(number).map { Int($0) } == wanted.map(\.ordinal), "\(set), \(count) terms")
            }
        }
    }

    @Test(arguments: sets) func codesAreAdded(set: InstructionSet) {
        set.use()
        defer { InstructionSet.best.use() }
        var random = SeededRandom(seed: 6)
        for count in Array(0...40) + [301] {
            let codes = (0..<count).map { _ in Int16.random(in: .min ... .max, using: &random) }
            let start = (0..<count).map { _ in Float.random(in: -1...1, using: &random) }
            let factor = Float(0.037)
            var sums = start
            codes.withUnsafeBufferPointer { codes in
                sums.withUnsafeMutableBufferPointer { CodeRowSums.add(codes, times: factor, to: $0) }
            }
            #expect(sums == zip(start, codes).map { $0 + Float($1) * factor }, "\(set), \(count) codes")
        }
    }
}
