/* dialect-xml.c -- requests as messages of the older XML-like version

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later

   Its programs differ from ours in what they say, not only in how: they
   get no answer about an unknown user and no goodbye after a logout.  Such
   requests are taken and not sent, so that the handlers need not know.  */

#include "dialect.h"
#include "limits.h"
#include "xml.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* --- Reading ----------------------------------------------------------- */

/* The word that a name is: a symbol where STk prints it bare.  */
static SCM
to_name (struct slice text)
{
  return datum_symbol_is_bare (text.bytes, text.size)
         ? datum_symbol (text.bytes, text.size)
         : scm_from_utf8_stringn ((const char *) text.bytes, text.size);
}

/* What follows the next space in *REST, and cut it off there.  */
static struct slice
next_word (struct slice *rest)
{
  const uint8_t *space = memchr (rest->bytes, ' ', rest->size);
  struct slice word = { rest->bytes,
                        space ? (size_t) (space - rest->bytes) : rest->size };
  size_t used = word.size + (space != NULL);

  rest->bytes += used;
  rest->size -= used;
  return word;
}

static SCM
to_names (struct slice text)
{
  SCM names = SCM_EOL;

  while (text.size > 0)
    {
      struct slice word = next_word (&text);
      if (word.size > 0)
        names = scm_cons (to_name (word), names);
    }
  return scm_reverse_x (names, SCM_EOL);
}

static bool
is (struct slice text, const char *word)
{
  return text.size == strlen (word)
         && memcmp (text.bytes, word, text.size) == 0;
}

/* Data is always text; but the names of clients are a list, and what has
   none is given as the empty list.  */
static SCM
to_data (struct slice command, struct slice text)
{
  if (is (command, "client-list"))
    return to_names (text);
  if (is (command, "send-msg") || is (command, "receive-msg"))
    return scm_from_utf8_stringn ((const char *) text.bytes, text.size);
  return text.size == 0 ? SCM_EOL
         : scm_from_utf8_stringn ((const char *) text.bytes, text.size);
}

const char *
xml_read_request (struct stream *stream, SCM *request)
{
  struct slice fields[XML_FIELDS];
  const uint8_t *line;
  size_t size;
  enum frame_status status = stream_next_line (stream, &line, &size);

  if (status == FRAME_TOO_LONG)
    return "too-long";
  if (status == FRAME_INCOMPLETE)
    return stream_end_name (stream);
  bool parsed = xml_parse (line, size, fields) == 0
                && fields[XML_COMMAND].size > 0;
  if (parsed)
    {
      struct slice command = fields[XML_COMMAND];
      stream->xml_leaving = is (command, "logout");
      *request = scm_list_4
        (to_name (fields[XML_FROM]), to_name (fields[XML_TO]),
         datum_symbol (command.bytes, command.size),
         to_data (command, fields[XML_DATA]));
    }
  stream_consume (stream, size + 1);
  return parsed ? NULL : "not-a-request";
}

/* --- Writing ----------------------------------------------------------- */

/* Append the text of NAME.  */
static enum datum_status
append_text (struct buffer *out, SCM name)
{
  size_t size;
  char *text;

  if (scm_is_symbol (name))
    name = scm_symbol_to_string (name);
  if (!scm_is_string (name))
    return DATUM_UNPRINTABLE;
  text = scm_to_utf8_stringn (name, &size);
  int status = buffer_append (out, text, size);
  free (text);
  return status < 0 ? DATUM_NO_MEMORY : DATUM_OK;
}

static enum datum_status
append_names (struct buffer *out, SCM names)
{
  enum datum_status status = DATUM_OK;

  for (; scm_is_pair (names) && status == DATUM_OK; names = SCM_CDR (names))
    status = buffer_append (out, " ", 1) < 0 ? DATUM_NO_MEMORY
             : append_text (out, SCM_CAR (names));
  return status;
}

static enum datum_status
append_data (struct buffer *out, SCM action, SCM data, size_t limit)
{
  if (scm_is_null (data))
    return DATUM_OK;
  if (scm_is_eq (action, scm_from_utf8_symbol ("client-list")))
    return append_names (out, data);
  if (scm_is_string (data) || scm_is_symbol (data))
    return append_text (out, data);
  return datum_write (out, data, limit);
}

/* Whether the programs of that version never get REQUEST.  */
static bool
never_sent (const struct stream *stream, SCM request)
{
  SCM action = SCM_CADDR (request);
  SCM server = scm_from_utf8_symbol ("server");

  return (scm_is_eq (SCM_CAR (request), server)
          && scm_is_eq (action, scm_from_utf8_symbol ("receive-msg")))
         || (stream->xml_leaving
             && scm_is_eq (action, scm_from_utf8_symbol ("goodbye")));
}

/* Append the text of one field of REQUEST to OUT.  */
static enum datum_status
append_field (struct buffer *out, SCM request, enum xml_field field,
              size_t limit)
{
  switch (field)
    {
    case XML_COMMAND:
      return append_text (out, SCM_CADDR (request));
    case XML_FROM:
      return append_text (out, SCM_CAR (request));
    case XML_TO:
      return append_text (out, SCM_CADR (request));
    default:
      return append_data (out, SCM_CADDR (request), SCM_CADDDR (request),
                          limit);
    }
}

static enum datum_status
append_line (struct buffer *out, const struct buffer texts[XML_FIELDS],
             size_t limit)
{
  struct slice fields[XML_FIELDS];
  size_t total = 0;

  for (int i = 0; i < XML_FIELDS; i++)
    {
      fields[i] = (struct slice) { buffer_bytes (&texts[i]),
                                   buffer_size (&texts[i]) };
      total += fields[i].size;
    }
  if (total > limit)
    return DATUM_TOO_LONG;
  int status = xml_append (out, fields);
  return status == -ENOMEM ? DATUM_NO_MEMORY
         : status < 0 ? DATUM_NOT_IN_XML : DATUM_OK;
}

enum datum_status
xml_write_request (struct stream *stream, struct buffer *out, SCM request,
                   size_t limit)
{
  struct buffer texts[XML_FIELDS] = { 0 };
  enum datum_status status = DATUM_OK;

  if (never_sent (stream, request))
    return DATUM_OK;
  for (int i = 0; i < XML_FIELDS && status == DATUM_OK; i++)
    status = append_field (&texts[i], request, i, limit);
  if (status == DATUM_OK)
    status = append_line (out, texts, limit);
  for (int i = 0; i < XML_FIELDS; i++)
    buffer_free (&texts[i]);
  return status;
}
