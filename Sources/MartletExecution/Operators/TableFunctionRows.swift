// Functions in FROM: their rows for given arguments.

import MartletCore
import MartletExpressions
import MartletPlanning
import MartletText

/// Gives batches until there are no more rows. A NULL argument gives no row.
struct TableFunctionRows {
    private enum State {
        case series(next: Int64?, last: Int64, step: Int64)
        case rows([[Value]])
        case passages(TextChunks, bytes: [UInt8], next: Int)
    }

    private let types: [DataType]
    private var state: State

    init(_ plan: TableFunctionPlan, _ values: [Value], _ context: ExecutionContext) throws(Diagnostic) {
        types = plan.columns.map(\.type)
        state = .rows([])
        if values.contains(where: \.isNull) { return }
        switch plan.function {
        case .generateSeries:
            guard case .integer(let first) = values[0], case .integer(let last) = values[1] else { return }
            var step: Int64 = 1
            if values.count > 2, case .integer(let number) = values[2] { step = number }
            if step == 0 {
                throw Diagnostic(
                    .outOfRange, "the step of generate_series() must not be 0", at: plan.arguments[2].range)
            }
            state = .series(
                next: step > 0 ? (first <= last ? first : nil) : (first >= last ? first : nil), last: last, step: step)
        case .jsonEach:
            do throws(Diagnostic) {
                state = .rows(try JSONMembers.rows(values))
            } catch {
                throw error.located(at: plan.arguments.first?.range ?? SourceRange.none)
            }
        // Has an operator of its own.
        case .neighbours: return
        case .suggest: state = .rows(try TextFunctions.suggest(plan, values, context))
        case .didYouMean: state = .rows(try TextFunctions.didYouMean(plan, values, context))
        case .chunk:
            guard case .text(let text) = values[0], case .integer(let words) = values[1] else { return }
            var overlap: Int64 = 0
            if values.count > 2, case .integer(let number) = values[2] { overlap = number }
            guard (1...Int64(TextChunks.wordLimit)).contains(words) else {
                throw Diagnostic(
                    .outOfRange, "a chunk has 1 to \(TextChunks.wordLimit) words, not \(words)",
                    at: plan.arguments[1].range)
            }
            guard (0..<words).contains(overlap) else {
                throw Diagnostic(
                    .outOfRange, "chunks of \(words) words overlap by 0 to \(words - 1) words, not \(overlap)",
                    at: plan.arguments[2].range)
            }
            let bytes = Array(text.utf8)
            let chunks = bytes.withUnsafeBytes { TextChunks($0, words: Int(words), overlap: Int(overlap)) }
            state = .passages(chunks, bytes: bytes, next: 0)
        }
    }

    mutating func next() -> Batch? {
        switch state {
        case .series(let first, let last, let step):
            var numbers: [Int64] = []
            var current = first
            while let number = current, numbers.count < Limits.rowsPerBatch {
                numbers.append(number)
                let (following, isOver) = number.addingReportingOverflow(step)
                current = isOver || (step > 0 ? following > last : following < last) ? nil : following
            }
            state = .series(next: current, last: last, step: step)
            if numbers.isEmpty { return nil }
            return Batch(columns: [Column(type: .integer, storage: .integers(numbers))], count: numbers.count)
        case .rows(let rows):
            state = .rows([])
            return rows.isEmpty ? nil : Batch(rows: rows, types: types)
        case .passages(let chunks, let bytes, let first):
            let last = min(first + Limits.rowsPerBatch, chunks.count)
            if first >= last { return nil }
            state = .passages(chunks, bytes: bytes, next: last)
            let rows = (first..<last).map { place -> [Value] in
                [.integer(Int64(place + 1)), .text(String(decoding: bytes[chunks[place]], as: UTF8.self))]
            }
            return Batch(rows: rows, types: types)
        }
    }
}
