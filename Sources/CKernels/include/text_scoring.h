// BM25F over decoded postings. The operations are fixed (no fused multiply-add), and every posting's contribution is rounded
// to a grid on which sums are exact: scores are the same floats in any order of addition, however the documents are divided
// into segments, and on every processor.
#ifndef CKERNELS_TEXT_SCORING_H
#define CKERNELS_TEXT_SCORING_H

#include <stddef.h>
#include <stdint.h>

/// weighted[i] (+)= weight · frequencies[i]; the first field sets, the others add.
void ck_weigh_frequencies(const uint32_t *frequencies, size_t count, float weight, int add, float *weighted);

/// What turns a posting's weighted frequency t and its document's weighted length l into a contribution:
/// factor · t / (t + (constant + slope · l)), rounded to a multiple of `unit` by adding and taking away `magic`, but at
/// least `unit`; 0 if t is 0.
typedef struct {
    float factor, constant, slope, magic, unit;
} ck_bm25;

/// parts[i] = the contribution of (documents[i], weighted[i]); at most 128 postings.
/// Returns 0, having changed nothing, if a document is not below `document_count`; else 1.
int ck_bm25_parts(
    const uint32_t *documents, const float *weighted, size_t count, const float *lengths, uint32_t document_count,
    const ck_bm25 *model, float *parts);

/// scores[d - base] += part for each document d. Returns 0, having changed nothing, if a document is not in
/// base ..< base + room; else 1.
int ck_add_scores(
    const uint32_t *documents, const float *parts, size_t count, uint32_t base, uint32_t room, float *scores);

/// As ck_add_scores, and sets bit d - base of `marks` where part is above 0.
int ck_add_marked_scores(
    const uint32_t *documents, const float *parts, size_t count, uint32_t base, uint32_t room, float *scores,
    uint64_t *marks);

/// Writes the positions whose score is above zero and at least `threshold`, and those scores, and clears all scores.
/// `positions` and `found_scores` have room for `count` and 16 more. Returns how many.
size_t ck_take_scores(float *scores, size_t count, float threshold, uint32_t *positions, float *found_scores);

/// As ck_take_scores for the positions that are marked; clears the marks too. `count` is a multiple of 64.
size_t ck_take_marked_scores(
    float *scores, uint64_t *marks, size_t count, float threshold, uint32_t *positions, float *found_scores);

/// The first position from `from` on whose value is at least `wanted` in ascending values; `count` if there is none.
size_t ck_find_from(const uint32_t *values, size_t from, size_t count, uint32_t wanted);

#endif
