// Temporary folders, and the built command as a process.

import Glibc
import Testing

final class TemporaryDirectory {
    let path: String

    init() throws {
        var template = Array("/tmp/martlet-shell-XXXXXX".utf8CString)
        let made = try #require(mkdtemp(&template))
        path = String(cString: made)
    }

    deinit { Self.remove(path) }

    private static func remove(_ path: String) {
        if let directory = opendir(path) {
            while let entry = readdir(directory) {
                let name = withUnsafeBytes(of: entry.pointee.d_name) {
                    String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
                }
                if name != ".", name != ".." { remove(path + "/" + name) }
            }
            closedir(directory)
            rmdir(path)
        } else {
            unlink(path)
        }
    }

    func write(_ text: String, to name: String) {
        guard let file = fopen(path + "/" + name, "w") else { return }
        fputs(text, file)
        fclose(file)
    }

    func text(of name: String) -> String {
        let descriptor = open(path + "/" + name, O_RDONLY)
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        return readAll(descriptor)
    }

    func permissions(of name: String) -> UInt32 {
        var status = stat()
        return stat(path + "/" + name, &status) == 0 ? status.st_mode & 0o777 : 0
    }
}

func readAll(_ descriptor: Int32) -> String {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        let count = read(descriptor, &chunk, chunk.count)
        if count <= 0 { return String(decoding: bytes, as: UTF8.self) }
        bytes.append(contentsOf: chunk[..<count])
    }
}

/// The command, which is built into the folder of the tests.
enum Martlet {
    static let executable: String = {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        let test = String(decoding: buffer[..<max(0, count)].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let folder = test.lastIndex(of: "/").map { String(test[..<$0]) } ?? "."
        return folder + "/martlet"
    }()

    struct Result {
        var code: Int32
        var output: String
        var errors: String
    }

    /// Starts a process with these descriptors; a controlling terminal if `terminal` is the path of one.
    static func start(_ arguments: [String], environment: [String], descriptors: [Int32]) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        for (target, descriptor) in descriptors.enumerated() {
            posix_spawn_file_actions_adddup2(&actions, descriptor, Int32(target))
        }
        return spawn(arguments, environment, &actions)
    }

    /// Starts a process whose controlling terminal is at `path`: a new session's first opened terminal becomes that.
    static func start(_ arguments: [String], environment: [String], terminal path: String) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawn_file_actions_addopen(&actions, 0, path, O_RDWR, 0)
        posix_spawn_file_actions_adddup2(&actions, 0, 1)
        posix_spawn_file_actions_adddup2(&actions, 0, 2)
        return spawn(arguments, environment, &actions)
    }

    private static func spawn(
        _ arguments: [String], _ environment: [String], _ actions: inout posix_spawn_file_actions_t
    ) -> pid_t {
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        // POSIX_SPAWN_SETSID
        posix_spawnattr_setflags(&attributes, 0x80)
        let argv = ([executable] + arguments).map { strdup($0) } + [nil]
        let envp = environment.map { strdup($0) } + [nil]
        var process: pid_t = -1
        if posix_spawn(&process, executable, &actions, &attributes, argv, envp) != 0 { process = -1 }
        for pointer in argv + envp { free(pointer) }
        posix_spawn_file_actions_destroy(&actions)
        posix_spawnattr_destroy(&attributes)
        return process
    }

    static func wait(for process: pid_t) -> Int32 {
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        return status & 0x7F == 0 ? (status >> 8) & 0xFF : -(status & 0x7F)
    }

    /// Runs the command to its end. Output goes through files, so that no pipe can fill.
    static func run(_ arguments: [String], input: String = "") throws -> Result {
        let directory = try TemporaryDirectory()
        directory.write(input, to: "in")
        let descriptors = [
            open(directory.path + "/in", O_RDONLY | O_CLOEXEC),
            open(directory.path + "/out", O_WRONLY | O_CREAT | O_CLOEXEC, 0o600),
            open(directory.path + "/err", O_WRONLY | O_CREAT | O_CLOEXEC, 0o600),
        ]
        let process = start(arguments, environment: ["LANG=C.UTF-8"], descriptors: descriptors)
        for descriptor in descriptors { close(descriptor) }
        try #require(process > 0)
        let code = wait(for: process)
        return Result(code: code, output: directory.text(of: "out"), errors: directory.text(of: "err"))
    }
}
