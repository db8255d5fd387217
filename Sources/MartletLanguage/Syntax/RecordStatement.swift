// Statements about projects, runs, datasets, model files and versions.

package indirect enum RecordStatement: Hashable, Sendable {
    case createProject(Identifier, ifNotExists: Bool, Location)
}
