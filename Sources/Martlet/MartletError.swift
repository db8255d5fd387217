// What every call of the API throws.

package import MartletCore

/// A statement that failed, or a database that could not be opened: what went wrong, where, and what might help.
///
/// ```swift
/// do {
///     try await database.execute("SEARCH docs FOR boddy MATCH 'x'")
/// } catch let error as MartletError {
///     print(error.code, error.message, error.hint ?? "")   // E0102 unknown column 'boddy' in table docs …
/// }
/// ```
public struct MartletError: Error, Hashable, Sendable {
    /// A stable code such as `E0102`. The reference has a page for each.
    public let code: String
    /// One sentence, without a final period.
    public let message: String
    /// The piece of the statement that the error is about, as UTF-8 offsets into its text.
    public let range: Range<Int>?
    /// Something that may help: `did you mean 'body'?`.
    public let hint: String?
    /// A place outside of the statement: a data file with line and column, a table and row, a path.
    public let place: String?

    package init(_ diagnostic: Diagnostic) {
        code = diagnostic.code.rawValue
        message = diagnostic.message
        range = diagnostic.range.map { $0.start..<$0.end }
        hint = diagnostic.hint
        place = diagnostic.place
    }

    /// Whether the statement was cancelled rather than wrong.
    public var isCancellation: Bool { code == ErrorCode.cancelled.rawValue }
}

extension MartletError: CustomStringConvertible {
    public var description: String {
        var text = "error[\(code)]: \(message)"
        if let place { text += " (\(place))" }
        if let hint { text += "; \(hint)" }
        return text
    }
}

/// Runs `body`, its diagnostics turned into `MartletError`.
func publicErrors<R>(_ body: () throws(Diagnostic) -> R) throws(MartletError) -> R {
    do throws(Diagnostic) {
        return try body()
    } catch {
        throw MartletError(error)
    }
}
