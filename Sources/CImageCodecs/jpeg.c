#include "CImageCodecs.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
#include <jerror.h>

// No encoder needs more than a dozen scans; each one costs a pass over the whole picture.
enum { MAX_SCANS = 50 };

typedef struct {
    struct jpeg_decompress_struct jpeg;
    struct jpeg_error_mgr errors;
    struct jpeg_source_mgr source;
    struct jpeg_progress_mgr progress;
    jmp_buf exit;
    CodecStatus status;
} Decoder;

static _Noreturn void leave(j_common_ptr jpeg, CodecStatus status) {
    Decoder *decoder = jpeg->client_data;
    decoder->status = status;
    longjmp(decoder->exit, 1);
}

// MARK: Errors

static void on_error(j_common_ptr jpeg) {
    switch (jpeg->err->msg_code) {
    case JERR_OUT_OF_MEMORY:
    case JERR_NO_BACKING_STORE:
        leave(jpeg, CodecStatusOutOfMemory);
    case JERR_INPUT_EOF:
    case JERR_INPUT_EMPTY:
        leave(jpeg, CodecStatusTruncated);
    case JERR_SOF_UNSUPPORTED:
    case JERR_BAD_PRECISION:
    case JERR_CONVERSION_NOTIMPL:
    case JERR_FRACT_SAMPLE_NOTIMPL:
    case JERR_CCIR601_NOTIMPL:
        leave(jpeg, CodecStatusUnsupported);
    default:
        leave(jpeg, CodecStatusCorrupt);
    }
}

// A warning means that libjpeg went on with invented pixels, except for a few that touch none.
static void on_message(j_common_ptr jpeg, int level) {
    if (level >= 0) return;
    switch (jpeg->err->msg_code) {
    case JWRN_JPEG_EOF:
    case JWRN_HIT_MARKER:
        leave(jpeg, CodecStatusTruncated);
    case JWRN_HUFF_BAD_CODE:
    case JWRN_ARITH_BAD_CODE:
    case JWRN_MUST_RESYNC:
        leave(jpeg, CodecStatusCorrupt);
    default:
        break;
    }
}

static void on_output(j_common_ptr jpeg) { (void)jpeg; }

static void on_progress(j_common_ptr jpeg) {
    if (((j_decompress_ptr)jpeg)->input_scan_number > MAX_SCANS) leave(jpeg, CodecStatusTooManyScans);
}

// MARK: Source

static void on_start(j_decompress_ptr jpeg) { (void)jpeg; }

// All bytes are there from the beginning, so asking for more means that they end too early. The decoder looks ahead:
// a missing end marker is noticed before the last rows are out, and refused like any other cut.
static boolean on_empty(j_decompress_ptr jpeg) { leave((j_common_ptr)jpeg, CodecStatusTruncated); }

static void on_skip(j_decompress_ptr jpeg, long count) {
    if (count <= 0) return;
    if ((size_t)count > jpeg->src->bytes_in_buffer) leave((j_common_ptr)jpeg, CodecStatusTruncated);
    jpeg->src->next_input_byte += count;
    jpeg->src->bytes_in_buffer -= (size_t)count;
}

static void on_end(j_decompress_ptr jpeg) { (void)jpeg; }

// MARK: Decoding

static void read_header(Decoder *decoder, const uint8_t *bytes, size_t count) {
    struct jpeg_decompress_struct *jpeg = &decoder->jpeg;
    jpeg->err = jpeg_std_error(&decoder->errors);
    jpeg->client_data = decoder;
    decoder->errors.error_exit = on_error;
    decoder->errors.emit_message = on_message;
    decoder->errors.output_message = on_output;
    jpeg_create_decompress(jpeg);
    decoder->progress.progress_monitor = on_progress;
    jpeg->progress = &decoder->progress;
    decoder->source = (struct jpeg_source_mgr){
        .next_input_byte = bytes,
        .bytes_in_buffer = count,
        .init_source = on_start,
        .fill_input_buffer = on_empty,
        .skip_input_data = on_skip,
        .resync_to_restart = jpeg_resync_to_restart,
        .term_source = on_end,
    };
    jpeg->src = &decoder->source;
    jpeg_read_header(jpeg, TRUE);
}

// a * b / 255, rounded to the nearest.
static inline uint8_t scaled(unsigned a, unsigned b) { return (uint8_t)((a * b + 127) / 255); }

// Inverted CMYK holds the light that each ink lets through, so the channels are products with black's.
static void rgb_from_inverted_cmyk(const uint8_t *cmyk, uint8_t *rgb, uint32_t width) {
    for (uint32_t x = 0; x < width; x++, cmyk += 4, rgb += 3) {
        for (int channel = 0; channel < 3; channel++) rgb[channel] = scaled(cmyk[channel], cmyk[3]);
    }
}

static void read_cmyk(struct jpeg_decompress_struct *jpeg, uint8_t *rgb) {
    JSAMPARRAY line =
        jpeg->mem->alloc_sarray((j_common_ptr)jpeg, JPOOL_IMAGE, jpeg->output_width * 4, 1);
    while (jpeg->output_scanline < jpeg->output_height) {
        uint8_t *target = rgb + (size_t)jpeg->output_scanline * jpeg->output_width * 3;
        if (jpeg_read_scanlines(jpeg, line, 1) == 1) rgb_from_inverted_cmyk(line[0], target, jpeg->output_width);
    }
}

static void read_rgb(struct jpeg_decompress_struct *jpeg, uint8_t *rgb) {
    enum { BATCH = 16 };
    size_t stride = (size_t)jpeg->output_width * 3;
    while (jpeg->output_scanline < jpeg->output_height) {
        JSAMPROW rows[BATCH];
        uint32_t left = jpeg->output_height - jpeg->output_scanline;
        uint32_t count = left < BATCH ? left : BATCH;
        for (uint32_t i = 0; i < count; i++) rows[i] = rgb + (jpeg->output_scanline + i) * stride;
        jpeg_read_scanlines(jpeg, rows, count);
    }
}

static void decode(Decoder *decoder, uint32_t width, uint32_t height, uint8_t *rgb) {
    struct jpeg_decompress_struct *jpeg = &decoder->jpeg;
    if (jpeg->image_width != width || jpeg->image_height != height) {
        leave((j_common_ptr)jpeg, CodecStatusCorrupt);
    }
    switch (jpeg->jpeg_color_space) {
    case JCS_GRAYSCALE:
    case JCS_RGB:
    case JCS_YCbCr:
        jpeg->out_color_space = JCS_RGB;
        break;
    case JCS_CMYK:
    case JCS_YCCK:
        jpeg->out_color_space = JCS_CMYK;
        break;
    default:
        leave((j_common_ptr)jpeg, CodecStatusUnsupported);
    }
    jpeg_start_decompress(jpeg);
    if (jpeg->output_width != width || jpeg->output_height != height) {
        leave((j_common_ptr)jpeg, CodecStatusCorrupt);
    }
    if (jpeg->out_color_space == JCS_CMYK) {
        read_cmyk(jpeg, rgb);
    } else {
        read_rgb(jpeg, rgb);
    }
    jpeg_finish_decompress(jpeg);
}

// What a jump leaves behind lies in the caller's frame, so that it is defined after the jump.
static void run_size(Decoder *decoder, const uint8_t *bytes, size_t count, uint32_t *width, uint32_t *height) {
    if (setjmp(decoder->exit) != 0) return;
    read_header(decoder, bytes, count);
    *width = decoder->jpeg.image_width;
    *height = decoder->jpeg.image_height;
}

static void run_decode(Decoder *decoder, const uint8_t *bytes, size_t count, uint32_t width, uint32_t height,
                       uint8_t *rgb) {
    if (setjmp(decoder->exit) != 0) return;
    read_header(decoder, bytes, count);
    decode(decoder, width, height, rgb);
}

CodecStatus codec_jpeg_size(const uint8_t *bytes, size_t count, uint32_t *width, uint32_t *height) {
    Decoder decoder;
    memset(&decoder, 0, sizeof decoder);
    run_size(&decoder, bytes, count, width, height);
    jpeg_destroy_decompress(&decoder.jpeg);
    return decoder.status;
}

CodecStatus codec_jpeg_decode(const uint8_t *bytes, size_t count, uint32_t width, uint32_t height, uint8_t *rgb) {
    Decoder decoder;
    memset(&decoder, 0, sizeof decoder);
    run_decode(&decoder, bytes, count, width, height, rgb);
    jpeg_destroy_decompress(&decoder.jpeg);
    return decoder.status;
}
