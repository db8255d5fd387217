// Training data as tables: from folders of train.csv and test.csv, or of vectors with labels.

import Foundation
import Martlet

/// A classification task in the tables `train` and `test`, whose column `label` is the class.
struct LearningData {
    enum Shape { case texts, table, vectors }

    var name: String
    var shape: Shape
    private let fill: (Session) throws -> Void

    /// Makes and fills the tables.
    func load(_ session: Session) throws { try fill(session) }

    /// - Parameter folder: with `train.csv` and `test.csv`, whose column `label` is the class, and a column `text` or any
    ///   others; or with `base.npy`, `queries.npy` of bytes and their labels.
    init(folder: String) throws {
        name = URL(filePath: folder).lastPathComponent
        if FileManager.default.fileExists(atPath: folder + "/base.npy") {
            shape = .vectors
            fill = { try Self.loadVectors(folder, $0) }
            return
        }
        let header = try Self.header(folder + "/train.csv")
        guard header.contains("label") else { throw MartletBenchmarks.UsageError() }
        shape = header.contains("text") ? .texts : .table
        fill = { try Self.loadTables(folder, header, $0) }
    }

    private static func header(_ path: String) throws -> [String] {
        let handle = try FileHandle(forReadingFrom: URL(filePath: path))
        let start = String(decoding: try handle.read(upToCount: 65_536) ?? Data(), as: UTF8.self)
        return start.prefix { $0 != "\n" && $0 != "\r\n" }.split(separator: ",").map(String.init)
    }

    private static func quoted(_ path: String) -> String { path.replacingOccurrences(of: "'", with: "''") }

    /// Columns that hold numbers only are REAL, all others TEXT.
    private static func loadTables(_ folder: String, _ header: [String], _ session: Session) throws {
        let texts = header.map { "\"\($0)\" TEXT" }.joined(separator: ", ")
        try session.execute(SQL(text: "CREATE TABLE staged (\(texts))"))
        try session.execute(SQL(text: "COPY staged FROM '\(quoted(folder))/train.csv' WITH (header = true)"))
        let isNumber = header.map { name in
            "count(*) FILTER (WHERE \"\(name)\" IS NOT NULL AND \"\(name)\" NOT REGEXP '^-?[0-9]+(\\.[0-9]+)?$') = 0"
        }
        let found = try session.query(SQL(text: "SELECT \(isNumber.joined(separator: ", ")) FROM staged"))
        try session.execute("DROP TABLE staged")
        let columns = zip(header, found[0].values).map { name, value in
            let isReal = name != "label" && name != "text" && value == .boolean(true)
            return "\"\(name)\" \(isReal ? "REAL" : "TEXT")"
        }
        for split in ["train", "test"] {
            try session.execute(SQL(text: "CREATE TABLE \(split) (\(columns.joined(separator: ", ")))"))
            try session.execute(SQL(text: "COPY \(split) FROM '\(quoted(folder))/\(split).csv' WITH (header = true)"))
        }
    }

    private static func loadVectors(_ folder: String, _ session: Session) throws {
        let start = try FileHandle(forReadingFrom: URL(filePath: folder + "/base.npy")).read(upToCount: 256) ?? Data()
        let head = String(decoding: start, as: UTF8.self)
        guard let shape = head.firstMatch(of: /'shape': \(\d+, (\d+)\)/) else { throw MartletBenchmarks.UsageError() }
        for (split, file) in [("train", "base"), ("test", "queries")] {
            try session.execute(SQL(text: "CREATE TABLE pixels (id INTEGER PRIMARY KEY, pixels VECTOR(\(shape.1)))"))
            try session.execute(SQL(text: "CREATE TABLE labels (id INTEGER PRIMARY KEY, label INTEGER)"))
            try session.execute(SQL(text: "COPY pixels (pixels) FROM '\(quoted(folder))/\(file).npy'"))
            try session.execute(SQL(text: "COPY labels (label) FROM '\(quoted(folder))/\(file)_labels.npy'"))
            try session.execute(
                SQL(
                    text:
                        "CREATE TABLE \(split) AS SELECT p.pixels, l.label FROM pixels AS p JOIN labels AS l ON l.id = p.id"
                ))
            try session.execute("DROP TABLE pixels")
            try session.execute("DROP TABLE labels")
        }
    }

    // MARK: Made ones

    /// Ten columns of numbers, of which five say whether the label is 'over'; a tenth of the rows to train on.
    static func numbers(rows: Int) -> LearningData {
        LearningData("numbers", .table) { session in
            let columns = (0..<10).map {
                "CAST((value * \(104_729 + 2 * $0) + \($0)) % 99991 AS REAL) / 99991 AS c\($0)"
            }
            for (split, first, count) in [("test", 1, rows), ("train", rows + 1, max(10, rows / 10))] {
                try session.execute(
                    SQL(
                        text: """
                            CREATE TABLE \(split) AS
                            SELECT *, CASE WHEN c0 + c1 * c2 - c3 + CASE WHEN c4 > 0.7 THEN 0.5 ELSE 0.0 END > 0.4 THEN 'over' ELSE 'under' END AS label
                            FROM (SELECT \(columns.joined(separator: ", "))
                                  FROM generate_series(\(first), \(first + count - 1))) AS made
                            """))
            }
        }
    }

    private init(_ name: String, _ shape: Shape, fill: @escaping (Session) throws -> Void) {
        self.name = name
        self.shape = shape
        self.fill = fill
    }

    static var tinyTexts: LearningData {
        LearningData("tiny-texts", .texts) { session in
            var random = RepeatableRandom(seed: 3)
            for (split, count) in [("train", 90), ("test", 30)] {
                try session.execute(SQL(text: "CREATE TABLE \(split) (text TEXT, label TEXT)"))
                let insert = try session.prepare("INSERT INTO \(split) VALUES (?, ?)")
                for _ in 0..<count {
                    let label = random.below(3)
                    let text = "word\(random.below(50)) topic\(label) word\(random.below(50))"
                    _ = try insert.execute(text, "class\(label)")
                }
            }
        }
    }

    static var tinyTable: LearningData {
        LearningData("tiny-table", .table) { session in
            var random = RepeatableRandom(seed: 4)
            for (split, count) in [("train", 300), ("test", 100)] {
                try session.execute(SQL(text: "CREATE TABLE \(split) (a REAL, b REAL, c TEXT, label TEXT)"))
                let insert = try session.prepare("INSERT INTO \(split) VALUES (?, ?, ?, ?)")
                for _ in 0..<count {
                    let (a, b) = (random.unit(), random.unit())
                    _ = try insert.execute(a, b, "c\(random.below(3))", a > b ? "more" : "less")
                }
            }
        }
    }

    static var tinyImages: LearningData {
        LearningData("tiny-images", .vectors) { session in
            var random = RepeatableRandom(seed: 5)
            for (split, count) in [("train", 60), ("test", 20)] {
                try session.execute(SQL(text: "CREATE TABLE \(split) (pixels VECTOR(64), label INTEGER)"))
                for _ in 0..<count {
                    let label = random.below(3)
                    let pixels = (0..<64).map { String(($0 / 22 == label ? 0.5 : 0) + random.unit()) }
                    try session.execute(
                        SQL(text: "INSERT INTO \(split) VALUES ('[\(pixels.joined(separator: ","))]', \(label))"))
                }
            }
        }
    }
}
