// Training data as files: folders of train.csv and test.csv, or of vectors with labels.

import Foundation
import Martlet
import MartletCore
import MartletKernels
import MartletLearning

/// A classification task: texts, or rows of features.
struct LearningData {
    struct Part {
        var documents = TextDocuments()
        var values: [Float] = []
        /// Below 0: a class that training does not know.
        var labels: [Int32] = []
    }

    var name: String
    var classes: [String] = []
    /// Empty for texts.
    var kinds: [FeatureKind] = []
    var train = Part()
    var test = Part()

    var isText: Bool { kinds.isEmpty }

    /// Vectors as square images of one channel.
    var imageShape: NeuralOptions.ImageShape? {
        let side = Int(Double(kinds.count).squareRoot())
        guard isVectors, side >= 4, side * side == kinds.count else { return nil }
        return .init(height: side, width: side)
    }

    private var isVectors = false

    /// - Parameter folder: with `train.csv` and `test.csv`, whose column `label` is the class, and a column `text` or any
    ///   others; or with `base.npy`, `queries.npy` of bytes and their labels.
    init(folder: String, in scratch: ScratchFolder) throws {
        name = URL(filePath: folder).lastPathComponent
        if FileManager.default.fileExists(atPath: folder + "/base.npy") {
            try readVectors(folder)
        } else {
            try readTables(folder, scratch)
        }
    }

    // MARK: Tables

    private mutating func readTables(_ folder: String, _ scratch: ScratchFolder) throws {
        let database = try Database(path: scratch.freshFile("learning.martlet"))
        let session = database.makeSession()
        var rows: [String: [[String]]] = [:]
        var header: [String] = []
        for split in ["train", "test"] {
            let path = folder + "/\(split).csv"
            let handle = try FileHandle(forReadingFrom: URL(filePath: path))
            let start = String(decoding: try handle.read(upToCount: 65_536) ?? Data(), as: UTF8.self)
            header = start.prefix { $0 != "\n" && $0 != "\r\n" }.split(separator: ",").map(String.init)
            let columns = header.map { "\"\($0)\" TEXT" }.joined(separator: ", ")
            try session.execute(SQL(text: "CREATE TABLE \(split) (\(columns))"))
            let quoted = path.replacingOccurrences(of: "'", with: "''")
            try session.execute(SQL(text: "COPY \(split) FROM '\(quoted)' WITH (header = true)"))
            rows[split] = try session.query(SQL(text: "SELECT * FROM \(split) ORDER BY rowid")).map { row in
                row.values.map { if case .text(let text) = $0 { text } else { "" } }
            }
        }
        database.close()
        let training = rows["train"] ?? []
        guard let label = header.firstIndex(of: "label") else { throw MartletBenchmarks.UsageError() }
        classes = Set(training.map { $0[label] }).sorted()
        let classIndex = Dictionary(uniqueKeysWithValues: classes.enumerated().map { ($1, Int32($0)) })
        let textColumn = header.firstIndex(of: "text")
        var codes: [Int: [String: Float]] = [:]
        let columns = header.indices.filter { $0 != label }
        if textColumn == nil {
            for column in columns {
                if training.allSatisfy({ Float($0[column]) != nil }) {
                    kinds.append(.numeric)
                } else {
                    let values = Set(training.map { $0[column] }).sorted()
                    codes[column] = Dictionary(uniqueKeysWithValues: values.enumerated().map { ($1, Float($0)) })
                    kinds.append(.category(count: values.count))
                }
            }
        }
        func part(_ rows: [[String]]) -> Part {
            var part = Part()
            for row in rows {
                part.labels.append(classIndex[row[label]] ?? -1)
                if let textColumn {
                    part.documents.append(row[textColumn].utf8)
                } else {
                    for column in columns {
                        let code = codes[column].map { $0[row[column]] ?? .nan }
                        part.values.append(code ?? Float(row[column]) ?? .nan)
                    }
                }
            }
            return part
        }
        train = part(training)
        test = part(rows["test"] ?? [])
    }

    // MARK: Vectors

    private mutating func readVectors(_ folder: String) throws {
        func bytes(_ file: String) throws -> Data {
            let data = try Data(contentsOf: URL(filePath: folder + "/" + file))
            guard data.count > 10, data[0] == 0x93 else { throw MartletBenchmarks.UsageError() }
            return data[(10 + Int(data[8]) + Int(data[9]) << 8)...]
        }
        train.values = try bytes("base.npy").map { Float($0) }
        train.labels = try bytes("base_labels.npy").map { Int32($0) }
        test.values = try bytes("queries.npy").map { Float($0) }
        test.labels = try bytes("queries_labels.npy").map { Int32($0) }
        classes = Set(train.labels).sorted().map(String.init)
        guard !train.labels.isEmpty else { throw MartletBenchmarks.UsageError() }
        kinds = [FeatureKind](repeating: .numeric, count: train.values.count / train.labels.count)
        isVectors = true
    }

    // MARK: Made ones

    private init(made name: String) { self.name = name }

    static var tinyTexts: LearningData {
        var data = LearningData(made: "tiny-texts")
        data.classes = ["a", "b", "c"]
        var random = RepeatableRandom(seed: 3)
        func part(_ count: Int) -> Part {
            var part = Part()
            for _ in 0..<count {
                let label = random.below(3)
                part.documents.append("word\(random.below(50)) topic\(label) word\(random.below(50))".utf8)
                part.labels.append(Int32(label))
            }
            return part
        }
        data.train = part(90)
        data.test = part(30)
        return data
    }

    static var tinyImages: LearningData {
        var data = LearningData(made: "tiny-images")
        data.classes = ["a", "b", "c"]
        data.isVectors = true
        data.kinds = [FeatureKind](repeating: .numeric, count: 64)
        var random = RepeatableRandom(seed: 5)
        func part(_ count: Int) -> Part {
            var part = Part()
            for _ in 0..<count {
                let label = random.below(3)
                part.values += (0..<64).map { Float($0 / 22 == label ? 0.5 : 0) + Float(random.unit()) }
                part.labels.append(Int32(label))
            }
            return part
        }
        data.train = part(60)
        data.test = part(20)
        return data
    }

    static var tinyTable: LearningData {
        var data = LearningData(made: "tiny-table")
        data.classes = ["a", "b"]
        data.kinds = [.numeric, .numeric, .category(count: 3)]
        var random = RepeatableRandom(seed: 4)
        func part(_ count: Int) -> Part {
            var part = Part()
            for _ in 0..<count {
                let numbers = [Float(random.unit()), Float(random.unit())]
                part.values += numbers + [Float(random.below(3))]
                part.labels.append(numbers[0] > numbers[1] ? 1 : 0)
            }
            return part
        }
        data.train = part(300)
        data.test = part(100)
        return data
    }
}
