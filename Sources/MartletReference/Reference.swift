// All pages of the reference.

package enum Reference {
    /// Every page, by kind and then in the order of its file.
    package static let pages: [ReferencePage] = ReferencePage.Kind.allCases.flatMap { kind in
        written.filter { $0.kind == kind }
    }

    /// The page with this id. O(n).
    package static func page(id: String) -> ReferencePage? { pages.first { $0.id == id } }

    package static func pages(of kind: ReferencePage.Kind) -> [ReferencePage] { pages.filter { $0.kind == kind } }

    private static let written: [ReferencePage] = [
        ReferencePage.learningStatements,
        ReferencePage.rowStatements,
        ReferencePage.definitionStatements,
        ReferencePage.serviceStatements,
        ReferencePage.recordStatements,
        ReferencePage.clauses, ReferencePage.wordClauses,
        ReferencePage.textFunctions,
        ReferencePage.numberFunctions,
        ReferencePage.timeAndJSONFunctions,
        ReferencePage.aggregateFunctions,
        ReferencePage.searchFunctions,
        ReferencePage.options, ReferencePage.retrievalOptions, ReferencePage.vectorOptions,
        ReferencePage.types,
        ReferencePage.systemTables,
        ReferencePage.shellPages,
        ReferencePage.statementErrors,
        ReferencePage.rowErrors,
        ReferencePage.fileErrors,
        ReferencePage.guides,
    ].flatMap { $0 }
}
