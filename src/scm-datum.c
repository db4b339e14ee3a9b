/* scm-datum.c -- the reader and the printer of data, for Scheme

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later  */

#include "datum.h"
#include "buffer.h"

#include <string.h>

const char *
datum_status_name (enum datum_status status)
{
  static const char *const names[] =
  {
    [DATUM_OK] = "ok",
    [DATUM_BAD_SYNTAX] = "bad-syntax",
    [DATUM_BAD_UTF8] = "bad-utf8",
    [DATUM_TOO_DEEP] = "too-deep",
    [DATUM_BAD_NUMBER] = "bad-number",
    [DATUM_UNPRINTABLE] = "unprintable",
    [DATUM_TOO_LONG] = "too-long",
    [DATUM_NO_MEMORY] = "no-memory",
    [DATUM_NOT_IN_XML] = "not-in-xml"
  };

  return names[status];
}

SCM
scm_im_parse_datum (SCM bytevector)
{
  SCM datum = SCM_UNDEFINED;
  size_t size = scm_c_bytevector_length (bytevector);
  const uint8_t *bytes
    = (const uint8_t *) SCM_BYTEVECTOR_CONTENTS (bytevector);
  enum datum_status status = datum_read (bytes, size, &datum);

  if (status != DATUM_OK)
    error_bad_datum (status);
  scm_remember_upto_here_1 (bytevector);
  return datum;
}

SCM
scm_im_print_datum (SCM datum, SCM limit)
{
  struct buffer out = { 0 };
  enum datum_status status = datum_write (&out, datum, scm_to_size_t (limit));

  if (status != DATUM_OK)
    {
      buffer_free (&out);
      error_bad_datum (status);
    }
  SCM bytevector = scm_c_make_bytevector (buffer_size (&out));
  memcpy (SCM_BYTEVECTOR_CONTENTS (bytevector), buffer_bytes (&out),
          buffer_size (&out));
  buffer_free (&out);
  return bytevector;
}
