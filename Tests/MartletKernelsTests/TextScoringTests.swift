// Scoring kernels against plain arithmetic.

import MartletCore
import MartletKernels
import Testing

@Suite struct TextScoringTests {
    @Test(arguments: [UInt64(1), 2, 3]) func partsEqualTheFormula(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let lengths = (0..<300).map { _ in Float(Int.random(in: 0...90, using: &random)) }
        for count in [0, 1, 3, 7, 8, 9, 64, 127, 128] {
            let documents = (0..<300).shuffled(using: &random).prefix(count).sorted().map { UInt32($0) }
            let weighted = documents.map { _ in Float(Int.random(in: 0...9, using: &random)) * 0.5 }
            let model = TermModel(
                factor: Float.random(in: 0.001...20, using: &random), constant: 0.3, slope: 0.0125,
                grid: TermModel.Grid(total: 33))
            let parts = parts(documents, weighted, lengths, model)
            let expected = zip(documents, weighted).map { document, weighted in
                model.part(weighted: weighted, length: lengths[Int(document)])
            }
            #expect(parts == expected, "seed \(seed), \(count) postings")
            for (part, weighted) in zip(expected, weighted) {
                #expect(weighted > 0 ? part >= model.grid.unit : part == 0)
                #expect(part.remainder(dividingBy: model.grid.unit) == 0)
                #expect(part <= model.bound(weighted: weighted, length: 0) && part <= model.bound)
            }
        }
    }

    private func parts(
        _ documents: [UInt32], _ weighted: [Float], _ lengths: [Float], _ model: TermModel
    ) -> [Float]? {
        var parts = [Float](repeating: -1, count: documents.count)
        let isSound = parts.withUnsafeMutableBufferPointer { parts in
            documents.withUnsafeBufferPointer { documents in
                weighted.withUnsafeBufferPointer { weighted in
                    lengths.withUnsafeBufferPointer { lengths in
                        TextScoring.parts(
                            documents: documents, weighted: weighted, lengths: lengths, model, into: parts)
                    }
                }
            }
        }
        return isSound ? parts : nil
    }

    @Test func documentsOutsideAreRefused() {
        let model = TermModel(factor: 4, constant: 1, slope: 0, grid: TermModel.Grid(total: 4))
        let lengths = [Float](repeating: 1, count: 4)
        #expect(parts([0, 4], [1, 1], lengths, model) == nil)
        #expect(parts([0, 3], [1, 1], lengths, model) == [2, 2])
        var scores = [Float](repeating: 0, count: 64)
        var marks: [UInt64] = [0]
        func add(_ documents: [UInt32], base: Int, marking: Bool) -> Bool {
            scores.withUnsafeMutableBufferPointer { scores in
                marks.withUnsafeMutableBufferPointer { marks in
                    documents.withUnsafeBufferPointer { documents in
                        [Float](repeating: 2, count: documents.count).withUnsafeBufferPointer { parts in
                            TextScoring.add(
                                documents: documents, parts: parts, base: base, to: scores,
                                marks: marking ? marks : nil)
                        }
                    }
                }
            }
        }
        for marking in [false, true] {
            #expect(!add([100, 164], base: 100, marking: marking))
            #expect(!add([99], base: 100, marking: marking))
        }
        #expect(scores.allSatisfy { $0 == 0 } && marks == [0])
        #expect(add([100, 163], base: 100, marking: true))
        #expect(scores[0] == 2 && scores[63] == 2 && marks == [1 | 1 << 63])
    }

    @Test(arguments: [UInt64(1), 2, 3, 4]) func takenScoresAreAllAboveTheThreshold(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for count in [0, 1, 31, 32, 33, 64, 320, 999] {
            for threshold: Float in [-.infinity, 0, 3] {
                for marking in [false, true] where !marking || count % 64 == 0 {
                    var scores = (0..<count).map { _ in Float(Int.random(in: 0...5, using: &random)) }
                    var marks = [UInt64](repeating: 0, count: count / 64 + 1)
                    for place in scores.indices where scores[place] > 0 { marks[place / 64] |= 1 << (place % 64) }
                    let expected = scores.indices.filter { scores[$0] > 0 && scores[$0] >= threshold }
                    let expectedScores = expected.map { scores[$0] }
                    var positions = [UInt32](repeating: 0, count: count + 16)
                    var found = [Float](repeating: 0, count: count + 16)
                    let number = scores.withUnsafeMutableBufferPointer { scores in
                        marks.withUnsafeMutableBufferPointer { marks in
                            positions.withUnsafeMutableBufferPointer { positions in
                                found.withUnsafeMutableBufferPointer { found in
                                    TextScoring.take(
                                        scores, marks: marking ? marks : nil, threshold: threshold,
                                        positions: positions, found: found)
                                }
                            }
                        }
                    }
                    #expect(positions.prefix(number) == expected.map { UInt32($0) }[...], "seed \(seed)")
                    #expect(found.prefix(number) == expectedScores[...], "seed \(seed)")
                    #expect(scores.allSatisfy { $0 == 0 })
                    if marking { #expect(marks.allSatisfy { $0 == 0 }) }
                }
            }
        }
    }

    @Test func findingGivesTheFirstNotBelow() {
        let values: [UInt32] = (0..<128).map { $0 * 3 + 1 }
        values.withUnsafeBufferPointer { values in
            for from in [0, 1, 40, 127] {
                for wanted in UInt32(0)...400 {
                    let expected = values.indices.first { $0 >= from && values[$0] >= wanted } ?? 128
                    #expect(TextScoring.find(wanted, in: values, from: from) == expected)
                }
            }
            #expect(TextScoring.find(0, in: values, from: 128) == 128)
        }
    }
}
