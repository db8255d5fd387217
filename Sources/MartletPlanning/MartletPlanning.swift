// MartletPlanning
