// MartletRuntime
