// Character n-grams: every run of so many characters of a piece between white space, punctuation too.

extension Analyzer {
    /// A character of a piece: its folded spelling in `scalars`, and its bytes in the text.
    private struct Unit {
        var spelling: Range<Int>
        var start: Int
        var end: Int
    }

    /// So many characters of a piece are looked at together.
    private static let windowCount = 4_096

    /// Appends the grams of the next piece of the text, or of some thousand characters of it, in the order of their
    /// starts, the short before the long.
    ///
    /// - Parameter longestOnly: of each piece the longest possible only, which every text with the piece has.
    func analyzeGrams(
        _ text: UnsafeBufferPointer<UInt8>, _ sizes: ClosedRange<Int>, from cursor: inout AnalysisCursor,
        longestOnly: Bool, into tokens: inout [Token]
    ) {
        position = cursor.position
        scalars.removeAll(keepingCapacity: true)
        var units: [Unit] = []
        var offset = cursor.offset
        var isWhole = true
        while let next = nextUnit(text, from: &offset, isFirst: units.isEmpty) {
            if units.count == Self.windowCount + sizes.upperBound {
                isWhole = false
                break
            }
            units.append(next)
        }
        let starts = isWhole ? units.count : Self.windowCount
        // A piece that is searched for in parts: the longest grams are known to fit.
        let longest = min(sizes.upperBound, units.count)
        let wanted = longestOnly ? max(longest, sizes.lowerBound)...max(longest, sizes.lowerBound) : sizes
        for first in 0..<starts {
            for size in wanted where first + size <= units.count {
                let last = units[first + size - 1]
                emitGram(
                    units[first].spelling.lowerBound..<last.spelling.upperBound, units[first].start, last.end,
                    into: &tokens)
            }
            position &+= 1
        }
        // Grams do not reach over white space.
        if isWhole { position &+= 1 }
        cursor = AnalysisCursor(offset: isWhole ? offset : units[starts].start, position: position)
    }

    /// The character at `offset`, with the marks on it; nil at white space that ends a piece and at the end of the text.
    /// White space before the first, and what is spelled by nothing, is passed over.
    private func nextUnit(
        _ text: UnsafeBufferPointer<UInt8>, from offset: inout Int, isFirst: Bool
    ) -> Unit? {
        let first = scalars.count
        var unit: Unit?
        while offset < text.count {
            guard let (scalar, length) = UTF8Scalars.decode(text, at: offset, count: text.count) else {
                // Damaged bytes end a piece.
                if unit != nil { break }
                offset += 1
                if isFirst { continue }
                return nil
            }
            if Self.isSpace(scalar) {
                if unit != nil { break }
                offset += length
                if isFirst { continue }
                return nil
            }
            let scalarClass = classify(scalar)
            if scalarClass.kind == .mark, let known = unit {
                if definition.folding, Folding.isDroppedMark(scalar) {
                } else if let last = scalars.last, let composed = Folding.compose(last, scalar) {
                    scalars[scalars.count - 1] = composed
                } else if scalars.count - first < 8 {
                    scalars.append(scalar)
                }
                unit = Unit(spelling: first..<scalars.count, start: known.start, end: offset + length)
            } else if unit != nil {
                break
            } else if scalarClass.kind != .ignorable {
                for lower in scalarClass.lower {
                    if definition.folding { Folding.fold(lower, to: &scalars) } else { scalars.append(lower) }
                }
                if scalars.count > first {
                    unit = Unit(spelling: first..<scalars.count, start: offset, end: offset + length)
                }
            }
            offset += length
        }
        return unit
    }

    private func emitGram(_ spelling: Range<Int>, _ start: Int, _ end: Int, into tokens: inout [Token]) {
        let length = encodeScalars(spelling)
        emit(term: UnsafeBufferPointer(rebasing: scratch[0..<length]), start: start, end: end, into: &tokens)
    }

    private static func isSpace(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0...0x20, 0x7F, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000: true
        default: false
        }
    }
}
