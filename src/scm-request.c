/* scm-request.c -- requests in and out of streams

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later

   Every request comes in through %get-request.  It goes out through
   %send-request, or through %send-latest, where one datum goes to many and
   a newer one replaces it.  */

#include "scm-reactor.h"

#include "datum.h"
#include "dialect.h"
#include "error.h"
#include "limits.h"
#include "primitive.h"

#include <errno.h>

static SCM
scm_im_get_request (SCM port)
{
  struct stream *stream = stream_from_port (port, "get-request");
  SCM request;

  if (stream->lent)
    return scm_from_utf8_symbol ("unread");
  const char *failure = dialect_read (stream, &request);
  return failure == NULL ? request : scm_from_utf8_symbol (failure);
}

static SCM
scm_im_read_datum (SCM port)
{
  struct stream *stream = stream_from_port (port, "read");
  SCM datum;

  if (stream->lent)
    return scm_from_utf8_symbol ("unread");
  const char *failure = dialect_next_datum (stream, &datum);
  return failure == NULL ? scm_list_1 (datum)
                         : scm_from_utf8_symbol (failure);
}

static SCM
scm_im_use_xml (SCM port)
{
  struct stream *stream = stream_from_port (port, "im-enroll");

  stream->xml = stream->xml_decided = true;
  return SCM_UNSPECIFIED;
}

static SCM
scm_im_send_request (SCM request, SCM port)
{
  struct stream *stream = stream_from_port (port, "send-request");

  if (stream->error != 0)
    return scm_from_utf8_symbol ("broken");
  if (stream->finished)
    return scm_from_utf8_symbol ("finished");
  enum datum_status status = dialect_write (stream, &stream->output, request,
                                            limit_of (LIMIT_REQUEST_BYTES));
  if (status != DATUM_OK)
    return scm_from_utf8_symbol (datum_status_name (status));
  if (stream_wrote (stream) < 0)
    return scm_from_utf8_symbol ("broken");
  return SCM_BOOL_T;
}

static SCM
scm_im_send_problem (SCM request, SCM port)
{
  struct stream *stream = stream_from_port (port, "send-request");
  struct buffer out = { 0 };
  enum datum_status status = dialect_write (stream, &out, request,
                                            limit_of (LIMIT_REQUEST_BYTES));

  buffer_free (&out);
  return status == DATUM_OK
         ? SCM_BOOL_F : scm_from_utf8_symbol (datum_status_name (status));
}

/* --- One datum to many ------------------------------------------------- */

/* All that a request to NAME has but its data, which is the same for all.  */
struct head
{
  SCM src, name, action;
};

/* Print what stands before the data.  */
static enum datum_status
write_head (struct buffer *out, const struct head *head)
{
  SCM parts[] = { head->src, head->name, head->action };
  enum datum_status status = DATUM_OK;

  if (buffer_append (out, "(", 1) < 0)
    return DATUM_NO_MEMORY;
  for (int i = 0; i < 3 && status == DATUM_OK; i++)
    {
      status = datum_write (out, parts[i], limit_of (LIMIT_REQUEST_BYTES));
      if (status == DATUM_OK && buffer_append (out, " ", 1) < 0)
        status = DATUM_NO_MEMORY;
    }
  return status;
}

/* Queue HEAD and TAIL, the print of DATA; or for an XML stream, which can't
   share that, the whole request.  */
static void
send_latest_to (struct stream *stream, const struct head *head, SCM data,
                struct shared_bytes *tail)
{
  static struct shared_bytes no_tail = { .references = 1 };
  struct buffer out = { 0 };
  enum datum_status status;

  if (stream->xml)
    {
      tail = &no_tail;
      status = dialect_write (stream, &out,
                              scm_list_4 (head->src, head->name,
                                          head->action, data),
                              limit_of (LIMIT_CLIENT_REQUEST_BYTES));
    }
  else
    status = write_head (&out, head);
  if (status != DATUM_OK
      || stream_send_latest (stream, buffer_bytes (&out),
                             buffer_size (&out), tail) < 0)
    stream_fail (stream, -ENOMEM);
  buffer_free (&out);
}

static SCM
scm_im_send_latest (SCM src, SCM action, SCM data, SCM receivers)
{
  struct buffer out = { 0 };
  enum datum_status status
    = datum_write (&out, data, limit_of (LIMIT_CLIENT_REQUEST_BYTES));

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
    {
      SCM port = SCM_CDAR (receivers);
      struct stream *stream = is_stream_port (port) && SCM_OPPORTP (port)
                              ? stream_from_port (port, "send-latest") : NULL;
      if (stream != NULL && stream->error == 0 && !stream->finished)
        {
          struct head head = { src, SCM_CAAR (receivers), action };

          send_latest_to (stream, &head, data, tail);
        }
    }
  shared_bytes_release (tail);
  return SCM_BOOL_T;
}

const struct primitive request_primitives[] = {
  { "%get-request", 1, 0, scm_im_get_request,
    "Return the next request that PORT has received, or a symbol that says\n"
    "why there is none: `nothing', `incomplete', `end-of-file', `cut-off', `broken',\n"
    "`unread' (PORT's own buffer may hold bytes), or what is wrong with it." },
  { "%read-datum", 1, 0, scm_im_read_datum,
    "Return a list of the next datum that PORT has received, or a symbol as\n"
    "%get-request does." },
  { "%use-xml!", 1, 0, scm_im_use_xml,
    "Speak the older XML-like version of the protocol on PORT." },
  { "%send-request", 2, 0, scm_im_send_request,
    "Queue REQUEST for PORT and return #t, or a symbol that says why not:\n"
    "`broken', `finished', `too-long' (to print), or what in it\n"
    "can't be printed." },
  { "%send-problem", 2, 0, scm_im_send_problem,
    "Return the symbol that %send-request would return for what in REQUEST\n"
    "can't be sent, or #f; send nothing." },
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
