// Lines from a terminal, with editing, history and completion.

import CLineEditing

/// Wraps libedit. One at a time, on one thread.
final class LineEditor {
    enum Line {
        /// Without its line break.
        case text(String)
        /// Ctrl-C: what was typed is thrown away.
        case interrupted
        case end
    }

    private var editor: OpaquePointer?
    /// Gives the completion of a line up to the cursor.
    var complete: (String) -> Completion = { _ in Completion(replacedCount: 0, candidates: []) }
    /// Shows the candidates when there are several.
    var show: ([String]) -> Void = { _ in }
    /// The text that libedit was given to insert; kept until the next completion.
    private var insertion: UnsafeMutablePointer<CChar>?

    init?(historyLimit: Int) {
        let context = Unmanaged.passUnretained(self).toOpaque()
        editor = martlet_editor_open(
            "martlet", Int32(clamping: historyLimit),
            { context, line, length in
                guard let context, let line else {
                    return martlet_completion(delete_count: 0, insertion: nil, wrote: 0)
                }
                let bytes = UnsafeRawBufferPointer(start: line, count: length)
                return Unmanaged<LineEditor>.fromOpaque(context).takeUnretainedValue()
                    .completion(of: String(decoding: bytes, as: UTF8.self))
            }, context)
        if editor == nil { return nil }
    }

    deinit {
        martlet_editor_close(editor)
        insertion?.deallocate()
    }

    func read(prompt: String) -> Line {
        martlet_editor_set_prompt(editor, prompt)
        var pointer: UnsafePointer<CChar>?
        var length: Int32 = 0
        switch martlet_editor_read(editor, &pointer, &length) {
        case MARTLET_LINE_READ:
            guard let pointer else { return .end }
            var bytes = UnsafeRawBufferPointer(start: pointer, count: Int(length))[...]
            while bytes.last == UInt8(ascii: "\n") || bytes.last == UInt8(ascii: "\r") { bytes = bytes.dropLast() }
            return .text(String(decoding: bytes, as: UTF8.self))
        case MARTLET_LINE_INTERRUPTED: return .interrupted
        default: return .end
        }
    }

    func addHistory(_ entry: String) { martlet_editor_add_history(editor, entry) }

    private func completion(of line: String) -> martlet_completion {
        let completion = complete(line)
        let prefix = completion.commonPrefix
        let word = String(line.suffix(completion.replacedCount))
        var result = martlet_completion(delete_count: 0, insertion: nil, wrote: 0)
        if completion.candidates.isEmpty { return result }
        if completion.candidates.count > 1, prefix.count <= word.count {
            show(completion.candidates)
            result.wrote = 1
            return result
        }
        var text = prefix
        if completion.candidates.count == 1, !text.hasSuffix("/") { text += " " }
        result.delete_count = Int32(clamping: word.unicodeScalars.count)
        result.insertion = keep(text)
        return result
    }

    private func keep(_ text: String) -> UnsafePointer<CChar> {
        insertion?.deallocate()
        let bytes = Array(text.utf8CString)
        let copy = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
        copy.initialize(from: bytes, count: bytes.count)
        insertion = copy
        return UnsafePointer(copy)
    }
}
