#include "CImageCodecs.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <png.h>

// The largest block that libpng may allocate for one chunk; what we read (header, palette, rows) is far smaller.
enum { MAX_CHUNK_MEMORY = 8 << 20 };

// MARK: Decoding

typedef struct {
    const uint8_t *next;
    size_t left;
    CodecStatus status;
} Reader;

static void on_error(png_structp png, png_const_charp message) {
    (void)message;
    CodecStatus *status = png_get_error_ptr(png);
    if (*status == CodecStatusDone) *status = CodecStatusCorrupt;
    png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp message) {
    (void)png;
    (void)message;
}

static void on_read(png_structp png, png_bytep target, size_t count) {
    Reader *reader = png_get_io_ptr(png);
    if (count > reader->left) {
        reader->status = CodecStatusTruncated;
        png_error(png, "");
    }
    memcpy(target, reader->next, count);
    reader->next += count;
    reader->left -= count;
}

// Nothing but header, palette, data and end is looked at: text and profiles are never inflated, gamma and transparency
// change no pixel. Their checksums still count.
static void ignore_ancillary_chunks(png_structp png) {
    static const png_byte transparency[] = {'t', 'R', 'N', 'S', 0};
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, transparency, 1);
    png_set_crc_action(png, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
    png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
    png_set_chunk_malloc_max(png, MAX_CHUNK_MEMORY);
}

// What a jump leaves behind lies in the caller's frame, so that it is defined after the jump.
static void decode(png_structp png, png_infop info, uint32_t width, uint32_t height, int alpha, uint8_t *pixels) {
    if (setjmp(png_jmpbuf(png)) != 0) return;
    ignore_ancillary_chunks(png);
    png_read_info(png, info);
    if (png_get_image_width(png, info) != width || png_get_image_height(png, info) != height) png_error(png, "");

    int colour = png_get_color_type(png, info);
    int depth = png_get_bit_depth(png, info);
    if (colour == PNG_COLOR_TYPE_PALETTE) png_set_palette_to_rgb(png);
    if (colour == PNG_COLOR_TYPE_GRAY && depth < 8) png_set_expand_gray_1_2_4_to_8(png);
    if (depth == 16) png_set_strip_16(png);
    if (!(colour & PNG_COLOR_MASK_COLOR)) png_set_gray_to_rgb(png);
    if ((colour & PNG_COLOR_MASK_ALPHA) && !alpha) png_set_strip_alpha(png);
    int passes = png_set_interlace_handling(png);
    png_read_update_info(png, info);
    size_t stride = (size_t)width * (alpha ? 4 : 3);
    if (png_get_rowbytes(png, info) != stride) png_error(png, "");

    for (int pass = 0; pass < passes; pass++) {
        for (uint32_t y = 0; y < height; y++) png_read_row(png, pixels + y * stride, NULL);
    }
    png_read_end(png, NULL);
}

CodecStatus codec_png_decode(const uint8_t *bytes, size_t count, uint32_t width, uint32_t height, int alpha,
                             uint8_t *pixels) {
    Reader reader = {bytes, count, CodecStatusDone};
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &reader.status, on_error, on_warning);
    png_infop info = png ? png_create_info_struct(png) : NULL;
    if (!info) {
        png_destroy_read_struct(&png, NULL, NULL);
        return CodecStatusOutOfMemory;
    }
    png_set_read_fn(png, &reader, on_read);
    decode(png, info, width, height, alpha, pixels);
    png_destroy_read_struct(&png, &info, NULL);
    return reader.status;
}

// MARK: Encoding

typedef struct {
    uint8_t *bytes;
    size_t count, capacity;
    CodecStatus status;
} Writer;

static void on_write(png_structp png, png_bytep source, size_t count) {
    Writer *writer = png_get_io_ptr(png);
    if (writer->capacity - writer->count < count) {
        size_t capacity = 2 * (writer->count + count) + 4096;
        uint8_t *grown = realloc(writer->bytes, capacity);
        if (!grown) {
            writer->status = CodecStatusOutOfMemory;
            png_error(png, "");
        }
        writer->bytes = grown;
        writer->capacity = capacity;
    }
    memcpy(writer->bytes + writer->count, source, count);
    writer->count += count;
}

static void on_flush(png_structp png) { (void)png; }

static void encode(png_structp png, png_infop info, const uint8_t *pixels, uint32_t width, uint32_t height,
                   int channels, int compression) {
    if (setjmp(png_jmpbuf(png)) != 0) return;
    int colour = channels == 1   ? PNG_COLOR_TYPE_GRAY
                 : channels == 3 ? PNG_COLOR_TYPE_RGB
                                 : PNG_COLOR_TYPE_RGB_ALPHA;
    png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
    png_set_compression_level(png, compression);
    png_set_IHDR(png, info, width, height, 8, colour, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
                 PNG_FILTER_TYPE_DEFAULT);
    png_write_info(png, info);
    size_t stride = (size_t)width * (size_t)channels;
    for (uint32_t y = 0; y < height; y++) png_write_row(png, pixels + y * stride);
    png_write_end(png, NULL);
}

CodecStatus codec_png_encode(const uint8_t *pixels, uint32_t width, uint32_t height, int channels, int compression,
                             uint8_t **encoded, size_t *encoded_count) {
    Writer writer = {NULL, 0, 0, CodecStatusDone};
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &writer.status, on_error, on_warning);
    png_infop info = png ? png_create_info_struct(png) : NULL;
    if (!info) {
        png_destroy_write_struct(&png, NULL);
        return CodecStatusOutOfMemory;
    }
    png_set_write_fn(png, &writer, on_write, on_flush);
    encode(png, info, pixels, width, height, channels, compression);
    png_destroy_write_struct(&png, &info);
    if (writer.status != CodecStatusDone) {
        free(writer.bytes);
        return writer.status;
    }
    *encoded = writer.bytes;
    *encoded_count = writer.count;
    return CodecStatusDone;
}

void codec_free(uint8_t *encoded) { free(encoded); }
