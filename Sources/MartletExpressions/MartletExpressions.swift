// MartletExpressions
