// The engine's one error type: what went wrong, where, and what might help.

/// An error with a stable code, a sentence, and where possible a place in the statement's text and a hint.
///
/// Every layer throws this type, so that a failure keeps its code from the file system up to the shell.
package struct Diagnostic: Error, Hashable, Sendable {
    package var code: ErrorCode
    /// One sentence without a final period: `unknown column 'boddy' in table docs`.
    package var message: String
    /// Byte offsets into the statement's text, if the error is about a piece of it.
    package var range: SourceRange?
    /// Something that may help, shown under the caret: `did you mean 'body'?`.
    package var hint: String?
    /// A place outside the statement: a data file with line and column, a row, a path.
    package var place: String?

    package init(
        _ code: ErrorCode, _ message: String, at range: SourceRange? = nil, hint: String? = nil, place: String? = nil
    ) {
        self.code = code
        self.message = message
        self.range = range
        self.hint = hint
        self.place = place
    }

    /// The same diagnostic, given a range if it has none yet.
    package func located(at range: SourceRange?) -> Diagnostic {
        var copy = self
        if copy.range == nil { copy.range = range }
        return copy
    }

    /// A statement that the language has but this build cannot run.
    package static func notSupported(_ what: String, at range: SourceRange?) -> Diagnostic {
        Diagnostic(.notSupported, "\(what) is not supported yet", at: range)
    }
}

extension Diagnostic: CustomStringConvertible {
    package var description: String {
        var text = "error[\(code.rawValue)]: \(message)"
        if let place { text += " (\(place))" }
        if let hint { text += "; \(hint)" }
        return text
    }
}
