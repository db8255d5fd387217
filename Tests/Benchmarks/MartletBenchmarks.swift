// The benchmarks' command line: `swift run -c release MartletBenchmarks text FOLDER`.

import Foundation
import Martlet

/// Each benchmark measures through the public API what a program would do, and gives lines of figures.
@main package enum MartletBenchmarks {
    static let usage = """
        usage: MartletBenchmarks text FOLDER [THREADS] | retriever FOLDER [SHARDS… | examples [SHARDS…]]
               | retriever FOLDER (folds [COUNT [SEEDS [MODELS]]] | seeds [COUNT [MODELS]] | unseen [MODELS] | base [MODELS])
               | feedback FOLDER | learn FOLDER [KIND…] [SHARDS…] | learn --numbers ROWS [KIND…] [SHARDS…]
               | regression [ROWS] | products [THREADS] | vectors FOLDER | vectors --made ROWS | sql [ROWS] | make FOLDER DOCUMENTS
               | all DATA | all --tiny

          text       one test collection (corpus.jsonl, queries.jsonl, qrels.tsv): indexing, queries a second, quality
          retriever  the same, trained: TRAIN with 1, 2 and 4 shards (or those named), DEPLOY, reopening, the first SEARCH;
                     with qrels-train.tsv from examples too (or only so), with what its run shows and the figures on
                     queries none of whose documents was in an example; folds: judged on folds of the examples by what
                     was learned from the others; seeds: learned with several seeds; unseen: learned without the
                     documents of the judged queries, against what is learned without examples; base: learned from
             part of the examples, and going on from there with others
          feedback   votes that arrive one by one at a trained retriever: quality before and after, and what 10,000 cost
          learn      TRAIN and predict() on train.csv and test.csv, or base.npy and queries.npy with labels: the kinds
                     that fit the data, or those named (text_classifier, boosted_trees, linear, mlp, cnn); with
                     numbers, once for each number of SHARDS. --numbers: a made table of ten columns of numbers, with so
                     many rows to predict
          regression made tables (20000 rows) whose answer is known: r2, and how far the weights are from it
          products   matrix products at the sizes that training uses (2 threads)
          vectors    base.npy and queries.npy: exact and graph search by l2, filters, sizes; or so many made vectors of
                     128 dimensions in clusters, a tenth of which is then deleted and replaced
          sql        a table of ROWS rows (1000000): inserts, commits, point reads, scans, indexes
          all        every benchmark on every set of data under DATA/ir, cls, tab and vec
          make       writes a made collection of Zipfian words, for `text` and for other systems
          --tiny     a made input of a few rows instead: shows that the benchmark works

        Each prints JSON, one object a line.
        """

    static func main() {
        var arguments = Array(CommandLine.arguments.dropFirst())
        let isTiny = arguments.contains("--tiny")
        arguments.removeAll { $0 == "--tiny" }
        do {
            // Written at once, so that a reader of a pipe sees each line when it is there.
            try run(arguments, isTiny: isTiny) { FileHandle.standardOutput.write(Data(($0.json + "\n").utf8)) }
        } catch is UsageError {
            FileHandle.standardError.write(Data((usage + "\n").utf8))
            exit(1)
        } catch {
            FileHandle.standardError.write(Data("\(error)\n".utf8))
            exit(2)
        }
    }

    package struct UsageError: Error {}

    /// Runs what the arguments name, and hands each line of figures over as it comes.
    package static func run(_ given: [String], isTiny: Bool, _ report: (Figures) -> Void) throws {
        var arguments = given
        let scratch = try ScratchFolder()
        defer { scratch.remove() }
        func collection() throws -> Collection {
            if isTiny { return try Collection.tiny(in: scratch) }
            guard arguments.count == 2 else { throw UsageError() }
            return Collection(folder: arguments[1])
        }
        switch arguments.first {
        case "text":
            let threads = arguments.count > 2 ? Int(arguments.remove(at: 2)) : 1
            guard let threads, threads > 0 else { throw UsageError() }
            report(try TextBenchmark.run(try collection(), threads: threads, in: scratch))
        case "make":
            guard arguments.count == 3, let documents = Int(arguments[2]), documents > 0 else { throw UsageError() }
            try MadeCollection.write(documents: documents, to: arguments[1])
        case "retriever":
            var named = Array(arguments.dropFirst(2))
            arguments = Array(arguments.prefix(2))
            if let what = named.first, ["folds", "seeds", "unseen", "base"].contains(what) {
                let counts = named.dropFirst().compactMap { Int($0) }
                guard counts.count == named.count - 1, counts.allSatisfy({ $0 > 0 }) else { throw UsageError() }
                let places = what == "folds" ? 2 : what == "seeds" ? 1 : 0
                let validation = try RetrieverValidation(
                    try collection(), models: counts.dropFirst(places).first ?? 0, in: scratch)
                switch what {
                case "folds": try validation.folds(counts.first ?? 5, seeds: counts.dropFirst().first ?? 1, report)
                case "seeds": try validation.seeds(counts.first ?? 3, report)
                case "base": try validation.base(report)
                default: try validation.unseen(report)
                }
                return
            }
            let onlyExamples = named.first == "examples"
            if onlyExamples { named.removeFirst() }
            let shards = named.compactMap { Int($0) }
            guard shards.count == named.count, shards.allSatisfy({ $0 > 0 }) else { throw UsageError() }
            try RetrieverBenchmark.run(
                try collection(), shards: shards, onlyExamples: onlyExamples, in: scratch, report)
        case "feedback":
            report(try FeedbackBenchmark.run(try collection(), voteCount: isTiny ? 50 : 10_000, in: scratch))
        case "learn":
            let data: [LearningData]
            if isTiny {
                data = [.tinyTexts, .tinyTable, .tinyImages]
            } else if arguments.count >= 3, arguments[1] == "--numbers" {
                guard let rows = Int(arguments.remove(at: 2)), rows > 0 else { throw UsageError() }
                data = [.numbers(rows: rows)]
            } else {
                guard arguments.count >= 2 else { throw UsageError() }
                data = [try LearningData(folder: arguments[1])]
            }
            var kinds = Array(arguments.dropFirst(2))
            let shards = kinds.compactMap { Int($0) }
            kinds.removeAll { Int($0) != nil }
            guard kinds.allSatisfy(LearningBenchmark.kinds.contains), shards.allSatisfy({ $0 > 0 }) else {
                throw UsageError()
            }
            for set in data {
                let lines = try LearningBenchmark.run(
                    set, only: kinds, shards: shards.isEmpty ? [0] : shards, in: scratch)
                for line in lines { report(line) }
            }
        case "regression":
            let rows = arguments.count > 1 ? Int(arguments[1]) : isTiny ? 500 : 20_000
            guard let rows, rows > 0, arguments.count <= 2 else { throw UsageError() }
            for line in try RegressionBenchmark.run(rows: rows, in: scratch) { report(line) }
        case "products":
            let threads = arguments.count > 1 ? Int(arguments[1]) : 2
            guard let threads, threads > 0, arguments.count <= 2 else { throw UsageError() }
            for line in ProductBenchmark.run(isTiny: isTiny, threads: threads) { report(line) }
        case "vectors":
            let made = arguments.count == 3 && arguments[1] == "--made" ? Int(arguments[2]) : nil
            guard isTiny || arguments.count == 2 || made.map({ $0 > 0 }) ?? false else { throw UsageError() }
            let set =
                try isTiny
                ? VectorSet.tiny()
                : made.map { VectorSet(made: $0, dimension: 128, queries: 1_000) } ?? VectorSet(folder: arguments[1])
            try VectorBenchmark.run(set, isTiny: isTiny, in: scratch, report)
        case "sql":
            let rows = arguments.count > 1 ? Int(arguments[1]) : isTiny ? 500 : 1_000_000
            guard let rows, rows > 0, arguments.count <= 2 else { throw UsageError() }
            report(try SQLBenchmark.run(rows: rows, in: scratch))
        case "all":
            if isTiny {
                for benchmark in ["text", "retriever", "feedback", "learn", "regression", "products", "vectors", "sql"]
                {
                    try run([benchmark], isTiny: true, report)
                }
                return
            }
            guard arguments.count == 2 else { throw UsageError() }
            func each(_ kind: String, _ benchmarks: [String]) throws {
                let folder = arguments[1] + "/" + kind
                guard FileManager.default.fileExists(atPath: folder) else { return }
                for name in try FileManager.default.contentsOfDirectory(atPath: folder).sorted() {
                    for benchmark in benchmarks { try run([benchmark, folder + "/" + name], isTiny: false, report) }
                }
            }
            try each("ir", ["text", "retriever", "feedback"])
            try each("cls", ["learn"])
            try each("tab", ["learn"])
            try each("vec", ["vectors", "learn"])
            try run(["learn", "--numbers", "500000"], isTiny: false, report)
            try run(["regression"], isTiny: false, report)
            try run(["products"], isTiny: false, report)
            try run(["sql"], isTiny: false, report)
        default: throw UsageError()
        }
    }
}
