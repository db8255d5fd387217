// Words after UAX #29: the rules WB3 to WB13 for scripts with spaces, pairs for those without.

extension Analyzer {
    /// Small letter for each ASCII letter and digit, the underscore, 0 for what separates or joins, 1 above ASCII.
    private static let byteClasses: [UInt8] = (0..<256).map { byte in
        switch UInt8(byte) {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "_"):
            UInt8(byte)
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt8(byte) | 0x20
        case 0x80...0xFF: 1
        default: 0
        }
    }

    private static let firstEditionByteClasses: [UInt8] = byteClasses.enumerated().map { byte, mapped in
        UInt8(byte) == UInt8(ascii: "_") ? 0 : mapped
    }

    func analyzeWords(
        _ text: UnsafeBufferPointer<UInt8>, from cursor: inout AnalysisCursor, limit: Int, into tokens: inout [Token]
    ) {
        let count = text.count
        position = cursor.position
        var offset = cursor.offset
        (isFirstEdition ? Self.firstEditionByteClasses : Self.byteClasses).withUnsafeBufferPointer { classes in
            while offset < count, tokens.count + batch.count < limit {
                if classes[Int(text[offset])] == 0 {
                    offset += 1
                    continue
                }
                let start = offset
                var length = 0
                var isASCII = true
                let room = batch.room
                while offset < count {
                    let byte = text[offset]
                    var mapped = classes[Int(byte)]
                    if mapped <= 1 {
                        if mapped == 1 {
                            isASCII = false
                            break
                        }
                        guard offset + 1 < count, joins(byte, text[offset - 1], text[offset + 1]) else { break }
                        mapped = byte
                    }
                    if length < Self.wordLimitBytes {
                        room[length] = mapped
                        length += 1
                    }
                    offset += 1
                }
                if isASCII {
                    if batch.add(length: length, start: start, end: offset) { emitBatch(into: &tokens) }
                } else {
                    emitBatch(into: &tokens)
                    offset = analyzeUnicode(text, from: start, into: &tokens)
                }
            }
        }
        emitBatch(into: &tokens)
        cursor = AnalysisCursor(offset: offset, position: position)
    }

    /// Appends the words that wait.
    private func emitBatch(into tokens: inout [Token]) {
        lookUpBatch()
        var count = 0
        for place in 0..<batch.count {
            let (word, start, end) = batch[place]
            var term = batch.terms[place]
            if term == WordTable.elsewhere { term = self.term(of: word) }
            batch.tokens[count] = Token(term: term, start: start, end: end, position: position)
            count += term >= 0 ? 1 : 0
            position &+= 1
        }
        tokens.append(contentsOf: batch.tokens[..<count])
        batch.removeAll()
    }

    /// Whether an ASCII character that is no part of words belongs into one between two others. One above ASCII after it
    /// is looked at by `analyzeUnicode`, which begins the word anew.
    @inline(__always)
    private func joins(_ byte: UInt8, _ before: UInt8, _ after: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "'"):
            if apostropheSeparates { return false }
            if after >= 0x80 { return true }
            if isFirstEdition { return Self.isLetter(after) || Self.isDigit(after) }
            return Self.isLetter(before) && Self.isLetter(after) || Self.isDigit(before) && Self.isDigit(after)
        case UInt8(ascii: "."), UInt8(ascii: ","), UInt8(ascii: ";"):
            return !isFirstEdition && Self.isDigit(before) && (after >= 0x80 || Self.isDigit(after))
        default: return false
        }
    }

    @inline(__always)
    static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- UInt8(ascii: "a") < 26 }

    @inline(__always)
    static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

    /// Analyses one word that holds bytes above ASCII, or one run of ideographs; returns where it ends, always further on.
    private func analyzeUnicode(
        _ text: UnsafeBufferPointer<UInt8>, from start: Int, into tokens: inout [Token]
    ) -> Int {
        let count = text.count
        scalars.removeAll(keepingCapacity: true)
        var offset = start
        // Of the letter or digit before, past its marks.
        var before = ScalarClass.Kind.separator
        while offset < count {
            guard let (scalar, length) = UTF8Scalars.decode(text, at: offset, count: count) else { break }
            let scalarClass = classify(scalar)
            switch scalarClass.kind {
            case .letter, .digit, .connector:
                if scalars.count < Self.wordLimitBytes { scalars.append(contentsOf: scalarClass.lower) }
                before = scalarClass.kind
            case .mark:
                if let last = scalars.last, let composed = Folding.compose(last, scalar) {
                    scalars[scalars.count - 1] = composed
                } else if !scalars.isEmpty, scalars.count < Self.wordLimitBytes {
                    scalars.append(scalar)
                }
            case .ignorable: break
            case .apostrophe, .midLetter, .midNumber:
                guard joins(scalarClass.kind, before, text, offset + length) else {
                    return finishWord(start: start, end: offset, next: offset + length, into: &tokens)
                }
                if scalars.count < Self.wordLimitBytes {
                    scalars.append(scalarClass.kind == .apostrophe ? 0x27 : scalar)
                }
            case .ideograph:
                if scalars.isEmpty { return analyzeIdeographs(text, from: offset, into: &tokens) }
                return finishWord(start: start, end: offset, next: offset, into: &tokens)
            case .separator:
                return finishWord(start: start, end: offset, next: offset + length, into: &tokens)
            }
            offset += length
        }
        return finishWord(start: start, end: offset, next: offset < count ? offset + 1 : offset, into: &tokens)
    }

    /// Whether punctuation joins what is before it to the scalar at `next`.
    private func joins(
        _ kind: ScalarClass.Kind, _ before: ScalarClass.Kind, _ text: UnsafeBufferPointer<UInt8>, _ next: Int
    ) -> Bool {
        var next = next
        while let (scalar, length) = UTF8Scalars.decode(text, at: next, count: text.count) {
            let after = classify(scalar).kind
            // What is invisible, or a mark on the punctuation, is looked past.
            if !isFirstEdition, after == .ignorable || after == .mark {
                next += length
                continue
            }
            if kind == .apostrophe {
                if apostropheSeparates || scalars.isEmpty { return false }
                if isFirstEdition { return after == .letter }
            }
            switch before {
            case .letter: return after == .letter && kind != .midNumber
            case .digit: return after == .digit && kind != .midLetter
            default: return false
            }
        }
        return false
    }

    private func finishWord(start: Int, end: Int, next: Int, into tokens: inout [Token]) -> Int {
        if !scalars.isEmpty {
            let length = encodeScalars(0..<scalars.count)
            if length > 0 { emit(length: length, start: start, end: end, into: &tokens) }
        }
        return next
    }

    /// Pairs of neighbouring ideographs; the one of a run of one.
    func analyzeIdeographs(
        _ text: UnsafeBufferPointer<UInt8>, from start: Int, into tokens: inout [Token]
    ) -> Int {
        var offset = start
        var previousStart: Int?
        var pairs = 0
        func emitPair(_ start: Int, _ end: Int) {
            emit(term: UnsafeBufferPointer(rebasing: text[start..<end]), start: start, end: end, into: &tokens)
            position &+= 1
        }
        while offset < text.count, let (scalar, length) = UTF8Scalars.decode(text, at: offset, count: text.count),
            classify(scalar).kind == .ideograph
        {
            if let previousStart {
                emitPair(previousStart, offset + length)
                pairs += 1
            }
            previousStart = offset
            offset += length
        }
        if pairs == 0, let previousStart { emitPair(previousStart, offset) }
        return offset
    }
}
