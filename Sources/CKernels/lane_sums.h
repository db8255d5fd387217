// Sums over two rows, sixteen lanes at a time: the body that the families of floats and halves share.
#ifndef CKERNELS_LANE_SUMS_H
#define CKERNELS_LANE_SUMS_H

#include <stddef.h>
#include <string.h>

typedef float lanes __attribute__((vector_size(64)));

// Sixteen floats at `from`.
#define LOAD_FLOATS(target, from) memcpy(&target, from, sizeof target)

#define PRODUCT(a, b) ((a) * (b))
#define SQUARE(a, b) (((a) - (b)) * ((a) - (b)))

// The body of a function of `a`, floats, and `b`, elements of SIZE bytes that LOAD makes floats. Expanded in each
// function, because vectors of 64 bytes must not be passed between functions of different targets.
#define LANE_SUM(TERM, SIZE, LOAD)                                                 \
    const char *x = a, *y = b;                                                     \
    lanes sum0 = {0}, sum1 = {0};                                                  \
    size_t i = 0;                                                                  \
    for (; i + 32 <= count; i += 32) {                                             \
        lanes p, q, r, s;                                                          \
        LOAD_FLOATS(p, x + 4 * i);                                                 \
        LOAD_FLOATS(r, x + 4 * i + 64);                                            \
        LOAD(q, y + SIZE * i);                                                     \
        LOAD(s, y + SIZE * i + 16 * SIZE);                                         \
        sum0 = sum0 + TERM(p, q);                                                  \
        sum1 = sum1 + TERM(r, s);                                                  \
    }                                                                              \
    if (i < count) {                                                               \
        char tail[4 * 32] = {0}, other[SIZE * 32] = {0};                           \
        lanes p, q, r, s;                                                          \
        memcpy(tail, x + 4 * i, 4 * (count - i));                                  \
        memcpy(other, y + SIZE * i, SIZE * (count - i));                           \
        LOAD_FLOATS(p, tail);                                                      \
        LOAD_FLOATS(r, tail + 64);                                                 \
        LOAD(q, other);                                                            \
        LOAD(s, other + 16 * SIZE);                                                \
        sum0 = sum0 + TERM(p, q);                                                  \
        sum1 = sum1 + TERM(r, s);                                                  \
    }                                                                              \
    sum0 = sum0 + sum1;                                                            \
    float part[16];                                                                \
    memcpy(part, &sum0, sizeof part);                                              \
    for (size_t width = 8; width > 0; width /= 2)                                  \
        for (size_t j = 0; j < width; j++) part[j] = part[j] + part[j + width];    \
    return part[0];

// One float, for the references.
static inline double float_at(const void *floats, size_t index) {
    float value;
    memcpy(&value, (const char *)floats + 4 * index, 4);
    return value;
}

#endif
