// LIKE, GLOB and REGEXP, against plain recursive matchers where that is possible.

import MartletCore
import MartletExpressions
import Testing

struct PatternTests {
    @Test func like() throws {
        func like(_ text: String, _ pattern: String) throws -> Bool { try LikePattern(pattern).matches(text) }
        #expect(try like("hello", "h%"))
        #expect(try like("hello", "%llo"))
        #expect(try like("hello", "%ell%"))
        #expect(try like("hello", "h_llo"))
        #expect(try like("hällo", "h_llo"))
        #expect(try like("", "%"))
        #expect(try like("", ""))
        #expect(!(try like("Hello", "h%")))
        #expect(!(try like("hell", "hello")))
        #expect(try like("aXbXc", "a%X%c"))
        #expect(try !like("a", "_%_"))
        #expect(try LikePattern("HEL%", ignoresCase: true).matches("hello"))
        #expect(try LikePattern("Ä%", ignoresCase: true).matches("äb"))
        #expect(try LikePattern("10!%%", escape: "!").matches("10% off"))
        #expect(try !LikePattern("10!%%", escape: "!").matches("100 off"))
        #expect(code { _ = try LikePattern("a!", escape: "!") } == .invalidPattern)
        #expect(code { _ = try LikePattern("a", escape: "!!") } == .invalidPattern)
    }

    private func reference(_ text: ArraySlice<Character>, _ pattern: ArraySlice<Character>) -> Bool {
        guard let first = pattern.first else { return text.isEmpty }
        if first == "%" {
            for drop in 0...text.count where reference(text.dropFirst(drop), pattern.dropFirst()) { return true }
            return false
        }
        guard let character = text.first, first == "_" || first == character else { return false }
        return reference(text.dropFirst(), pattern.dropFirst())
    }

    @Test(arguments: [1, 2, 3] as [UInt64]) func likeEqualsTheReference(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        func word(_ letters: String, _ most: Int) -> String {
            let letters = Array(letters)
            return String(
                (0..<Int(random.next() % UInt64(most))).map { _ in letters[Int(random.next() % UInt64(letters.count))] }
            )
        }
        for _ in 0..<500 {
            let pattern = word("ab%_", 7)
            let texts = (0..<20).map { _ in word("abä", 9) }
            var column = ByteColumn()
            for text in texts { column.append(text) }
            let compiled = try LikePattern(pattern)
            let results = compiled.matches(column)
            for (index, text) in texts.enumerated() {
                let expected = reference(Array(text)[...], Array(pattern)[...])
                #expect(results[index] == expected, "'\(text)' LIKE '\(pattern)', seed \(seed)")
                #expect(compiled.matches(text) == expected)
            }
        }
    }

    @Test func searchFindsNeedlesAcrossBlocks() {
        for length in [1, 2, 5, 17, 40] {
            let needle = (0..<length).map { UInt8($0 % 7 + 1) }
            for place in 0..<70 {
                var text = [UInt8](repeating: 1, count: place) + needle + [UInt8](repeating: 9, count: 5)
                if length == 1 { text[place] = 200 }
                let wanted = length == 1 ? [200] : needle
                let found = text.withUnsafeBytes { ByteSearch.first(wanted, in: $0, from: 0) }
                var expected = 0
                while Array(text[expected..<expected + length]) != wanted { expected += 1 }
                #expect(found == expected, "length \(length) at \(place)")
            }
        }
    }

    @Test func glob() throws {
        #expect(try GlobPattern("a*c").matches("abbc"))
        #expect(try GlobPattern("[a-c]?").matches("bx"))
        #expect(try !GlobPattern("[^a-c]*").matches("bx"))
        #expect(try GlobPattern("[]]").matches("]"))
        #expect(code { _ = try GlobPattern("[a") } == .invalidPattern)
    }

    private func regex(_ pattern: String, _ text: String) throws -> Bool {
        let program = try RegexProgram(pattern)
        return program.matches(text, program.makeScratch())
    }

    @Test func regularExpressions() throws {
        #expect(try regex("a.c", "xabcx"))
        #expect(try regex("^abc$", "abc"))
        #expect(try !regex("^abc$", "xabc"))
        #expect(try regex("^(ab|cd)+$", "abcdab"))
        #expect(try !regex("^(ab|cd)+$", "abc"))
        #expect(try regex("^a{2,3}$", "aaa"))
        #expect(try !regex("^a{2,3}$", "aaaa"))
        #expect(try regex("\\d+-\\d+", "tel 12-34"))
        #expect(try regex("[^a-z]", "abcD"))
        #expect(try !regex("[^a-z]", "abcd"))
        #expect(try regex("(?i)hello", "HeLLo"))
        #expect(try regex("\\bcat\\b", "a cat."))
        #expect(try !regex("\\bcat\\b", "concat"))
        #expect(try regex("", ""))
        #expect(try regex("^$", ""))
        #expect(try regex("ä+", "xää"))
        #expect(try regex("a|", "b"))
        #expect(try regex("^(?:a*)*$", "aaaa"))
        for bad in ["(", ")", "[", "a**", "*", "a{3,1}", "\\", "[z-a]", "a{99999}", "(?<x>a)", "\\q"] {
            #expect(code { _ = try regex(bad, "a") } == .invalidPattern, "\(bad)")
        }
        #expect(code { _ = try regex("((a{1000}){1000}){1000}", "a") } == .limitExceeded)
    }

    @Test func noPatternIsExponential() throws {
        let text = String(repeating: "a", count: 5_000)
        #expect(try !regex("^(a+)+$", text + "b"))
        #expect(try !regex("^(a|a)*b$", text))
        #expect(try !LikePattern("%a%a%a%a%a%a%a%b").matches(text))
    }
}
