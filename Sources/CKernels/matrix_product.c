// Products of single-precision matrices: a register tile over packed strips (Goto and van de Geijn 2008).
#include "matrix_product.h"

#include <string.h>

#include "instruction_set.h"

#pragma STDC FP_CONTRACT ON


typedef float lanes16 __attribute__((vector_size(64)));
typedef float lanes8 __attribute__((vector_size(32)));
typedef float lanes4 __attribute__((vector_size(16)));

// A tile of `height` rows by two vectors, for whole strips: c is the tile's corner. Element (i, p) of the rows is at
// a[i * a_row + p * a_step].
#define TILE(name, type, height, attributes)                                                                       \
    attributes static void name(                                                                                   \
        const float *a, size_t a_row, size_t a_step, const float *b, size_t depth, int add, float *c,              \
        size_t stride) {                                                                                           \
        enum { lanes = sizeof(type) / 4 };                                                                         \
        type sums[height][2];                                                                                      \
        _Pragma("clang loop unroll(full)") for (int i = 0; i < height; i++) {                                      \
            if (add) {                                                                                             \
                memcpy(&sums[i][0], c + i * stride, sizeof(type));                                                 \
                memcpy(&sums[i][1], c + i * stride + lanes, sizeof(type));                                         \
            } else {                                                                                               \
                memset(sums[i], 0, sizeof sums[i]);                                                                \
            }                                                                                                      \
        }                                                                                                          \
        for (size_t p = 0; p < depth; p++) {                                                                       \
            type first, second;                                                                                    \
            memcpy(&first, b, sizeof(type));                                                                       \
            memcpy(&second, b + lanes, sizeof(type));                                                              \
            _Pragma("clang loop unroll(full)") for (int i = 0; i < height; i++) {                                  \
                sums[i][0] += first * a[i * a_row];                                                                \
                sums[i][1] += second * a[i * a_row];                                                               \
            }                                                                                                      \
            a += a_step;                                                                                           \
            b += 2 * lanes;                                                                                        \
        }                                                                                                          \
        _Pragma("clang loop unroll(full)") for (int i = 0; i < height; i++) {                                      \
            memcpy(c + i * stride, &sums[i][0], sizeof(type));                                                     \
            memcpy(c + i * stride + lanes, &sums[i][1], sizeof(type));                                             \
        }                                                                                                          \
    }

typedef void tile_function(const float *, size_t, size_t, const float *, size_t, int, float *, size_t);

typedef struct {
    size_t rows, columns;
    tile_function *multiply;
} tile;

#if defined(__x86_64__)
TILE(tile_avx512, lanes16, 12, __attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,avx2,fma"))))
TILE(tile_avx2, lanes8, 6, __attribute__((target("avx2,fma"))))
TILE(tile_baseline, lanes4, 4, )

static inline tile tile_of(int set) {
    if (set >= CK_AVX512) return (tile){12, 32, tile_avx512};
    if (set >= CK_AVX2) return (tile){6, 16, tile_avx2};
    return (tile){4, 8, tile_baseline};
}
#else
TILE(tile_baseline, lanes4, 8, )

static inline tile tile_of(int set) {
    (void)set;
    return (tile){8, 8, tile_baseline};
}
#endif

void ck_tile_shape(int set, size_t *rows, size_t *columns) {
    tile shape = tile_of(set);
    *rows = shape.rows;
    *columns = shape.columns;
}

// Four lines of contiguous numbers become columns: packed[p · width + l] = lines[l · stride + p].
static void turn_four(const float *lines, size_t stride, size_t depth, size_t width, float *packed) {
    size_t p = 0;
    for (; p + 4 <= depth; p += 4) {
        lanes4 a, b, c, d;
        memcpy(&a, lines + p, 16);
        memcpy(&b, lines + stride + p, 16);
        memcpy(&c, lines + 2 * stride + p, 16);
        memcpy(&d, lines + 3 * stride + p, 16);
        const lanes4 ab = __builtin_shufflevector(a, b, 0, 4, 1, 5), cd = __builtin_shufflevector(c, d, 0, 4, 1, 5);
        const lanes4 ef = __builtin_shufflevector(a, b, 2, 6, 3, 7), gh = __builtin_shufflevector(c, d, 2, 6, 3, 7);
        const lanes4 columns[4] = {
            __builtin_shufflevector(ab, cd, 0, 1, 4, 5), __builtin_shufflevector(ab, cd, 2, 3, 6, 7),
            __builtin_shufflevector(ef, gh, 0, 1, 4, 5), __builtin_shufflevector(ef, gh, 2, 3, 6, 7)};
        for (int i = 0; i < 4; i++) memcpy(packed + (p + i) * width, &columns[i], 16);
    }
    for (; p < depth; p++) {
        for (size_t l = 0; l < 4; l++) packed[p * width + l] = lines[l * stride + p];
    }
}

// Two lines likewise.
static void turn_two(const float *lines, size_t stride, size_t depth, size_t width, float *packed) {
    size_t p = 0;
    for (; p + 4 <= depth; p += 4) {
        lanes4 a, b;
        memcpy(&a, lines + p, 16);
        memcpy(&b, lines + stride + p, 16);
        const lanes4 low = __builtin_shufflevector(a, b, 0, 4, 1, 5), high = __builtin_shufflevector(a, b, 2, 6, 3, 7);
        for (int i = 0; i < 2; i++) memcpy(packed + (p + i) * width, (const float *)&low + 2 * i, 8);
        for (int i = 0; i < 2; i++) memcpy(packed + (p + 2 + i) * width, (const float *)&high + 2 * i, 8);
    }
    for (; p < depth; p++) {
        for (size_t l = 0; l < 2; l++) packed[p * width + l] = lines[l * stride + p];
    }
}

// Strips of `width` out of `count` lines; line l's element p is at from[l · line_stride + p · step].
static void pack(
    const float *from, size_t line_stride, size_t step, size_t count, size_t depth, size_t width, float *packed) {
    for (size_t start = 0; start < count; start += width) {
        size_t here = count - start < width ? count - start : width;
        const float *strip = from + start * line_stride;
        if (line_stride == 1) {
            for (size_t p = 0; p < depth; p++) {
                const float *line = strip + p * step;
                float *to = packed + p * width;
                size_t l = 0;
                for (; l + 4 <= here; l += 4) memcpy(to + l, line + l, 16);
                for (; l < here; l++) to[l] = line[l];
                for (; l < width; l++) to[l] = 0;
            }
        } else {
            size_t l = 0;
            if (step == 1) {
                for (; l + 4 <= here; l += 4) turn_four(strip + l * line_stride, line_stride, depth, width, packed + l);
                if (l + 2 <= here) {
                    turn_two(strip + l * line_stride, line_stride, depth, width, packed + l);
                    l += 2;
                }
            }
            for (; l < here; l++) {
                const float *line = strip + l * line_stride;
                for (size_t p = 0; p < depth; p++) packed[p * width + l] = line[p * step];
            }
            for (size_t l = here; l < width; l++) {
                for (size_t p = 0; p < depth; p++) packed[p * width + l] = 0;
            }
        }
        packed += width * depth;
    }
}

void ck_pack_rows(
    int set, const float *a, size_t row_stride, size_t column_stride, size_t rows, size_t depth, float *packed) {
    pack(a, row_stride, column_stride, rows, depth, tile_of(set).rows, packed);
}

void ck_pack_columns(
    int set, const float *b, size_t row_stride, size_t column_stride, size_t depth, size_t columns, float *packed) {
    pack(b, column_stride, row_stride, columns, depth, tile_of(set).columns, packed);
}

void ck_multiply_block(
    int set, const float *a, size_t a_stride, const float *columns_packed, size_t rows, size_t columns, size_t depth,
    int add, float *c, size_t c_stride) {
    const tile shape = tile_of(set);
    float edge[16 * 32];
    // Rows that are not packed, at the end of which a tile has fewer: packed here, part after part.
    enum { part = 128 };
    float few[16 * part];
    for (size_t j = 0; j < columns; j += shape.columns) {
        const float *b = columns_packed + j * depth;
        size_t width = columns - j < shape.columns ? columns - j : shape.columns;
        for (size_t i = 0; i < rows; i += shape.rows) {
            const float *strip = a_stride ? a + i * a_stride : a + i * depth;
            size_t height = rows - i < shape.rows ? rows - i : shape.rows;
            const size_t row = a_stride ? a_stride : 1, step = a_stride ? 1 : shape.rows;
            float *to = c + i * c_stride + j;
            if (width == shape.columns && height == shape.rows) {
                shape.multiply(strip, row, step, b, depth, add, to, c_stride);
                continue;
            }
            if (add) {
                memset(edge, 0, sizeof edge);
                for (size_t r = 0; r < height; r++) memcpy(edge + r * shape.columns, to + r * c_stride, width * 4);
            }
            if (a_stride && height < shape.rows) {
                for (size_t p = 0; p < depth; p += part) {
                    size_t here = depth - p < part ? depth - p : part;
                    pack(strip + p, a_stride, 1, height, here, shape.rows, few);
                    shape.multiply(
                        few, 1, shape.rows, b + p * shape.columns, here, add || p > 0, edge, shape.columns);
                }
            } else {
                shape.multiply(strip, row, step, b, depth, add, edge, shape.columns);
            }
            for (size_t r = 0; r < height; r++) memcpy(to + r * c_stride, edge + r * shape.columns, width * 4);
        }
    }
}
