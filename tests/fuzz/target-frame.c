/* target-frame.c -- the framer finds what the reference finds, once

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later

   After each piece of the stream the framer must say what the reference
   says of all bytes so far, hence the same however they were cut.  What it
   has looked at is overwritten before it goes on: with NUL, which is
   refused everywhere, so that it can't look again, and its work is
   linear.  */

#include "target.h"

#include "frame.h"
#include "pieces.h"
#include "reference.h"

#include <stdlib.h>
#include <string.h>

const char fuzz_target[] = "frame";

/* Show the framer SIZE bytes, in a block that ends behind them.  */
static enum frame_status
show (struct frame *frame, const uint8_t *bytes, size_t size, size_t limit)
{
  uint8_t *copy = malloc (size);
  size_t before = frame->scanned;

  holds (copy != NULL || size == 0, "there is memory");
  memcpy (copy, bytes, size);
  memset (copy, 0, before);
  enum frame_status status = frame_scan (frame, copy, size, limit);
  holds (frame_scan (frame, copy, size, limit) == status,
         "a result stays");
  holds (frame->scanned >= before && frame->scanned <= size,
         "the framer goes forward, as far as the bytes reach");
  holds (frame->depth <= IM_DATUM_DEPTH, "no level is open beyond the limit");
  free (copy);
  return status;
}

static void
compare (const struct frame *frame, enum frame_status status,
         struct framed expected)
{
  holds (status == expected.status, "the framer's verdict is right");
  if (status == FRAME_COMPLETE)
    holds (frame_start (frame) == expected.start
           && frame_end (frame) == expected.end,
           "a datum begins and ends where the framer says");
}

/* Frame all data of BYTES up to SIZE, from *FROM on.  Return what stopped
   it.  */
static enum frame_status
take_data (struct frame *frame, const uint8_t *bytes, size_t size,
           size_t limit, size_t *from)
{
  for (;;)
    {
      const uint8_t *rest = bytes + *from;
      size_t left = size - *from;
      enum frame_status status = show (frame, rest, left, limit);

      compare (frame, status, reference_frame (rest, left, limit, false));
      if (status == FRAME_INCOMPLETE)
        *from += frame_drop_space (frame);
      if (status != FRAME_COMPLETE)
        return status;
      holds (frame_end (frame) > frame_start (frame), "no datum is empty");
      *from += frame_end (frame);
      frame_reset (frame);
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static struct pieces pieces;
  struct frame frame = { 0 };
  enum frame_status status = FRAME_INCOMPLETE;
  size_t from = 0;

  read_pieces (&pieces, data, size);
  for (size_t i = 0; i < pieces.cut_count && status == FRAME_INCOMPLETE; i++)
    status = take_data (&frame, pieces.bytes, pieces.cuts[i], pieces.limit,
                        &from);
  if (status == FRAME_INCOMPLETE)
    compare (&frame, frame_at_end_of_input (&frame),
             reference_frame (pieces.bytes + from, pieces.size - from,
                              pieces.limit, true));
  return 0;
}
