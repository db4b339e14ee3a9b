/* target-parse.c -- the reader takes what the reference takes, as the same

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later

   What it makes of the bytes is compared by its canonical print; and what
   that print is read as, with the datum itself.  */

#include "target.h"

#include "buffer.h"
#include "builder.h"
#include "datum.h"
#include "reference.h"

#include <stdlib.h>
#include <string.h>

const char fuzz_target[] = "parse";

/* Read the bytes from a block that ends behind them.  */
static bool
read_copy (const uint8_t *bytes, size_t size, SCM *datum)
{
  uint8_t *copy = malloc (size);
  SCM result = SCM_BOOL_F;

  holds (copy != NULL || size == 0, "there is memory");
  memcpy (copy, bytes, size);
  enum datum_status status = datum_read (copy, size, &result);
  free (copy);
  holds (status <= DATUM_BAD_NUMBER, "a refusal is one that is documented");
  if (status == DATUM_OK)
    *datum = result;
  else
    holds (scm_is_eq (result, SCM_BOOL_F), "a refusal leaves no datum");
  return status == DATUM_OK;
}

/* What the reader takes, the framer lets through, and as one datum.  */
static void
check_framed (const uint8_t *bytes, size_t size)
{
  struct frame frame = { 0 };
  enum frame_status status = frame_scan (&frame, bytes, size, SIZE_MAX);

  if (status == FRAME_INCOMPLETE)
    status = frame_at_end_of_input (&frame);
  holds (status == FRAME_COMPLETE, "a datum passes the framer");
  for (size_t at = frame_end (&frame); at < size; at++)
    holds (frame_lexemes[bytes[at]] == LEX_SPACE, "it passes whole");
}

static void
check_print (SCM datum, const uint8_t *print, size_t size)
{
  struct buffer out = { 0 };
  SCM again;

  holds (datum_write (&out, datum, SIZE_MAX) == DATUM_OK,
         "what was read has a print");
  holds (buffer_size (&out) == size
         && memcmp (buffer_bytes (&out), print, size) == 0,
         "the datum is the reference's, and its print canonical");
  holds (read_copy (buffer_bytes (&out), size, &again)
         && builder_equal (datum, again),
         "a print is read as the datum it was made of");
  buffer_free (&out);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const uint8_t *print;
  size_t print_size;
  SCM datum;

  bool is_datum = reference_print (data, size, &print, &print_size);
  holds (read_copy (data, size, &datum) == is_datum,
         "the reader takes the subset and nothing else");
  if (is_datum)
    {
      check_framed (data, size);
      check_print (datum, print, print_size);
    }
  builder_forget ();
  return 0;
}
