// MartletRetrieval: retrieval that learns.
//
// Owns     documents as sequences of terms (Corpus); what is learned about them alone and from examples: neighbours, latent
//          space, past queries, towers, cross-term weights (Stages); features, their ranker and its judgement by folds
//          (Ranking); the trained model, its bytes and searching with it (Model).
// Imports  MartletCore, MartletKernels, MartletText (analysis), MartletLearning (towers, boosted trees, metrics).
// Promises a model is a function of documents, examples and seed, for any number of threads; searching never traps on a
//          model's bytes; documents that a model never saw are ranked by what their texts say.
