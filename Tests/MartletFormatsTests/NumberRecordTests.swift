// Reading and writing arrays and files of vectors: small windows, cut files, identity.

import Foundation
import MartletCore
import MartletFormats
import Testing

struct NumberRecordTests {
    private func written(_ rows: [[Value]], _ types: [DataType]) throws -> [UInt8] {
        let sink = ByteSink()
        let writer = try NPYWriter(sink, columnNames: types.indices.map { "c\($0)" }, types: types)
        for row in rows { try writer.write(row) }
        try writer.finish()
        return sink.bytes
    }

    private func read(_ bytes: [UInt8], as type: DataType) throws -> [Value] {
        let reader = try NumberRecordReader(npy: ByteSource(bytes: bytes, name: "a.npy", content: .binary))
        var column = ColumnBuilder(type: type)
        while try reader.next() { try reader.append(to: &column) }
        let finished = column.finish()
        return (0..<finished.count).map { finished[$0] }
    }

    @Test func headersAreAsNumPyWritesThem() throws {
        let bytes = try written(
            [[.vector(Vector([1, 2]))], [.vector(Vector([3, -0.5]))]], [.vector(dimension: 2, element: .f32)])
        #expect(bytes.count == 128 + 16)
        #expect(bytes.starts(with: [0x93] + Array("NUMPY".utf8) + [1, 0, 118, 0]))
        let text = String(decoding: bytes[10..<128], as: UTF8.self)
        #expect(text.hasPrefix("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }   "))
        #expect(text.hasSuffix(" \n"))
        #expect(Array(bytes[128...]) == [0, 0, 0x80, 0x3F, 0, 0, 0, 0x40, 0, 0, 0x40, 0x40, 0, 0, 0, 0xBF])
        let flat = try written([[.integer(-2)]], [.integer])
        #expect(
            String(decoding: flat[10..<70], as: UTF8.self).hasPrefix(
                "{'descr': '<i8', 'fortran_order': False, 'shape': (1,), }"))
        #expect(Array(flat[128...]) == [0xFE] + [UInt8](repeating: 0xFF, count: 7))
    }

    @Test func vectorsComeBack() throws {
        for element in VectorElement.allCases {
            let type = DataType.vector(dimension: 3, element: element)
            let vectors = try [[0.0, 1, 1], [1, 0, 0]].map {
                Value.vector(try VectorFormat.pack($0, dimension: 3, element: element))
            }
            #expect(try read(try written(vectors.map { [$0] }, [type]), as: type) == vectors)
        }
    }

    @Test func manyRecordsOutgrowTheWindow() throws {
        let count = 70_000
        let bytes = try written((0..<count).map { [.integer(Int64($0)), .real(0.5)] }, [.integer, .real])
        let values = try read(bytes, as: .vector(dimension: 2, element: .f32))
        #expect(values.count == count)
        #expect(values.last == .vector(Vector([Float(count - 1), 0.5])))
    }

    @Test func everyCutIsAnError() throws {
        let array = try written([[.real(1)], [.real(2)]], [.real])
        for length in 0..<array.count {
            let error = #expect(throws: Diagnostic.self) { try read(Array(array[..<length]), as: .json) }
            #expect(error?.code == .malformedArray)
        }
        let sink = ByteSink()
        let writer = try VectorFileWriter(sink, of: .i4, columnNames: ["a", "b"], types: [.integer, .boolean])
        for _ in 0..<2 { try writer.write([.integer(7), .boolean(true)]) }
        #expect(sink.bytes == [2, 0, 0, 0, 7, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 7, 0, 0, 0, 1, 0, 0, 0])
        for length in 0..<sink.bytes.count {
            let reader = NumberRecordReader(
                vectors: ByteSource(bytes: Array(sink.bytes[..<length]), name: "a", content: .binary), of: .i4)
            var records = 0
            let error: Diagnostic?
            do throws(Diagnostic) {
                while try reader.next() { records += 1 }
                error = nil
            } catch let failure {
                error = failure
            }
            #expect(records == length / 12)
            #expect((error == nil) == (length % 12 == 0))
            if let error { #expect(error.place == "a:\(records + 1)") }
        }
    }

    @Test func aByteOrderMarkIsDataInBinaryFiles() throws {
        let bytes: [UInt8] = [0xEF, 0xBB, 0xBF, 1]
        #expect(try ByteSource(bytes: bytes, content: .binary).readAll() == bytes)
        #expect(try ByteSource(bytes: bytes).readAll() == [1])
    }

    @Test func aFileIsWrittenWhole() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "array-\(UUID()).npy")
        defer { try? FileManager.default.removeItem(at: file) }
        let sink = try ByteSink(path: file.path)
        let writer = try NPYWriter(sink, columnNames: ["a"], types: [.real])
        for number in 0..<20_000 { try writer.write([.real(Double(number))]) }
        try writer.finish()
        try sink.finish()
        let reader = try NumberRecordReader(npy: ByteSource(path: file.path, content: .binary))
        var count = 0
        while try reader.next() { count += 1 }
        #expect(count == 20_000)
        #expect(reader.consumedByteCount == reader.totalByteCount)
    }
}
