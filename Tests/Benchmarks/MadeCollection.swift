// A made collection of any size: Zipfian words, the same bytes in every run.

import Foundation

/// Documents of 8 to 52 words, 30 on average, over a vocabulary whose word of rank r occurs in proportion to 1/r; queries
/// of 2 to 5 words whose ranks are spread evenly over the orders of magnitude, so that frequent and rare words meet.
enum MadeCollection {
    static let vocabularySize = 200_000
    static let queryCount = 1_000

    /// Writes the collection as a folder in the shape of ``Collection``.
    static func write(documents count: Int, to folder: String) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let words = (0..<vocabularySize).map { Array(word($0).utf8) }
        let zipf = Zipf(count: vocabularySize)
        var random = RepeatableRandom(seed: 11)
        let corpus = try Output(folder + "/corpus.jsonl")
        for document in 0..<count {
            corpus.append("{\"id\": \"d\(document)\", \"text\": \"")
            for position in 0..<8 + random.below(45) {
                if position > 0 { corpus.append(" ") }
                corpus.append(words[zipf.rank(&random)])
            }
            try corpus.endLine("\"}")
        }
        try corpus.close()
        let queries = try Output(folder + "/queries.jsonl")
        let judgements = try Output(folder + "/qrels.tsv")
        try judgements.endLine("query-id\tcorpus-id\tscore")
        for query in 0..<queryCount {
            var text: [String] = []
            for _ in 0..<2 + random.below(4) {
                text.append(word(min(vocabularySize - 1, Int(exp(random.unit() * log(Double(vocabularySize)))) - 1)))
            }
            try queries.endLine("{\"id\": \"q\(query)\", \"text\": \"\(text.joined(separator: " "))\"}")
            try judgements.endLine("q\(query)\td\(random.below(count))\t1")
        }
        try queries.close()
        try judgements.close()
    }

    /// The word of a rank: syllables, at least two, so that none is a word of English too common to be indexed.
    static func word(_ rank: Int) -> String {
        let consonants = Array("bdfghjklmnprstvwzckq")
        let vowels = Array("aeiou")
        var rest = rank + 100
        var letters = ""
        while rest > 0 {
            letters.append(consonants[rest % 100 / 5])
            letters.append(vowels[rest % 5])
            rest /= 100
        }
        return letters
    }
}

/// Ranks from 0 with probabilities in proportion to 1/(rank + 1).
private struct Zipf {
    /// For each part of the unit interval, where the search for its ranks begins.
    private var guide: [Int] = []
    private var cumulative: [Double] = []

    init(count: Int) {
        var sum = 0.0
        for rank in 1...count {
            sum += 1 / Double(rank)
            cumulative.append(sum)
        }
        for rank in cumulative.indices { cumulative[rank] /= sum }
        let parts = 1 << 16
        var rank = 0
        for part in 0..<parts {
            while rank < count - 1, cumulative[rank] < Double(part) / Double(parts) { rank += 1 }
            guide.append(rank)
        }
    }

    func rank(_ random: inout RepeatableRandom) -> Int {
        let unit = random.unit()
        var low = guide[Int(unit * Double(guide.count))]
        while low < cumulative.count - 1, cumulative[low] <= unit { low += 1 }
        return low
    }
}

/// A file that is written in large pieces.
private final class Output {
    private let file: FileHandle
    private var buffer: [UInt8] = []

    init(_ path: String) throws {
        _ = FileManager.default.createFile(atPath: path, contents: nil)
        file = try FileHandle(forWritingTo: URL(filePath: path))
    }

    func append(_ text: String) { buffer.append(contentsOf: text.utf8) }

    func append(_ bytes: [UInt8]) { buffer.append(contentsOf: bytes) }

    func endLine(_ text: String) throws {
        append(text)
        append("\n")
        if buffer.count > 1 << 20 { try flush() }
    }

    private func flush() throws {
        try file.write(contentsOf: Data(buffer))
        buffer.removeAll(keepingCapacity: true)
    }

    func close() throws {
        try flush()
        try file.close()
    }
}
