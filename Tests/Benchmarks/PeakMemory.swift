// How much memory the process had at most.

import Foundation

enum PeakMemory {
    /// Begins to measure anew. Without effect where the system has no such thing.
    static func reset() { try? "5".write(toFile: "/proc/self/clear_refs", atomically: false, encoding: .utf8) }

    /// Resident bytes at most since the beginning or the last `reset`, pages of mapped files among them; 0 where the system
    /// does not tell.
    static var peakBytes: Int {
        guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
            let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM") })
        else { return 0 }
        return (Int(line.filter(\.isNumber)) ?? 0) << 10
    }
}
