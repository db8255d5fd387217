// Names as programs, paths and addresses write them: found whole, by their segments and by their words.

extension Analyzer {
    /// A character of a compound: its small letters in `scalars`, its bytes in the text.
    private struct Unit {
        var spelling: Range<Int>
        var start: Int
        var end: Int
        var kind: Kind
    }

    private enum Kind {
        case lower, upper, digit, underscore
        /// Full stop, hyphen.
        case inner
        /// Slash, colon and their like.
        case outer
    }

    /// Longer compounds are cut here.
    private static let compoundLimit = 1_024

    /// Appends tokens of at least one word. Each compound, `src/main/fooBar.swift`, comes first as a whole, then each of
    /// its segments before what that consists of: `src`, `main`, `foobar.swift`, `foobar`, `foo`, `bar`, `swift`.
    func analyzeIdentifiers(
        _ text: UnsafeBufferPointer<UInt8>, from cursor: inout AnalysisCursor, limit: Int, into tokens: inout [Token]
    ) {
        position = cursor.position
        var offset = cursor.offset
        var units: [Unit] = []
        while offset < text.count, tokens.count < limit {
            guard let (scalar, length) = UTF8Scalars.decode(text, at: offset, count: text.count) else {
                offset += 1
                continue
            }
            switch classify(scalar).kind {
            case .letter, .digit, .connector:
                readCompound(text, from: &offset, into: &units)
                emitNode(units[...], level: 0, into: &tokens)
            case .ideograph: offset = analyzeIdeographs(text, from: offset, into: &tokens)
            default: offset += length
            }
        }
        cursor = AnalysisCursor(offset: offset, position: position)
    }

    /// Reads letters, digits and what joins them.
    private func readCompound(_ text: UnsafeBufferPointer<UInt8>, from offset: inout Int, into units: inout [Unit]) {
        units.removeAll(keepingCapacity: true)
        scalars.removeAll(keepingCapacity: true)
        /// Where the compound ends if no letter follows the joints after it.
        var end = offset
        var unitCount = 0
        var joints = 0
        reading: while units.count < Self.compoundLimit,
            let (scalar, length) = UTF8Scalars.decode(text, at: offset, count: text.count)
        {
            let scalarClass = classify(scalar)
            let first = scalars.count
            var kind: Kind?
            switch scalarClass.kind {
            case .letter: kind = scalarClass.lower == [scalar] ? .lower : .upper
            case .digit: kind = .digit
            case .connector: kind = .underscore
            case .apostrophe where !apostropheSeparates && joints == 0: kind = .lower
            case .mark:
                if let last = units.last, joints == 0 {
                    if let composed = Folding.compose(scalars[first - 1], scalar) {
                        scalars[first - 1] = composed
                    } else {
                        scalars.append(scalar)
                    }
                    units[units.count - 1].spelling = last.spelling.lowerBound..<scalars.count
                    units[units.count - 1].end = offset + length
                }
            case .ignorable: break
            default:
                guard joints < 2, let joint = Self.joint(scalar) else { break reading }
                joints += 1
                scalars.append(scalar)
                units.append(Unit(spelling: first..<first + 1, start: offset, end: offset + length, kind: joint))
                offset += length
                continue reading
            }
            offset += length
            if let kind {
                scalars.append(contentsOf: scalarClass.kind == .apostrophe ? [0x27] : scalarClass.lower)
                units.append(Unit(spelling: first..<scalars.count, start: offset - length, end: offset, kind: kind))
                if scalarClass.kind == .apostrophe { continue }
            }
            joints = 0
            end = offset
            unitCount = units.count
        }
        offset = end
        units.removeLast(units.count - unitCount)
    }

    private static func joint(_ scalar: UInt32) -> Kind? {
        switch scalar {
        case 0x2E, 0x2D: .inner
        case 0x2F, 0x5C, 0x3A, 0x40, 0x23, 0x24, 0x7E: .outer
        default: nil
        }
    }

    /// Appends a part of a compound: as a whole, if it consists of several, then those.
    private func emitNode(_ units: ArraySlice<Unit>, level: Int, into tokens: inout [Token]) {
        if level == 4 { return emitWord(units, into: &tokens) }
        let parts = Self.parts(of: units, level: level)
        if parts.count > 1, let first = parts.first, let last = parts.last {
            let whole = units[first.startIndex..<last.endIndex]
            emitWhole(whole, into: &tokens)
        }
        for part in parts { emitNode(part, level: level + 1, into: &tokens) }
    }

    /// Cuts at slashes, then at full stops, then at underscores, then where the case or digits change.
    private static func parts(of units: ArraySlice<Unit>, level: Int) -> [ArraySlice<Unit>] {
        switch level {
        case 0: return units.split { $0.kind == .outer }
        case 1: return units.split { $0.kind == .inner }
        case 2: return units.split { $0.kind == .underscore }
        default:
            var result: [ArraySlice<Unit>] = []
            var start = units.startIndex
            for place in units.indices.dropFirst() {
                let before = units[place - 1].kind
                let kind = units[place].kind
                let endsCapitals =
                    before == .upper && kind == .upper && place + 1 < units.endIndex && units[place + 1].kind == .lower
                if (before == .digit) != (kind == .digit) || (before == .lower && kind == .upper) || endsCapitals {
                    result.append(units[start..<place])
                    start = place
                }
            }
            result.append(units[start...])
            return result
        }
    }

    private func emitWord(_ units: ArraySlice<Unit>, into tokens: inout [Token]) {
        guard let first = units.first, let last = units.last else { return }
        let length = encodeScalars(first.spelling.lowerBound..<last.spelling.upperBound)
        if length > 0 { emit(length: length, start: first.start, end: last.end, into: &tokens) }
    }

    private func emitWhole(_ units: ArraySlice<Unit>, into tokens: inout [Token]) {
        guard let first = units.first, let last = units.last else { return }
        let length = encodeScalars(first.spelling.lowerBound..<last.spelling.upperBound)
        let spelling = UnsafeBufferPointer(rebasing: scratch[0..<length])
        let folded = definition.folding ? Folding.folded(spelling) : Array(spelling)
        folded.withUnsafeBufferPointer { emit(term: $0, start: first.start, end: last.end, into: &tokens) }
    }
}
