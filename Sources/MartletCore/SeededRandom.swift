// Randomness that is a function of a seed: the only kind that the engine uses in results.

/// SplitMix64 (Steele, Lea and Flood 2014): one 64-bit state, equidistributed, fast; not for secrets.
package struct SeededRandom: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    /// The seed from which the numbers that are left follow.
    package var rest: UInt64 { state }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return Self.mix(state)
    }

    /// The finaliser alone: a good hash of a 64-bit number.
    package static func mix(_ number: UInt64) -> UInt64 {
        var z = number
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
