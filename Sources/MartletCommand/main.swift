// The command `martlet`.

import MartletShell

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

exit(MartletProgram.run(Array(CommandLine.arguments.dropFirst())))
