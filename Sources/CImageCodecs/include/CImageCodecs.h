// JPEG and PNG through libjpeg and libpng, and the inner loops of resizing.
//
// Both libraries report errors by jumping out of themselves; the jumps begin and end inside these functions, and
// Swift sees a status. Nothing here keeps state between calls. Pixels are 8-bit RGB, interleaved, rows without gaps.
#pragma once
#include <stddef.h>
#include <stdint.h>

#if defined(__clang__)
#define CODEC_CLOSED __attribute__((enum_extensibility(closed)))
#else
#define CODEC_CLOSED
#endif

typedef enum CODEC_CLOSED CodecStatus {
    CodecStatusDone = 0,
    CodecStatusTruncated,       // the bytes end before the picture does
    CodecStatusCorrupt,         // the bytes contradict the format
    CodecStatusUnsupported,     // a form of the format that the library cannot decode
    CodecStatusTooManyScans,    // a progressive JPEG that goes over the picture more often than any encoder does
    CodecStatusOutOfMemory,
} CodecStatus;

/// Reads as much of a JPEG as tells its size.
CodecStatus codec_jpeg_size(const uint8_t *bytes, size_t count, uint32_t *width, uint32_t *height);

/// Decodes a JPEG into `rgb`, which has room for width * height * 3 bytes; the size is the one that
/// `codec_jpeg_size` gave for the same bytes, any other is refused as corrupt. Grey is spread over the three
/// channels, CMYK and YCCK are taken as inverted (as Adobe writes them) and multiplied out.
CodecStatus codec_jpeg_decode(const uint8_t *bytes, size_t count, uint32_t width, uint32_t height, uint8_t *rgb);

/// Decodes a PNG of the given size likewise, into three bytes a pixel or, where `alpha` is not 0 and the picture has an
/// alpha channel, into four. Without `alpha` the channel is dropped without blending; 16-bit samples keep their high
/// byte, palettes and small depths are expanded; gamma, profiles and transparency chunks are ignored.
CodecStatus codec_png_decode(const uint8_t *bytes, size_t count, uint32_t width, uint32_t height, int alpha,
                             uint8_t *pixels);

/// Encodes `channels` (1 grey, 3 RGB, 4 RGBA) interleaved bytes a pixel as PNG. `*encoded` is to be freed with
/// `codec_free`.
CodecStatus codec_png_encode(const uint8_t *pixels, uint32_t width, uint32_t height, int channels, int compression,
                             uint8_t **encoded, size_t *encoded_count);

void codec_free(uint8_t *encoded);

/// The bits of fraction in a resampling weight.
#define CODEC_WEIGHT_BITS 22

/// Resizes rows along x. Target pixel x of each row is the weighted sum of `taps` source pixels from `starts[x]`
/// on, with the weights from `weights[x * taps]`; weights beyond the window are zero.
/// `taps` is a multiple of four; a window may reach over the row's end by its zero weights.
/// Returns 0 where scratch memory could not be had.
int codec_resample_along_x(const uint8_t *source, uint32_t rows, uint32_t source_width, uint8_t *target,
                           uint32_t target_width, const int32_t *starts, const int32_t *weights, uint32_t taps);

/// One target row of `count` bytes: the weighted sum of `taps` source rows that begin `stride` bytes apart.
void codec_resample_along_y(const uint8_t *source, size_t stride, size_t count, const int32_t *weights, uint32_t taps,
                            uint8_t *target);
