// What was typed, kept from session to session.

/// A text file of one entry a line, oldest first; line breaks and backslashes inside an entry are escaped.
package struct HistoryFile: Sendable {
    package let path: String

    package static let entryLimit = 10_000
    private static let byteLimit = 64 << 20

    package init(path: String) { self.path = path }

    /// The user's file, in `$XDG_STATE_HOME` or `~/.local/state`; nil if there is no such place.
    static func standard() -> HistoryFile? {
        let base: String
        if let state = System.environment("XDG_STATE_HOME"), state.hasPrefix("/") {
            base = state
        } else if let home = System.environment("HOME"), home.hasPrefix("/") {
            guard System.makeDirectory(home + "/.local", mode: 0o700) else { return nil }
            base = home + "/.local/state"
        } else {
            return nil
        }
        guard System.makeDirectory(base, mode: 0o700), System.makeDirectory(base + "/martlet", mode: 0o700) else {
            return nil
        }
        return HistoryFile(path: base + "/martlet/history")
    }

    /// The newest entries, oldest first. A file that has grown to twice the limit is cut down.
    package func load() -> [String] {
        guard let bytes = System.text(ofFile: path, limit: Self.byteLimit) else { return [] }
        let lines = bytes.split(separator: UInt8(ascii: "\n"))
        let kept = lines.suffix(Self.entryLimit)
        if lines.count > 2 * Self.entryLimit {
            System.write(
                Array(kept.joined(separator: [UInt8(ascii: "\n")])) + [10], toPrivateFile: path, appending: false)
        }
        return kept.map { Self.unescaped(String(decoding: $0, as: UTF8.self)) }
    }

    package func append(_ entry: String) {
        System.write(Array((Self.escaped(entry) + "\n").utf8), toPrivateFile: path, appending: true)
    }

    package static func escaped(_ entry: String) -> String {
        var text = ""
        for scalar in entry.unicodeScalars {
            switch scalar {
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }

    package static func unescaped(_ line: String) -> String {
        var text = String.UnicodeScalarView()
        var isEscaped = false
        for scalar in line.unicodeScalars {
            if isEscaped {
                text.append(scalar == "n" ? "\n" : scalar == "r" ? "\r" : scalar)
                isEscaped = false
            } else if scalar == "\\" {
                isEscaped = true
            } else {
                text.append(scalar)
            }
        }
        return String(text)
    }
}
