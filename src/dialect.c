/* dialect.c -- requests in one of the two notations a peer may speak

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later  */

#include "dialect.h"

const char *
stream_end_name (const struct stream *stream)
{
  bool some = buffer_size (&stream->input) > 0;

  if (stream->error != 0)
    return "broken";
  if (stream_paused (stream))
    return "nothing";
  if (stream->eof)
    return some ? "cut-off" : "end-of-file";
  return some ? "incomplete" : "nothing";
}

const char *
dialect_next_datum (struct stream *stream, SCM *datum)
{
  static const char *const names[] = {
    [FRAME_TOO_LONG] = "too-long",
    [FRAME_TOO_DEEP] = "too-deep",
    [FRAME_NUMBER_TOO_LONG] = "bad-number",
    [FRAME_MALFORMED] = "bad-syntax"
  };
  const uint8_t *bytes;
  size_t size;
  enum frame_status framed = stream_next_frame (stream, &bytes, &size);

  if (framed == FRAME_INCOMPLETE)
    return stream_end_name (stream);
  if (framed != FRAME_COMPLETE)
    return names[framed];
  enum datum_status status = datum_read (bytes, size, datum);
  stream_consume_frame (stream);
  return status == DATUM_OK ? NULL : datum_status_name (status);
}

static bool
is_name (SCM datum)
{
  return scm_is_symbol (datum) || scm_is_string (datum);
}

/* Whether DATUM is a list of a source, a destination, an action and data.
   More elements are for extensions that both sides know.  */
static bool
is_request (SCM datum)
{
  return scm_ilength (datum) >= 4
         && is_name (SCM_CAR (datum)) && is_name (SCM_CADR (datum))
         && scm_is_symbol (SCM_CADDR (datum));
}

/* The first byte tells which notation a peer speaks.  */
static void
decide (struct stream *stream)
{
  if (!stream->xml_decided && buffer_size (&stream->input) > 0)
    {
      stream->xml_decided = true;
      stream->xml = *buffer_bytes (&stream->input) == '<';
    }
}

const char *
dialect_read (struct stream *stream, SCM *request)
{
  const char *failure;

  decide (stream);
  if (stream->xml)
    return xml_read_request (stream, request);
  failure = dialect_next_datum (stream, request);
  if (failure == NULL && !is_request (*request))
    failure = "not-a-request";
  return failure;
}

enum datum_status
dialect_write (struct stream *stream, struct buffer *out, SCM request,
               size_t limit)
{
  if (stream->xml)
    return xml_write_request (stream, out, request, limit);
  return datum_write (out, request, limit);
}
