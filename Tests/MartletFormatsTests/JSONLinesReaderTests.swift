// Reading JSON lines: matching of columns and places of errors.

import MartletCore
import MartletFormats
import Testing

struct JSONLinesReaderTests {
    @Test func matchesColumns() throws {
        let text = "\u{FEFF}{\"id\":1,\"name\":\"é\"}\r\n\n{\"n\\u0061me\":\"b\",\"id\":2,\"x\":[]}\n{\"id\":3}"
        let reader = JSONLinesReader(ByteSource(bytes: Array(text.utf8), name: "f"), columns: ["id", "name"])
        #expect(try reader.next())
        #expect(try reader.value(ofColumn: 1, as: .text) == .text("é"))
        #expect(reader.unknownKey == nil)
        #expect(try reader.next())
        #expect(reader.lineNumber == 3)
        #expect(try reader.value(ofColumn: 0, as: .integer) == .integer(2))
        #expect(try reader.value(ofColumn: 1, as: .text) == .text("b"))
        #expect(reader.unknownKey?.key == "x")
        #expect(reader.unknownKey?.place == "f:3:25")
        let error = #expect(throws: Diagnostic.self) { try reader.value(ofColumn: 1, as: .integer) }
        #expect(error?.code == .typeMismatch)
        #expect(error?.place == "f:3:14")
        #expect(try reader.next())
        #expect(try reader.value(ofColumn: 1, as: .text) == nil)
        #expect(try !reader.next())
    }

    @Test(arguments: [
        ("{}\n{\"é\":}", ErrorCode.malformedJSON, "f:2:6"), ("{}\n\n[1]", .malformedJSON, "f:3:1"),
        ("{\"a\":1", .malformedJSON, "f:1:7"), ("{} {}", .malformedJSON, "f:1:4"),
    ])
    func namesThePlace(text: String, code: ErrorCode, place: String) {
        let reader = JSONLinesReader(ByteSource(bytes: Array(text.utf8), name: "f"), columns: ["a"])
        let error = #expect(throws: Diagnostic.self) { while try reader.next() {} }
        #expect(error?.code == code)
        #expect(error?.place == place)
    }

    @Test func linesOverTheWindowAreWhole() throws {
        let long = String(repeating: "0123456789", count: 90_000)
        let text = "{\"a\":\"\(long)\"}\n" + String(repeating: "{\"a\":\"x\"}\n", count: 50_000) + "{\"a\":\"\(long)\"}"
        let reader = JSONLinesReader(ByteSource(bytes: Array(text.utf8)), columns: ["a"])
        var count = 0
        while try reader.next() {
            let wanted = count == 0 || count == 50_001 ? long : "x"
            #expect(try reader.value(ofColumn: 0, as: .text) == .text(wanted))
            count += 1
        }
        #expect(count == 50_002)
        #expect(reader.lineNumber == 50_003)
    }

    @Test func whatIsWrittenReadsBack() throws {
        let types: [DataType] = [.integer, .text, .timestamp, .blob, .json, .vector(dimension: 2, element: .f32)]
        let row: [Value] = [
            .integer(-7), .text("a\"\n\u{1}é"), .timestamp(-1), .blob([0, 255]), .json("{\"a\": [1]}"),
            .vector(Vector([0.1, -2])),
        ]
        let rows = [row, types.map { _ in .null }]
        let names = types.indices.map { "c\($0)" }
        let sink = ByteSink()
        let writer = JSONLinesWriter(sink, columnNames: names)
        for row in rows { try writer.write(row) }
        let reader = JSONLinesReader(ByteSource(bytes: sink.bytes), columns: names)
        for row in rows {
            #expect(try reader.next())
            #expect(try types.indices.map { try reader.value(ofColumn: $0, as: types[$0]) } == row)
        }
        #expect(try !reader.next())
    }
}
