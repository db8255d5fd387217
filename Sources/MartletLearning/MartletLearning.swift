// MartletLearning
