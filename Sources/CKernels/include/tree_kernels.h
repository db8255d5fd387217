// Boosted trees: gradient histograms, split gains, partition of rows, evaluation of trees.
#ifndef CKERNELS_TREE_KERNELS_H
#define CKERNELS_TREE_KERNELS_H

#include <stddef.h>
#include <stdint.h>

/// Histograms have 256 bins of 64 bits: a gradient sum in the upper 32, a hessian sum (never negative) in the lower 32.

/// histogram[f][bins[row][f]] += gradients[i] for the eight features f of a block and the i-th row of `rows` (of
/// 0, 1, 2 … from `first` if `rows` is null). Adds to `histogram`, of 8 · 256.
void ck_histogram8(
    const uint8_t *bins, const uint32_t *rows, size_t first, size_t count, const int64_t *gradients,
    int64_t *histogram);

/// The same sums, faster where many rows of a block have the bins `usual` (the first feature's in the lowest byte): their
/// gradients are added up first.
void ck_histogram8_usual(
    const uint8_t *bins, uint64_t usual, const uint32_t *rows, size_t first, size_t count, const int64_t *gradients,
    int64_t *histogram);

/// The largest sum of left and right gain over thresholds 1 ..< bins - 1 of one feature, and its threshold: rows of bins
/// 1 ... threshold go left; those of bin 0 (missing) go left if `missing_left`. Returns 0 in `gain` if no threshold
/// leaves `minimum_hessian` (in quantised units) on both sides.
typedef struct {
    float gain;
    int32_t threshold;
    int32_t missing_left;
    int64_t left;
} ck_split;

ck_split ck_best_split(
    const int64_t *histogram, int32_t bins, int64_t total, float gradient_unit, float hessian_unit, float l2,
    float minimum_hessian);

/// Moves the rows that go left to the front of `rows`, with their gradients, in order, and writes the others to `right_…`
/// in order; returns how many go left. `bins` points at the feature's lane of row 0.
size_t ck_partition(
    const uint8_t *bins, size_t stride, const uint8_t *goes_left, uint32_t *rows, int64_t *gradients, size_t count,
    uint32_t *right_rows, int64_t *right_gradients);

/// Sorts by three passes of a radix sort; `scratch` has room for `count`.
void ck_radix_sort(uint32_t *keys, size_t count, uint32_t *scratch);

/// A node of a tree to evaluate: rows go left if value <= threshold; a missing value (NaN) goes left if bit 0 of
/// `flags` is set. Bit 1: a category node for codes below `threshold`, whose set begins at word `set` of the sets.
/// Children below 0 are leaves, ~index; leaves have no nodes.
typedef struct {
    float threshold;
    uint32_t feature;
    int32_t children[2];
    uint32_t flags;
    uint32_t set;
} ck_tree_node;

/// Adds leaf values of `tree_count` trees to the outputs: output[r * outputs + tree_output[t]] += …
void ck_predict_trees(
    const ck_tree_node *nodes, const uint32_t *first_node, const uint32_t *first_leaf, const float *leaf_values,
    const uint32_t *tree_output, size_t tree_count, const uint32_t *sets, const float *values, size_t columns,
    size_t count, float *output, size_t outputs);

/// A node of a tree of at most 32 leaves, numbered from left to right: rows that go right cannot reach `left_leaves`.
typedef struct {
    float threshold;
    uint32_t feature;
    uint32_t left_leaves;
    uint32_t set;      // Of a category node.
    uint32_t missing;  // Of a category node: 1 if unknown categories go left.
} ck_bit_node;

/// A tree's nodes stand together: first those where missing values go left, then right, then those of categories.
typedef struct {
    uint32_t first_node;
    uint32_t missing_left, missing_right, categories;
    uint32_t output;
    float leaves[32];
} ck_bit_tree;

/// As ck_predict_trees, without a branch or a chain of loads: every node is looked at, the first leaf that remains is the
/// row's (Lucchese et al. 2015, QuickScorer). `block` has room for 16 · columns.
void ck_score_small_trees(
    const ck_bit_tree *trees, size_t tree_count, const ck_bit_node *nodes, const uint32_t *sets, const float *values,
    size_t columns, size_t count, float *block, float *output, size_t outputs);

#endif
