// Loops over rows; what is done for each is in the family's own file.
#include "vector_rows.h"

#include "bit_distances.h"
#include "float_distances.h"
#include "half_distances.h"

static inline float distance(const ck_vector_rows *rows, const void *query, const uint8_t *row) {
    switch (rows->kind) {
        case CK_ROWS_F32_L2: return ck_squared_distance_f32(query, row, rows->dimension);
        case CK_ROWS_F32_DOT: return -ck_dot_f32(query, row, rows->dimension);
        case CK_ROWS_F16_L2: return ck_squared_distance_f16(query, row, rows->dimension);
        case CK_ROWS_F16_DOT: return -ck_dot_f16(query, row, rows->dimension);
        default: return (float)ck_hamming(query, row, rows->stride);
    }
}

static inline void fetch(const ck_vector_rows *rows, uint32_t id) {
    if (id >= rows->row_count) return;
    const uint8_t *row = rows->rows + (size_t)id * rows->stride;
    for (size_t at = 0; at < rows->stride && at < 2048; at += 64) __builtin_prefetch(row + at, 0, 3);
}

void ck_vector_distances(
    const ck_vector_rows *rows, const void *query, const uint32_t *ids, size_t count, float *out) {
    const size_t ahead = rows->stride > 1024 ? 2 : 4;
    for (size_t i = 0; i < count && i < ahead; i++) fetch(rows, ids[i]);
    for (size_t i = 0; i < count; i++) {
        if (i + ahead < count) fetch(rows, ids[i + ahead]);
        out[i] = ids[i] < rows->row_count ? distance(rows, query, rows->rows + (size_t)ids[i] * rows->stride)
                                          : __builtin_inff();
    }
}

void ck_vector_scan(const ck_vector_rows *rows, const void *query, uint32_t first, size_t count, float *out) {
    const uint8_t *row = rows->rows + (size_t)first * rows->stride;
    for (size_t i = 0; i < count; i++, row += rows->stride) out[i] = distance(rows, query, row);
}
