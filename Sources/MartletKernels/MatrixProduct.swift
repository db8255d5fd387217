// Matrix products on several threads.

import CKernels

/// A matrix of single-precision numbers somewhere in memory: element (i, j) is at `base[i * rowStride + j * columnStride]`.
package struct MatrixView {
    package var base: UnsafePointer<Float>
    package var rows: Int
    package var columns: Int
    package var rowStride: Int
    package var columnStride: Int

    /// Rows one after the other.
    package init(_ base: UnsafePointer<Float>, rows: Int, columns: Int) {
        self.base = base
        self.rows = rows
        self.columns = columns
        rowStride = columns
        columnStride = 1
    }

    package var transposed: MatrixView {
        var view = self
        view.rows = columns
        view.columns = rows
        view.rowStride = columnStride
        view.columnStride = rowStride
        return view
    }
}

/// Multiplies matrices; keeps the memory for their packed copies between calls. One thread at a time uses a product.
///
/// Every element is summed in the order of the inner dimension, so that the number of threads changes nothing; where
/// fused multiply-add is used (all of AVX2, AVX-512, NEON) the last bits are the same too.
package final class MatrixProduct {
    /// How much of the inner dimension is packed at once: two strips of it fit in the first cache.
    private static let depth = 256
    /// With so few strips of columns, packing a row costs more than reading it where it is.
    private static let stripsForRowsAsTheyAre = 4
    /// So many numbers are packed faster by one thread than they are handed to several.
    private static let numbersForOneThread = 8_192
    private let team: WorkerTeam
    /// The instruction set, the same for all that is packed.
    private let set = ck_learning_instruction_set()
    private let tileRows: Int
    private let tileColumns: Int
    private var packedColumns = Buffer()
    private var packedRows: [Buffer] = []

    package init(team: WorkerTeam) {
        self.team = team
        var rows = 0
        var columns = 0
        ck_tile_shape(set, &rows, &columns)
        tileRows = rows
        tileColumns = columns
    }

    /// `result = a · b`, `result += a · b` if `adding`; the result has rows one after the other.
    ///
    /// - Precondition: `a.columns == b.rows`, and `result` has room for `a.rows * b.columns` numbers.
    package func multiply(
        _ a: MatrixView, _ b: MatrixView, adding: Bool = false, into result: UnsafeMutablePointer<Float>
    ) {
        precondition(a.columns == b.rows)
        let (rows, columns, inner) = (a.rows, b.columns, a.columns)
        guard rows > 0, columns > 0 else { return }
        guard inner > 0 else {
            if !adding { result.update(repeating: 0, count: rows * columns) }
            return
        }
        let depth = Self.depth
        let strips = (columns + tileColumns - 1) / tileColumns
        let paddedColumns = strips * tileColumns
        let depths = (inner + depth - 1) / depth
        let target = packedColumns.reserve(paddedColumns * inner)
        // Panels of B: for each part of the inner dimension, strip after strip.
        let isShort = paddedColumns * inner <= Self.numbersForOneThread
        let stripsAtOnce = isShort ? strips : max(1, strips / (2 * team.threads))
        let pieces = (strips + stripsAtOnce - 1) / stripsAtOnce
        func packPart(_ part: Int) {
            let first = part / pieces * depth
            let here = min(depth, inner - first)
            let strip = part % pieces * stripsAtOnce
            let end = min(strips, strip + stripsAtOnce)
            ck_pack_columns(
                set, b.base + first * b.rowStride + strip * tileColumns * b.columnStride, b.rowStride, b.columnStride,
                here, min(columns, end * tileColumns) - strip * tileColumns,
                target + first * paddedColumns + strip * tileColumns * here)
        }
        if isShort {
            for part in 0..<depths { packPart(part) }
        } else {
            team.run(depths * pieces, packPart)
        }
        // Blocks of rows: enough of them for every thread, not larger than the second cache.
        let perThread = (rows + team.threads - 1) / team.threads
        let shares = (perThread + 12 * tileRows - 1) / (12 * tileRows)
        let block = ((perThread + shares - 1) / shares + tileRows - 1) / tileRows * tileRows
        let blocks = (rows + block - 1) / block
        let packsRows = strips > Self.stripsForRowsAsTheyAre || a.columnStride != 1 || a.rowStride < 1
        while packsRows, packedRows.count < blocks { packedRows.append(Buffer()) }
        let buffers = packsRows ? (0..<blocks).map { packedRows[$0].reserve(block * depth) } : []
        team.run(blocks) { [set] number in
            let first = number * block
            let count = min(block, rows - first)
            for part in 0..<depths {
                let start = part * depth
                let here = min(depth, inner - start)
                let lines = a.base + first * a.rowStride + start * a.columnStride
                if packsRows {
                    ck_pack_rows(set, lines, a.rowStride, a.columnStride, count, here, buffers[number])
                }
                ck_multiply_block(
                    set, packsRows ? UnsafePointer(buffers[number]) : lines, packsRows ? 0 : a.rowStride,
                    target + start * paddedColumns, count, columns, here, adding || part > 0 ? 1 : 0,
                    result + first * columns, columns)
            }
        }
    }
}

/// Memory that grows.
private final class Buffer {
    private var memory: UnsafeMutablePointer<Float>
    private var capacity = 1

    init() { memory = .allocate(capacity: 1) }

    deinit { memory.deallocate() }

    func reserve(_ count: Int) -> UnsafeMutablePointer<Float> {
        if count > capacity {
            memory.deallocate()
            capacity = count
            memory = .allocate(capacity: count)
        }
        return memory
    }
}
