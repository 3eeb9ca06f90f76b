// Weighted sums of pixels, exact to the bit on every machine: 8-bit samples times weights with 22 bits of fraction,
// summed in 32 bits, rounded half up, clamped. Sums are taken modulo 2^32, in which order does not matter.
#include "CImageCodecs.h"

#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

static inline uint8_t rounded(uint32_t sum) {
    int32_t value = (int32_t)(sum + (1u << (CODEC_WEIGHT_BITS - 1))) >> CODEC_WEIGHT_BITS;
    return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
}

// MARK: Along x

typedef struct {
    uint32_t width, taps;
    const int32_t *starts, *weights;
    const int16_t *split;  // the weights as the vector loop wants them
} Windows;

static void row_plain(const uint8_t *source, uint8_t *target, const Windows *windows) {
    for (uint32_t x = 0; x < windows->width; x++) {
        const uint8_t *pixel = source + (size_t)windows->starts[x] * 3;
        const int32_t *weight = windows->weights + (size_t)x * windows->taps;
        uint32_t red = 0, green = 0, blue = 0;
        for (uint32_t tap = 0; tap < windows->taps; tap++, pixel += 3) {
            uint32_t w = (uint32_t)weight[tap];
            if (w == 0) continue;
            red += pixel[0] * w;
            green += pixel[1] * w;
            blue += pixel[2] * w;
        }
        target[x * 3] = rounded(red);
        target[x * 3 + 1] = rounded(green);
        target[x * 3 + 2] = rounded(blue);
    }
}

#if defined(__x86_64__)
// A multiply-add of 16-bit pairs is twice as fast as one of 32 bits, so each weight goes in two parts:
// w = high * 2^15 + low, 0 <= low < 2^15. Four taps make one step, laid out as a 256-bit vector of pairs
//
//     lane 0:  w0 w1 | w0 w1 | w0 w1 | 0 0        lane 1:  w2 w3 | w2 w3 | w2 w3 | 0 0
//              red     green   blue                        red     green   blue
//
// first the high parts, then the low ones: 32 numbers of 16 bits a step.
enum { STEP = 32, LOW_BITS = 15 };

static int16_t *split_weights(const int32_t *weights, uint32_t width, uint32_t taps) {
    size_t steps = (size_t)width * (taps / 4);
    int16_t *split = aligned_alloc(64, steps * STEP * sizeof(int16_t));
    if (!split) return NULL;
    for (size_t step = 0; step < steps; step++) {
        int16_t *part = split + step * STEP;
        for (int i = 0; i < STEP / 2; i++) {
            int lane = i / 8, pair = i % 8 / 2;
            int32_t weight = pair == 3 ? 0 : weights[step * 4 + (size_t)(lane * 2 + i % 2)];
            part[i] = (int16_t)(weight >> LOW_BITS);
            part[i + STEP / 2] = (int16_t)(weight & ((1 << LOW_BITS) - 1));
        }
    }
    return split;
}

__attribute__((target("avx2"))) static inline int pixel_avx2(const uint8_t *source, const int16_t *split,
                                                              uint32_t steps) {
    const __m256i pairs = _mm256_setr_epi8(0, -1, 3, -1, 1, -1, 4, -1, 2, -1, 5, -1, -1, -1, -1, -1,  //
                                           6, -1, 9, -1, 7, -1, 10, -1, 8, -1, 11, -1, -1, -1, -1, -1);
    __m256i high = _mm256_setzero_si256(), low = high;
    for (uint32_t step = 0; step < steps; step++, source += 12, split += STEP) {
        __m256i pixels = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)source));
        pixels = _mm256_shuffle_epi8(pixels, pairs);
        high = _mm256_add_epi32(high, _mm256_madd_epi16(pixels, _mm256_load_si256((const __m256i *)split)));
        low = _mm256_add_epi32(low, _mm256_madd_epi16(pixels, _mm256_load_si256((const __m256i *)(split + 16))));
    }
    __m256i sum = _mm256_add_epi32(_mm256_slli_epi32(high, LOW_BITS), low);
    __m128i total = _mm_add_epi32(_mm256_castsi256_si128(sum), _mm256_extracti128_si256(sum, 1));
    total = _mm_srai_epi32(_mm_add_epi32(total, _mm_set1_epi32(1 << (CODEC_WEIGHT_BITS - 1))), CODEC_WEIGHT_BITS);
    total = _mm_packs_epi32(total, total);
    return _mm_cvtsi128_si32(_mm_packus_epi16(total, total));
}

// Reads up to 4 bytes past the last window.
__attribute__((target("avx2"))) static void row_avx2(const uint8_t *source, uint8_t *target,
                                                     const Windows *windows) {
    uint32_t steps = windows->taps / 4;
    for (uint32_t x = 0; x < windows->width; x++) {
        int rgb = pixel_avx2(source + (size_t)windows->starts[x] * 3, windows->split + (size_t)x * steps * STEP, steps);
        memcpy(target + x * 3, &rgb, 3);
    }
}

static int has_avx2(void) { return __builtin_cpu_supports("avx2"); }
#endif

int codec_resample_along_x(const uint8_t *source, uint32_t rows, uint32_t source_width, uint8_t *target,
                           uint32_t target_width, const int32_t *starts, const int32_t *weights, uint32_t taps) {
    Windows windows = {target_width, taps, starts, weights, NULL};
    void (*resample_row)(const uint8_t *, uint8_t *, const Windows *) = row_plain;
    int16_t *split = NULL;
#if defined(__x86_64__)
    if (has_avx2()) {
        split = split_weights(weights, target_width, taps);
        if (!split) return 0;
        windows.split = split;
        resample_row = row_avx2;
    }
#endif
    // A window that reaches over the end of its row reads the next one, with weight zero; after the last rows there
    // is nothing, so those are resampled from a copy with a margin.
    size_t stride = (size_t)source_width * 3, overhang = (size_t)taps * 3 + 16;
    size_t all = stride * rows;
    uint8_t *last = calloc(1, stride + overhang);
    if (!last) {
        free(split);
        return 0;
    }
    for (uint32_t y = 0; y < rows; y++) {
        const uint8_t *row = source + y * stride;
        if (all - y * stride < stride + overhang) row = memcpy(last, row, stride);
        resample_row(row, target + (size_t)y * target_width * 3, &windows);
    }
    free(last);
    free(split);
    return 1;
}

// MARK: Along y

// The compiler turns these into whatever vectors the function around them may use.
typedef uint8_t Bytes __attribute__((vector_size(16), aligned(1), may_alias));
typedef uint32_t Sums __attribute__((vector_size(64)));
typedef int32_t Signed __attribute__((vector_size(64)));

static inline __attribute__((always_inline)) void sum_rows(const uint8_t *source, size_t stride, size_t count,
                                                           const int32_t *weights, uint32_t taps, uint8_t *target) {
    size_t x = 0;
    for (; x + 16 <= count; x += 16) {
        Sums sum = {0};
        sum += 1u << (CODEC_WEIGHT_BITS - 1);
        for (uint32_t tap = 0; tap < taps; tap++) {
            Bytes bytes = *(const Bytes *)(source + tap * stride + x);
            sum += __builtin_convertvector(bytes, Sums) * (uint32_t)weights[tap];
        }
        Signed value = (Signed)sum >> CODEC_WEIGHT_BITS;
        value = __builtin_elementwise_min(__builtin_elementwise_max(value, (Signed){0}), (Signed){0} + 255);
        *(Bytes *)(target + x) = __builtin_convertvector(value, Bytes);
    }
    for (; x < count; x++) {
        uint32_t sum = 0;
        for (uint32_t tap = 0; tap < taps; tap++) sum += source[tap * stride + x] * (uint32_t)weights[tap];
        target[x] = rounded(sum);
    }
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static void sum_rows_avx2(const uint8_t *source, size_t stride, size_t count,
                                                          const int32_t *weights, uint32_t taps, uint8_t *target) {
    sum_rows(source, stride, count, weights, taps, target);
}
#endif

void codec_resample_along_y(const uint8_t *source, size_t stride, size_t count, const int32_t *weights, uint32_t taps,
                            uint8_t *target) {
#if defined(__x86_64__)
    if (has_avx2()) {
        sum_rows_avx2(source, stride, count, weights, taps, target);
        return;
    }
#endif
    sum_rows(source, stride, count, weights, taps, target);
}
