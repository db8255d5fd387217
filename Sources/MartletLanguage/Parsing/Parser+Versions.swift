// COMMIT VERSION, BRANCH, SWITCH, DIFF, MERGE and REVERT.

import MartletCore

extension Parser {
    /// nil when the statement starts otherwise.
    mutating func versionStatement() throws(SyntaxFailure) -> RecordStatement? {
        let start = token.start
        switch token.keyword {
        case .branch:
            advance()
            let name = try identifier("a branch's name")
            let revision = accept(.from) ? try revision() : nil
            return .branch(name, from: revision, location(from: start))
        case .switch:
            advance()
            try expect(.branch, "after SWITCH")
            return .switchBranch(try identifier("a branch's name"), location(from: start))
        case .diff:
            advance()
            let first = try revision()
            let second = accept(.to) ? try revision() : nil
            return .diff(first, to: second, location(from: start))
        case .merge:
            advance()
            let revision = try revision()
            let branch = accept(.into) ? try identifier("a branch's name") : nil
            return .merge(revision, into: branch, location(from: start))
        case .revert:
            advance()
            return .revert(try revision(), location(from: start))
        default: return nil
        }
    }

    mutating func commitVersion() throws(SyntaxFailure) -> RecordStatement {
        let start = token.start
        advance()
        advance()
        let message = at(.string) || at(.parameter) ? try text("a message") : nil
        return .commitVersion(message: message, options: try optionsClause(), location(from: start))
    }

    mutating func revision() throws(SyntaxFailure) -> Revision {
        let range = token.range
        if at(.integer) { return .number(try integer("a version's number"), Location(range)) }
        if at(.string) {
            let text = unquoted(token)
            advance()
            return .text(text, Location(range))
        }
        return .name(try identifier("a branch, a tag or a version's number"))
    }
}
