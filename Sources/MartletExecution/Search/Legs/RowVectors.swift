// The vectors of a table's rows, where they lie.

import MartletCatalog
import MartletCore
import MartletKernels
import MartletStorage
import MartletVectors

/// One vector column's elements as 32-bit floats.
struct RowFloats {
    private let dimension: Int
    private let element: VectorElement
    private var floats: [Float]

    init(dimension: Int, element: VectorElement) {
        self.dimension = dimension
        self.element = element
        floats = [Float](repeating: 0, count: dimension)
    }

    /// Reads a stored vector.
    mutating func load(_ bytes: UnsafeRawBufferPointer) throws(Diagnostic) {
        guard bytes.count == element.byteCount(dimension: dimension) else {
            throw Diagnostic(.corrupt, "a vector of \(bytes.count) bytes in a row")
        }
        if element == .f32 {
            floats.withUnsafeMutableBytes { $0.copyMemory(from: bytes) }
        } else {
            let element = element
            floats.withUnsafeMutableBufferPointer { element.widen(bytes, into: $0) }
        }
    }

    func withFloats<R>(
        _ body: (UnsafeBufferPointer<Float>) throws(Diagnostic) -> R
    ) throws(Diagnostic) -> R {
        let result = floats.withUnsafeBufferPointer { (floats) -> Result<R, Diagnostic> in
            do throws(Diagnostic) {
                return .success(try body(floats))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }
}

extension VectorElement {
    /// Stored elements as floats.
    fileprivate func widen(_ bytes: UnsafeRawBufferPointer, into floats: UnsafeMutableBufferPointer<Float>) {
        switch self {
        case .f32: UnsafeMutableRawBufferPointer(floats).copyMemory(from: bytes)
        case .f16: VectorConversion.widenHalves(bytes, into: floats)
        case .i8: VectorConversion.widenBytes(bytes, into: floats)
        case .bit: VectorConversion.widenBits(bytes, into: floats)
        }
    }
}

/// Reads vectors by row id. Floats are given in place; other elements are converted.
final class RowVectors: VectorSource {
    private let view: TransactionView
    private let table: Table
    private let layout: RowLayout
    private let column: Int
    private let dimension: Int
    private let element: VectorElement
    private var key: KeyWriter
    /// Empty for floats, which are given in place.
    private let converted: UnsafeMutableBufferPointer<Float>

    /// - Parameter layout: the table's, where it is known.
    init(_ table: Table, column: Int, layout: RowLayout? = nil, in view: TransactionView) throws(Diagnostic) {
        guard case .vector(let dimension, let element) = table.columns[column].type else {
            throw Diagnostic(.corrupt, "column \(table.columns[column].name) has no vectors")
        }
        self.view = view
        self.table = table
        self.column = column
        self.dimension = dimension
        self.element = element
        self.layout = layout ?? table.layout
        key = KeyWriter(KeyPrefix(.row, table.id))
        converted = .allocate(capacity: element == .f32 ? 0 : dimension)
        converted.initialize(repeating: 0)
    }

    deinit { converted.deallocate() }

    func place(ofRow rowID: Int64) throws(Diagnostic) -> UnsafeRawBufferPointer {
        guard let row = try stored(rowID), let place = try place(inRow: row) else {
            throw Diagnostic(
                .corrupt, "an index of table \(table.name) names row \(rowID), which has no vector")
        }
        return place
    }

    /// nil if there is no such row, or it has no vector.
    func floats(ofRowIfAny rowID: Int64) throws(Diagnostic) -> UnsafeRawBufferPointer? {
        guard let row = try stored(rowID) else { return nil }
        return try floats(inRow: row)
    }

    /// The vector of a stored row, or nil if it is NULL.
    func floats(inRow row: UnsafeRawBufferPointer) throws(Diagnostic) -> UnsafeRawBufferPointer? {
        guard let place = try place(inRow: row) else { return nil }
        return try floats(at: place)
    }

    private func stored(_ rowID: Int64) throws(Diagnostic) -> UnsafeRawBufferPointer? {
        key.truncate(to: KeyPrefix.byteCount)
        key.append(rowNumber: rowID)
        return try view.get(key)
    }

    private func place(inRow row: UnsafeRawBufferPointer) throws(Diagnostic) -> UnsafeRawBufferPointer? {
        try RowReader(row, layout: layout).bytes(column)
    }

    func floats(at bytes: UnsafeRawBufferPointer) throws(Diagnostic) -> UnsafeRawBufferPointer {
        guard bytes.count == element.byteCount(dimension: dimension) else {
            throw Diagnostic(.corrupt, "a vector of \(bytes.count) bytes in table \(table.name)")
        }
        if element == .f32 { return bytes }
        element.widen(bytes, into: converted)
        return UnsafeRawBufferPointer(converted)
    }
}
