import MartletCore

extension Parser {
    mutating func serviceStatement() throws(SyntaxFailure) -> ServiceStatement? {
        let start = token.start
        if accept(.shutdown) { return .shutdown(location(from: start)) }
        return nil
    }
    mutating func recordStatement() throws(SyntaxFailure) -> RecordStatement? { nil }
    mutating func commitVersion() throws(SyntaxFailure) -> RecordStatement { throw expected("COMMIT") }
    mutating func createService(from start: Int) throws(SyntaxFailure) -> ServiceStatement? { nil }
    mutating func createRecord(from start: Int) throws(SyntaxFailure) -> RecordStatement? { nil }
    mutating func alterService(from start: Int) throws(SyntaxFailure) -> ServiceStatement? { nil }
    mutating func alterModel(from start: Int) throws(SyntaxFailure) -> RecordStatement { throw expected("a") }
    mutating func copyModel(from start: Int) throws(SyntaxFailure) -> RecordStatement { throw expected("a") }
    mutating func dropArtifact(from start: Int) throws(SyntaxFailure) -> RecordStatement { throw expected("a") }
}
