// Tails of postings: few numbers of as many bits as the largest needs, or of as many bytes as each needs.
#include "posting_tail.h"

#include <string.h>

/// Shorter tails are not worth the byte that says how many bits a number has.
#define CK_PACKED_TAIL_COUNT 4
/// A tail has fewer postings than a block.
#define CK_TAIL_LIMIT 128

static inline __attribute__((always_inline)) uint64_t little_endian(uint64_t word) {
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    return __builtin_bswap64(word);
#else
    return word;
#endif
}

/// A number of seven bits a byte, at most 35 bits; 0 if it does not end.
static inline __attribute__((always_inline)) int read_varint(
    const uint8_t *bytes, size_t byte_count, size_t *offset, uint64_t *value) {
    size_t at = *offset;
    if (at >= byte_count) return 0;
    uint64_t result = bytes[at] & 0x7F;
    uint32_t shift = 7;
    while (bytes[at] >= 0x80) {
        if (++at >= byte_count || shift >= 35) return 0;
        result |= (uint64_t)(bytes[at] & 0x7F) << shift;
        shift += 7;
    }
    *offset = at + 1;
    *value = result;
    return 1;
}

/// The number of `bits` bits, at most 33, that is `index` of its kind from `bytes` on.
static inline __attribute__((always_inline)) uint64_t read_bits(
    const uint8_t *bytes, size_t byte_count, size_t index, uint32_t bits) {
    size_t at = index * bits;
    size_t offset = at >> 3;
    uint64_t word = 0;
    if (byte_count - offset >= 8) {
        memcpy(&word, bytes + offset, 8);
    } else {
        memcpy(&word, bytes + offset, byte_count - offset);
    }
    return (little_endian(word) >> (at & 7)) & (((uint64_t)1 << bits) - 1);
}

size_t ck_decode_tail(
    const uint8_t *bytes, size_t byte_count, size_t count, uint32_t previous, uint32_t document_count,
    size_t field_count, size_t default_field, uint32_t *documents, uint32_t *frequencies, size_t stride) {
    // Those whose frequencies stand behind the documents.
    uint8_t marked[CK_TAIL_LIMIT];
    size_t marked_count = 0, offset = 0;
    uint64_t document = previous, code, frequency;
    if (count > CK_TAIL_LIMIT) return 0;
    for (size_t field = 0; field < field_count; field++) {
        uint32_t usual = field == default_field;
        for (size_t i = 0; i < count; i++) frequencies[field * stride + i] = usual;
    }
    if (count < CK_PACKED_TAIL_COUNT) {
        for (size_t i = 0; i < count; i++) {
            if (!read_varint(bytes, byte_count, &offset, &code)) return 0;
            document += code >> 1;
            if (document >= document_count) return 0;
            documents[i] = (uint32_t)document;
            if (code & 1) continue;
            for (size_t field = 0; field < field_count; field++) {
                if (!read_varint(bytes, byte_count, &offset, &frequency)) return 0;
                frequencies[field * stride + i] = (uint32_t)frequency;
            }
        }
        return offset;
    }
    if (byte_count == 0) return 0;
    uint32_t bits = bytes[0] & 0x3F, has_marks = bytes[0] >> 6 & 1;
    offset = 1 + (count * bits + 7) / 8;
    if (bytes[0] >> 7 || bits > 33 || offset > byte_count) return 0;
    for (size_t i = 0; i < count; i++) {
        code = bits ? read_bits(bytes + 1, byte_count - 1, i, bits) : 0;
        document += code >> has_marks;
        documents[i] = (uint32_t)document;
        marked[marked_count] = (uint8_t)i;
        marked_count += has_marks & ~(uint32_t)code & 1;
    }
    // They never fall.
    if (document >= document_count) return 0;
    for (size_t mark = 0; mark < marked_count; mark++) {
        for (size_t field = 0; field < field_count; field++) {
            if (!read_varint(bytes, byte_count, &offset, &frequency)) return 0;
            frequencies[field * stride + marked[mark]] = (uint32_t)frequency;
        }
    }
    return offset;
}

static inline __attribute__((always_inline)) uint8_t *write_varint(uint8_t *out, uint64_t value) {
    while (value >= 0x80) {
        *out++ = (uint8_t)value | 0x80;
        value >>= 7;
    }
    *out++ = (uint8_t)value;
    return out;
}

static inline __attribute__((always_inline)) int is_simple(
    const uint32_t *frequencies, size_t field_count, size_t default_field) {
    int result = 1;
    for (size_t field = 0; field < field_count; field++) result &= frequencies[field] == (field == default_field);
    return result;
}

size_t ck_encode_tail(
    const uint32_t *documents, const uint32_t *frequencies, size_t count, uint32_t previous, size_t field_count,
    size_t default_field, uint8_t *out) {
    uint8_t *start = out;
    int is_packed = count >= CK_PACKED_TAIL_COUNT;
    if (is_packed) {
        uint32_t has_marks = 0;
        uint64_t all = 0;
        for (size_t i = 0; i < count; i++) {
            all |= documents[i] - (i > 0 ? documents[i - 1] : previous);
            has_marks |= !is_simple(frequencies + i * field_count, field_count, default_field);
        }
        uint32_t bits = has_marks;
        while (all) {
            bits++;
            all >>= 1;
        }
        *out++ = (uint8_t)(bits | has_marks << 6);
        uint64_t pending = 0;
        uint32_t pending_bits = 0;
        for (size_t i = 0; i < count; i++) {
            uint64_t code = documents[i] - (i > 0 ? documents[i - 1] : previous);
            if (has_marks) code = code << 1 | (uint64_t)is_simple(frequencies + i * field_count, field_count, default_field);
            pending |= code << pending_bits;
            pending_bits += bits;
            while (pending_bits >= 8) {
                *out++ = (uint8_t)pending;
                pending >>= 8;
                pending_bits -= 8;
            }
        }
        if (pending_bits > 0) *out++ = (uint8_t)pending;
    }
    for (size_t i = 0; i < count; i++) {
        const uint32_t *own = frequencies + i * field_count;
        int simple = is_simple(own, field_count, default_field);
        if (!is_packed) out = write_varint(out, (uint64_t)(documents[i] - previous) << 1 | (uint64_t)simple);
        previous = documents[i];
        if (simple) continue;
        for (size_t field = 0; field < field_count; field++) out = write_varint(out, own[field]);
    }
    return (size_t)(out - start);
}
