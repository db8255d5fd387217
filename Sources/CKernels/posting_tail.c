// Tails of postings: one number after the other.
#include "posting_tail.h"

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

size_t ck_decode_tail(
    const uint8_t *bytes, size_t byte_count, size_t count, uint32_t previous, uint32_t document_count,
    size_t field_count, size_t default_field, uint32_t *documents, uint32_t *frequencies, size_t stride) {
    size_t offset = 0;
    uint64_t document = previous, code, frequency;
    for (size_t field = 0; field < field_count; field++) {
        uint32_t usual = field == default_field;
        for (size_t i = 0; i < count; i++) frequencies[field * stride + i] = usual;
    }
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

static inline __attribute__((always_inline)) uint8_t *write_varint(uint8_t *out, uint64_t value) {
    while (value >= 0x80) {
        *out++ = (uint8_t)value | 0x80;
        value >>= 7;
    }
    *out++ = (uint8_t)value;
    return out;
}

size_t ck_encode_tail(
    const uint32_t *documents, const uint32_t *frequencies, size_t count, uint32_t previous, size_t field_count,
    size_t default_field, uint8_t *out) {
    uint8_t *start = out;
    for (size_t i = 0; i < count; i++) {
        const uint32_t *own = frequencies + i * field_count;
        int is_simple = 1;
        for (size_t field = 0; field < field_count; field++) is_simple &= own[field] == (field == default_field);
        out = write_varint(out, (uint64_t)(documents[i] - previous) << 1 | (uint64_t)is_simple);
        previous = documents[i];
        if (is_simple) continue;
        for (size_t field = 0; field < field_count; field++) out = write_varint(out, own[field]);
    }
    return (size_t)(out - start);
}
