/* target-print.c -- a print is one datum again, the same, and fits or not

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later

   Any datum is printed, within the limit that the first byte is, or
   without one if that is FF.  */

#include "target.h"

#include "buffer.h"
#include "builder.h"
#include "datum.h"
#include "frame.h"
#include "random-datum.h"
#include "reference.h"

#include <stdlib.h>
#include <string.h>

const char fuzz_target[] = "print";

static const char before[] = "(before)";
enum { BEFORE_SIZE = sizeof before - 1 };

/* Print DATUM behind what is in OUT already.  */
static enum datum_status
print (struct buffer *out, SCM datum, size_t limit)
{
  holds (buffer_append (out, before, BEFORE_SIZE) == 0, "there is memory");
  enum datum_status status = datum_write (out, datum, limit);
  holds (memcmp (buffer_bytes (out), before, BEFORE_SIZE) == 0,
         "what was in the buffer stays");
  holds (buffer_size (out) - BEFORE_SIZE <= limit, "the limit is kept");
  if (status != DATUM_OK)
    holds (buffer_size (out) == BEFORE_SIZE, "a refusal leaves nothing");
  return status;
}

/* The bytes are framed as one datum, which is DATUM.  */
static void
check_read (SCM datum, const uint8_t *bytes, size_t size)
{
  struct frame frame = { 0 };
  SCM again = SCM_EOL;

  enum frame_status status = frame_scan (&frame, bytes, size, size + 1);
  if (status == FRAME_INCOMPLETE)
    status = frame_at_end_of_input (&frame);
  holds (status == FRAME_COMPLETE && frame_start (&frame) == 0
         && frame_end (&frame) == size, "a print is framed as one datum");
  holds (datum_read (bytes, size, &again) == DATUM_OK
         && builder_equal (datum, again),
         "a print is read as the datum it was made of");

  struct buffer out = { 0 };
  holds (print (&out, again, size) == DATUM_OK
         && buffer_size (&out) == BEFORE_SIZE + size
         && memcmp (buffer_bytes (&out) + BEFORE_SIZE, bytes, size) == 0,
         "equal data have the same print");
  buffer_free (&out);
  holds (print (&out, again, size - 1) == DATUM_TOO_LONG,
         "a print that is one byte too long is refused");
  buffer_free (&out);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  struct bytes bytes = { data, data + size };
  struct buffer out = { 0 };
  uint8_t first = take_byte (&bytes);
  size_t limit = first == 0xff ? SIZE_MAX / 2 : first;
  bool printable;

  SCM datum = take_datum (&bytes, &printable);
  enum datum_status status = print (&out, datum, limit);
  holds (status >= DATUM_TOO_DEEP || status == DATUM_OK,
         "a refusal is one that is documented");
  if (first == 0xff)
    holds (printable == (status == DATUM_OK),
           "the printer takes the subset and nothing else");
  if (status == DATUM_OK)
    {
      holds (printable, "only a datum of the subset has a print");
      holds (buffer_size (&out) > BEFORE_SIZE, "a print has bytes");
      uint8_t *copy = malloc (buffer_size (&out) - BEFORE_SIZE);
      holds (copy != NULL, "there is memory");
      memcpy (copy, buffer_bytes (&out) + BEFORE_SIZE,
              buffer_size (&out) - BEFORE_SIZE);
      check_read (datum, copy, buffer_size (&out) - BEFORE_SIZE);
      free (copy);
    }
  buffer_free (&out);
  builder_forget ();
  return 0;
}
