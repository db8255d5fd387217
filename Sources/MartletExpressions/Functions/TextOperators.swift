// || and its relatives.

import MartletCore

enum TextOperators {
    static let all: [ScalarFunction] = [
        ScalarFunction(
            "||", [.any, .any], returns: .type(.text), summary: "two texts joined; other values are converted to text",
            operatorPrecedence: 9,
            .row(nullIfAnyNull: true) { (values, _) throws(Diagnostic) in
                let left = try ValueConversion.text(of: values[0])
                let right = try ValueConversion.text(of: values[1])
                try checkLength(left.utf8.count + right.utf8.count)
                return .text(left + right)
            })
    ]

    static func checkLength(_ byteCount: Int) throws(Diagnostic) {
        if byteCount > Limits.textBytes {
            throw Diagnostic(.limitExceeded, "the text would be longer than \(Limits.textBytes) bytes")
        }
    }
}
