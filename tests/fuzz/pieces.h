/* pieces.h -- an input of the fuzzer as a stream that comes in pieces

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later

   An input is the bytes themselves, so that who reads the corpus sees what
   is tried.  Two bytes that UTF-8 has no use for mean more: FE is where
   the stream is cut, and FD in front means that the byte behind it is the
   limit of a request.  (FF behaves like both wherever they would be
   data.)  */

#ifndef FUZZ_PIECES_H
#define FUZZ_PIECES_H

#include "../../src/limits.h"

#include <stddef.h>
#include <stdint.h>

struct pieces
{
  uint8_t bytes[8192];
  size_t size;
  size_t cuts[64];              /* the last is SIZE */
  size_t cut_count;
  size_t limit;
};

static inline void
read_pieces (struct pieces *pieces, const uint8_t *data, size_t size)
{
  pieces->size = pieces->cut_count = 0;
  pieces->limit = IM_SERVER_REQUEST_BYTES;
  if (size >= 2 && data[0] == 0xfd)
    {
      pieces->limit = data[1];
      data += 2;
      size -= 2;
    }
  for (; size > 0 && pieces->size < sizeof pieces->bytes; data++, size--)
    if (*data != 0xfe)
      pieces->bytes[pieces->size++] = *data;
    else if (pieces->cut_count < 63)
      pieces->cuts[pieces->cut_count++] = pieces->size;
  pieces->cuts[pieces->cut_count++] = pieces->size;
}

#endif /* FUZZ_PIECES_H */
