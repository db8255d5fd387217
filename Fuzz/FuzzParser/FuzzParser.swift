// Any bytes as a script: no trap, diagnostics inside the text, and what is printed parses to an equal tree.

import FuzzSupport
import MartletCore
import MartletLanguage

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOne(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = ByteInput(data, count).bytes
    var lexer = Lexer(bytes)
    var position = 0
    while true {
        let token = lexer.next()
        if token.kind == .endOfText { break }
        require(token.start >= position && token.end > token.start && token.end <= bytes.count, "a token's range")
        position = token.end
    }
    for range in StatementSplitter.ranges(in: bytes) {
        require(range.start >= 0 && range.end <= bytes.count, "a statement's range")
    }
    for parsed in ScriptReader(bytes: bytes) {
        require((parsed.statement == nil) == !parsed.diagnostics.isEmpty, "a tree and diagnostics")
        for diagnostic in parsed.diagnostics {
            guard let range = diagnostic.range else { fatalError("no range: \(diagnostic)") }
            require(range.start >= 0 && range.end <= bytes.count, "the range of \(diagnostic)")
        }
        if let tree = parsed.statement { checkPrinting(tree) }
    }
    return 0
}

private func checkPrinting(_ tree: Statement) {
    let printed = Printer.print(tree)
    do throws(Diagnostic) {
        let again = try Parser.parseStatement(printed)
        require(again == tree, "another tree from the printed text:\n\(printed)")
        require(Printer.print(again) == printed, "another text from the same tree:\n\(printed)")
    } catch {
        // The printer writes all parentheses, so a tree just inside of a limit may have a text outside of it.
        if error.code == .nestingTooDeep || error.code == .statementTooLong || error.code == .limitExceeded { return }
        fatalError("the printed text does not parse: \(error)\n\(printed)")
    }
}
