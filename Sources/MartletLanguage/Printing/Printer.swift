// Syntax trees to text.

import MartletCore

/// Writes a tree as canonical SQL: one line, keywords in capitals, only the parentheses that are needed.
///
/// What it writes parses to an equal tree. O(n).
package struct Printer {
    var text = ""

    init() {}

    package static func print(_ statement: Statement) -> String {
        var printer = Printer()
        printer.statement(statement)
        return printer.text
    }

    package static func print(_ expression: Expression) -> String {
        var printer = Printer()
        printer.expression(expression)
        return printer.text
    }

    package static func print(_ select: Select) -> String {
        var printer = Printer()
        printer.select(select)
        return printer.text
    }

    /// A name as the language writes it: in quotes only when it needs them.
    package static func quoted(_ name: String) -> String {
        var isPlain = !name.isEmpty
        for (index, byte) in name.utf8.enumerated() {
            switch CharacterClass.of(byte) {
            case .letter: continue
            case .digit where index > 0: continue
            default: isPlain = false
            }
        }
        if isPlain, Keyword(word: name).map({ $0.class == .contextual }) ?? true { return name }
        return "\"" + doubling(name, "\"") + "\""
    }

    /// A text literal.
    package static func literal(_ text: String) -> String { "'" + doubling(text, "'") + "'" }

    private static func doubling(_ text: String, _ quote: Character) -> String {
        let byte = quote.asciiValue ?? 0
        guard text.utf8.contains(byte) else { return text }
        var bytes: [UInt8] = []
        for each in text.utf8 {
            bytes.append(each)
            if each == byte { bytes.append(each) }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    // MARK: Pieces

    mutating func write(_ piece: String) { text += piece }

    mutating func name(_ identifier: Identifier) { text += Self.quoted(identifier.name) }

    mutating func name(_ name: QualifiedName) {
        if let schema = name.schema {
            self.name(schema)
            text += "."
        }
        self.name(name.name)
    }

    mutating func model(_ model: ModelReference) {
        name(model.name)
        switch model.version {
        case nil: break
        case .number(let number)?: text += "@\(number)"
        case .alias(let alias)?:
            text += "@"
            name(alias)
        }
    }

    mutating func list<Item>(_ items: [Item], _ write: (inout Printer, Item) -> Void) {
        for (index, item) in items.enumerated() {
            if index > 0 { text += ", " }
            write(&self, item)
        }
    }

    mutating func parenthesised<Item>(_ items: [Item], _ write: (inout Printer, Item) -> Void) {
        text += "("
        list(items, write)
        text += ")"
    }

    mutating func columns(_ columns: [Identifier]) {
        parenthesised(columns) { $0.name($1) }
    }

    mutating func alias(_ alias: Identifier?) {
        guard let alias else { return }
        text += " AS "
        name(alias)
    }

    mutating func clause(_ keyword: String, _ expression: Expression?, above minimum: UInt8 = Precedence.or) {
        guard let expression else { return }
        text += " \(keyword) "
        self.expression(expression, above: minimum)
    }

    mutating func options(_ options: [Option]) {
        if options.isEmpty { return }
        text += " WITH "
        parenthesised(options) { $0.option($1) }
    }

    private mutating func option(_ option: Option) {
        name(option.name)
        text += " = "
        optionValue(option.value)
    }

    private mutating func optionValue(_ value: OptionValue) {
        switch value {
        case .expression(let expression): self.expression(expression, above: Precedence.bits)
        case .list(let items, _): parenthesised(items) { $0.optionValue($1) }
        case .group(let options, _): parenthesised(options) { $0.option($1) }
        }
    }
}
