// Every script under Scripts/, with the optimizer and without it.
//
// `MARTLET_SCRIPT=name` runs the scripts whose path contains the name; `MARTLET_UPDATE=1` writes what the engine gave
// into the scripts, to be read before it is kept.

import Foundation
import Testing

extension EngineTests {
    @Suite struct ScriptTests {
        @Test(arguments: TestScript.all, [true, false])
        func script(_ script: TestScript, usesOptimizer: Bool) throws {
            let isUpdate = ProcessInfo.processInfo.environment["MARTLET_UPDATE"] != nil
            if isUpdate, !usesOptimizer { return }
            let script = try script.parsed()
            #expect(!script.items.isEmpty)
            let differences = try ScriptRunner(usesOptimizer: usesOptimizer).run(script)
            if isUpdate {
                try update(script, differences)
                return
            }
            for difference in differences {
                Issue.record("\(script.name):\(difference.item.line): \(difference.message)")
            }
        }

        private func update(_ script: TestScript, _ differences: [ScriptRunner.Difference]) throws {
            var lines = script.lines
            for difference in differences.sorted(by: { $0.item.line > $1.item.line }) {
                guard let replacement = difference.replacement else {
                    print("\(script.name):\(difference.item.line): \(difference.message)")
                    continue
                }
                var range = difference.item.expectedLines
                var new = replacement
                let needsRule =
                    range.lowerBound == difference.item.line
                    ? false : !(range.lowerBound > 0 && lines[range.lowerBound - 1] == "----")
                if case .statement = difference.item.record {
                    print("\(script.name):\(difference.item.line): \(difference.message)")
                } else if needsRule {
                    new.insert("----", at: 0)
                }
                range = range.lowerBound..<range.upperBound
                lines.replaceSubrange(range, with: new)
            }
            try lines.joined(separator: "\n").write(to: script.url, atomically: true, encoding: .utf8)
        }
    }
}
