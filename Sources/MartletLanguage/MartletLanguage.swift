// MartletLanguage
