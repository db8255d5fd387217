// Terms between two others.

/// By number where both ends are numbers, else by bytes.
package struct TermRange: Hashable, Sendable {
    package struct Bound: Hashable, Sendable {
        let bytes: [UInt8]
        let isInclusive: Bool
        let number: WrittenNumber?

        init(bytes: [UInt8], isInclusive: Bool) {
            self.bytes = bytes
            self.isInclusive = isInclusive
            number = WrittenNumber(bytes)
        }
    }

    let lower: Bound?
    let upper: Bound?
    private let isNumeric: Bool

    init(lower: Bound?, upper: Bound?) {
        self.lower = lower
        self.upper = upper
        isNumeric = (lower == nil || lower?.number != nil) && (upper == nil || upper?.number != nil)
    }

    func contains(_ term: some Collection<UInt8>) -> Bool {
        if isNumeric {
            guard let value = WrittenNumber(term) else { return false }
            if let lower, let least = lower.number, value < least || (value == least && !lower.isInclusive) {
                return false
            }
            if let upper, let most = upper.number, value > most || (value == most && !upper.isInclusive) {
                return false
            }
            return true
        }
        if let lower {
            if term.lexicographicallyPrecedes(lower.bytes) || (!lower.isInclusive && term.elementsEqual(lower.bytes)) {
                return false
            }
        }
        if let upper {
            if upper.bytes.lexicographicallyPrecedes(term) || (!upper.isInclusive && term.elementsEqual(upper.bytes)) {
                return false
            }
        }
        return true
    }
}

/// A number as texts write it, compared without loss: digits, in groups of three with commas between them or without, a
/// fraction behind a full stop, and a sign before them, which no term of an index has.
struct WrittenNumber: Hashable, Sendable, Comparable {
    private let isNegative: Bool
    /// Without zeros in front.
    private let whole: [UInt8]
    /// Without zeros at the end.
    private let fraction: [UInt8]

    /// nil for what is no number. Linear.
    init?(_ text: some Collection<UInt8>) {
        guard let first = text.first else { return nil }
        let hasSign = first == UInt8(ascii: "-") || first == UInt8(ascii: "+")
        guard hasSign || Self.isDigit(first) else { return nil }
        let parts = text.dropFirst(hasSign ? 1 : 0).split(
            separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
        guard let digits = Self.digits(parts[0]) else { return nil }
        var fraction: [UInt8] = []
        if parts.count > 1 {
            guard !parts[1].isEmpty, parts[1].allSatisfy(Self.isDigit) else { return nil }
            fraction = Array(parts[1])
            while fraction.last == UInt8(ascii: "0") { fraction.removeLast() }
        }
        whole = Array(digits.drop { $0 == UInt8(ascii: "0") })
        self.fraction = fraction
        isNegative = first == UInt8(ascii: "-") && !(whole.isEmpty && fraction.isEmpty)
    }

    /// The digits before the fraction, less the commas.
    private static func digits(_ text: some Collection<UInt8>) -> [UInt8]? {
        let groups = text.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        guard groups.allSatisfy({ !$0.isEmpty && $0.allSatisfy(isDigit) }) else { return nil }
        if groups.count > 1 {
            guard groups[0].count <= 3, groups.dropFirst().allSatisfy({ $0.count == 3 }) else { return nil }
        }
        return groups.flatMap(\.self)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { Analyzer.isDigit(byte) }

    static func < (a: WrittenNumber, b: WrittenNumber) -> Bool {
        if a.isNegative != b.isNegative { return a.isNegative }
        return a.isNegative ? b.isLess(than: a) : a.isLess(than: b)
    }

    /// Without the signs.
    private func isLess(than other: WrittenNumber) -> Bool {
        if whole.count != other.whole.count { return whole.count < other.whole.count }
        if whole != other.whole { return whole.lexicographicallyPrecedes(other.whole) }
        return fraction.lexicographicallyPrecedes(other.fraction)
    }
}
