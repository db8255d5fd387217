// Which buckets are features, and what each is worth.

import MartletCore
package import MartletKernels

/// The features of a text model: the buckets that occur in enough documents, numbered in ascending order from 1 (0 is the
/// constant), with their inverse document frequency.
package struct TextVocabulary: Hashable, Sendable {
    /// One bit a bucket, and how many bits are set before each word of them.
    private var bits: [UInt64]
    private var ranks: [UInt32]
    /// By feature; that of feature 0 is 1.
    let inverseFrequencies: [Float]
    /// The share of a row's length that the characters' part has beside the words' part of 1.
    let characterWeight: Float

    package var featureCount: Int { inverseFrequencies.count }

    /// - Parameters:
    ///   - minimumDocuments: of n-grams of words, and of characters.
    package init(
        _ frequencies: DocumentFrequencies, minimumDocuments: (words: Int, characters: Int), characterWeight: Float,
        team: WorkerTeam
    ) {
        let step = TextFeatureHasher.bucketStep
        let documents = Float(frequencies.documentCount)
        var parts = [(bits: [UInt64], inverse: [Float])](
            repeating: ([], []), count: TextFeatureHasher.bucketCount / step)
        parts.withUnsafeMutableBufferPointer { parts in
            nonisolated(unsafe) let parts = parts
            team.run(parts.count) { part in
                let first = part * step
                var bits = [UInt64](repeating: 0, count: step / 64)
                var inverse: [Float] = []
                frequencies.forEach(of: first..<first + step) { bucket, count in
                    let isCharacters = UInt32(truncatingIfNeeded: bucket) & TextFeatureHasher.characterBit != 0
                    let least = isCharacters ? minimumDocuments.characters : minimumDocuments.words
                    guard count >= least else { return }
                    bits[(bucket - first) >> 6] |= 1 << UInt64(bucket & 63)
                    inverse.append((1 + documents) / (1 + Float(count)))
                }
                Elementwise.log(&inverse, inverse.count)
                for index in inverse.indices { inverse[index] += 1 }
                parts[part] = (bits, inverse)
            }
        }
        self.init(
            bits: parts.flatMap(\.bits), inverseFrequencies: [1] + parts.flatMap(\.inverse),
            characterWeight: characterWeight)
    }

    private init(bits: [UInt64], inverseFrequencies: [Float], characterWeight: Float) {
        self.bits = bits
        self.inverseFrequencies = inverseFrequencies
        self.characterWeight = characterWeight
        ranks = []
        ranks.reserveCapacity(bits.count)
        var sum: UInt32 = 1
        for word in bits {
            ranks.append(sum)
            sum += UInt32(word.nonzeroBitCount)
        }
    }

    /// - Parameter buckets: ascending, one for each inverse frequency but the first.
    init?(buckets: [UInt32], inverseFrequencies: [Float], characterWeight: Float) {
        guard buckets.count + 1 == inverseFrequencies.count else { return nil }
        var bits = [UInt64](repeating: 0, count: TextFeatureHasher.bucketCount / 64)
        var last: UInt32?
        for bucket in buckets {
            guard bucket <= TextFeatureHasher.bucketMask, last.map({ $0 < bucket }) ?? true else { return nil }
            bits[Int(bucket >> 6)] |= 1 << UInt64(bucket & 63)
            last = bucket
        }
        self.init(bits: bits, inverseFrequencies: inverseFrequencies, characterWeight: characterWeight)
    }

    /// The buckets of features 1, 2, …
    var buckets: [UInt32] {
        var result: [UInt32] = []
        result.reserveCapacity(featureCount)
        for (index, word) in bits.enumerated() {
            var rest = word
            while rest != 0 {
                result.append(UInt32(index * 64 + rest.trailingZeroBitCount))
                rest &= rest - 1
            }
        }
        return result
    }

    /// 0 if the bucket is no feature.
    @inline(__always)
    func feature(of bucket: UInt32) -> UInt32 {
        let word = bits[Int(bucket >> 6)]
        let bit: UInt64 = 1 << UInt64(bucket & 63)
        guard word & bit != 0 else { return 0 }
        return ranks[Int(bucket >> 6)] + UInt32((word & (bit - 1)).nonzeroBitCount)
    }

    private static let logarithms: [Float] = {
        var table = (0...Int(TextFeatureHasher.largestCount)).map { Float(max(1, $0)) }
        Elementwise.log(&table, table.count)
        return table.map { 1 + $0 }
    }()

    /// Writes a document's features and weights, (1 + ln tf) · idf: words and characters each of length 1 and
    /// `characterWeight`, together of length 1, after the constant 1. Returns how many there are, `entries.count + 1` at
    /// most.
    func weigh(
        _ entries: UnsafeBufferPointer<UInt32>, indices: UnsafeMutablePointer<UInt32>,
        values: UnsafeMutablePointer<Float>
    ) -> Int {
        indices[0] = 0
        values[0] = 1
        var count = 1
        var lengths: (words: Float, characters: Float) = (0, 0)
        Self.logarithms.withUnsafeBufferPointer { logarithms in
            inverseFrequencies.withUnsafeBufferPointer { inverse in
                for entry in entries {
                    let bucket = entry & TextFeatureHasher.bucketMask
                    let feature = feature(of: bucket)
                    if feature == 0 { continue }
                    let value =
                        logarithms[Int(entry >> UInt32(TextFeatureHasher.bucketBits))] * inverse[Int(feature)]
                    indices[count] = feature
                    if bucket & TextFeatureHasher.characterBit != 0 {
                        lengths.characters += value * value
                        values[count] = -value  // Marked until the lengths are known.
                    } else {
                        lengths.words += value * value
                        values[count] = value
                    }
                    count += 1
                }
            }
        }
        let total = (lengths.words > 0 ? 1 : 0) + (lengths.characters > 0 ? characterWeight * characterWeight : 0)
        let scale: (words: Float, characters: Float) = (
            1 / (lengths.words * total).squareRoot(), -characterWeight / (lengths.characters * total).squareRoot()
        )
        for index in 1..<max(1, count) { values[index] *= values[index] < 0 ? scale.characters : scale.words }
        return count
    }
}
