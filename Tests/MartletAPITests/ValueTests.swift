// Swift types through parameters, columns and back.

import Foundation
import Martlet
import Testing

@Suite struct ValueTests {
    private func roundTrip<T: DatabaseValueConvertible & Equatable & Sendable>(
        _ value: T, type: String
    ) async throws -> T {
        let database = try Database.temporary()
        try await database.execute(SQL(text: "CREATE TABLE t (v \(type))"))
        try await database.execute("INSERT INTO t VALUES (\(value))")
        return try await database.query("SELECT v FROM t")[0].get("v")
    }

    @Test func everyTypeComesBack() async throws {
        #expect(try await roundTrip(true, type: "BOOLEAN") == true)
        #expect(try await roundTrip(Int.min, type: "INTEGER") == Int.min)
        #expect(try await roundTrip(UInt64(Int64.max), type: "INTEGER") == UInt64(Int64.max))
        #expect(try await roundTrip(Double.pi, type: "REAL") == Double.pi)
        #expect(try await roundTrip(Float(1.25), type: "REAL") == 1.25)
        #expect(try await roundTrip("crème 🦆", type: "TEXT") == "crème 🦆")
        #expect(try await roundTrip([UInt8](0...255), type: "BLOB") == [UInt8](0...255))
        #expect(try await roundTrip(Data([1, 2]), type: "BLOB") == Data([1, 2]))
        #expect(try await roundTrip([Float](arrayLiteral: 1, -2.5), type: "VECTOR(2)") == [1, -2.5])
        #expect(try await roundTrip(String?.none, type: "TEXT") == nil)
        let identifier = UUID()
        #expect(try await roundTrip(identifier, type: "TEXT") == identifier)
        let date = Date(timeIntervalSince1970: 1_700_000_000.125)
        #expect(try await roundTrip(date, type: "TIMESTAMP") == date)
        let url = try #require(URL(string: "https://example.com/a?b=c"))
        #expect(try await roundTrip(url, type: "TEXT") == url)
        #expect(try await roundTrip(Season.autumn, type: "TEXT") == .autumn)
        #expect(try await roundTrip(Level.high, type: "INTEGER") == .high)
    }

    enum Season: String, Codable, DatabaseValueConvertible { case spring, autumn }
    enum Level: Int, Codable, DatabaseValueConvertible { case low, high }

    @Test(arguments: [
        DatabaseValue.real(.nan), .real(.infinity), UInt64.max.databaseValue,
        Date(timeIntervalSince1970: 1e300).databaseValue,
        .json("{"), .json(""), .vector(dimension: 2, element: "f32", bytes: [1]),
        .vector(dimension: Int.max, element: "f32", bytes: []), .vector(dimension: -1, element: "bit", bytes: []),
        .vector(dimension: 1, element: "f64", bytes: []), [Float.nan].databaseValue, [Float]().databaseValue,
        .vector(dimension: 1, element: "f16", bytes: [0, 0x7C]), .text("a\0b"),
    ])
    func valuesThatNoColumnHoldsAreRefused(value: DatabaseValue) async throws {
        let database = try Database.temporary()
        let error = await #expect(throws: MartletError.self) { try await database.query("SELECT \(value)") }
        #expect(error?.code.hasPrefix("E03") == true)
        // What a caller made up does not trap either.
        if let floats = [Float](databaseValue: value) { #expect(floats.databaseValue == value) }
    }

    @Test func literals() {
        let values: [DatabaseValue] = [nil, true, 5, 2.5, "text"]
        #expect(values == [.null, .boolean(true), .integer(5), .real(2.5), .text("text")])
        #expect(values.map(\.description) == ["NULL", "true", "5", "2.5", "text"])
        #expect("\(DatabaseValue.timestamp(microseconds: 0))".hasPrefix("1970-01-01"))
        #expect("\(DatabaseValue.timestamp(microseconds: Int64.min))".isEmpty == false)
    }

    @Test func numbersThatDoNotFitAreNil() {
        #expect(Int8(databaseValue: 300) == nil)
        #expect(UInt(databaseValue: -1) == nil)
        #expect(Float(databaseValue: 1e300) == nil)
        #expect(Int(databaseValue: 2.5) == nil)
        #expect(Bool(databaseValue: 1) == nil)
        #expect(String(databaseValue: 1) == nil)
    }
}
