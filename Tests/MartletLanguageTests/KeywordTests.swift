// The keyword lists agree, and contextual keywords are names.

import Foundation
import MartletCore
import MartletLanguage
import Testing

@Test func theKeywordListsAgree() throws {
    let text = try Place.text(Place.grammar.appendingPathComponent("keywords.txt"))
    var listed: [String: Set<String>] = [:]
    var section = ""
    for line in text.split(separator: "\n") where !line.hasPrefix("#") {
        if line.hasPrefix("[") {
            section = String(line.dropFirst().dropLast())
        } else {
            listed[section, default: []].formUnion(line.split(separator: " ").map(String.init))
        }
    }
    for group in Keyword.Class.allCases {
        let known = Set(Keyword.allCases.filter { $0.class == group }.map(\.spelling))
        #expect(listed[group.rawValue] == known)
    }
}

@Test func everyKeywordIsFoundInAnyCase() {
    for keyword in Keyword.allCases {
        #expect(Keyword(word: keyword.spelling) == keyword)
        #expect(Keyword(word: keyword.spelling.lowercased()) == keyword)
        #expect(Keyword(word: keyword.spelling + "x") == nil)
    }
    #expect(Keyword(word: "current_timestamx") == nil)
}

/// Places where every name may stand, with `@` for the name; a bare alias only of a contextual keyword.
private let places = [
    "SELECT @ FROM t", "SELECT t.@ FROM t", "SELECT @.a FROM @", "SELECT a AS @ FROM t AS @", "SELECT @ + 1, f(@), (@)",
    "SELECT a FROM t WHERE @ = 1 AND @ IS NULL ORDER BY @ DESC", "SELECT a FROM t GROUP BY @", "SELECT a IN (@)",
    "CREATE TABLE @ (@ INTEGER, x INTEGER)", "CREATE INDEX @ ON @ (@)", "INSERT INTO @ (@) VALUES (1)",
    "UPDATE @ SET @ = 1", "DELETE FROM @ WHERE @ = 2", "DROP TABLE @", "DROP INDEX IF EXISTS @", "SAVEPOINT @",
    "TRAIN @ USING @ ON @ (@) FROM @ LABEL @", "EVALUATE @ FROM @ BY @", "PREDICT @ FROM @ INTO @",
    "DEPLOY @@prod AS @", "UNDEPLOY @", "SEARCH @ FOR @ MATCH 'x'", "SEARCH @ FOR @ NEAR 'x'",
    "SEARCH t FOR 'x' WHERE @ = 1 RETURN @ AS @", "ALTER TABLE @ DROP COLUMN @", "ALTER TABLE @ RENAME COLUMN @ TO @",
    "ALTER TABLE t ADD COLUMN @ TEXT", "PRAGMA @", "SHOW @", "CALL @ WITH (@ = 1)", "CREATE USER @",
    "GRANT SEARCH ON @ TO @", "REVOKE SELECT ON TABLE @ FROM @", "COPY @ FROM 'x'", "WITH @ AS (SELECT 1) SELECT 2",
    "SELECT CASE @ WHEN @ THEN @ ELSE @ END", "SELECT CAST(@ AS TEXT)", "SELECT @ BETWEEN @ AND @",
    "COMMENT ON TABLE @ IS 'x'", "LINEAGE OF MODEL @", "CHART @ BY @ OF RUN 1 TO 'x'",
]

@Test func contextualKeywordsAreNamesWithoutQuotes() {
    for keyword in Keyword.allCases where keyword.class != .reserved {
        for place in places {
            let text = place.replacing("@@", with: "#").replacing("@", with: keyword.spelling.lowercased())
                .replacing("#", with: keyword.spelling.lowercased() + "@")
            checkRoundTrip(text, keyword.spelling)
        }
        if keyword.class == .contextual { checkRoundTrip("SELECT a \(keyword.spelling) FROM t \(keyword.spelling)") }
    }
}

@Test func reservedWordsAreNamesInQuotes() {
    for keyword in Keyword.allCases where keyword.class == .reserved {
        for place in places {
            let quoted = "\"\(keyword.spelling.lowercased())\""
            let text = place.replacing("@@", with: "#").replacing("@", with: quoted).replacing("#", with: quoted + "@")
            checkRoundTrip(text, keyword.spelling)
        }
    }
}
