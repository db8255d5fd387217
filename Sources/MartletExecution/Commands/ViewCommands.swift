// CREATE VIEW.

import MartletCatalog
import MartletCore
import MartletStorage

enum ViewCommands {
    static func create(_ definition: View, _ context: ExecutionContext) throws(Diagnostic) {
        let view = try context.writable()
        var definition = definition
        definition.id = try CatalogStore.nextID(view)
        try CatalogStore.put(definition, view)
    }
}
