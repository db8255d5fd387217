// Interpolation binds.

import Foundation
import Martlet
import Testing

@Suite struct SQLTests {
    @Test func interpolatedValuesAreParameters() {
        let name = "O'Brien; DROP TABLE docs"
        let year: Int? = nil
        let sql: SQL = "INSERT INTO docs VALUES (\(name), \(1998), \(2.5), \(true), \(year), \("literal"))"
        #expect(sql.text == "INSERT INTO docs VALUES (?, ?, ?, ?, ?, ?)")
        #expect(
            sql.positional == [
                .text(name), .integer(1998), .real(2.5), .boolean(true), .null, .text("literal"),
            ])
    }

    @Test func namesAreQuoted() {
        let sql: SQL = "SELECT \(name: "a \"b\"") FROM \(name: "docs")"
        #expect(sql.text == "SELECT \"a \"\"b\"\"\" FROM \"docs\"")
        #expect(sql.positional.isEmpty)
    }

    @Test func listsBecomeParametersWithCommas() async throws {
        let sql: SQL = "SELECT 1 WHERE 2 IN (\(list: [1, 2, 3]))"
        #expect(sql.text == "SELECT 1 WHERE 2 IN (?, ?, ?)")
        let database = try Database.temporary()
        #expect(try await database.query(sql).count == 1)
        #expect(try await database.query("SELECT 1 WHERE 2 IN (\(list: [Int]()))").isEmpty)
        #expect(try await database.query("SELECT 1 WHERE 2 NOT IN (\(list: [Int]()))").count == 1)
    }

    @Test func statementsNest() async throws {
        let condition: SQL = "x > \(2)"
        let sql: SQL = "SELECT x FROM (SELECT 3 AS x) AS t WHERE \(condition) AND x < \(9)"
        #expect(sql.text == "SELECT x FROM (SELECT 3 AS x) AS t WHERE x > ? AND x < ?")
        #expect(try await Database.temporary().query(sql, as: Int.self) == [3])
    }

    @Test func aDigitAfterAParameterIsNotItsNumber() {
        let sql: SQL = "SELECT \(1)2"
        #expect(sql.text == "SELECT ? 2")
    }

    @Test func statementsThatDifferInBytesDiffer() async throws {
        let database = try Database.temporary()
        let composed = "SELECT 'caf\u{E9}'"
        let decomposed = "SELECT 'cafe\u{301}'"
        #expect(composed == decomposed)
        for text in [composed, decomposed, composed] {
            let value = try await database.query(SQL(text: text), as: String.self)[0]
            #expect(value.utf8.elementsEqual(text.dropFirst(8).dropLast().utf8))
        }
    }

    @Test func textFromElsewhere() async throws {
        let database = try Database.temporary()
        let named = SQL(text: "SELECT :a - :b", named: ["a": 5, "b": 3])
        #expect(try await database.query(named, as: Int.self) == [2])
        let positional = SQL(text: "SELECT ? - ?", positional: [5, 3])
        #expect(try await database.query(positional, as: Int.self) == [2])
    }

    @Test(arguments: [
        "SELECT ?", "SELECT ?2", "SELECT :missing", "", ";", "SELECT 'open", "SELECT \0", "🦆", "SELECT ((((",
        "BEGIN; COMMIT",
    ])
    func wrongTextsThrow(text: String) async throws {
        let database = try Database.temporary()
        await #expect(throws: MartletError.self) { try await database.query(SQL(text: text)) }
    }

    @Test func deepNestingIsAnError() async throws {
        let database = try Database.temporary()
        for count in [100, 10_000, 1_000_000] {
            let text = "SELECT " + String(repeating: "(", count: count) + "1" + String(repeating: ")", count: count)
            _ = try? await database.query(SQL(text: text))
            let not = "SELECT " + String(repeating: "NOT ", count: count) + "true"
            _ = try? await database.query(SQL(text: not))
            let sum = "SELECT 1" + String(repeating: " + 1", count: count)
            _ = try? await database.query(SQL(text: sum))
        }
        #expect(try await database.query("SELECT 1", as: Int.self) == [1])
    }
}
