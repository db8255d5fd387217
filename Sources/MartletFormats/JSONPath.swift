// Finding a part of a JSON text: the paths of `->`, `->>` and json_extract.

package import MartletCore

/// A way into a JSON value: `$.name.first`, `$."odd key"`, `$.list[0]`, `$.list[#-1]` as SQLite writes them, or a plain
/// key or index as PostgreSQL does.
package struct JSONPath: Hashable, Sendable {
    package enum Step: Hashable, Sendable {
        case key(String)
        /// An array's element from 0, or from its end with -1 as the last.
        case index(Int)
    }

    package let steps: [Step]

    package init(steps: [Step]) { self.steps = steps }

    /// The right operand of `->` as text: a path if it starts with `$`, else a key.
    package init(operand text: String) throws(Diagnostic) {
        if text.utf8.first == UInt8(ascii: "$") { try self.init(text) } else { self.init(steps: [.key(text)]) }
    }

    /// The right operand of `->` as a number: an array's element; negative ones count from its end.
    package init(operand index: Int64) {
        self.init(steps: [.index(Int(clamping: index))])
    }

    /// Parses a path that starts with `$`.
    ///
    /// - Throws: `invalidJSON` with the place of the fault in the path; `limitExceeded` for too many steps.
    package init(_ text: String) throws(Diagnostic) {
        let bytes = Array(text.utf8)
        var position = 0
        func fault(_ reason: String) -> Diagnostic {
            Diagnostic(
                .invalidJSON, "malformed JSON path \(Excerpt.quoted(bytes.span)) at byte \(position + 1): \(reason)",
                hint: "write a path such as '$.name[0]'")
        }
        func peek() -> UInt8? { position < bytes.count ? bytes[position] : nil }
        guard peek() == UInt8(ascii: "$") else { throw fault("it must start with '$'") }
        position += 1
        var steps: [Step] = []
        while let byte = peek() {
            if steps.count >= Limits.nestingDepth {
                throw Diagnostic(.limitExceeded, "a JSON path has at most \(Limits.nestingDepth) steps")
            }
            switch byte {
            case UInt8(ascii: "."):
                position += 1
                if peek() == UInt8(ascii: "\"") {
                    let start = position
                    do throws(JSONFault) {
                        let key = try JSONScanner.skipString(bytes.span, &position)
                        steps.append(.key(JSONScanner.unescaped(bytes.span, key)))
                    } catch {
                        position = start
                        throw fault("the quoted key is malformed")
                    }
                } else {
                    let start = position
                    while let byte = peek(), byte != UInt8(ascii: "."), byte != UInt8(ascii: "[") { position += 1 }
                    guard position > start else { throw fault("a key is expected after '.'") }
                    steps.append(.key(String(decoding: bytes[start..<position], as: UTF8.self)))
                }
            case UInt8(ascii: "["):
                position += 1
                let fromEnd = peek() == UInt8(ascii: "#")
                if fromEnd {
                    position += 1
                    guard peek() == UInt8(ascii: "-") else { throw fault("'-' is expected after '#'") }
                    position += 1
                }
                let start = position
                while let byte = peek(), byte &- 48 < 10 { position += 1 }
                guard case .value(let number) = NumberFormat.integer(bytes.span.extracting(start..<position)),
                    let index = Int(exactly: number), !fromEnd || index > 0
                else { throw fault("an index is expected after '['") }
                guard peek() == UInt8(ascii: "]") else { throw fault("']' is expected") }
                position += 1
                steps.append(.index(fromEnd ? -index : index))
            default: throw fault("'.' or '[' is expected")
            }
        }
        self.init(steps: steps)
    }
}

extension JSONPath {
    /// The part of a JSON text that the path leads to, as a range of its bytes; nil if there is none. Of equal keys the
    /// last counts. O(n) without building values.
    ///
    /// - Throws: the first fault met on the way.
    package func find(in bytes: Span<UInt8>) throws(JSONFault) -> Range<Int>? {
        var position = 0
        JSONScanner.skipWhitespace(bytes, &position)
        let start = position
        if steps.isEmpty { try JSONScanner.skipValue(bytes, &position) } else { position = bytes.count }
        var range = start..<position
        for step in steps {
            guard let next = try Self.find(step, in: bytes, at: range.lowerBound) else { return nil }
            range = next
        }
        return range
    }

    private static func find(_ step: Step, in bytes: Span<UInt8>, at start: Int) throws(JSONFault) -> Range<Int>? {
        var position = start
        guard position < bytes.count else { throw JSONFault(reason: .unexpectedEnd, offset: position) }
        switch (step, bytes[position]) {
        case (.key(let wanted), UInt8(ascii: "{")):
            let wantedBytes = Array(wanted.utf8)
            if try !JSONScanner.enter(UInt8(ascii: "}"), bytes, &position, depth: 0) { return nil }
            var found: Range<Int>?
            repeat {
                let key = try JSONScanner.skipKey(bytes, &position)
                let valueStart = position
                try JSONScanner.skipValue(bytes, &position)
                let content = bytes.extracting(key.range)
                if key.hasEscapes
                    ? JSONScanner.unescapedBytes(content) == wantedBytes : content.isEqual(to: wantedBytes.span)
                {
                    found = valueStart..<position
                }
            } while try JSONScanner.hasNext(UInt8(ascii: "}"), bytes, &position)
            return found
        case (.index(let wanted), UInt8(ascii: "[")):
            if try !JSONScanner.enter(UInt8(ascii: "]"), bytes, &position, depth: 0) { return nil }
            var elements: [Range<Int>] = []
            var index = 0
            repeat {
                JSONScanner.skipWhitespace(bytes, &position)
                let valueStart = position
                try JSONScanner.skipValue(bytes, &position)
                if index == wanted { return valueStart..<position }
                if wanted < 0 { elements.append(valueStart..<position) }
                index += 1
            } while try JSONScanner.hasNext(UInt8(ascii: "]"), bytes, &position)
            let (fromStart, overflow) = elements.count.addingReportingOverflow(wanted)
            return !overflow && elements.indices.contains(fromStart) ? elements[fromStart] : nil
        default: return nil
        }
    }

    /// `json -> path`: the part as JSON text; nil if there is none.
    package func extractJSON(from json: String) throws(Diagnostic) -> String? {
        let bytes = Array(json.utf8)
        guard let range = try range(in: bytes) else { return nil }
        return String(decoding: bytes[range], as: UTF8.self)
    }

    /// `json ->> path`: a string without its quotes, other parts as JSON text; nil if there is none or it is null.
    ///
    /// - Throws: `invalidJSON`; `invalidText` for a string with the character NUL.
    package func extractText(from json: String) throws(Diagnostic) -> String? {
        let bytes = Array(json.utf8)
        guard let range = try range(in: bytes), let first = bytes[range].first else { return nil }
        switch first {
        case UInt8(ascii: "n"): return nil
        case UInt8(ascii: "\""):
            let content = bytes.span.extracting(range.lowerBound + 1..<max(range.lowerBound + 1, range.upperBound - 1))
            let text = String(decoding: JSONScanner.unescapedBytes(content), as: UTF8.self)
            try ValueParser.checkNoNUL(text)
            return text
        default: return String(decoding: bytes[range], as: UTF8.self)
        }
    }

    private func range(in bytes: [UInt8]) throws(Diagnostic) -> Range<Int>? {
        do throws(JSONFault) {
            return try find(in: bytes.span)
        } catch {
            throw error.diagnostic
        }
    }
}
