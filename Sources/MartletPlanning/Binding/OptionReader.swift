// Reads WITH (name = value, …).

import MartletCore
import MartletExpressions
import MartletLanguage

/// The options of one statement. An unknown or repeated one is an error that lists the known ones.
struct OptionReader {
    let binder: Binder
    let options: [Option]

    init(_ binder: Binder, _ options: [Option], known: [String], of statement: String) throws(Diagnostic) {
        self.binder = binder
        self.options = options
        var seen: Set<String> = []
        for option in options {
            let name = option.name.name.foldedName
            guard known.contains(name) else {
                throw Diagnostic(
                    .unknownOption, "unknown option '\(option.name.name)' of \(statement)", at: option.name.range,
                    hint: Suggestion.hint(for: option.name.name, among: known)
                        ?? (known.isEmpty ? "it has no options" : "known are \(known.joined(separator: ", "))"))
            }
            guard seen.insert(name).inserted else {
                throw Diagnostic(.duplicateName, "option '\(option.name.name)' is given twice", at: option.name.range)
            }
        }
    }

    private func value(_ name: String) throws(Diagnostic) -> (value: Value, range: SourceRange)? {
        guard let option = options.first(where: { $0.name.name.foldedName == name }) else { return nil }
        guard case .expression(let expression) = option.value else {
            throw Diagnostic(.invalidOption, "option '\(name)' takes one value", at: option.value.range)
        }
        // A bare word is a text: language = english.
        if case .column(let reference) = expression, reference.table == nil {
            return (.text(reference.column.name), expression.range)
        }
        let bound = try ExpressionBinder(binder, columns: [], context: nil, clause: "an option").bind(expression)
        guard let constant = ConstantFolding.fold(bound).constantValue else {
            throw Diagnostic(.notConstant, "option '\(name)' must be a constant", at: expression.range)
        }
        return (constant, expression.range)
    }

    func contains(_ name: String) -> Bool { options.contains { $0.name.name.foldedName == name } }

    /// Where the option's name stands.
    func range(_ name: String) -> SourceRange? { options.first { $0.name.name.foldedName == name }?.name.range }

    func isList(_ name: String) -> Bool {
        guard let option = options.first(where: { $0.name.name.foldedName == name }) else { return false }
        if case .list = option.value { return true }
        return false
    }

    /// A whole number, or a list of some: `ngram = (3, 4)`.
    func integers(
        _ name: String, counts: ClosedRange<Int>, in bounds: ClosedRange<Int>
    ) throws(Diagnostic) -> [(number: Int, range: SourceRange)]? {
        guard let option = options.first(where: { $0.name.name.foldedName == name }) else { return nil }
        var cells: [OptionValue] = [option.value]
        if case .list(let items, _) = option.value { cells = items }
        var numbers: [(number: Int, range: SourceRange)] = []
        for cell in cells {
            guard case .expression(.literal(.integer(let number), _)) = cell, let integer = Int(exactly: number),
                bounds.contains(integer)
            else {
                throw mismatch(name, "whole numbers from \(bounds.lowerBound) to \(bounds.upperBound)", cell.range)
            }
            numbers.append((integer, cell.range))
        }
        guard counts.contains(numbers.count) else {
            throw mismatch(name, "\(counts.lowerBound) to \(counts.upperBound) numbers", option.value.range)
        }
        return numbers
    }

    /// A list of words: `fields = (path, text)`.
    func words(_ name: String) throws(Diagnostic) -> [(text: String, range: SourceRange)]? {
        guard let option = options.first(where: { $0.name.name.foldedName == name }) else { return nil }
        var cells: [OptionValue] = [option.value]
        if case .list(let items, _) = option.value { cells = items }
        var words: [(text: String, range: SourceRange)] = []
        for cell in cells {
            switch cell {
            case .expression(.column(let reference)) where reference.table == nil:
                words.append((reference.column.name, cell.range))
            case .expression(.literal(.text(let text), _)): words.append((text, cell.range))
            default: throw mismatch(name, "a list of words", cell.range)
            }
        }
        return words
    }

    /// A list of numbers: `weights = (3, 1)`.
    func numbers(_ name: String, count: Int, in bounds: ClosedRange<Double>) throws(Diagnostic) -> [Double]? {
        guard let option = options.first(where: { $0.name.name.foldedName == name }) else { return nil }
        var cells: [OptionValue] = [option.value]
        if case .list(let items, _) = option.value { cells = items }
        var numbers: [Double] = []
        for cell in cells {
            guard case .expression(let expression) = cell else {
                throw mismatch(name, "a list of numbers", cell.range)
            }
            let bound = try ExpressionBinder(binder, columns: [], context: nil, clause: "an option").bind(expression)
            let number: Double? =
                switch ConstantFolding.fold(bound).constantValue {
                case .integer(let number): Double(number)
                case .real(let number): number
                default: nil
                }
            guard let number, bounds.contains(number) else {
                throw mismatch(name, "numbers from \(bounds.lowerBound) to \(bounds.upperBound)", cell.range)
            }
            numbers.append(number)
        }
        guard numbers.count == count else {
            throw mismatch(name, "\(count) numbers, one a column", option.value.range)
        }
        return numbers
    }

    func mismatch(_ name: String, _ wanted: String, _ range: SourceRange) -> Diagnostic {
        Diagnostic(.invalidOption, "option '\(name)' must be \(wanted)", at: range)
    }

    func integer(_ name: String, in bounds: ClosedRange<Int>) throws(Diagnostic) -> Int? {
        guard let (value, range) = try value(name) else { return nil }
        guard case .integer(let number) = value, let integer = Int(exactly: number), bounds.contains(integer) else {
            throw mismatch(name, "a whole number from \(bounds.lowerBound) to \(bounds.upperBound)", range)
        }
        return integer
    }

    func real(_ name: String, in bounds: ClosedRange<Double>) throws(Diagnostic) -> Double? {
        guard let (value, range) = try value(name) else { return nil }
        let number: Double? =
            switch value {
            case .integer(let number): Double(number)
            case .real(let number): number
            default: nil
            }
        guard let number, bounds.contains(number) else {
            throw mismatch(name, "a number from \(bounds.lowerBound) to \(bounds.upperBound)", range)
        }
        return number
    }

    func boolean(_ name: String) throws(Diagnostic) -> Bool? {
        guard let (value, range) = try value(name) else { return nil }
        switch value {
        case .boolean(let flag): return flag
        case .text(let text) where ["on", "true", "yes"].contains(text.foldedName): return true
        case .text(let text) where ["off", "false", "no"].contains(text.foldedName): return false
        default: throw mismatch(name, "true or false", range)
        }
    }

    func text(_ name: String) throws(Diagnostic) -> (text: String, range: SourceRange)? {
        guard let (value, range) = try value(name) else { return nil }
        guard case .text(let text) = value else { throw mismatch(name, "a text", range) }
        return (text, range)
    }

    /// A model or one of its versions, as a text: `'finder'`, `'finder@3'`, `'finder@latest'`.
    func model(_ name: String) throws(Diagnostic) -> ModelReference? {
        guard let (text, range) = try text(name) else { return nil }
        let location = Location(range)
        let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false).map { String($0) }
        guard !parts[0].isEmpty, parts.last != "" else {
            throw mismatch(name, "a model, such as 'finder' or 'finder@3'", range)
        }
        let version: ModelReference.Version? =
            parts.count < 2
            ? nil : Int(parts[1]).map { .number($0) } ?? .alias(Identifier(parts[1], location))
        return ModelReference(name: Identifier(parts[0], location), version: version, location: location)
    }

    /// A duration such as `'2s'`, `'250ms'`, `'1m'`, in milliseconds.
    func milliseconds(_ name: String) throws(Diagnostic) -> Int? {
        guard let (text, range) = try text(name) else { return nil }
        let digits = text.prefix { $0.isNumber && $0.isASCII }
        let factor: Int? =
            switch text.dropFirst(digits.count) {
            case "ms": 1
            case "s": 1_000
            case "m", "min": 60_000
            default: nil
            }
        guard let factor, let number = Int(digits), number > 0, number <= 86_400_000 / factor else {
            throw mismatch(name, "a duration such as '2s' or '250ms', at most a day", range)
        }
        return number * factor
    }
}
