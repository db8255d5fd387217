// Products and triangular systems of tall matrices with few columns.
#include "orthogonal_kernels.h"

#include "instruction_set.h"

// Every number is multiplied, rounded, and added: vectors change nothing.
#pragma STDC FP_CONTRACT OFF

/// So many rows share one pass over the sums, or over the triangle.
#define CK_ROWS 4

static inline __attribute__((always_inline)) void widen(const float *from, size_t count, double *to) {
    for (size_t i = 0; i < count; i++) to[i] = from[i];
}

static inline __attribute__((always_inline)) void add_gram(
    const float *rows, size_t count, size_t width, double *scratch, double *sums) {
    size_t r = 0;
    for (; r + CK_ROWS <= count; r += CK_ROWS) {
        widen(rows + r * width, CK_ROWS * width, scratch);
        const double *a = scratch, *b = a + width, *c = b + width, *d = c + width;
        for (size_t i = 0; i < width; i++) {
            const double ai = a[i], bi = b[i], ci = c[i], di = d[i];
            double *to = sums + i * width;
            for (size_t j = 0; j <= i; j++) to[j] = to[j] + ai * a[j] + bi * b[j] + ci * c[j] + di * d[j];
        }
    }
    for (; r < count; r++) {
        widen(rows + r * width, width, scratch);
        for (size_t i = 0; i < width; i++) {
            const double own = scratch[i];
            double *to = sums + i * width;
            for (size_t j = 0; j <= i; j++) to[j] += own * scratch[j];
        }
    }
}

static inline __attribute__((always_inline)) void solve_lower(
    float *rows, size_t count, size_t width, const double *columns, const double *diagonal, double *scratch) {
    size_t r = 0;
    for (; r + CK_ROWS <= count; r += CK_ROWS) {
        float *row = rows + r * width;
        widen(row, CK_ROWS * width, scratch);
        double *a = scratch, *b = a + width, *c = b + width, *d = c + width;
        for (size_t i = 0; i < width; i++) {
            const double *column = columns + i * width;
            const double pivot = diagonal[i];
            const double ai = a[i] = pivot != 0 ? a[i] / pivot : 0;
            const double bi = b[i] = pivot != 0 ? b[i] / pivot : 0;
            const double ci = c[i] = pivot != 0 ? c[i] / pivot : 0;
            const double di = d[i] = pivot != 0 ? d[i] / pivot : 0;
#pragma clang loop vectorize(assume_safety)
            for (size_t j = i + 1; j < width; j++) {
                const double factor = column[j];
                a[j] -= factor * ai;
                b[j] -= factor * bi;
                c[j] -= factor * ci;
                d[j] -= factor * di;
            }
        }
        for (size_t i = 0; i < CK_ROWS * width; i++) row[i] = (float)scratch[i];
    }
    for (; r < count; r++) {
        float *row = rows + r * width;
        widen(row, width, scratch);
        for (size_t i = 0; i < width; i++) {
            const double *column = columns + i * width;
            const double own = scratch[i] = diagonal[i] != 0 ? scratch[i] / diagonal[i] : 0;
            for (size_t j = i + 1; j < width; j++) scratch[j] -= column[j] * own;
        }
        for (size_t i = 0; i < width; i++) row[i] = (float)scratch[i];
    }
}

#if defined(__x86_64__)
#define CK_AVX512_TARGET __attribute__((target("avx512f,avx512dq,avx512bw,avx512vl,avx2")))

CK_AVX512_TARGET static void add_gram_avx512(
    const float *rows, size_t count, size_t width, double *scratch, double *sums) {
    add_gram(rows, count, width, scratch, sums);
}

__attribute__((target("avx2"))) static void add_gram_avx2(
    const float *rows, size_t count, size_t width, double *scratch, double *sums) {
    add_gram(rows, count, width, scratch, sums);
}

CK_AVX512_TARGET static void solve_lower_avx512(
    float *rows, size_t count, size_t width, const double *columns, const double *diagonal, double *scratch) {
    solve_lower(rows, count, width, columns, diagonal, scratch);
}

__attribute__((target("avx2"))) static void solve_lower_avx2(
    float *rows, size_t count, size_t width, const double *columns, const double *diagonal, double *scratch) {
    solve_lower(rows, count, width, columns, diagonal, scratch);
}
#endif

void ck_add_gram(const float *rows, size_t count, size_t width, double *scratch, double *sums) {
#if defined(__x86_64__)
    const int set = ck_learning_instruction_set();
    if (set >= CK_AVX512) return add_gram_avx512(rows, count, width, scratch, sums);
    if (set >= CK_AVX2) return add_gram_avx2(rows, count, width, scratch, sums);
#endif
    add_gram(rows, count, width, scratch, sums);
}

void ck_solve_lower(
    float *rows, size_t count, size_t width, const double *columns, const double *diagonal, double *scratch) {
#if defined(__x86_64__)
    const int set = ck_learning_instruction_set();
    if (set >= CK_AVX512) return solve_lower_avx512(rows, count, width, columns, diagonal, scratch);
    if (set >= CK_AVX2) return solve_lower_avx2(rows, count, width, columns, diagonal, scratch);
#endif
    solve_lower(rows, count, width, columns, diagonal, scratch);
}
