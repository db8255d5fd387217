// Boosted trees: gradient histograms, split gains, partition of rows, evaluation of trees.
#include "tree_kernels.h"

#include <string.h>

#include "instruction_set.h"

#pragma STDC FP_CONTRACT OFF

#if defined(__x86_64__)
// 1: baseline, 2: AVX2, 3: AVX-512.
static inline int level(void) {
    int set = ck_learning_instruction_set();
    return set >= CK_AVX512 ? 3 : set >= CK_AVX2 ? 2 : 1;
}
#endif

// MARK: Histograms

/// Rows whose bins are asked for ahead.
#define CK_ROWS_AHEAD 16

static inline __attribute__((always_inline)) void add_eight(uint64_t bins, int64_t gradient, int64_t *histogram) {
    histogram[bins & 255] += gradient;
    histogram[256 + (bins >> 8 & 255)] += gradient;
    histogram[512 + (bins >> 16 & 255)] += gradient;
    histogram[768 + (bins >> 24 & 255)] += gradient;
    histogram[1024 + (bins >> 32 & 255)] += gradient;
    histogram[1280 + (bins >> 40 & 255)] += gradient;
    histogram[1536 + (bins >> 48 & 255)] += gradient;
    histogram[1792 + (bins >> 56)] += gradient;
}

static inline __attribute__((always_inline)) uint64_t eight_bins(const uint8_t *from) {
    uint64_t word;
    memcpy(&word, from, 8);
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return word;
}

/// Rows whose word of bins is `usual`, if that is not NULL, are added up apart and entered once.
static inline __attribute__((always_inline)) void histogram8(
    const uint8_t *bins, const uint64_t *usual, const uint32_t *rows, size_t first, size_t count,
    const int64_t *gradients, int64_t *histogram) {
    int64_t usual_sum = 0;
    for (size_t i = 0; i < count; i++) {
        if (rows && i + CK_ROWS_AHEAD < count) __builtin_prefetch(bins + 8 * (size_t)rows[i + CK_ROWS_AHEAD]);
        uint64_t word = eight_bins(bins + 8 * (rows ? (size_t)rows[i] : first + i));
        if (usual && word == *usual) usual_sum += gradients[i];
        else add_eight(word, gradients[i], histogram);
    }
    if (usual) add_eight(*usual, usual_sum, histogram);
}

void ck_histogram8(
    const uint8_t *bins, const uint32_t *rows, size_t first, size_t count, const int64_t *gradients,
    int64_t *histogram) {
    if (rows) histogram8(bins, NULL, rows, first, count, gradients, histogram);
    else histogram8(bins, NULL, NULL, first, count, gradients, histogram);
}

void ck_histogram8_usual(
    const uint8_t *bins, uint64_t usual, const uint32_t *rows, size_t first, size_t count, const int64_t *gradients,
    int64_t *histogram) {
    if (rows) histogram8(bins, &usual, rows, first, count, gradients, histogram);
    else histogram8(bins, &usual, NULL, first, count, gradients, histogram);
}

// MARK: Splits

static inline __attribute__((always_inline)) ck_split best_split(
    const int64_t *histogram, int32_t bins, int64_t total, float gradient_unit, float hessian_unit, float l2,
    float minimum_hessian) {
    ck_split best = {0, 0, 0, 0};
    if (bins < 3 || bins > 256) {
        if (bins != 2 || histogram[0] == 0) return best;
    }
    int32_t gradients[256], hessians[256];
    float gains[256];
    int64_t sum = 0;
    for (int32_t b = 1; b < bins; b++) {
        sum += histogram[b];
        gradients[b] = (int32_t)(sum >> 32);
        hessians[b] = (int32_t)(sum & 0xFFFFFFFF);
    }
    gradients[0] = 0;
    hessians[0] = 0;
    const int32_t total_gradient = (int32_t)(total >> 32), total_hessian = (int32_t)(total & 0xFFFFFFFF);
    const int32_t missing_gradient = (int32_t)(histogram[0] >> 32);
    const int32_t missing_hessian = (int32_t)(histogram[0] & 0xFFFFFFFF);
    for (int32_t variant = 0; variant < (histogram[0] != 0 ? 2 : 1); variant++) {
        const int32_t gradient_base = variant ? missing_gradient : 0, hessian_base = variant ? missing_hessian : 0;
        // Without missing values on the other side, the last threshold would leave nothing on the right.
        const int32_t end = variant == 0 && histogram[0] != 0 ? bins : bins - 1;
        float largest = 0;
#pragma clang loop vectorize(enable)
        for (int32_t b = 0; b < end; b++) {
            int32_t gl = gradients[b] + gradient_base, hl = hessians[b] + hessian_base;
            int32_t gr = total_gradient - gl, hr = total_hessian - hl;
            float gradient_left = (float)gl * gradient_unit, gradient_right = (float)gr * gradient_unit;
            float hessian_left = (float)hl * hessian_unit, hessian_right = (float)hr * hessian_unit;
            float gain = gradient_left * gradient_left / (hessian_left + l2)
                         + gradient_right * gradient_right / (hessian_right + l2);
            int allowed = (hessian_left >= minimum_hessian) & (hessian_right >= minimum_hessian);
            gains[b] = allowed ? gain : 0;
        }
        for (int32_t b = 0; b < end; b++) largest = gains[b] > largest ? gains[b] : largest;
        if (!(largest > best.gain)) continue;
        int32_t at = 0;
        while (at < end - 1 && gains[at] != largest) at++;
        best.gain = largest;
        best.threshold = at;
        best.missing_left = variant;
        best.left = (int64_t)((uint64_t)(uint32_t)(gradients[at] + gradient_base) << 32)
                    + (uint32_t)(hessians[at] + hessian_base);
    }
    return best;
}

#define SPLIT_ARGUMENTS                                                                                             \
    const int64_t *histogram, int32_t bins, int64_t total, float gradient_unit, float hessian_unit, float l2,      \
        float minimum_hessian

#if defined(__x86_64__)
__attribute__((target("avx512f,avx512dq,avx512bw,avx512vl,avx2"))) static ck_split best_split_avx512(SPLIT_ARGUMENTS) {
    return best_split(histogram, bins, total, gradient_unit, hessian_unit, l2, minimum_hessian);
}

__attribute__((target("avx2"))) static ck_split best_split_avx2(SPLIT_ARGUMENTS) {
    return best_split(histogram, bins, total, gradient_unit, hessian_unit, l2, minimum_hessian);
}
#endif

ck_split ck_best_split(SPLIT_ARGUMENTS) {
#if defined(__x86_64__)
    int known = level();
    if (known == 3) return best_split_avx512(histogram, bins, total, gradient_unit, hessian_unit, l2, minimum_hessian);
    if (known == 2) return best_split_avx2(histogram, bins, total, gradient_unit, hessian_unit, l2, minimum_hessian);
#endif
    return best_split(histogram, bins, total, gradient_unit, hessian_unit, l2, minimum_hessian);
}

// MARK: Partition

size_t ck_partition(
    const uint8_t *bins, size_t stride, const uint8_t *goes_left, uint32_t *rows, int64_t *gradients, size_t count,
    uint32_t *right_rows, int64_t *right_gradients) {
    size_t left = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t row = rows[i];
        int64_t gradient = gradients[i];
        size_t is_left = goes_left[bins[(size_t)row * stride]];
        right_rows[i - left] = row;
        right_gradients[i - left] = gradient;
        rows[left] = row;
        gradients[left] = gradient;
        left += is_left;
    }
    return left;
}

void ck_radix_sort(uint32_t *keys, size_t count, uint32_t *scratch) {
    size_t counts[3][2048];
    memset(counts, 0, sizeof counts);
    for (size_t i = 0; i < count; i++) {
        uint32_t key = keys[i];
        counts[0][key & 2047]++;
        counts[1][key >> 11 & 2047]++;
        counts[2][key >> 22]++;
    }
    for (int pass = 0; pass < 3; pass++) {
        size_t sum = 0;
        for (size_t digit = 0; digit < 2048; digit++) {
            size_t here = counts[pass][digit];
            counts[pass][digit] = sum;
            sum += here;
        }
    }
    uint32_t *from = keys, *to = scratch;
    for (int pass = 0; pass < 3; pass++) {
        const int shift = 11 * pass;
        for (size_t i = 0; i < count; i++) to[counts[pass][from[i] >> shift & 2047]++] = from[i];
        uint32_t *other = from;
        from = to;
        to = other;
    }
    memcpy(keys, scratch, count * sizeof *keys);
}

// MARK: Evaluation

// 1 if the row goes left.
static inline __attribute__((always_inline)) int goes_left(
    const ck_tree_node *node, float value, const uint32_t *sets) {
    if (node->flags & 2) {
        // Categories are codes from 0; anything else counts as missing.
        if (!(value >= 0 && value < node->threshold)) return node->flags & 1;
        uint32_t code = (uint32_t)value;
        return sets[node->set + (code >> 5)] >> (code & 31) & 1;
    }
    return value <= node->threshold || ((node->flags & 1) && value != value);
}

static inline __attribute__((always_inline)) int32_t walk(
    const ck_tree_node *tree, int32_t at, const uint32_t *sets, const float *row) {
    while (at >= 0) at = tree[at].children[!goes_left(tree + at, row[tree[at].feature], sets)];
    return ~at;
}

void ck_predict_trees(
    const ck_tree_node *nodes, const uint32_t *first_node, const uint32_t *first_leaf, const float *leaf_values,
    const uint32_t *tree_output, size_t tree_count, const uint32_t *sets, const float *values, size_t columns,
    size_t count, float *output, size_t outputs) {
    for (size_t t = 0; t < tree_count; t++) {
        const ck_tree_node *tree = nodes + first_node[t];
        const size_t node_count = first_node[t + 1] - first_node[t];
        const float *leaf = leaf_values + first_leaf[t];
        float *to = output + tree_output[t];
        for (size_t r = 0; r < count; r++) {
            to[r * outputs] += leaf[walk(tree, node_count == 0 ? -1 : 0, sets, values + r * columns)];
        }
    }
}

// MARK: Evaluation of small trees, sixteen rows at a time

#define LANES 16
typedef float lanes16 __attribute__((vector_size(64)));
typedef int32_t ints16 __attribute__((vector_size(64)));

static inline __attribute__((always_inline)) void score_small_trees(
    const ck_bit_tree *trees, size_t tree_count, const ck_bit_node *nodes, const uint32_t *sets, const float *block,
    size_t count, float *output, size_t outputs) {
    for (size_t t = 0; t < tree_count; t++) {
        const ck_bit_tree *tree = trees + t;
        const ck_bit_node *node = nodes + tree->first_node;
        ints16 bits;
        memset(&bits, -1, sizeof bits);
        for (uint32_t n = 0; n < tree->missing_left; n++, node++) {
            lanes16 x;
            memcpy(&x, block + LANES * (size_t)node->feature, sizeof x);
            bits &= ~((x > node->threshold) & (int32_t)node->left_leaves);
        }
        for (uint32_t n = 0; n < tree->missing_right; n++, node++) {
            lanes16 x;
            memcpy(&x, block + LANES * (size_t)node->feature, sizeof x);
            bits &= (x <= node->threshold) | ~(int32_t)node->left_leaves;
        }
        for (uint32_t n = 0; n < tree->categories; n++, node++) {
            const float *x = block + LANES * (size_t)node->feature;
            int32_t left[LANES];
            for (int l = 0; l < LANES; l++) {
                const int known = (x[l] >= 0) & (x[l] < node->threshold);
                const uint32_t code = known ? (uint32_t)x[l] : 0;
                const uint32_t bit = known ? sets[node->set + (code >> 5)] >> (code & 31) : node->missing;
                left[l] = -(int32_t)(bit & 1);
            }
            ints16 goes;
            memcpy(&goes, left, sizeof goes);
            bits &= goes | ~(int32_t)node->left_leaves;
        }
        uint32_t rest[LANES];
        memcpy(rest, &bits, sizeof rest);
        float *to = output + tree->output;
        for (size_t l = 0; l < count; l++) to[l * outputs] += tree->leaves[__builtin_ctz(rest[l])];
    }
}

#define SCORE_ARGUMENTS                                                                                              \
    const ck_bit_tree *trees, size_t tree_count, const ck_bit_node *nodes, const uint32_t *sets, const float *block, \
        size_t count, float *output, size_t outputs

#if defined(__x86_64__)
__attribute__((target("avx512f,avx512dq,avx512bw,avx512vl,avx2,bmi"))) static void score_small_trees_avx512(
    SCORE_ARGUMENTS) {
    score_small_trees(trees, tree_count, nodes, sets, block, count, output, outputs);
}

__attribute__((target("avx2,bmi"))) static void score_small_trees_avx2(SCORE_ARGUMENTS) {
    score_small_trees(trees, tree_count, nodes, sets, block, count, output, outputs);
}
#endif

void ck_score_small_trees(
    const ck_bit_tree *trees, size_t tree_count, const ck_bit_node *nodes, const uint32_t *sets, const float *values,
    size_t columns, size_t count, float *block, float *output, size_t outputs) {
    for (size_t r = 0; r < count; r += LANES) {
        const size_t here = count - r < LANES ? count - r : LANES;
        if (here < LANES) memset(block, 0, columns * LANES * sizeof *block);
        for (size_t l = 0; l < here; l++) {
            const float *row = values + (r + l) * columns;
            for (size_t c = 0; c < columns; c++) block[c * LANES + l] = row[c];
        }
        float *to = output + r * outputs;
#if defined(__x86_64__)
        const int known = level();
        if (known == 3) {
            score_small_trees_avx512(trees, tree_count, nodes, sets, block, here, to, outputs);
            continue;
        }
        if (known == 2) {
            score_small_trees_avx2(trees, tree_count, nodes, sets, block, here, to, outputs);
            continue;
        }
#endif
        score_small_trees(trees, tree_count, nodes, sets, block, here, to, outputs);
    }
}
