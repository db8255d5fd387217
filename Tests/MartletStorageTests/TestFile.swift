// A path for one test, removed afterwards.

import MartletCore
import MartletStorage
import Synchronization
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

final class TestFile: Sendable {
    let path: String

    init() {
        var template = Array(
            "\(getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp")/martlet-test-XXXXXX".utf8CString)
        _ = mkdtemp(&template)
        path = String(decoding: template.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self) + "/file"
    }

    deinit {
        unlink(path)
        unlink(path + "-lock")
        rmdir(String(path.dropLast(5)))
    }

    func write(_ bytes: [UInt8]) {
        let file = open(path, O_RDWR | O_CREAT | O_TRUNC, 0o644)
        _ = bytes.withUnsafeBytes { MartletStorageTests.write(file, $0) }
        close(file)
    }

    var byteCount: Int {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : -1
    }
}

private func write(_ file: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    #if canImport(Glibc)
        Glibc.write(file, bytes.baseAddress, bytes.count)
    #else
        Darwin.write(file, bytes.baseAddress, bytes.count)
    #endif
}

/// A key of object 1's rows.
func rowKey(_ number: Int, object: UInt32 = 1) -> KeyWriter {
    var key = KeyWriter(KeyPrefix(.row, object))
    key.append(rowNumber: Int64(number))
    return key
}

extension TransactionView {
    func bytes(_ number: Int) throws(Diagnostic) -> [UInt8]? {
        try get(rowKey(number)).map { Array($0) }
    }

    func rowNumbers(object: UInt32 = 1) throws(Diagnostic) -> [Int] {
        var cursor = try cursor(KeyPrefix(.row, object))
        var numbers: [Int] = []
        while try cursor.next() {
            var reader = KeyReader(cursor.keySuffix)
            numbers.append(Int(try reader.rowNumber()))
        }
        return numbers
    }
}

func code(of body: () throws -> Void) -> ErrorCode? {
    do {
        try body()
        return nil
    } catch {
        return (error as? Diagnostic)?.code
    }
}

final class Counter: Sendable {
    private let number = Atomic<Int>(0)
    func add() { number.add(1, ordering: .relaxed) }
    var value: Int { number.load(ordering: .relaxed) }
}
