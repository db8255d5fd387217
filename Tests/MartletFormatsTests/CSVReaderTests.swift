// Reading delimited text: forms, places of errors, and identity with the writer.

import MartletCore
import MartletFormats
import Testing

struct CSVReaderTests {
    private func read(_ text: String, _ dialect: CSVDialect = CSVDialect(hasHeader: false)) throws -> [[String?]] {
        try read(Array(text.utf8), dialect)
    }

    private func read(_ bytes: [UInt8], _ dialect: CSVDialect = CSVDialect(hasHeader: false)) throws -> [[String?]] {
        var reader = try CSVReader(ByteSource(bytes: bytes, name: "f.csv"), dialect: dialect)
        var rows: [[String?]] = []
        while try reader.next() {
            rows.append((0..<reader.fieldCount).map { reader.isNull(at: $0) ? nil : reader.string(at: $0) })
        }
        return rows
    }

    @Test func readsQuotesAndLineBreaks() throws {
        #expect(
            try read("a,b\r\n\"x \"\"y\"\"\",\"1\n2\"\rc,\n,\"\"") == [
                ["a", "b"], ["x \"y\"", "1\n2"], ["c", nil], [nil, ""],
            ])
        #expect(try read("") == [])
        #expect(try read("\n\r\n\na,b\n\nc,d\n\n") == [["a", "b"], ["c", "d"]])
        #expect(try read("a\n\nb\n") == [["a"], [nil], ["b"]])
        #expect(try read("\u{FEFF}é,b\"c\n") == [["é", "b\"c"]])
        #expect(try read("a\tb,c", .init(delimiter: 9, hasHeader: false)) == [["a", "b,c"]])
        #expect(try read("NA,\n", .init(hasHeader: false, nullText: "NA")) == [[nil, ""]])
    }

    @Test func readsHeader() throws {
        var reader = try CSVReader(ByteSource(bytes: Array("id,name\n7,x\n".utf8)))
        #expect(reader.columnNames == ["id", "name"])
        #expect(try reader.next())
        #expect(reader.lineNumber == 2)
        #expect(try reader.value(at: 0, as: .integer) == .integer(7))
        let error = #expect(throws: Diagnostic.self) { try reader.value(at: 1, as: .integer) }
        #expect(error?.code == .invalidCast)
        #expect(error?.place == "input:2:3")
    }

    @Test(arguments: [
        ("a,b\n\"1\n2\",3\nx,\"y", ErrorCode.malformedCSV, "f.csv:4:3"),
        ("a,b\né,\"y\"z\n", .malformedCSV, "f.csv:2:6"),
        ("a,b\n1\n", .malformedCSV, "f.csv:2:2"),
        ("a,b\r\n1,é,3,4\r\n", .malformedCSV, "f.csv:2:5"),
        ("a,b\nxy\0,2\n", .invalidText, "f.csv:2:3"),
        ("a,b\n\"xy\0\",2\n", .invalidText, "f.csv:2:4"),
    ])
    func namesThePlace(text: String, code: ErrorCode, place: String) {
        let error = #expect(throws: Diagnostic.self) { try read(text) }
        #expect(error?.code == code)
        #expect(error?.place == place)
    }

    @Test func goesOnBehindABadRecord() throws {
        let long = String(repeating: "x", count: 600_000)
        let text = "a,b\n1\n2,\"y\"z\r\nc,d\n3,\0\n\"\(long)\"!,5\n\"open,6\ne,f\n"
        var reader = try CSVReader(
            ByteSource(bytes: Array(text.utf8)), dialect: CSVDialect(hasHeader: false, fieldCount: 2))
        var rows: [String] = []
        var lines: [Int] = []
        while true {
            do {
                guard try reader.next() else { break }
                rows.append((0..<reader.fieldCount).map { reader.string(at: $0) }.joined(separator: "|"))
            } catch {
                lines.append(reader.lineNumber)
                try reader.skipRecord()
            }
        }
        #expect(rows == ["a|b", "c|d", "e|f"])
        #expect(lines == [2, 3, 5, 6, 7])
        #expect(reader.consumedByteCount == text.utf8.count)
    }

    @Test func namesThePlaceOfInvalidUTF8() {
        let error = #expect(throws: Diagnostic.self) { try read(Array("a,b\né,x".utf8) + [0xFF, 0x0A]) }
        #expect(error?.code == .notUTF8)
        #expect(error?.place == "f.csv:2:4")
    }

    @Test func recordsOverTheWindowAreWhole() throws {
        let long = String(repeating: "0123456789", count: 90_000)
        let rows = try read("a,\"\(long)\"\n" + String(repeating: "x,y\n", count: 100_000) + "b,\(long)")
        #expect(rows.count == 100_002)
        #expect(rows.first == ["a", long])
        #expect(rows.last == ["b", long])
    }

    @Test func whatIsWrittenReadsBack() throws {
        let pieces = ["a", ",", "\"", "\n", "\r", "\t", "é", "漢", " ", "12345678", "\r\n", "NA", "'"]
        for seed in UInt64(0)..<300 {
            var random = SeededRandom(seed: seed)
            let width = Int.random(in: 1...4, using: &random)
            var dialect = seed % 2 == 0 ? CSVDialect.csv : .tsv
            if seed % 3 == 0 { dialect.nullText = Array("NA".utf8) }
            dialect.hasHeader = seed % 5 != 0
            dialect.fieldCount = width
            let rows = (0..<Int.random(in: 0...20, using: &random)).map { _ in
                (0..<width).map { _ -> Value in
                    if random.next() % 6 == 0 { return .null }
                    let count = Int(random.next() % 6)
                    return .text((0..<count).map { _ in pieces.randomElement(using: &random) ?? "" }.joined())
                }
            }
            let sink = ByteSink()
            let writer = try CSVWriter(sink, columnNames: (0..<width).map { "c\($0)" }, dialect: dialect)
            for row in rows { try writer.write(row) }
            var reader = try CSVReader(ByteSource(bytes: sink.bytes), dialect: dialect)
            var back: [[Value]] = []
            while try reader.next() {
                back.append(try (0..<reader.fieldCount).map { try reader.value(at: $0, as: .text) })
            }
            #expect(back == rows, "seed \(seed)")
        }
    }

    @Test func aTextThatBeginsWithAByteOrderMarkReadsBack() throws {
        var dialect = CSVDialect.csv
        dialect.hasHeader = false
        let sink = ByteSink()
        let writer = try CSVWriter(sink, columnNames: ["a"], dialect: dialect)
        try writer.write([.text("\u{FEFF}")])
        var reader = try CSVReader(ByteSource(bytes: sink.bytes), dialect: dialect)
        #expect(try reader.next())
        #expect(try reader.value(at: 0, as: .text) == .text("\u{FEFF}"))
    }

    @Test func noBytesTrap() {
        let alphabet: [UInt8] = Array("a,\"\n\r\t 1".utf8) + [0, 0xC3, 0xA9, 0xFF]
        for seed in UInt64(0)..<3_000 {
            var random = SeededRandom(seed: seed)
            let bytes = (0..<random.next() % 40).map { _ in alphabet.randomElement(using: &random) ?? 0 }
            _ = try? read(bytes)
            _ = try? read(bytes, .tsv)
        }
    }
}
