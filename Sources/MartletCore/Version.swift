// The engine's own version.

package enum MartletVersion {
    package static let current = "0.1.0"
}
