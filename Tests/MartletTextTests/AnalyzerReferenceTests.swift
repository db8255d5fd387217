// Words and grams of random texts against the rules, written down as simply as can be.

import MartletCore
import MartletText
import Testing

@Suite struct AnalyzerReferenceTests {
    private static let definition = AnalyzerDefinition(
        language: "none", stemming: false, stopwords: false, minimumWordLength: 1, folding: false)

    private enum Kind { case letter, digit, connector, quote, middleNumber, middleLetter, ignorable, mark, pair, space }

    private static let alphabet: [(Unicode.Scalar, Kind)] = [
        ("a", .letter), ("B", .letter), ("ß", .letter), ("Ж", .letter), ("7", .digit), ("٣", .digit), ("_", .connector),
        ("'", .quote), ("\u{2019}", .quote), (".", .middleNumber), (",", .middleNumber), ("·", .middleLetter),
        ("\u{AD}", .ignorable), ("\u{200D}", .ignorable), ("\u{20DD}", .mark), ("東", .pair), ("ひ", .pair),
        ("ก", .pair), ("한", .pair), (" ", .space), ("-", .space), (":", .space), ("😀", .space),
    ]

    /// UAX #29 as a loop over scalars; pairs for scripts without spaces.
    private func words(_ text: [(scalar: Unicode.Scalar, kind: Kind)]) -> [String] {
        var result: [String] = []
        var place = 0
        while place < text.count {
            if text[place].kind == .pair {
                let run = text[place...].prefix { $0.kind == .pair }.map { String($0.scalar) }
                result += run.count == 1 ? run : zip(run, run.dropFirst()).map { $0 + $1 }
                place += run.count
                continue
            }
            var word = ""
            var last = Kind.space
            scan: while place < text.count {
                let (scalar, kind) = text[place]
                switch kind {
                case .letter, .digit, .connector:
                    word += scalar.properties.lowercaseMapping
                    last = kind
                case .mark: if !word.isEmpty { word.unicodeScalars.append(scalar) }
                case .ignorable: break
                case .quote, .middleNumber, .middleLetter:
                    let after = text[(place + 1)...].first { $0.kind != .ignorable && $0.kind != .mark }?.kind
                    let joinsLetters = last == .letter && after == .letter && kind != .middleNumber
                    let joinsDigits = last == .digit && after == .digit && kind != .middleLetter
                    guard joinsLetters || joinsDigits else { break scan }
                    word.unicodeScalars.append(kind == .quote ? "'" : scalar)
                case .pair, .space: break scan
                }
                place += 1
            }
            while word.unicodeScalars.last == "_" { word.unicodeScalars.removeLast() }
            while word.unicodeScalars.first == "_" { word.unicodeScalars.removeFirst() }
            if !word.isEmpty { result.append(word) }
            if place < text.count, text[place].kind != .pair { place += 1 }
        }
        return result
    }

    @Test(arguments: [UInt64(1), 2, 3]) func wordsAreThoseOfTheRules(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let analyzer = try Analyzer(Self.definition)
        for round in 0..<3_000 {
            var text: [(scalar: Unicode.Scalar, kind: Kind)] = []
            for _ in 0..<Int.random(in: 0...14, using: &random) {
                text.append(Self.alphabet[Int.random(in: 0..<Self.alphabet.count, using: &random)])
            }
            var string = String.UnicodeScalarView()
            for (scalar, _) in text { string.append(scalar) }
            let found = analyzer.terms(of: String(string)).map { Array($0) }
            #expect(
                found == words(text).map { Array($0.utf8) },
                "seed \(seed), round \(round): \(String(string).debugDescription)")
        }
    }

    @Test(arguments: [UInt64(1), 2, 3]) func gramsAreThoseOfThePieces(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        for round in 0..<400 {
            let low = Int.random(in: 1...4, using: &random)
            let sizes = low...Int.random(in: low...5, using: &random)
            let analyzer = try Analyzer(
                AnalyzerDefinition(language: "none", stemming: false, stopwords: false, units: .grams(sizes)))
            var text = ""
            // Some longer than is looked at together.
            for _ in 0..<(round == 0 ? 20_000 : Int.random(in: 0...30, using: &random)) {
                text.append(["a", "B", "é", "東", ".", round == 0 ? "c" : " "].randomElement(using: &random) ?? " ")
            }
            var expected: [String] = []
            for piece in text.split(separator: " ") {
                let characters = piece.lowercased().map { $0 == "é" ? "e" : $0 }
                for start in characters.indices {
                    for size in sizes where start + size <= characters.count {
                        expected.append(String(characters[start..<start + size]))
                    }
                }
            }
            let found = analyzer.terms(of: text).map { String(decoding: $0, as: UTF8.self) }
            #expect(found == expected, "seed \(seed), round \(round)")
        }
    }

    /// A text is analysed the same in one go and in pieces, and each token is where it says.
    @Test(arguments: [AnalyzerDefinition.Units.words, .identifiers, .grams(1...3)])
    func tokensAreInTheOrderOfTheirStarts(units: AnalyzerDefinition.Units) throws {
        var random = SeededRandom(seed: 9)
        let analyzer = try Analyzer(
            AnalyzerDefinition(language: "none", stemming: false, stopwords: false, minimumWordLength: 1, units: units))
        let pieces: [[UInt8]] = [
            Array("word".utf8), Array("Ab".utf8), Array("9".utf8), Array("/".utf8), Array("::".utf8), Array("_".utf8),
            Array("é".utf8), Array("東".utf8), [0xFF], [0xE3, 0x81], [0x27], Array("\u{301}".utf8), [0x20], [0x2E],
        ]
        for round in 0..<2_000 {
            var bytes: [UInt8] = []
            for _ in 0..<Int.random(in: 0...12, using: &random) { bytes += pieces.randomElement(using: &random) ?? [] }
            var tokens: [Token] = []
            bytes.withUnsafeBufferPointer { analyzer.analyze($0, into: &tokens) }
            for (token, next) in zip(tokens, tokens.dropFirst()) {
                #expect(token.start <= next.start && token.position <= next.position, "round \(round): \(bytes)")
            }
            for token in tokens {
                #expect(token.start < token.end && Int(token.end) <= bytes.count, "round \(round): \(bytes)")
            }
        }
    }

    @Test(arguments: [UInt64(1), 2]) func chunksAreWordsInARow(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for _ in 0..<500 {
            let words = (0..<Int.random(in: 0...40, using: &random)).map { "w\($0)" }
            let size = Int.random(in: 1...12, using: &random)
            let overlap = Int.random(in: 0..<size, using: &random)
            let bytes = Array(words.joined(separator: " \n").utf8)
            let chunks = bytes.withUnsafeBytes { TextChunks($0, words: size, overlap: overlap) }
            var expected: [String] = []
            var start = 0
            while start < words.count {
                expected.append(words[start..<min(start + size, words.count)].joined(separator: " \n"))
                if start + size >= words.count { break }
                start += size - overlap
            }
            #expect((0..<chunks.count).map { String(decoding: bytes[chunks[$0]], as: UTF8.self) } == expected)
        }
    }
}
