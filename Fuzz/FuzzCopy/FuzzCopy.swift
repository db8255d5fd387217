// COPY's readers and the parsers of values: any bytes, no trap, and what is written reads back.

import FuzzSupport
import MartletCore
import MartletFormats

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOne(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    var input = ByteInput(data, count)
    switch input.number(below: 8) {
    case 0: readDelimited(&input)
    case 1: readJSONLines(input.rest())
    case 2: parseValue(&input)
    case 3: parseJSON(&input)
    case 4: parseTimestamp(input.rest())
    case 5: readArray(input.rest())
    case 6: readImage(&input)
    default: readVectors(&input)
    }
    return 0
}

private let types: [DataType] = [
    .text, .boolean, .integer, .real, .blob, .timestamp, .json, .vector(dimension: 3, element: .f32),
    .vector(dimension: 2, element: .f16), .vector(dimension: 9, element: .bit), .vector(dimension: 2, element: .i8),
]

private func readDelimited(_ input: inout ByteInput) {
    let options = input.byte()
    var dialect = options & 1 == 0 ? CSVDialect.csv : .tsv
    dialect.hasHeader = options & 2 == 0
    if options & 4 != 0 { dialect.nullText = Array("NA".utf8) }
    if options & 8 != 0 { dialect.fieldCount = 1 + Int(options >> 4) }
    let bytes = input.rest()
    guard var reader = try? CSVReader(ByteSource(bytes: bytes), dialect: dialect) else { return }
    var rows: [[Value]] = []
    while (try? reader.next()) == true {
        var row: [Value] = []
        for index in 0..<reader.fieldCount {
            _ = reader.string(at: index)
            _ = reader.place(ofField: index)
            _ = reader.isQuoted(at: index)
            for type in types.dropFirst() { _ = try? reader.value(at: index, as: type) }
            guard let value = try? reader.value(at: index, as: .text) else { return }
            row.append(value)
        }
        rows.append(row)
    }
    // Rows of one width are written and read back.
    guard let width = rows.first?.count, width > 0, rows.allSatisfy({ $0.count == width }) else { return }
    dialect.hasHeader = false
    dialect.fieldCount = width
    let sink = ByteSink()
    guard let writer = try? CSVWriter(sink, columnNames: (0..<width).map { "c\($0)" }, dialect: dialect) else { return }
    for row in rows where (try? writer.write(row)) == nil { fatalError("a row cannot be written: \(row)") }
    guard var again = try? CSVReader(ByteSource(bytes: sink.bytes), dialect: dialect) else {
        fatalError("what was written cannot be opened")
    }
    for row in rows {
        guard (try? again.next()) == true else { fatalError("what was written ends before \(row)") }
        let back = (0..<again.fieldCount).map { try? again.value(at: $0, as: .text) }
        require(back == row, "\(row) came back as \(back)")
    }
    require((try? again.next()) == false, "more rows than were written")
}

private func readArray(_ bytes: [UInt8]) {
    guard let reader = try? NumberRecordReader(npy: ByteSource(bytes: bytes, content: .binary)) else { return }
    readRecords(reader)
    require(reader.consumedByteCount <= bytes.count, "more was read than there is")
}

private func readImage(_ input: inout ByteInput) {
    let resampler = ImageResampler(
        width: 1 + input.number(below: 40), height: 1 + input.number(below: 40),
        channels: input.number(below: 2) == 0 ? 1 : 3)
    // A header of few bytes may ask for millions of pixels, which take long without finding more.
    guard let file = try? ImageFile(input.rest()), file.width * file.height <= 1 << 16,
        let image = try? file.decoded(forWidth: resampler.width, height: resampler.height)
    else { return }
    let pixels = resampler.pixels(of: image)
    require(pixels.count == resampler.count, "\(pixels.count) numbers")
    require(pixels.allSatisfy { 0 <= $0 && $0 <= 1 }, "a number is not from 0 to 1")
}

private func readVectors(_ input: inout ByteInput) {
    let element = [NumberElement.f4, .i4, .u1][input.number(below: 3)]
    readRecords(NumberRecordReader(vectors: ByteSource(bytes: input.rest(), content: .binary), of: element))
}

private func readRecords(_ reader: NumberRecordReader) {
    while (try? reader.next()) == true {
        _ = reader.place(ofRecord: reader.recordNumber)
        for type in types {
            var column = ColumnBuilder(type: type)
            let isWhole = (try? reader.append(to: &column)) != nil
            require(column.count == (isWhole ? 1 : 0), "a record that is refused leaves \(column.count) values")
            for index in 0..<min(reader.count, 4) {
                let before = column.count
                let isAdded = (try? reader.append(numberAt: index, to: &column)) != nil
                require(column.count == before + (isAdded ? 1 : 0), "a number that is refused leaves a value")
            }
        }
        guard reader.count <= 16 else { continue }
        var column = ColumnBuilder(type: .vector(dimension: reader.count, element: .f32))
        guard (try? reader.append(to: &column)) != nil else { continue }
        // What is finite is written and read back.
        let vector = column.finish()[0]
        let sink = ByteSink()
        guard let writer = try? NPYWriter(sink, columnNames: ["v"], types: [vector.type]),
            (try? writer.write([vector])) != nil, (try? writer.finish()) != nil,
            let again = try? NumberRecordReader(npy: ByteSource(bytes: sink.bytes, content: .binary)),
            (try? again.next()) == true
        else { fatalError("\(vector) is not written and read") }
        var back = ColumnBuilder(type: vector.type)
        guard (try? again.append(to: &back)) != nil else { fatalError("\(vector) does not come back") }
        require(back.finish()[0] == vector, "\(vector) came back as another")
    }
}

private func readJSONLines(_ bytes: [UInt8]) {
    let reader = JSONLinesReader(ByteSource(bytes: bytes), columns: ["id", "a"])
    while (try? reader.next()) == true {
        _ = reader.isObject
        _ = reader.place
        _ = reader.unknownKey
        for index in 0..<reader.memberCount {
            _ = reader.key(at: index)
            _ = reader.place(ofMember: index)
            for type in types { _ = try? reader.value(at: index, as: type) }
        }
        for column in 0..<2 { _ = try? reader.value(ofColumn: column, as: .text) }
        guard let value = try? reader.value() else { continue }
        checkJSON(value)
    }
    // Objects found by their first line only.
    let free = JSONLinesReader(ByteSource(bytes: bytes))
    while (try? free.next()) == true { _ = try? free.value() }
}

private func parseValue(_ input: inout ByteInput) {
    let type = types[input.number(below: types.count)]
    let bytes = input.rest()
    guard let value = try? ValueParser.parse(bytes.span, as: type) else { return }
    let text = ValueText.text(value)
    guard let back = try? ValueParser.parse(text, as: type) else { fatalError("\(value) printed as \(text)") }
    require(back == value, "\(value) printed as \(text) came back as \(back)")
    let json = ValueText.json(value)
    guard (try? JSONScanner.validate(Array(json.utf8).span)) != nil else { fatalError("not JSON: \(json)") }
    guard let again = try? ValueParser.parse(json: Array(json.utf8).span, as: type) else {
        fatalError("\(value) as JSON: \(json)")
    }
    // A line's null is NULL, and a JSON null has no other way to be written.
    if case .json(let text) = value, (try? JSONValue.parse(text)) == .null {
        require(again == .null, "\(value) as JSON came back as \(again)")
        return
    }
    if case .json(let first) = value, case .json(let second) = again {
        // Line breaks between tokens become blanks, so that a value stays on its line.
        require(
            (try? JSONValue.parse(first)) == (try? JSONValue.parse(second)), "\(value) as JSON came back as \(again)")
        return
    }
    require(again == value, "\(value) as JSON \(json) came back as \(again)")
}

private func parseJSON(_ input: inout ByteInput) {
    let pathText = String(decoding: input.bytes(input.number(below: 24)), as: UTF8.self)
    let bytes = input.rest()
    let isValid = (try? JSONScanner.validate(bytes.span)) != nil
    let value = try? JSONValue.parse(bytes.span)
    require(isValid == (value != nil), "validated as \(isValid), parsed as \(value != nil)")
    for type in types { _ = try? ValueParser.parse(json: bytes.span, as: type) }
    if let value { checkJSON(value) }
    let text = String(decoding: bytes, as: UTF8.self)
    for path in [try? JSONPath(pathText), try? JSONPath(operand: pathText)] {
        guard let path else { continue }
        _ = try? path.find(in: bytes.span)
        _ = try? path.extractJSON(from: text)
        _ = try? path.extractText(from: text)
    }
}

private func checkJSON(_ value: JSONValue) {
    guard let again = try? JSONValue.parse(value.description) else { fatalError("printed as \(value.description)") }
    require(again == value, "printed as \(value.description)")
}

private func parseTimestamp(_ bytes: [UInt8]) {
    guard let time = try? TimestampFormat.parse(bytes.span) else { return }
    for text in [TimestampFormat.text(time), TimestampFormat.isoText(time)] {
        let again = try? TimestampFormat.parse(text)
        require(again == time, "\(time) printed as \(text)")
    }
}
