// Functions and aggregates that a program registers.

import Martlet
import Synchronization
import Testing

@Suite struct FunctionTests {
    struct Refusal: Error, CustomStringConvertible {
        var description: String { "no" }
    }

    struct Product: DatabaseAggregate {
        var product = 1.0
        var count = 0
        mutating func step(_ arguments: [DatabaseValue]) throws {
            let factor = Double(databaseValue: arguments[0]) ?? 0
            if factor < 0 { throw Refusal() }
            product *= factor
            count += 1
        }
        mutating func merge(_ later: Product) {
            product *= later.product
            count += later.count
        }
        func finalize() -> Double? { count == 0 ? nil : product }
    }

    private func database() async throws -> Database {
        let database = try Database.temporary()
        try await database.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, k TEXT, x REAL)")
        try await database.execute("INSERT INTO t VALUES (1, 'a', 2), (2, 'b', 3), (3, 'a', 4), (4, 'b', NULL)")
        try database.register(function: "twice", arguments: [.real], returns: .real, deterministic: true) { arguments in
            (Double(databaseValue: arguments[0]) ?? 0) * 2
        }
        return database
    }

    @Test func scalarsAreCalled() async throws {
        let database = try await database()
        #expect(try await database.query("SELECT twice(x) FROM t ORDER BY id", as: Double?.self) == [4, 6, 8, nil])
        // An INTEGER is converted as for any function, and the call stands anywhere.
        #expect(
            try await database.query("SELECT id FROM t WHERE TWICE(id) > 4 ORDER BY twice(x) DESC", as: Int.self) == [
                3, 4,
            ])
        try await database.execute("UPDATE t SET x = twice(x) WHERE id = 1")
        #expect(try await database.query("SELECT x FROM t WHERE id = 1", as: Double.self) == [4])
        let listed = try await database.query(
            "SELECT kind, signature FROM sys.functions WHERE name = 'twice'", as: (String, String).self)
        #expect(listed.map(\.0) == ["scalar"] && listed.map(\.1) == ["twice(REAL) → REAL"])
    }

    @Test func overloadsNullsAndTypes() async throws {
        let database = try await database()
        for count in 0...2 {
            try database.register(
                function: "given", arguments: Array(repeating: .any, count: count), returns: .text, calledOnNull: true
            ) { arguments in arguments.map(\.description).joined(separator: "+") }
        }
        #expect(
            try await database.query("SELECT given() || given(1) || given(NULL, 'x')", as: String.self) == ["1NULL+x"])
        try database.register(
            function: "half", arguments: [.vector(dimension: 2)], returns: .vector(dimension: 2), deterministic: true
        ) { arguments in ([Float](databaseValue: arguments[0]) ?? []).map { $0 / 2 } }
        #expect(
            try await database.query("SELECT CAST(half(CAST('[1, 3]' AS VECTOR(2))) AS TEXT)", as: String.self) == [
                "[0.5, 1.5]"
            ])
        try database.register(function: "pair", arguments: [.integer], returns: .json) { "[\($0[0]), 1]" }
        #expect(try await database.query("SELECT pair(7) -> 0", as: String.self) == ["7"])
    }

    @Test func errorsHaveTheirPlace() async throws {
        let database = try await database()
        try database.register(function: "refuse", arguments: [.integer], returns: .integer) { arguments in
            if arguments[0] == 3 { throw Refusal() }
            return arguments[0]
        }
        try database.register(function: "wrong", arguments: [], returns: .integer) { _ in "text" }
        try database.register(function: "infinite", arguments: [], returns: .real) { _ in Double.infinity }
        try database.register(function: "nul", arguments: [], returns: .text) { _ in "a\0b" }
        func fails(_ text: String, _ code: String, _ place: String, _ message: String) async throws {
            let error = await #expect(throws: MartletError.self) { try await database.query(SQL(text: text)) }
            #expect(error?.code == code)
            #expect(error?.message == message)
            let range = try #require(error?.range)
            #expect(String(decoding: Array(text.utf8)[range], as: UTF8.self) == place)
        }
        try await fails("SELECT 1 + refuse(id) FROM t", "E0311", "refuse(id)", "refuse() failed: no")
        try await fails(
            "SELECT wrong()", "E0311", "wrong()", "wrong() returns INTEGER, and gave a value of type TEXT")
        try await fails(
            "SELECT infinite()", "E0311", "infinite()",
            "infinite() gave no value of the language: a REAL parameter must be finite")
        try await fails(
            "SELECT nul()", "E0311", "nul()",
            "nul() gave no value of the language: the text contains a NUL character (byte 2)")
        try await fails("SELECT refuse('x') FROM t", "E0201", "'x'", "argument 1 of refuse() must be INTEGER, not TEXT")
        try await fails("SELECT twice(1, 2)", "E0202", "twice(1, 2)", "twice() does not take 2 arguments")
        // A failed statement leaves nothing.
        await #expect(throws: MartletError.self) { try await database.execute("UPDATE t SET id = refuse(id) + 10") }
        #expect(try await database.query("SELECT id FROM t ORDER BY id", as: Int.self) == [1, 2, 3, 4])
    }

    @Test func namesClash() async throws {
        let database = try await database()
        func refused(_ name: String, _ code: String) {
            let error = #expect(throws: MartletError.self) {
                try database.register(function: name, arguments: [.text], returns: .text) { $0[0] }
            }
            #expect(error?.code == code, "\(name)")
        }
        for name in ["lower", "SUM", "row_number", "predict", "snippet"] { refused(name, "E0110") }
        for name in ["", "a b", "1st", "sélect", "select", String(repeating: "x", count: 200)] {
            refused(name, "E0115")
        }
        try database.register(aggregate: "product", arguments: [.real], returns: .real, Product.self)
        refused("product", "E0110")
        #expect(throws: MartletError.self) {
            try database.register(aggregate: "twice", arguments: [.real], returns: .real, Product.self)
        }
        #expect(throws: MartletError.self) {
            try database.register(function: "f", arguments: [], returns: .any) { _ in 1 }
        }
        #expect(throws: MartletError.self) {
            try database.register(function: "f", arguments: [.vector(dimension: 0)], returns: .real) { _ in 1 }
        }
    }

    @Test func aggregatesGroupAndSlide() async throws {
        let database = try await database()
        try database.register(aggregate: "product", arguments: [.real], returns: .real, Product.self)
        let groups = try await database.query(
            "SELECT k, product(x) FROM t GROUP BY k ORDER BY k", as: (String, Double).self)
        #expect(groups.map(\.0) == ["a", "b"] && groups.map(\.1) == [8, 3])
        #expect(try await database.query("SELECT product(x) FROM t WHERE id > 9", as: Double?.self) == [nil])
        #expect(
            try await database.query(
                "SELECT product(DISTINCT x) FILTER (WHERE id <> 2) FROM (SELECT * FROM t UNION ALL SELECT * FROM t)",
                as: Double.self) == [8])
        #expect(
            try await database.query("SELECT product(x) OVER (ORDER BY id) FROM t ORDER BY id", as: Double.self) == [
                2, 6, 24, 24,
            ])
        let error = await #expect(throws: MartletError.self) {
            try await database.query("SELECT product(-x) FROM t")
        }
        #expect(error?.code == "E0311" && error?.message == "product() failed: no")
    }

    @Test func plansNoticeChanges() async throws {
        let database = try await database()
        let session = database.makeSession()
        let select = try session.prepare("SELECT twice(x) FROM t WHERE id = 2")
        #expect(try select.query(as: Double.self) == [6])
        try database.register(function: "twice", arguments: [.real], returns: .text, deterministic: true) {
            "\($0[0])!"
        }
        #expect(try select.query(as: String.self) == ["3.0!"])
        #expect(database.unregister(function: "twice"))
        #expect(!database.unregister(function: "twice"))
        #expect(!database.unregister(function: "lower"))
        let error = #expect(throws: MartletError.self) { try select.query() }
        #expect(error?.code == "E0103")
    }

    @Test func callsAreCountedByDeterminism() async throws {
        let database = try await database()
        let calls = Mutex(0)
        for isDeterministic in [true, false] {
            try database.register(
                function: "tick", arguments: [], returns: .integer, deterministic: isDeterministic
            ) { _ in
                calls.withLock { calls in
                    calls += 1
                    return calls
                }
            }
            calls.withLock { $0 = 0 }
            let ticks = try await database.query("SELECT tick() FROM t", as: Int.self)
            #expect(Set(ticks).count == (isDeterministic ? 1 : 4))
        }
    }

    @Test func whatIsStoredCannotCallThem() async throws {
        let database = try await database()
        for text in [
            "CREATE TABLE u (x REAL CHECK (twice(x) > 1))", "CREATE TABLE u (x REAL DEFAULT (1 + twice(2)))",
        ] {
            let error = await #expect(throws: MartletError.self) { try await database.execute(SQL(text: text)) }
            #expect(error?.code == "E0103")
            #expect(error?.message == "twice() is registered by the program, and cannot be stored in a table")
            #expect(error?.range.map { String(decoding: Array(text.utf8)[$0], as: UTF8.self) } == "twice")
        }
        // A view is bound when it is read.
        try await database.execute("CREATE VIEW v AS SELECT twice(x) AS y FROM t")
        #expect(try await database.query("SELECT y FROM v WHERE y > 6", as: Double.self) == [8])
        database.unregister(function: "twice")
        let error = await #expect(throws: MartletError.self) { try await database.query("SELECT y FROM v") }
        #expect(error?.code == "E0103")
    }
}
