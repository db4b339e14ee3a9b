/* reference.h -- what the product ought to answer, worked out anew

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later

   Written from the description of the subset (doc/protocol.texi, datum.h)
   and with no table or procedure of the product.  It may be slow, see all
   bytes at once and start over for each question, so it can be plain.  */

#ifndef FUZZ_REFERENCE_H
#define FUZZ_REFERENCE_H

#include "frame.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Stop, so that the fuzzer keeps the input, and say which CLAIM is wrong,
   unless IT does hold.  */
#define holds(it, claim) \
  ((it) ? (void) 0 : fuzz_failed (claim, __FILE__, __LINE__))
void fuzz_failed (const char *claim, const char *file, int line)
  __attribute__ ((noreturn));

/* The length of the UTF-8 character that begins the SIZE > 0 bytes, or 0;
   and which one it is, if CHARACTER isn't NULL.  */
size_t reference_character (const uint8_t *bytes, size_t size,
                            uint32_t *character);

/* Where the first datum of the bytes ends, as frame_scan shall find; if
   ENDED, as frame_at_end_of_input shall.  */
struct framed
{
  enum frame_status status;
  size_t start, end;            /* valid when FRAME_COMPLETE */
};
struct framed reference_frame (const uint8_t *bytes, size_t size,
                               size_t limit, bool ended);

/* If the bytes are one datum of the subset, store its canonical print in
   *TEXT, valid until the next call, and its size, and return true.  */
bool reference_print (const uint8_t *bytes, size_t size,
                      const uint8_t **text, size_t *text_size);

#endif /* FUZZ_REFERENCE_H */
