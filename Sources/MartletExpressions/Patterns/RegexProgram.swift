// Regular expressions: a program run over all its states at once, so that time is linear in the text.

package import MartletCore

/// Thompson's construction (1968) with the simulation of Pike. No pattern takes more than states × characters steps.
package struct RegexProgram: Sendable {
    private enum Instruction: Sendable {
        case set(Int)
        case split(Int, Int)
        case jump(Int)
        case assertion(RegexAssertion)
        case match
    }

    private var instructions: [Instruction] = []
    private var sets: [RegexSet] = []
    private let ignoresCase: Bool
    /// A text that every match contains: a search for it rules most rows out. Empty if there is none.
    private let needle: [UInt8]
    /// Whether the needle is the whole expression.
    private let isLiteral: Bool

    static let instructionLimit = 10_000

    /// - Throws: `invalidPattern`; `limitExceeded` for a pattern that is too large.
    package init(_ pattern: String, ignoresCase: Bool = false) throws(Diagnostic) {
        var parser = RegexParser(pattern, ignoresCase: ignoresCase)
        let node = try parser.parse()
        self.ignoresCase = parser.ignoresCase
        (needle, isLiteral) = parser.ignoresCase ? ([], false) : Self.literal(in: node)
        try emit(node)
        instructions.append(.match)
    }

    /// The longest run of literal characters in the outermost sequence.
    private static func literal(in node: RegexNode) -> (needle: [UInt8], isLiteral: Bool) {
        let items: [RegexNode] = if case .sequence(let items) = node { items } else { [node] }
        var best: [UInt8] = []
        var run: [UInt8] = []
        var isLiteral = true
        for item in items {
            if case .set(let set) = item, !set.isNegated, set.ranges.count == 1, set.ranges[0].count == 1,
                let scalar = Unicode.Scalar(set.ranges[0].lowerBound)
            {
                run += Array(String(scalar).utf8)
            } else {
                isLiteral = false
                run = []
            }
            if run.count > best.count { best = run }
        }
        return (best, isLiteral && !best.isEmpty)
    }

    /// Whether the expression matches anywhere in `text`, which must be UTF-8.
    func matches(_ text: UnsafeRawBufferPointer, _ scratch: Scratch) -> Bool {
        if !needle.isEmpty {
            if ByteSearch.first(needle, in: text, from: 0) == nil { return false }
            if isLiteral { return true }
        }
        return matches(String(decoding: text, as: UTF8.self), scratch)
    }

    private mutating func append(_ instruction: Instruction) throws(Diagnostic) {
        if instructions.count >= Self.instructionLimit {
            throw Diagnostic(.limitExceeded, "the regular expression is too large")
        }
        instructions.append(instruction)
    }

    private mutating func emit(_ node: RegexNode) throws(Diagnostic) {
        switch node {
        case .empty: break
        case .set(let set):
            sets.append(set)
            try append(.set(sets.count - 1))
        case .assertion(let assertion): try append(.assertion(assertion))
        case .sequence(let items): for item in items { try emit(item) }
        case .alternatives(let options):
            var jumps: [Int] = []
            for (index, option) in options.enumerated() {
                if index == options.count - 1 {
                    try emit(option)
                    break
                }
                let split = instructions.count
                try append(.split(split + 1, 0))
                try emit(option)
                jumps.append(instructions.count)
                try append(.jump(0))
                instructions[split] = .split(split + 1, instructions.count)
            }
            for jump in jumps { instructions[jump] = .jump(instructions.count) }
        case .repetition(let item, let least, let most):
            for _ in 0..<least { try emit(item) }
            guard let most else {
                let split = instructions.count
                try append(.split(split + 1, 0))
                try emit(item)
                try append(.jump(split))
                instructions[split] = .split(split + 1, instructions.count)
                return
            }
            var splits: [Int] = []
            for _ in least..<max(least, most) {
                splits.append(instructions.count)
                try append(.split(0, 0))
                try emit(item)
            }
            for split in splits { instructions[split] = .split(split + 1, instructions.count) }
        }
    }

    /// Room for running, kept between rows; used by one thread.
    package final class Scratch {
        @exclusivity(unchecked) fileprivate var marks: [Int]
        @exclusivity(unchecked) fileprivate var generation = 0
        @exclusivity(unchecked) fileprivate var stack: [Int] = []
        @exclusivity(unchecked) fileprivate var now: [Int] = []
        @exclusivity(unchecked) fileprivate var carried: [Int] = []

        fileprivate init(count: Int) { marks = [Int](repeating: -1, count: count) }
    }

    package func makeScratch() -> Scratch { Scratch(count: instructions.count) }

    /// Whether the expression matches anywhere in `text`.
    package func matches(_ text: String, _ scratch: Scratch) -> Bool {
        scratch.now.removeAll(keepingCapacity: true)
        var previous: UInt32?
        var scalars = text.unicodeScalars.makeIterator()
        var upcoming = scalars.next()
        while true {
            scratch.generation += 1
            // States carried over, then a new attempt that begins here.
            swap(&scratch.now, &scratch.carried)
            scratch.now.removeAll(keepingCapacity: true)
            for state in scratch.carried where follow(state, previous, upcoming?.value, scratch) { return true }
            if follow(0, previous, upcoming?.value, scratch) { return true }
            guard let scalar = upcoming else { return false }
            scratch.carried.removeAll(keepingCapacity: true)
            for state in scratch.now {
                if case .set(let set) = instructions[state], contains(sets[set], scalar) {
                    scratch.carried.append(state + 1)
                }
            }
            swap(&scratch.now, &scratch.carried)
            previous = scalar.value
            upcoming = scalars.next()
        }
    }

    private func contains(_ set: RegexSet, _ scalar: Unicode.Scalar) -> Bool {
        if !ignoresCase { return set.contains(scalar.value) }
        let lower = CaseFolding.folded(scalar)
        let upper = scalar.properties.uppercaseMapping.unicodeScalars
        var isIn = false
        for candidate in [scalar, lower] + (upper.count == 1 ? Array(upper) : []) {
            for range in set.ranges where range.contains(candidate.value) { isIn = true }
        }
        return isIn != set.isNegated
    }

    /// Adds the states that consume a character and are reachable from `start`; true if the match is reached.
    private func follow(_ start: Int, _ previous: UInt32?, _ next: UInt32?, _ scratch: Scratch) -> Bool {
        scratch.stack.append(start)
        while let state = scratch.stack.popLast() {
            if scratch.marks[state] == scratch.generation { continue }
            scratch.marks[state] = scratch.generation
            switch instructions[state] {
            case .match:
                scratch.stack.removeAll(keepingCapacity: true)
                return true
            case .set: scratch.now.append(state)
            case .jump(let target): scratch.stack.append(target)
            case .split(let first, let second):
                scratch.stack.append(second)
                scratch.stack.append(first)
            case .assertion(let assertion):
                let wordBefore = previous.map(RegexSet.isWord) ?? false
                let wordAfter = next.map(RegexSet.isWord) ?? false
                let holds =
                    switch assertion {
                    case .start: previous == nil
                    case .end: next == nil
                    case .wordBoundary: wordBefore != wordAfter
                    case .notWordBoundary: wordBefore == wordAfter
                    }
                if holds { scratch.stack.append(state + 1) }
            }
        }
        return false
    }
}
