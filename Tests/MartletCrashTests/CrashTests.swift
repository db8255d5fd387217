// A process killed at any instant: the reopened file holds the last committed step, or the one that was in flight.

import CrashWorkload
import Foundation
import MartletCore
import MartletRuntime
import MartletStorage
import Testing

/// Rounds of all tests of this suite together; each kills a process once.
private let rounds = ProcessInfo.processInfo.environment["MARTLET_CRASH_ROUNDS"].flatMap { Int($0) } ?? 40
private let givenSeed = ProcessInfo.processInfo.environment["MARTLET_CRASH_SEED"].flatMap { UInt64($0) }

@Suite(.serialized) struct CrashTests {
    @Test(arguments: [Durability.full, .normal]) func killedAtAnyInstant(durability: Durability) throws {
        let seed = givenSeed ?? (durability == .full ? 1 : 2)
        let count = durability == .full ? rounds * 3 / 4 : rounds / 4
        let history = try History(seed: seed)
        for round in 0..<count {
            let isSound = try history.round(round, durability)
            #expect(
                isSound,
                """
                round \(round): \(history.failure)
                again: MARTLET_CRASH_SEED=\(seed) MARTLET_CRASH_ROUNDS=\(rounds) swift test --filter CrashTests
                """)
            if !isSound { break }
        }
        print("crash rounds: \(history.summary)")
    }
}

/// One file that lives through many crashes, and a database beside it that runs the same steps undisturbed.
private final class History {
    let seed: UInt64
    let folder = try? TemporaryFolder()
    let workload: Workload
    let reference: EngineSession
    let path: String
    /// Steps that the file and the reference hold.
    var stepCount = 0
    var failure = ""
    private var random: SeededRandom
    private var roundCount = 0
    private var inFlightCommitted = 0
    private var killedIn: [String: Int] = [:]

    init(seed: UInt64) throws {
        self.seed = seed
        let folder = try #require(folder)
        path = folder.path + "/crash.martlet"
        workload = Workload(seed: seed, directory: folder.path)
        reference = EngineSession(try Engine.temporary())
        random = SeededRandom(seed: seed &+ 77)
        let session = EngineSession(try Engine(path: path))
        for statement in Workload.schema {
            _ = try session.run(statement).rows()
            _ = try reference.run(statement).rows()
        }
    }

    var summary: String {
        let places = killedIn.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
        return "\(roundCount), \(stepCount) steps; the step in flight had committed in \(inFlightCommitted); "
            + "killed in: \(places)"
    }

    /// Runs a process, kills it, reopens the file and compares.
    func round(_ number: Int, _ durability: Durability) throws -> Bool {
        roundCount += 1
        let worker = try Worker([
            "workload", path, workload.directory, String(seed), String(stepCount), durability.rawValue,
        ])
        guard worker.line() == "ready" else {
            failure = "the process did not open the file"
            return false
        }
        var lines: [String] = []
        // Half of the rounds are killed inside of a step of a chosen kind, the others anywhere.
        let wanted: [Step.Kind?] = [nil, .train, nil, .copy, nil, .update, nil, .transaction, nil, .deploy]
        let kind = wanted[number % wanted.count]
        let deadline = ContinuousClock.now + .milliseconds(Int.random(in: 0...200, using: &random))
        while true {
            let left = kind == nil ? (deadline - ContinuousClock.now).milliseconds : 3_000
            guard left > 0, let line = worker.line(milliseconds: left) else { break }
            lines.append(line)
            if let kind, line.hasPrefix("begin "), line.hasSuffix(kind.rawValue) { break }
        }
        if kind != nil { usleep(UInt32.random(in: 0...12_000, using: &random)) }
        lines += worker.killNow()
        return try compare(lines)
    }

    private func compare(_ lines: [String]) throws -> Bool {
        var reported: [String] = []
        var inFlight: Step?
        for line in lines {
            let words = line.split(separator: " ")
            guard words.count == 3, let number = Int(words[1]) else { continue }
            if words[0] == "begin" { inFlight = workload.step(number) }
            if words[0] == "end" {
                reported.append(String(words[2]))
                inFlight = nil
            }
        }
        killedIn[inFlight?.kind.rawValue ?? "between", default: 0] += 1
        for outcome in reported {
            let expected = workload.run(workload.step(stepCount), reference)
            guard outcome == expected else {
                failure = "step \(stepCount) ended with \(outcome), in the reference with \(expected)"
                return false
            }
            stepCount += 1
        }
        let session = EngineSession(try Engine(path: path))
        let problems = try session.run("PRAGMA integrity_check").rows()
        guard problems == [[.text("ok")]] else {
            failure = "integrity_check says \(problems)"
            return false
        }
        let found = try DatabaseState.lines(session)
        let before = try DatabaseState.lines(reference)
        if found == before { return true }
        guard let inFlight else {
            failure = "after step \(stepCount): " + difference(before, found)
            return false
        }
        _ = workload.run(inFlight, reference)
        let after = try DatabaseState.lines(reference)
        stepCount += 1
        inFlightCommitted += 1
        if found == after { return true }
        failure = """
            the state is neither that before step \(inFlight.number) nor that after it (\(inFlight.statements))
            before: \(difference(before, found))
            after: \(difference(after, found))
            """
        return false
    }

    private func difference(_ expected: [String], _ found: [String]) -> String {
        var heading = ""
        for (a, b) in zip(expected, found) {
            if a != b { return "\(heading): expected \(a), found \(b)" }
            if a.hasPrefix(">") { heading = a }
        }
        return "\(expected.count) lines expected, \(found.count) found"
    }
}
