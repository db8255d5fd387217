// MartletText
