// The logarithm of the discount, from the C library: the standard library has none.

#if canImport(Glibc)
    private import Glibc
#elseif canImport(Musl)
    private import Musl
#elseif canImport(Darwin)
    private import Darwin
#endif

enum Logarithm {
    /// - Precondition: `rank > 0`.
    static func base2(ofRank rank: Int) -> Double { log2(Double(rank)) }
}
