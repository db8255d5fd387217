// Products of sparse rows with a dense matrix: accumulators stay in registers, one lane a column.
#include "sparse_kernels.h"

#include <string.h>

#include "instruction_set.h"

#pragma STDC FP_CONTRACT OFF

typedef float lanes16 __attribute__((vector_size(64)));
typedef float lanes8 __attribute__((vector_size(32)));
typedef float lanes4 __attribute__((vector_size(16)));

#define BLOCK(type)                                                                                     \
    {                                                                                                   \
        type sum;                                                                                       \
        memset(&sum, 0, sizeof sum);                                                                    \
        for (size_t j = 0; j < count; j++) {                                                            \
            type row;                                                                                   \
            memcpy(&row, matrix + (size_t)indices[j] * width + k, sizeof row);                          \
            sum += row * values[j];                                                                     \
        }                                                                                               \
        memcpy(scores + k, &sum, sizeof sum);                                                           \
        k += sizeof sum / 4;                                                                            \
    }

static inline __attribute__((always_inline)) void sparse_scores(
    const uint32_t *indices, const float *values, size_t count, const float *matrix, size_t width, float *scores) {
    size_t k = 0;
    while (k + 16 <= width) BLOCK(lanes16)
    if (k + 8 <= width) BLOCK(lanes8)
    if (k + 4 <= width) BLOCK(lanes4)
    while (k < width) BLOCK(float)
}

static inline __attribute__((always_inline)) void sparse_add(
    const uint32_t *indices, const float *values, size_t count, const float *steps, float *matrix, size_t width) {
    for (size_t j = 0; j < count; j++) {
        float *row = matrix + (size_t)indices[j] * width;
        const float value = values[j];
        size_t k = 0;
        for (; k + 8 <= width; k += 8) {
            lanes8 here, step;
            memcpy(&here, row + k, sizeof here);
            memcpy(&step, steps + k, sizeof step);
            here += step * value;
            memcpy(row + k, &here, sizeof here);
        }
        for (; k < width; k++) row[k] += steps[k] * value;
    }
}

#define SCORES_ARGUMENTS \
    const uint32_t *indices, const float *values, size_t count, const float *matrix, size_t width, float *scores
#define ADD_ARGUMENTS \
    const uint32_t *indices, const float *values, size_t count, const float *steps, float *matrix, size_t width

#if defined(__x86_64__)
#define AVX512 __attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,avx2")))
AVX512 static void sparse_scores_avx512(SCORES_ARGUMENTS) {
    sparse_scores(indices, values, count, matrix, width, scores);
}
AVX512 static void sparse_add_avx512(ADD_ARGUMENTS) { sparse_add(indices, values, count, steps, matrix, width); }

__attribute__((target("avx2"))) static void sparse_scores_avx2(SCORES_ARGUMENTS) {
    sparse_scores(indices, values, count, matrix, width, scores);
}
__attribute__((target("avx2"))) static void sparse_add_avx2(ADD_ARGUMENTS) {
    sparse_add(indices, values, count, steps, matrix, width);
}

static inline int has_avx512(void) {
    return ck_learning_instruction_set() >= CK_AVX512;
}
#endif

void ck_sparse_scores(SCORES_ARGUMENTS) {
#if defined(__x86_64__)
    if (has_avx512()) return sparse_scores_avx512(indices, values, count, matrix, width, scores);
    if (ck_learning_instruction_set() >= CK_AVX2) return sparse_scores_avx2(indices, values, count, matrix, width, scores);
#endif
    sparse_scores(indices, values, count, matrix, width, scores);
}

void ck_sparse_add(ADD_ARGUMENTS) {
#if defined(__x86_64__)
    if (has_avx512()) return sparse_add_avx512(indices, values, count, steps, matrix, width);
    if (ck_learning_instruction_set() >= CK_AVX2) return sparse_add_avx2(indices, values, count, steps, matrix, width);
#endif
    sparse_add(indices, values, count, steps, matrix, width);
}
