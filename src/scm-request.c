/* scm-request.c -- requests in and out of streams

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later

   Every request comes in through %get-request.  It goes out through
   %send-request, or through %send-latest, where one datum goes to many and
   a newer one replaces it.  */

#include "scm-reactor.h"

#include "datum.h"
#include "error.h"
#include "limits.h"
#include "primitive.h"

#include <errno.h>

/* What %get-request returns instead of a request.  */
static const char *
frame_status_name (enum frame_status status, const struct stream *stream)
{
  switch (status)
    {
    case FRAME_TOO_LONG:
      return "too-long";
    case FRAME_TOO_DEEP:
      return "too-deep";
    case FRAME_NUMBER_TOO_LONG:
      return "bad-number";
    case FRAME_MALFORMED:
      return "bad-syntax";
    default:
      break;
    }
  if (stream->error != 0)
    return "broken";
  if (stream->eof)
    return buffer_size (&stream->input) > 0 ? "cut-off" : "end-of-file";
  return buffer_size (&stream->input) > 0 ? "incomplete" : "nothing";
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

static SCM
scm_im_get_request (SCM port)
{
  struct stream *stream = stream_from_port (port, "get-request");
  const uint8_t *bytes;
  size_t size;
  SCM datum;

  if (stream->lent)
    return scm_from_utf8_symbol ("unread");
  enum frame_status framed = stream_next_frame (stream, &bytes, &size);
  if (framed != FRAME_COMPLETE)
    return scm_from_utf8_symbol (frame_status_name (framed, stream));
  enum datum_status status = datum_read (bytes, size, &datum);
  stream_consume_frame (stream);
  if (status != DATUM_OK)
    return scm_from_utf8_symbol (datum_status_name (status));
  return is_request (datum) ? datum : scm_from_utf8_symbol ("not-a-request");
}

static SCM
scm_im_send_request (SCM request, SCM port, SCM limit)
{
  struct stream *stream = stream_from_port (port, "send-request");

  if (stream->error != 0)
    return scm_from_utf8_symbol ("broken");
  enum datum_status status = datum_write (&stream->output, request,
                                          scm_to_size_t (limit));
  if (status != DATUM_OK)
    return scm_from_utf8_symbol (datum_status_name (status));
  if (stream_wrote (stream) < 0)
    return scm_from_utf8_symbol ("broken");
  return SCM_BOOL_T;
}

static SCM
scm_im_print_size (SCM datum, SCM limit)
{
  struct buffer out = { 0 };
  enum datum_status status = datum_write (&out, datum, scm_to_size_t (limit));
  size_t size = buffer_size (&out);

  buffer_free (&out);
  return status == DATUM_OK ? scm_from_size_t (size)
                            : scm_from_utf8_symbol (datum_status_name (status));
}

/* --- One datum to many ------------------------------------------------- */

/* Print what stands before the data of a request to NAME.  */
static enum datum_status
write_head (struct buffer *out, SCM src, SCM name, SCM action)
{
  SCM parts[] = { src, name, action };
  enum datum_status status = DATUM_OK;

  if (buffer_append (out, "(", 1) < 0)
    return DATUM_NO_MEMORY;
  for (int i = 0; i < 3 && status == DATUM_OK; i++)
    {
      status = datum_write (out, parts[i], IM_SERVER_REQUEST_BYTES);
      if (status == DATUM_OK && buffer_append (out, " ", 1) < 0)
        status = DATUM_NO_MEMORY;
    }
  return status;
}

static void
send_latest_to (SCM port, SCM src, SCM name, SCM action,
                struct shared_bytes *tail)
{
  struct buffer head = { 0 };

  if (!is_stream_port (port) || !SCM_OPPORTP (port))
    return;
  struct stream *stream = stream_from_port (port, "send-latest");
  enum datum_status status = write_head (&head, src, name, action);
  if (stream->error == 0
      && (status != DATUM_OK
          || stream_send_latest (stream, buffer_bytes (&head),
                                 buffer_size (&head), tail) < 0))
    stream_fail (stream, -ENOMEM);
  buffer_free (&head);
}

static SCM
scm_im_send_latest (SCM src, SCM action, SCM data, SCM receivers)
{
  struct buffer out = { 0 };
  enum datum_status status = datum_write (&out, data,
                                          IM_CLIENT_REQUEST_BYTES);

  if (status == DATUM_OK && buffer_append (&out, ")", 1) < 0)
    status = DATUM_NO_MEMORY;
  struct shared_bytes *tail
    = status == DATUM_OK
      ? shared_bytes_new (buffer_bytes (&out), buffer_size (&out)) : NULL;
  buffer_free (&out);
  if (tail == NULL)
    return scm_from_utf8_symbol (datum_status_name
                                 (status == DATUM_OK ? DATUM_NO_MEMORY
                                                     : status));
  for (; scm_is_pair (receivers); receivers = SCM_CDR (receivers))
    send_latest_to (SCM_CDAR (receivers), src, SCM_CAAR (receivers), action,
                    tail);
  shared_bytes_release (tail);
  return SCM_BOOL_T;
}

const struct primitive request_primitives[] = {
  { "%get-request", 1, 0, scm_im_get_request,
    "Return the next request that PORT has received, or a symbol that says\n"
    "why there is none: `nothing', `incomplete', `end-of-file', `cut-off', `broken',\n"
    "`unread' (PORT's own buffer may hold bytes), or what is wrong with it." },
  { "%send-request", 3, 0, scm_im_send_request,
    "Queue REQUEST for PORT and return #t, or a symbol that says why not:\n"
    "`broken', `too-long' (printed, more than LIMIT bytes), or what in it\n"
    "can't be printed." },
  { "%print-size", 2, 0, scm_im_print_size,
    "Return how many bytes DATUM has when sent, or the symbol that\n"
    "%send-request would return." },
  { "%send-latest", 4, 0, scm_im_send_latest,
    "Queue (SRC NAME ACTION DATA) for each (NAME . PORT) of RECEIVERS and\n"
    "return #t, or a symbol as %send-request does.  It goes out after all\n"
    "else; a later one replaces it if it is still unsent." },
  { "%parse-datum", 1, 0, scm_im_parse_datum,
    "Return the datum that BYTEVECTOR holds.  Raise bad-datum." },
  { "%print-datum", 2, 0, scm_im_print_datum,
    "Return DATUM as it is sent, a bytevector of up to LIMIT bytes.  Raise\n"
    "bad-datum." },
  { NULL, 0, 0, NULL, NULL }
};
