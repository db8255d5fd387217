// Stable error codes, by area. A code never changes its meaning; new ones are added at the end of their group.

package enum ErrorCode: String, CaseIterable, Sendable {
    // Text of a statement
    case syntax = "E0001"
    case unterminated = "E0002"
    case invalidNumber = "E0003"
    case invalidCharacter = "E0004"
    case nestingTooDeep = "E0005"
    case statementTooLong = "E0006"
    case notSupported = "E0007"

    // Names
    case unknownTable = "E0101"
    case unknownColumn = "E0102"
    case unknownFunction = "E0103"
    case unknownOption = "E0104"
    case unknownModel = "E0105"
    case unknownVersion = "E0106"
    case unknownDeployment = "E0107"
    case unknownIndex = "E0108"
    case ambiguousColumn = "E0109"
    case alreadyExists = "E0110"
    case unknownParameter = "E0111"
    case unknownType = "E0112"
    case unknownSetting = "E0113"
    case unknownObject = "E0114"
    case reservedName = "E0115"
    case duplicateName = "E0116"

    // Types and shapes, found before anything runs
    case typeMismatch = "E0201"
    case wrongArgumentCount = "E0202"
    case misplacedAggregate = "E0203"
    case notGrouped = "E0204"
    case wrongColumnCount = "E0205"
    case invalidOption = "E0206"
    case notConstant = "E0207"
    case misplaced = "E0208"

    // Values, found while running
    case integerOverflow = "E0301"
    case divisionByZero = "E0302"
    case invalidCast = "E0303"
    case outOfRange = "E0304"
    case invalidJSON = "E0305"
    case invalidVector = "E0306"
    case invalidPattern = "E0307"
    case invalidTimestamp = "E0308"
    case tooManyRows = "E0309"
    case invalidText = "E0310"
    case functionFailed = "E0311"
    case invalidCursor = "E0312"
    case invalidQuery = "E0313"

    // Constraints
    case notNull = "E0401"
    case unique = "E0402"
    case check = "E0403"
    case foreignKey = "E0404"
    case rowTooLarge = "E0405"
    case keyTooLong = "E0406"
    case inUse = "E0407"

    // Transactions and running statements
    case noTransaction = "E0501"
    case transactionActive = "E0502"
    case readOnlyTransaction = "E0503"
    case cancelled = "E0504"
    case transactionAborted = "E0505"
    case timedOut = "E0506"
    case schemaChanged = "E0507"

    // Files that COPY reads and writes
    case cannotOpenFile = "E0601"
    case malformedCSV = "E0602"
    case malformedJSON = "E0603"
    case notUTF8 = "E0604"
    case unknownFormat = "E0605"
    case cannotWriteFile = "E0606"
    case fieldMismatch = "E0607"
    case malformedArray = "E0608"
    case tooManyRejects = "E0609"
    case malformedImage = "E0610"

    // The database file
    case cannotOpenDatabase = "E0701"
    case notADatabase = "E0702"
    case newerFormat = "E0703"
    case databaseFull = "E0704"
    case diskFull = "E0705"
    case readOnlyDatabase = "E0706"
    case corrupt = "E0707"
    case inputOutput = "E0708"
    case tooManyReaders = "E0709"
    case closed = "E0710"
    case outOfMemory = "E0711"
    case olderFormat = "E0712"

    // Limits
    case limitExceeded = "E0801"

    // Training and evaluation
    case nothingToTrain = "E0901"
    case trainingFailed = "E0902"
    case unknownMetric = "E0903"
    case invalidJudgement = "E0904"
    case wrongModelKind = "E0905"
    case gateNotMet = "E0906"

    // Deployments and jobs
    case queueFull = "E1001"
    case deploymentStopped = "E1002"
    case nothingToRollBack = "E1003"
    case invalidFeedback = "E1004"
}
