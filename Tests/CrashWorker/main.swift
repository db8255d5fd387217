// The process that the crash tests kill.
//
//     CrashWorker workload PATH DIRECTORY SEED FIRST DURABILITY    runs steps from FIRST on until it is killed
//     CrashWorker serve PATH [BYTES]                               runs the statements of its input's lines, each with so
//                                                                  much memory
//     CrashWorker serve-as-nobody PATH                             as above, without the superuser's rights

import CrashWorkload
import MartletCore
import MartletRuntime
import MartletStorage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Whole lines, written at once: a killed process leaves no half of one behind that matters.
func say(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    var start = 0
    while start < bytes.count {
        let count = bytes[start...].withUnsafeBytes { write(1, $0.baseAddress, $0.count) }
        if count <= 0 { exit(0) }
        start += count
    }
}

func open(_ path: String, _ durability: Durability, memoryBytes: Int? = nil) -> EngineSession {
    do throws(Diagnostic) {
        var options = EngineOptions(durability: durability, threads: 2)
        if let memoryBytes { options.statementMemoryBytes = memoryBytes }
        return EngineSession(try Engine(path: path, options: options))
    } catch {
        say("error \(error.code.rawValue) \(error.message)")
        exit(2)
    }
}

func runWorkload(_ arguments: [String]) {
    guard arguments.count == 5, let seed = UInt64(arguments[2]), let first = Int(arguments[3]),
        let durability = Durability(rawValue: arguments[4])
    else { exit(1) }
    let workload = Workload(seed: seed, directory: arguments[1])
    let session = open(arguments[0], durability)
    say("ready")
    var number = first
    while true {
        let step = workload.step(number)
        say("begin \(number) \(step.kind.rawValue)")
        say("end \(number) \(workload.run(step, session))")
        number += 1
    }
}

/// `!repeat N statement` runs a statement N times with `:n` from 0; `!limit BYTES` bounds the size of files that this
/// process writes, `!limit` lifts that again. Everything else is a statement. Each answer ends with `ok` or `error`.
func serve(_ path: String, memoryBytes: Int? = nil) {
    signal(SIGXFSZ, SIG_IGN)
    let session = open(path, .full, memoryBytes: memoryBytes)
    say("ok")
    while let line = readLine() {
        if line.hasPrefix("!limit") {
            var limit = rlimit()
            getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            limit.rlim_cur = rlim_t(line.dropFirst(7)) ?? limit.rlim_max
            say(setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0 ? "ok" : "error E0000")
            continue
        }
        var statement = line
        var count = 1
        if line.hasPrefix("!repeat ") {
            let parts = line.split(separator: " ", maxSplits: 2)
            count = Int(parts[1]) ?? 1
            statement = String(parts[2])
        }
        do throws(Diagnostic) {
            for number in 0..<count {
                let named: [String: Value] = count > 1 ? ["n": .integer(Int64(number))] : [:]
                for row in try session.run(statement, parameters: ParameterValues(named: named)).rows() where count == 1
                {
                    say("row " + row.map { String(describing: $0) }.joined(separator: " "))
                }
            }
            say("ok")
        } catch {
            say("error \(error.code.rawValue) \(error.message)")
        }
    }
}

let arguments = Array(CommandLine.arguments.dropFirst())
switch arguments.first {
case "workload": runWorkload(Array(arguments.dropFirst()))
case "serve" where arguments.count == 2: serve(arguments[1])
case "serve" where arguments.count == 3: serve(arguments[1], memoryBytes: Int(arguments[2]))
case "serve-as-nobody" where arguments.count == 2:
    // The superuser may write every file; somebody else may not.
    if getuid() == 0, setgid(65_534) != 0 || setuid(65_534) != 0 { exit(1) }
    serve(arguments[1])
default: exit(1)
}
