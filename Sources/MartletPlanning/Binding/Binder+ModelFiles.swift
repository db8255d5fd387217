// Binds EXPORT MODEL and IMPORT MODEL.

import MartletCatalog
import MartletCore
import MartletLanguage

extension Binder {
    func bindExport(
        _ reference: ModelReference, _ path: Expression, _ options: [Option]
    ) throws(Diagnostic) -> Command {
        _ = try OptionReader(self, options, known: [], of: "EXPORT MODEL")
        let target = try modelTarget(reference)
        guard let model = catalog.model(id: target.id) else { throw Diagnostic(.unknownModel, "the model is gone") }
        return .exportModel(model, target.version, path: try filePath(path))
    }

    func bindImport(_ name: Identifier, _ path: Expression, _ options: [Option], _ range: SourceRange)
        throws(Diagnostic)
        -> Command
    {
        _ = try OptionReader(self, options, known: [], of: "IMPORT MODEL")
        if name.name.utf8.count > Limits.identifierBytes || name.name.isEmpty {
            throw Diagnostic(.limitExceeded, "a name has 1 to \(Limits.identifierBytes) bytes", at: name.range)
        }
        return .importModel(name.name, path: try filePath(path), statement: source(range))
    }
}
