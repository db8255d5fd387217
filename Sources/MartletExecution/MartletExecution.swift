// MartletExecution: runs physical plans inside one transaction.
//
// Owns     operators that pull batches, writes with index upkeep, COPY, searches with their filters, evaluation, the
//          rows of the computed system tables, and the steps of a training run.
// Imports  everything below.
// Promises an operator looks at the statement's cancellation at least once a batch; nothing outlives the transaction
//          that it reads; a statement that fails leaves its undoing to the transaction.
