// Terms of a document that are marked: the words of a query in what the document says.
#ifndef CKERNELS_TERM_MARKS_H
#define CKERNELS_TERM_MARKS_H

#include <stddef.h>
#include <stdint.h>

/// Finds the terms that count and whose number has a mark. A term is twice its number, and one more if it counts. Of each that is found,
/// writes its place and how many terms before it count; both have room for `count`. `marks` has a byte a number, and three
/// more that may be read. Returns how many were found.
size_t ck_find_marked_terms(
    const uint32_t *terms, size_t count, const uint8_t *marks, uint32_t *places, uint32_t *ordinals);

#endif
