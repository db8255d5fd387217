// Whether two systems differ by more than chance, from their figures for the same queries.

#if canImport(Glibc)
    private import Glibc
#elseif canImport(Musl)
    private import Musl
#elseif canImport(Darwin)
    private import Darwin
#endif

/// The paired t-test of Student (1908), two-sided; for retrieval it agrees well with randomisation (Smucker, Allan and
/// Carterette 2007), and needs no chance of its own.
package enum PairedTest {
    /// How likely a mean difference at least as great is if there is none: small where the systems differ. O(n).
    ///
    /// - Parameter differences: one for each query.
    /// - Returns: nil for fewer than two; 1 if all are 0, 0 if all are the same otherwise.
    package static func probability(_ differences: [Double]) -> Double? {
        let count = Double(differences.count)
        guard count >= 2 else { return nil }
        let mean = differences.reduce(0, +) / count
        let square = differences.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        if square <= 0 { return mean == 0 ? 1 : 0 }
        let freedom = count - 1
        let statistic = mean / (square / freedom / count).squareRoot()
        return incompleteBeta(freedom / (freedom + statistic * statistic), freedom / 2, 0.5)
    }

    /// The regularised incomplete beta function by its continued fraction (Lentz 1976).
    package static func incompleteBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
        if x <= 0 { return 0 }
        if x >= 1 { return 1 }
        let front = exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * log(x) + b * log(1 - x))
        // The fraction converges fast on this side only.
        if x > (a + 1) / (a + b + 2) { return 1 - front * fraction(1 - x, b, a) / b }
        return front * fraction(x, a, b) / a
    }

    private static func fraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
        let tiny = 1e-300
        func kept(_ value: Double) -> Double { abs(value) < tiny ? tiny : value }
        var c = 1.0
        var d = 1 / kept(1 - (a + b) * x / (a + 1))
        var result = d
        for step in 1...1_000 {
            let m = Double(step)
            let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
            d = 1 / kept(1 + even * d)
            c = kept(1 + even / c)
            result *= d * c
            let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
            d = 1 / kept(1 + odd * d)
            c = kept(1 + odd / c)
            result *= d * c
            if abs(d * c - 1) < 1e-15 { break }
        }
        return result
    }

    /// Of a number above 0 (Lanczos 1964).
    static func logGamma(_ x: Double) -> Double {
        let coefficients = [
            676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905,
            -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
        ]
        // The reflection formula, for small arguments.
        if x < 0.5 { return log(Double.pi / abs(sin(Double.pi * x))) - logGamma(1 - x) }
        let shifted = x - 1
        var sum = 0.99999999999980993
        for (place, coefficient) in coefficients.enumerated() { sum += coefficient / (shifted + Double(place) + 1) }
        let base = shifted + 7.5
        return 0.5 * log(2 * Double.pi) + (shifted + 0.5) * log(base) - base + log(sum)
    }
}
